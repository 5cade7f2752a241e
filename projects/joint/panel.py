"""A mobile member at a glance: the absence with its clock, where, the host, what was promised, and who was reached."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.panels import Panel, Step
from xitun.lib.dates import today

from .absences import Absence, absence_on, absences, back_on, briefing_for, in_vain


def panel(file):
    """The Panel of one enrolment."""
    left, back = file.records("departure"), file.records("homecoming")
    home = back_on(file.day, left, back)
    absence = absence_on(file.day, left, back) or _noted(file, home)
    home = home or (absence.returned_on if absence else None)
    contacts = [(row, row.happened_on, row.detail.reached) for row in file.records("follow_up")]
    contacts += [(row, row.detail.returned_on, True) for row in back]
    contacts.sort(key=lambda contact: (contact[1], contact[0].pk))
    decision = _standing_decision(file.records("out_of_contact"), contacts)
    briefing = briefing_for(absence, file.records("briefing"), absences(left, back))
    steps = _steps(file, absence, home, briefing, decision)
    known = [*_where(file, absence), *_clock(file, absence), *_promises(file), *_reached(contacts), *_decided(decision)]
    if waiting := file.unanswered("learning_push"):
        known.append((_("Material not answered"), waiting))
    return Panel(tuple(steps), tuple(known), next(iter(file.open_dues), None))


def _noted(file, home):
    """Being away as the branch had noted it, as long as no departure is written down: the ledger says so, too."""
    return Absence(file.away.from_date, None, returned_on=home or file.away.to_date) if file.away else None


def _standing_decision(decisions, contacts):
    """The town's decision that the member is out of contact, unless they were reached since; or None."""
    reached = max(((day, row.pk) for row, day, reached in contacts if reached), default=None)
    newest = decisions[0] if decisions else None
    return newest if newest and (reached is None or reached < (newest.happened_on, newest.pk)) else None


def _steps(file, absence, home, briefing, decision):
    day = file.day
    gone = bool(absence) and absence.departs_on <= day
    registered = min((row.happened_on for row in absence.records), default=None) if absence else None
    yield Step(_("going out"), _short(registered), "done" if registered or home else "now")
    waits = "now" if absence and not gone else "later"
    yield Step(_("briefed"), _short(briefing and briefing.happened_on), "done" if briefing else waits)
    yield Step(
        _("away"), _short(absence and absence.departs_on), "done" if home or decision else "now" if gone else "later"
    )
    if decision and not home:
        yield Step(_("out of contact"), _short(decision.happened_on), "now")
    else:
        yield Step(_("returned"), _short(home), "done" if home else "later")


def _short(day):
    """The day without its year when that is the present one; "" for none."""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today().year else "DATE_FORMAT") if day else ""


def _where(file, absence):
    if absence is None or absence.place is None:
        unwritten = _("Not recorded yet: the branch does so by “Record”, “Going out”.")
        yield _("Where"), " · ".join(filter(None, (file.away.place if absence else "", unwritten)))
        return
    place = absence.place.detail
    fixed = _("fixed place") if place.fixed else ""
    yield _("Where"), " · ".join(filter(None, (place.destination, place.work, fixed)))
    yield _("Host organisation"), " · ".join(filter(None, (place.host_organisation, place.host_contact))) or "–"


def _clock(file, absence):
    """Six continuous months, begun anew by every absence."""
    if absence and absence.departs_on <= file.day and not absence.returned_on:
        over = absence.six_months_on
        words = _("over since %(day)s") if over <= file.day else _("over on %(day)s")
        yield _("Six months away"), words % {"day": _short(over)}


def _promises(file):
    for due in file.open_dues:
        if due.about:
            words = _("%(what)s, by %(day)s") % {"what": due.about, "day": _short(due.due_on)}
            yield _("Promised"), words


def _reached(contacts):
    last = next(((row, day) for row, day, reached in reversed(contacts) if reached), None)
    if last:
        row, day = last
        method = row.detail.get_method_display() if hasattr(row.detail, "method") else _("homecoming")
        yield _("Last contact"), f"{_short(day)} · {method}"
    else:
        yield _("Last contact"), _("none yet")
    if tries := in_vain(contacts):
        days = sorted({day for _row, day in tries})
        words = ngettext("%(n)s try in vain", "%(n)s tries in vain", len(tries)) % {"n": len(tries)}
        yield _("Tries since"), f"{words} · {_(', ').join(map(_short, days))}"


def _decided(decision):
    if decision:
        yield _("Out of contact"), f"{decision.detail.reason} · {decision.author or ''} {_short(decision.happened_on)}"
