"""The town at a glance: what is owed and done, what stands out, branches × categories. Every number opens the rows
behind it; the number of queries does not depend on how many branches there are."""

from urllib.parse import urlencode

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import Http404
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.access import CONFIRM, VIEW, VIEW_RESTRICTED, get_visible, scope_of
from members.calendar import year_asked_for
from members.filters import shown_enrolments
from members.models import CorrectionRequest, Enrolment, Person, Status, Transfer, Unit
from members.suggestions import count_suggestions
from projects import registry
from projects.drafts import drafts_of
from projects.own import own_duties
from projects.words import duty_name
from xitun import owed
from xitun.lib.dates import Quarter, business_date, days_left, today

WORST = 5
OWN = 5
LAG = 30


def town_page(request):
    user, quarter = request.user, Quarter.of(today())
    root, children = _place(user, request.GET.get("unit"))
    if root is None:
        return render(request, "xitun/home_member.html", {"person_id": user.person_id})
    dues = owed.owed(user, quarter).filter(path__startswith=root.path)
    cells = owed.tally_by_place(dues, len(children[0].path) if children else len(root.path))
    numbers = Numbers(user, root, cells)
    mine = owed.nearest_first(dues.filter(own_duties(user)))[:OWN]
    context = {
        "quarter": quarter,
        "days_left": days_left(quarter.last_day),
        "root": root,
        "branches": Unit.objects.visible_to(user).at(root).branches().current(today()).count(),
        "members": Person.objects.visible_to(user).filter(path__startswith=root.path).members().count(),
        "stats": numbers.stats(),
        "exceptions": numbers.exceptions(dues),
        "columns": [{"label": _short(project), "url": link("project", project.code)} for project in numbers.projects],
        "rows": heat_rows(children or [root], numbers.projects, cells),
        "mine": owed.lines(mine, user, with_unit=True) if numbers.decides else [],
        "decides": numbers.decides,
        "drafts": drafts_of(user, OWN) if numbers.decides else [],
    }
    return render(request, "xitun/home_town.html", context)


class Numbers:
    """The figures of one place for one user."""

    def __init__(self, user, root, cells):
        self.user, self.root = user, root
        scope = scope_of(user)
        self.decides = scope.can(CONFIRM, root.path)
        restricted = scope.can(VIEW_RESTRICTED, root.path)
        self.projects = [p for p in registry.all_projects() if restricted or not p.restricted]
        keys = ("total", "done", "overdue")
        self.sum = owed.with_percent({key: sum(cell[key] for cell in cells) for key in keys})
        self.late_places = len({cell["place"] for cell in cells if cell["overdue"]})
        enrolments = Enrolment.objects.writable_by(user, CONFIRM).filter(path__startswith=root.path)
        proposed = Q(status=Status.PROPOSED)
        self.waiting = enrolments.filter(proposed | Q(status=Status.EXIT_PROPOSED)).aggregate(
            all=Count("pk"), n=Count("pk", filter=proposed), since=Min("recorded_at", filter=proposed)
        )
        self.carried = enrolments.live().filter(carried_over=True).aggregate(n=Count("pk"), by=Min("regularise_by"))

    def stats(self):
        total, done = self.sum["total"], self.sum["done"]
        strip = [
            _stat(_("Owed this quarter"), total, "", link("dues", unit=self.root.pk)),
            _stat(_("Done"), done, f"{self.sum['percent']}%" if total else ""),
            _stat(_("Overdue"), self.sum["overdue"], self._late_words(), self._late_url(), tone="red"),
        ]
        if self.decides:
            strip.append(_stat(_("Waiting for you"), self.waiting["all"], self._oldest(), link("decisions")))
        return strip

    def exceptions(self, dues):
        """What a person should look at, worst first: rows for components/row.html."""
        rows = [self._late_row(row) for row in owed.overdue_by_duty(dues, WORST)]
        if self.decides:
            rows += [self._waiting_row(), self._exits_row(), self._transfers_row(), self._carried_row()]
            rows += [self._uncategorised_row(), self._corrections_row(), self._suggestions_row(), _calendar_row()]
        return [row for row in rows if row]

    def _late_words(self):
        if not self.late_places:
            return ""
        return ngettext("in %(n)s place", "in %(n)s places", self.late_places) % {"n": self.late_places}

    def _late_url(self):
        return link("dues", state="overdue", unit=self.root.pk) if self.sum["overdue"] else ""

    def _oldest(self):
        if not self.waiting["n"]:
            return ""
        days = -days_left(business_date(self.waiting["since"]))
        if days < 1:
            return _("the oldest since today")
        return ngettext("the oldest for %(n)s day", "the oldest for %(n)s days", days) % {"n": days}

    def _late_row(self, row):
        days = -days_left(row["since"])
        found = registry.duties().get(row["duty"])
        note = ngettext("%(n)s open", "%(n)s open", row["n"]) % {"n": row["n"]}
        since = ngettext("overdue by %(n)s day", "overdue by up to %(n)s days", days) % {"n": days}
        category = (found[0].category or found[0].code) if found else ""
        return {
            "tag": _("Overdue"), "tone": "red", "title": f"{row['name']} · {duty_name(row['duty'])}",
            "note": f"{note} · {since}", "action": _("Look"),
            "url": link("dues", state="overdue", unit=row["unit"], category=category),
        }  # fmt: skip

    def _waiting_row(self):
        n = self.waiting["n"]
        words = ngettext("%(n)s proposed change of category", "%(n)s proposed changes of category", n) % {"n": n}
        return n and _row(_("To decide"), "amber", words, self._oldest(), _("Decide"), link("decisions"))

    def _exits_row(self):
        n = self.waiting["all"] - self.waiting["n"]
        words = ngettext("%(n)s proposed end of a category", "%(n)s proposed ends of a category", n) % {"n": n}
        return n and _row(_("To decide"), "amber", words, "", _("Decide"), link("decisions"))

    def _transfers_row(self):
        waiting = Transfer.objects.writable_by(self.user, CONFIRM).waiting()
        found = waiting.aggregate(n=Count("pk"), expired=Count("pk", filter=Q(valid_until__lt=today())))
        words = ngettext("%(n)s transfer waits for receipt", "%(n)s transfers wait for receipt", found["n"]) % found
        note = _("letters no longer valid: %(n)s") % {"n": found["expired"]} if found["expired"] else ""
        tone = "red" if found["expired"] else "amber"
        return found["n"] and _row(_("Transfers"), tone, words, note, _("Look"), link("decisions"))

    def _corrections_row(self):
        asked = CorrectionRequest.objects.answerable_by(self.user).filter(person__path__startswith=self.root.path)
        n = asked.count()
        words = ngettext(
            "%(n)s request for a correction of somebody's own file",
            "%(n)s requests for a correction of somebody's own file",
            n,
        )
        note = _("the branch may answer too")
        return n and _row(_("To answer"), "amber", words % {"n": n}, note, _("Look"), link("corrections"))

    def _suggestions_row(self):
        n = count_suggestions(self.user, self.root.path)
        words = ngettext("%(n)s suggested change", "%(n)s suggested changes", n) % {"n": n}
        note = _("the branch may propose it too")
        return n and _row(_("Suggestion"), "", words, note, _("Look"), link("suggestions"))

    def _carried_row(self):
        n = self.carried["n"]
        words = ngettext(
            "%(n)s person carried over from an old roster", "%(n)s people carried over from an old roster", n
        )
        note = _("consent, or notice and hearing, are still missing")
        return n and _row(_("To regularise"), "amber", words % {"n": n}, note, _("Look"), link("decisions"))

    def _uncategorised_row(self):
        people = Person.objects.visible_to(self.user).filter(path__startswith=self.root.path).on_roll()
        n = people.filter(~Exists(shown_enrolments(self.user).filter(person=OuterRef("pk")))).count()
        words = ngettext("%(n)s person stands in no category", "%(n)s people stand in no category", n) % {"n": n}
        url = link("people", category="none", unit=self.root.pk)
        return n and _row(_("No category"), "", words, _("so nothing is owed to them yet"), _("Look"), url)


