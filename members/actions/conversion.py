"""The end of probation (发展党员工作细则, J13–J14): a full member from the day probation ends, whatever the day of the
meeting; or probation is extended, once, by six to twelve months."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import Standing, StandingRow
from xitun.lib.dates import probation_ends, today

from .categories import refuse_future
from .people import change_standing, lock_person, supersede_row

SHORTEST, LONGEST = 6, 12  # months of an extension


@dataclass(frozen=True)
class Probation:
    """`since` the branch's vote, which is the day of joining; `extended` by so many months, 0 for none."""

    since: date
    extended: int

    @property
    def ends(self):
        return probation_ends(self.since, self.extended)


def probation_of(person):
    """The probation of a probationary member; None for anybody else. One query."""
    if person.standing != Standing.PROBATIONARY:
        return None
    rows = person.standings.filter(standing=Standing.PROBATIONARY, superseded_at=None)
    dated = list(rows.order_by("from_date").values_list("from_date", "extended_months"))
    return Probation(person.joined_on or dated[0][0], sum(months or 0 for _day, months in dated))


def _on_probation(person):
    person = lock_person(person)
    probation = probation_of(person)
    if not probation:
        raise ValidationError(_("The person is not on probation (any more). Nothing was changed."))
    return person, probation


@transaction.atomic
def convert_member(*, by, person, decided_on, reason=""):
    """Full member from the day probation ended. A roll that began later than that keeps its own first day, and
    `full_member_on` the true one. Raises ValidationError before probation has ended."""
    person, probation = _on_probation(person)
    refuse_future(decided_on, "decided_on")
    if decided_on < probation.since:
        raise ValidationError({"decided_on": _("The meeting cannot lie before probation began.")})
    if probation.ends > today():
        raise ValidationError(_("Probation lasts until %(day)s.") % {"day": date_format(probation.ends)})
    began = person.standings.get(to_date=None, superseded_at=None).from_date
    person = change_standing(by=by, person=person, standing=Standing.FULL, on=max(probation.ends, began), reason=reason)
    person.full_member_on = probation.ends
    person.save(update_fields=["full_member_on"])
    told = {"full_member_on": str(probation.ends), "meeting": str(decided_on)}
    trace("convert_member", by=by, obj=person, person=person, detail=told)
    return person


@transaction.atomic
def extend_probation(*, by, person, decided_on, months, reason):
    """Probation goes on for `months`. Raises ValidationError for a second extension (J14)."""
    person, probation = _on_probation(person)
    refuse_future(decided_on, "decided_on")
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    if probation.extended:
        raise ValidationError(_("Probation was extended once already; a second time is not allowed."))
    if not SHORTEST <= months <= LONGEST:
        raise ValidationError({"months": _("An extension lasts six to twelve months.")})
    if decided_on < probation.since:
        raise ValidationError({"decided_on": _("The meeting cannot lie before probation began.")})
    supersede_row(
        person, StandingRow, by=by, on=decided_on, standing=person.standing, reason=reason, extended_months=months
    )
    person.version += 1
    person.save(update_fields=["version"])
    trace("extend_probation", by=by, obj=person, person=person, purpose=reason, detail={"months": months})
    return person
