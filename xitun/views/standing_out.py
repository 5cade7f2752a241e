"""What stands out at a place: the rows a person should look at, worst first. Exceptions only; nobody is ranked. Each
opens what is behind it."""

from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import CONFIRM
from members.calendar import year_asked_for
from members.filters import shown_enrolments
from members.models import CorrectionRequest, Person, Role, Transfer, Unit
from members.suggestions import count_suggestions
from members.vacancies import overloaded_helpers, units_without_secretary
from projects.own import nobodys
from projects.words import duty_name
from xitun.lib.dates import days_left, today

WORST = 5
NAMED = 3  # branches named in a row


class Exceptions:
    """The rows of components/row.html for one place and user. `numbers`: xitun.views.town.Numbers; `quarter`:
    xitun.summary.Kept or Live; `dues`: what is owed there."""

    def __init__(self, numbers, quarter, dues):
        self.numbers, self.quarter, self.dues = numbers, quarter, dues
        self.user, self.root = numbers.user, numbers.root

    def rows(self):
        rows = [self._late_row(late) for late in self.quarter.overdue_by_duty(WORST)]
        if self.numbers.decides:
            rows += self._vacant_rows()
            rows += [self._waiting_row(), self._exits_row(), self._transfers_row(), self._carried_row()]
            rows += [self._unhelped_row(), *self._overloaded_rows()]
            rows += [self._uncategorised_row(), self._corrections_row(), self._suggestions_row(), _calendar_row()]
        return [row for row in rows if row]

    def _vacant_rows(self):
        n = self.numbers.vacant
        if not n:
            return
        vacant = units_without_secretary().filter(kind=Unit.Kind.BRANCH, path__startswith=self.root.path)
        names = _(", ").join(unit.short_name for unit in vacant.order_by("path")[:NAMED])
        words = ngettext("%(n)s branch has no secretary", "%(n)s branches have no secretary", n) % {"n": n}
        note = names if n <= NAMED else _("%(names)s and others") % {"names": names}
        yield row(_("Nobody in charge"), "red", words, note, _("Look"), link("users", role=str(Role.SECRETARY)))
        open_ = self.dues.filter(nobodys(), settled=False).count()
        words = ngettext("%(n)s duty is nobody's to do", "%(n)s duties are nobody's to do", open_) % {"n": open_}
        url = link("dues", whose="nobody", unit=self.root.pk)
        note = _("the branch has no secretary and nobody has taken them on")
        yield open_ and row(_("Nobody in charge"), "red", words, note, _("Look"), url)

    def _unhelped_row(self):
        n = self.numbers.waiting["unhelped"]
        words = ngettext("%(n)s person to be helped has no helper", "%(n)s people to be helped have no helper", n)
        url = link("people", missing="helper", unit=self.root.pk)
        note = _("receiving help, or in help and education; the secretary answers for them meanwhile")
        return n and row(_("No helper"), "amber", words % {"n": n}, note, _("Look"), url)

    def _overloaded_rows(self):
        enrolments = shown_enrolments(self.user).filter(path__startswith=self.root.path)
        many, usual = overloaded_helpers(enrolments, self.root.path, WORST)
        for helper in many:
            words = ngettext("%(name)s helps %(n)s person", "%(name)s helps %(n)s people", helper["n"]) % helper
            note = _("more than %(n)s; name somebody else for some of them") % {"n": usual}
            url = link("people", helper=helper["helper"], unit=self.root.pk)
            yield row(_("Too much"), "amber", words, note, _("Look"), url)

    def _late_row(self, late):
        days = -days_left(late["since"])
        note = ngettext("%(n)s open", "%(n)s open", late["n"]) % {"n": late["n"]}
        since = ngettext("overdue by %(n)s day", "overdue by up to %(n)s days", days) % {"n": days}
        return {
            "tag": _("Overdue"), "tone": "red", "title": f"{late['name']} · {duty_name(late['duty'])}",
            "note": f"{note} · {since}",
            "url": link("dues", state="overdue", unit=late["unit"], duty=late["duty"]),
        }  # fmt: skip

    def _waiting_row(self):
        n = self.numbers.waiting["n"]
        words = ngettext("%(n)s proposed change of category", "%(n)s proposed changes of category", n) % {"n": n}
        return n and row(_("To decide"), "amber", words, self.numbers.oldest(), _("Decide"), link("decisions"))

    def _exits_row(self):
        n = self.numbers.waiting["all"] - self.numbers.waiting["n"]
        words = ngettext("%(n)s proposed end of a category", "%(n)s proposed ends of a category", n) % {"n": n}
        return n and row(_("To decide"), "amber", words, "", _("Decide"), link("decisions"))

    def _transfers_row(self):
        waiting = Transfer.objects.writable_by(self.user, CONFIRM).waiting()
        found = waiting.aggregate(n=Count("pk"), expired=Count("pk", filter=Q(valid_until__lt=today())))
        words = ngettext("%(n)s transfer waits for receipt", "%(n)s transfers wait for receipt", found["n"]) % found
        note = _("letters no longer valid: %(n)s") % {"n": found["expired"]} if found["expired"] else ""
        tone = "red" if found["expired"] else "amber"
        return found["n"] and row(_("Transfers"), tone, words, note, _("Look"), link("decisions"))

    def _corrections_row(self):
        asked = CorrectionRequest.objects.answerable_by(self.user).filter(person__path__startswith=self.root.path)
        n = asked.count()
        words = ngettext(
            "%(n)s request for a correction of somebody's own file",
            "%(n)s requests for a correction of somebody's own file",
            n,
        )
        note = _("the branch may answer too")
        return n and row(_("To answer"), "amber", words % {"n": n}, note, _("Look"), link("corrections"))

    def _suggestions_row(self):
        n = count_suggestions(self.user, self.root.path)
        words = ngettext("%(n)s suggested change", "%(n)s suggested changes", n) % {"n": n}
        note = _("the branch may propose it too")
        return n and row(_("Suggestion"), "", words, note, _("Look"), link("suggestions"))

    def _carried_row(self):
        n = self.numbers.waiting["carried"]
        words = ngettext(
            "%(n)s person carried over from an old roster", "%(n)s people carried over from an old roster", n
        )
        note = _("consent, or notice and hearing, are still missing")
        return n and row(_("To regularise"), "amber", words % {"n": n}, note, _("Look"), link("decisions"))

    def _uncategorised_row(self):
        people = Person.objects.visible_to(self.user).filter(path__startswith=self.root.path).on_roll()
        n = people.filter(~Exists(shown_enrolments(self.user).filter(person=OuterRef("pk")))).count()
        words = ngettext("%(n)s person stands in no category", "%(n)s people stand in no category", n) % {"n": n}
        url = link("people", category="none", unit=self.root.pk)
        return n and row(_("No category"), "", words, _("so nothing is owed to them yet"), _("Look"), url)


def _calendar_row():
    year = year_asked_for(today())
    words = _("The holidays of %(year)s are not entered; due days may be wrong") % {"year": year}
    url = link("calendar-year", year)
    return year and row(_("Working days"), "", words, _("an administrator enters them"), _("Look"), url)


def row(tag, tone, title, note, action, url):
    return {"tag": tag, "tone": tone, "title": title, "note": note, "action": action if url else "", "url": url}


def stat(label, value, url, note="", tone=""):
    """A number of components/stats.html, with what is behind it."""
    found = {"url": url, "tone": tone} if value else {"url": "", "tone": ""}
    return {"label": label, "value": f"{value:,}", "note": note, **found}


def link(name, *args, **query):
    """The address of a page with its filters; "" where this house has no such page."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address