def _calendar_row():
    year = year_asked_for(today())
    words = _("The holidays of %(year)s are not entered; due days may be wrong") % {"year": year}
    url = link("calendar-year", year)
    return year and _row(_("Working days"), "", words, _("an administrator enters them"), _("Look"), url)


def heat_rows(units, projects, cells):
    """Rows of components/heat.html: a unit each, a cell a project."""
    at = {(cell["place"], cell["category"]): cell for cell in cells}
    return [
        {
            "label": unit.short_name,
            "url": link("dues", unit=unit.pk) if unit.kind == Unit.Kind.BRANCH else link("home", unit=unit.pk),
            "cells": [_cell(unit, project, at.get((unit.path, project.category))) for project in projects],
        }
        for unit in units
    ]


def cell_tone(found, elapsed):
    """Red where a tenth or more is overdue, amber where something is or where the branch lags behind the calendar by
    more than LAG percent; half done at half time is as it should be."""
    if found["percent"] >= 100:
        return "full"
    if found["overdue"] * 10 >= found["total"]:
        return "bad"
    return "warn" if found["overdue"] or found["percent"] < elapsed - LAG else "good"


def _elapsed():
    """Percent of the present quarter that has gone by."""
    quarter = Quarter.of(today())
    return (today() - quarter.start).days * 100 // (quarter.end - quarter.start).days


def _cell(unit, project, found):
    if not found:
        return {"percent": None}
    words = _("%(done)s of %(total)s done, %(overdue)s overdue") % found
    return {
        "percent": found["percent"],
        "tone": cell_tone(found, _elapsed()),
        "url": link("dues", unit=unit.pk, category=project.category),
        "title": f"{unit.short_name} · {project.people}: {words}",
    }


def _place(user, chosen):
    """(the place to look at, the units below it): the chosen unit, or the user's own. A county with a single town gives
    way to the town."""
    if chosen:
        root = _chosen(user, chosen)
        return root, _children(user, root)
    units, paths = Unit.objects.visible_to(user), scope_of(user).paths(VIEW)
    root = units.filter(path__in=paths).first() if paths != [""] else units.first()
    below = _children(user, root) if root else []
    if len(below) == 1 and below[0].kind == Unit.Kind.TOWN:
        return below[0], _children(user, below[0])
    return root, below


def _chosen(user, pk):
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    return get_visible(Unit.objects, user, pk=pk)


def _children(user, root):
    below = Unit.objects.visible_to(user).at(root).filter(depth=root.depth + 1).exclude(kind=Unit.Kind.GROUP)
    return list(below.current(today()))


def _short(project):
    """联合管理 → 联合: what fits a column of the map."""
    return str(project.management).removesuffix("管理").removesuffix(" management")


def _stat(label, value, note, url="", tone=""):
    return {"label": label, "value": f"{value:,}", "note": note, "url": url, "tone": tone if value else ""}


def _row(tag, tone, title, note, action, url):
    return {"tag": tag, "tone": tone, "title": title, "note": note, "action": action if url else "", "url": url}


def link(name, *args, **query):
    """The address of a page with its filters; "" where this house has no such page."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address
