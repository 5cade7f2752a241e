"""Back onto a roll: who once left comes back to the same file, never to a second one (DOMAIN §6, 18)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import BranchMembership, Cause, FormerIdentity, Person, Standing, StandingRow
from xitun.lib.crypto import keyed_hash

from .categories import refuse_future
from .people import arrival, lock_person, supersede_row
from .units import standing_unit, take_own_role_along


def file_of_number(number):
    """Whose file has, or once had, this whole, sound ID number, on any roll of the house or on none; or None."""
    key = keyed_hash(number)
    before = FormerIdentity.objects.borne().filter(id_hash=key).values("person")
    return Person.objects.select_related("unit").filter(Q(id_hash=key) | Q(pk__in=before)).first()


def has_died(person):
    """Whether the person left by death. Before it was kept as a code it was a word in the language of whoever entered
    it."""
    row = person.standings.filter(standing=Standing.FORMER, to_date=None, superseded_at=None).first()
    words = {Cause.DIED}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words.add(str(Cause.DIED.label))
    return bool(row) and row.reason in words


def _returned_just_now(person, *, by, unit, on):
    row = person.memberships.filter(to_date=None, superseded_at=None, unit=unit, from_date=on, recorded_by=by)
    return person.standing != Standing.FORMER and row.exists()


@transaction.atomic
def return_to_roll(*, by, person, unit, standing, on, came_from="", letter_on=None):
    """A new standing and a new membership in the same file. What the person was before stays; categories are proposed
    anew. A second tap returns the person. Raises ValidationError for somebody who stands on a roll or has died."""
    person = lock_person(person)
    if _returned_just_now(person, by=by, unit=unit, on=on):
        return person
    if person.standing != Standing.FORMER:
        raise ValidationError(_("The person stands on a roll. Ask for a transfer instead."))
    if standing == Standing.FORMER:
        raise ValidationError({"standing": _("Nobody comes onto a roll as one who has left it.")})
    if has_died(person):
        raise ValidationError(_("The file says that this person has died. Ask the town to look at it."))
    refuse_future(on)
    unit = standing_unit(unit)
    reason = arrival(came_from, letter_on, on)
    supersede_row(person, BranchMembership, by=by, on=on, unit=unit, reason=reason)
    supersede_row(person, StandingRow, by=by, on=on, standing=standing, reason=reason)
    person.unit, person.path, person.standing, person.category = unit, unit.path, standing, ""
    person.version += 1
    person.save()
    take_own_role_along(person, by=by, on=on)
    told = {"unit": unit.pk, "standing": standing, "on": str(on)}
    trace("return_to_roll", by=by, obj=person, person=person, detail=told)
    return person
