"""Decisions of the tracking project: pure functions over values."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xitun.lib.dates import add_months

from . import facts
from .absences import MONTHS, absence_on, absences, back_on, briefing_for, in_vain
from .panel import panel

__all__ = ["panel"]

TRIES = 3  # in vain, on different days: the search begins (DOMAIN 2.3)
TOPICS = ("rights", "in_touch", "use_of_certificate", "at_the_host", "fees", "law")


def may_enter(*, away_since, membership_transferred, day):
    """Mobile: place of work, study or home changed, membership not transferred, six continuous months or more
    [R 2024]. `suggest` only: a person decides."""
    return not membership_transferred and add_months(away_since, MONTHS) <= day


def search_opens(contacts):
    """The tries that open the search procedure: three or more on different days since the last contact; else none."""
    tries = in_vain(contacts)
    return [record for record, _day in tries] if len({day for _record, day in tries}) >= TRIES else []


def search_needed(enrolment, *, since=None):
    """What opens it; after one that settled the tries up to the day `since`, further ones alone."""
    return search_opens([c for c in facts.contacts(enrolment) if since is None or c[1] > since])


def needs_no_briefing(enrolment, day, *, by):
    """Whether the departure `by`, of that day, asks for no education before it: they were gone before they stood among
    the mobile, or are away by another one and move on."""
    departures, homecomings = facts.moves(enrolment, but=by)
    absence = absence_on(day, departures, homecomings)
    left = (bool(absence) and absence.departs_on <= day) or facts.noted_away(enrolment, day)
    return day < facts.stood_since(enrolment) or (left and back_on(day, departures, homecomings) is None)


def check_record(kind, entry):
    """A follow-up that reached nobody is a try, not a contact: it may be written, but settles nothing (DOMAIN 2.3)."""
    detail = entry.detail
    if kind in ("follow_up", "host_liaison") and not detail.get("reached", True) and entry.dues:
        raise ValidationError(_("Nobody was reached, so this counts as a try and settles no duty."))
    if detail.get("promised_by") and detail["promised_by"] < entry.happened_on:
        raise ValidationError({"promised_by": _("A promise cannot be due before it was made.")})
    if detail.get("promised_by") and not (detail.get("promised") or "").strip():
        raise ValidationError({"promised": _("Say what was promised for that day.")})
    if kind == "briefing" and not (any(map(detail.get, TOPICS)) or (detail.get("explained") or "").strip()):
        raise ValidationError(_("Say what was explained: tick at least one, or write it."))
    asked = ("asked_family", "asked_host", "asked_contacts")
    if kind == "search" and not any(map(detail.get, asked)):
        raise ValidationError(_("Say who was asked: tick at least one."))
    if kind == "homecoming" and detail["returned_on"] > entry.happened_on:
        raise ValidationError({"returned_on": _("The date lies ahead. Enter what has happened.")})


def as_noted(enrolment, user):
    """Of a departure that is yet to be written: the certificate; since when and where, as the branch had noted it."""
    known = {"certificate": facts.last_certificate(enrolment, user)}
    if absence := facts.noted_absence(enrolment, user):
        known |= {"departs_on": absence.from_date, "destination": absence.place}
    return known


def message(detail):
    """The text to send with learning material, ready to copy."""
    answer = _("Please answer “read” when you have read it.")
    return "\n".join(filter(None, (_("[Study] %(title)s") % {"title": detail["title"]}, detail.get("text"), answer)))


def _absence(row):
    """The one in force, or the last one before; who had not left by the ledger's day stands there without any."""
    departures = row.every("departure")
    absence = absence_on(row.day, departures, row.every("homecoming")) if departures else None
    return absence if absence and absence.departs_on <= row.day else None


def _noted(row):
    """Being away as the branch had noted it already, where no departure was written down: it is not asked for again."""
    return None if row.every("departure") else row.away


def left_on(row):
    """Ledger column 流出时间: of the absence in force."""
    if noted := _noted(row):
        return noted.from_date
    absence = _absence(row)
    return absence.departs_on if absence else ""


def returned_on(row):
    """Ledger column 返乡时间: only of that absence; else the day being away was ended with."""
    return back_on(row.day, row.every("departure"), row.every("homecoming")) or row.ended_by("come_home") or ""


def _place(row, name):
    absence = _absence(row)
    return getattr(absence.place.detail, name) if absence else ""


def destination(row):
    if noted := _noted(row):
        return noted.place
    return _place(row, "destination")


def work(row):
    return _place(row, "work")


def host(row):
    return _place(row, "host_organisation")


def host_contact(row):
    return _place(row, "host_contact")


def certificate(row):
    """Ledger column 活动证编号: the last one known, whichever absence it was written for."""
    written = [(r.happened_on, r.pk, r.detail.certificate) for r in row.ever("departure")]
    written += [(r.happened_on, r.pk, r.detail.certificate) for r in row.ever("certificate_check")]
    return max((known for known in written if known[2]), default=("",))[-1]


def _briefing(row):
    """Of the absence that the registration form is about, also before they leave."""
    left, back = row.every("departure"), row.every("homecoming")
    given = [record for record in reversed(row.every("briefing")) if record.happened_on <= row.day]
    return briefing_for(absence_on(row.day, left, back), given, absences(left, back))


def briefed(row):
    briefing = _briefing(row)
    return briefing.happened_on if briefing else ""


def explained(row):
    """What that education explained, ticked or in words."""
    briefing = _briefing(row)
    if not briefing:
        return ""
    said = briefing.detail
    ticked = [str(said._meta.get_field(topic).verbose_name) for topic in TOPICS if getattr(said, topic)]
    return " · ".join(filter(None, (*ticked, said.explained)))


def note(row):
    """Ledger column 备注: what the last follow-up that reached the member said is needed."""
    told = [record for record in row.ever("follow_up") if record.detail.reached]
    return told[-1].detail.needs if told else ""
