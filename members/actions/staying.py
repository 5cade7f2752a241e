"""Somebody was entered as dead or as gone who was not: another of the same name was meant, or the receipt another's."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from members import hooks
from members.audit import trace
from members.models import (
    AuditRow,
    Cause,
    Enrolment,
    PostHolding,
    RoleGrant,
    Standing,
    StandingRow,
    Status,
    Transfer,
    Unit,
)

from .people import lock_person, transfer_person
from .rows import chain_of, ended_away, keep_copy, replace_rows
from .units import leave_post


def leaving(person):
    """The StandingRow by which the person has left the roll; None of somebody who stands on one."""
    rows = StandingRow.objects.filter(person=person, to_date=None, superseded_at=None, standing=Standing.FORMER)
    return rows.select_related("person").first()


@transaction.atomic
def never_left(*, by, person, reason, unit=None):
    """What leaving the roll ended goes on as if it had not been entered: standing, categories, posts, absence, what was
    proposed and on its way, and what was owed and no sealed quarter counts as closed; what a death made owed to the
    family is not. Who stood in a branch that has ended since goes on in its successor: `unit` where there are several.
    That it was believed stays known. Raises ValidationError."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    person = lock_person(person)
    left = leaving(person)
    if not left:
        raise ValidationError(_("The person stands on a roll. Nothing was changed."))
    Unit.objects.select_for_update().get(pk=person.unit_id)  # so that it cannot end meanwhile
    heir = _heir(person, unit)
    stays, posts, away = list(stays_ended(left)), list(posts_ended(left)), list(ended_away(left))
    standing = _stand_again(left, by=by)
    for row in stays:
        decided = {"decided_by": by, "decided_at": timezone.now(), "decision_reason": Cause.NOT_LEFT}
        keep_copy(row, by=by, reason=reason, to_date=None, status=Status.ACTIVE, **decided)
    for row in posts:
        keep_copy(row, by=by, reason=reason, to_date=None)
    person.standing, person.category = standing, next((row.category for row in stays if row.primary), "")
    person.version += 1
    person.save()
    for tell in hooks.never_left:
        tell([row.pk for row in stays], [row.pk for row in posts], why=left.reason, by=by)
    if heir:
        went_on = max(filter(None, (person.unit.ends_on, heir.starts_on)))
        person = transfer_person(by=by, person=person, unit=heir, on=went_on, reason=Cause.UNIT_ENDED)
    for row in away:
        replace_rows([(row, {"to_date": None})], by=by)
    _leave_where_ended(posts, by=by)
    _wait_again(person, left)
    told = {"standing": standing, "on": str(left.from_date)}
    trace("never_left", by=by, obj=person, person=person, purpose=reason, detail=told)
    return person


def stays_ended(left):
    """The categories that ended with it; which were put right to end on another day, ended by themselves."""
    rows = Enrolment.objects.select_related("person", "unit").filter(person=left.person_id, superseded_at=None)
    return rows.filter(_with(left), status=Status.ENDED, decision_reason=left.reason)


def posts_ended(left):
    """The posts that were left with it, as the traces of the same act say; not those left that day by themselves."""
    traces = AuditRow.objects.filter(person=left.person_id)
    act = traces.filter(act="change_standing", detail__standing=Standing.FORMER).order_by("pk").last()
    if act is None:
        return PostHolding.objects.none()
    after = traces.filter(pk__gt=act.pk).order_by("pk")
    if last := after.filter(act__in=("receive_transfer", "remove_from_roll")).first():  # what such an act says last
        after = after.filter(pk__lt=last.pk)
    after = after.filter(act="leave_post").values_list("object_id", flat=True)
    rows = PostHolding.objects.select_related("person", "unit").filter(person=left.person_id, superseded_at=None)
    return rows.filter(_with(left), pk__in=[int(key) for key in after])


def roles_ended(left):
    """Whether roles of the person's account ended with it."""
    return RoleGrant.objects.filter(_with(left), user__person=left.person_id).exists()


