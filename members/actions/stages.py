"""The way to membership, one stage after the other (发展党员工作细则), and the ways out of the Party or of the
candidacy that a decision takes. A named person enters what was decided; nothing follows from a record by itself."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import Cause, Standing

from .categories import refuse_future
from .people import change_standing, leave_posts, lock_person
from .units import end_roles_of

NEXT = {
    Standing.APPLICANT: Standing.ACTIVIST,
    Standing.ACTIVIST: Standing.TARGET,
    Standing.TARGET: Standing.PROBATIONARY,
}
_OF_MEMBERS = (Cause.WITHDREW, Cause.REMOVED, Cause.EXPELLED)
WAYS_OUT = {
    **dict.fromkeys(NEXT, (Cause.STOPPED,)),
    Standing.PROBATIONARY: (Cause.CANCELLED, *_OF_MEMBERS),
    Standing.FULL: _OF_MEMBERS,
}


@transaction.atomic
def advance_standing(*, by, person, standing, on, reason=""):
    """To the next stage and to no other. A probationary member joins on the day of the branch's vote. Full membership
    is `convert_member`'s. Raises ValidationError."""
    person = lock_person(person)
    if standing != NEXT.get(person.standing):
        words = _("The person is registered as %(standing)s. Only the next stage can be entered; nothing was changed.")
        raise ValidationError(words % {"standing": person.get_standing_display()})
    person = change_standing(by=by, person=person, standing=standing, on=on, reason=reason)
    if standing == Standing.PROBATIONARY:
        person.joined_on = on
        person.save(update_fields=["joined_on"])
    told = {"standing": standing, "on": str(on)}
    trace("advance_standing", by=by, obj=person, person=person, purpose=reason, detail=told)
    return person


@transaction.atomic
def remove_from_roll(*, by, person, cause, on, reason, document, document_on, posts=()):
    """Off the roll by a decision, as any other leaving: categories, what is owed and the roles of the account end that
    day. `document` and `document_on`: number and day of the paper; `posts`: which PostHoldings are left with it, for a
    post held by election is not lost by this. Raises ValidationError."""
    person = lock_person(person)
    if cause not in WAYS_OUT.get(person.standing, ()):
        words = _("The person is registered as %(standing)s. This decision is none about them; nothing was changed.")
        raise ValidationError({"cause": words % {"standing": person.get_standing_display()}})
    for name, words in (("reason", reason), ("document", document)):
        if not words.strip():
            raise ValidationError({name: _("Fill this in: nobody is taken off the roll without it.")})
    refuse_future(document_on, "document_on")
    cause = Cause(cause)
    person = change_standing(by=by, person=person, standing=Standing.FORMER, on=on, reason=cause)
    leave_posts(person.posts.filter(pk__in=[row.pk for row in posts]), by=by, on=on, why=cause)
    end_roles_of(person, by=by, on=on)
    told = {"cause": cause, "on": str(on), "document": document.strip(), "document_on": str(document_on)}
    trace("remove_from_roll", by=by, obj=person, person=person, purpose=reason.strip(), detail=told)
    return person