def _with(left):
    """Q: ended that day, or on its own first one where that came later."""
    return Q(to_date=left.from_date) | Q(to_date=F("from_date"), from_date__gt=left.from_date)


def heirs(person):
    """The branches in which somebody of a branch that has ended goes on; none while it stands."""
    found, asked = [], [person.unit] if person.unit.ends_on else []
    while asked:
        for unit in asked.pop().successors.order_by("pk"):
            (asked if unit.ends_on else found).append(unit)
    return Unit.objects.filter(pk__in=[unit.pk for unit in found])


def _heir(person, unit):
    known = list(heirs(person))
    if unit and unit not in known:
        raise ValidationError({"unit": _("A person can only go to one of the successors.")})
    if len(known) > 1 and not unit:
        raise ValidationError({"unit": _("Choose the branch its people go to.")})
    return unit or next(iter(known), None)


def _stand_again(left, *, by):
    """The standing before goes on. Returns which."""
    chain = chain_of(left.person, StandingRow).exclude(pk=left.pk)
    ended = chain.filter(to_date=left.from_date).first() or chain.order_by("from_date", "pk").last()
    StandingRow.objects.filter(pk=left.pk).update(superseded_at=timezone.now())
    if whole := _replaced_whole(left):
        if ended and ended.to_date != whole.from_date:  # the day of leaving was put right since
            replace_rows([(ended, {"to_date": whole.from_date})], by=by)
        kept = {"standing": whole.standing, "reason": whole.reason, "extended_months": whole.extended_months}
        StandingRow.objects.create(person=left.person, from_date=whole.from_date, recorded_by=by, **kept)
        return whole.standing
    return replace_rows([(ended, {"to_date": None})], by=by).standing


def _replaced_whole(left):
    """The row in whose place leaving stood, because it had begun on that very day; or None."""
    rows = StandingRow.objects.filter(person=left.person_id)
    emptied = rows.exclude(standing=Standing.FORMER).filter(to_date=F("from_date"), superseded_at__isnull=False)
    whole = emptied.order_by("superseded_at", "pk").last()
    if not whole:
        return None
    following = rows.filter(pk__gt=whole.pk, from_date__gte=whole.from_date).order_by("pk")
    in_its_place = following.filter(from_date=whole.from_date, recorded_at__gte=whole.superseded_at).first()
    gone = in_its_place and in_its_place.standing == Standing.FORMER
    back = gone and following.filter(pk__gt=in_its_place.pk).exclude(standing=Standing.FORMER)
    return whole if gone and not back.exists() else None


def _leave_where_ended(posts, *, by):
    """A post of a branch that has ended since was left then."""
    for row in posts:
        if row.unit.ends_on:
            leave_post(by=by, holding=row, on=max(row.unit.ends_on, row.from_date), reason=Cause.UNIT_ENDED)


def _wait_again(person, left):
    """What was proposed waits for the town again, and a transfer for its receipt."""
    back = AuditRow.objects.filter(person=person, act="return_to_roll").order_by("pk").last()
    since = Q(recorded_at__gt=back.at) if back else Q()
    returned = person.enrolments.filter(since, status=Status.RETURNED, decided_at=None, decision_reason=left.reason)
    returned.update(status=Status.PROPOSED, decision_reason="", unit=person.unit, path=person.path)
    stopped = Q(state=Transfer.State.WITHDRAWN, settled_reason=left.reason)
    if left.reason == Cause.TRANSFERRED_OUT:
        stopped |= Q(state=Transfer.State.RECEIVED, to_unit=None)
    row = person.transfers.filter(since, stopped).order_by("settled_at", "pk").last()
    if row and row.to_unit_id != person.unit_id:
        row.state, row.unit, row.path = Transfer.State.WAITING, person.unit, person.path
        row.settled_by = row.settled_at = row.settled_on = None
        row.settled_reason = ""
        row.save()
