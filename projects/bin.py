"""Records that were taken back: who may bring one back, and what then holds again. Nothing in the bin is destroyed."""

from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access import CONFIRM, scope_of
from members.audit import trace_each
from members.models import Cause

from . import actions, occasions, registry, turns
from .models import Discharge, Due, Record
from .targets import may_change

UNDO_FOR = timedelta(minutes=10)
CLOSED_AGAIN = (  # see actions.close_again, and merging
    Cause.HAD_LEFT, Cause.POST_LEFT, Cause.UNIT_ENDED, Cause.BEGAN_LATER, Cause.MERGED,
)  # fmt: skip


def may_undo(record, user):
    """Whether its author may take it back with one tap. A version that put another right may not: what it amended
    would stay void."""
    fresh = timezone.now() - record.entered_at <= UNDO_FOR and not record.amends_id
    mine = record.author_id == user.pk and may_change(record, user)
    return fresh and mine and not record.voided_at


def may_restore(record, user):
    """The author who has just taken it back, or the town."""
    if not record.voided_at or record.void_reason == Cause.AMENDED:
        return False
    if scope_of(user).can(CONFIRM, record.path):
        return True
    fresh = timezone.now() - record.voided_at <= UNDO_FOR
    mine = record.author_id == record.voided_by_id == user.pk
    return mine and fresh and may_change(record, user)


@transaction.atomic
def restore_record(*, by, record):
    """Bring a record back that was taken back: it settles again what is still open, and what it had made is owed again.
    Returns (record, [Due] that are settled or closed otherwise by now). Raises ValidationError when a newer version
    holds, the quarter is sealed, or what it says may not be said any more."""
    record = Record.objects.select_for_update().get(pk=record.pk)
    if not record.voided_at:
        return record, []
    if record.void_reason == Cause.AMENDED:
        raise ValidationError(_("A newer version holds. Put that one right."))
    actions.check_sealed(record)
    actions.check_entry(replace(entry_of(record), before=record), kept=True)
    occasions.lock_stays(record.kind, record.subjects.values("enrolment"))
    voided_at = record.voided_at
    record.voided_at, record.voided_by, record.void_reason = None, None, ""
    record.save(update_fields=["voided_at", "voided_by", "void_reason"])
    missed = _settle_again(record, voided_at, by=by)
    made = Due.objects.filter(occasion=f"r{record.pk}").exclude(duty__in=occasions.needed_codes())
    made.filter(closed_why=Cause.RECORD_VOIDED, closed_at__gte=voided_at).reopen()
    actions.close_again(made, by=by)
    occasions.follow_needs(record, by=by)
    told = {"kind": record.kind, "missed": [due.pk for due in missed]}
    trace_each("restore_record", by=by, obj=record, people={pk: {} for pk in record.concerned()}, detail=told)
    return record, missed


def _settle_again(record, voided_at, *, by):
    """What it had settled when it was taken back and is open still. Returns what is not."""
    keys = list(record.discharges.filter(undone_at=voided_at).values_list("due", flat=True))
    dues = Due.objects.filter(pk__in=keys)
    ended = Q(closed_why__in=CLOSED_AGAIN) | Q(closed_on=F("enrolment__to_date")) | Q(closed_on=F("post__to_date"))
    unmade = Q(closed_why=Cause.RECORD_VOIDED) & ~Q(duty__in=occasions.needed_codes())
    dues.filter(ended | unmade, ~turns.settled_elsewhere(), closed_at__gte=voided_at).reopen()
    wanted = list(dues.select_for_update().order_by("pk"))
    still_open = set(dues.open().values_list("pk", flat=True))
    Discharge.objects.bulk_create(
        Discharge(due=due, record=record, by=by, at=timezone.now()) for due in wanted if due.pk in still_open
    )
    turns.stand_once(dues, by=by)
    return [due for due in wanted if due.pk not in still_open]


def entry_of(record):
    """What the hand wrote down, read back from the rows."""
    if record.kind not in registry.kinds():
        raise ValidationError(_("Records of this kind are not written any more."))
    _project, kind = registry.kinds()[record.kind]
    model = registry.detail_model(record.kind)
    row = model.objects.filter(record=record).first() if model else None
    subjects = list(record.subjects.select_related("enrolment", "person").order_by("pk"))
    return actions.Entry(
        kind=record.kind,
        unit=record.unit,
        happened_on=record.happened_on,
        submission_id=record.submission_id,
        enrolments=tuple(s.enrolment for s in subjects if s.enrolment),
        people=tuple(s.person for s in subjects if not s.enrolment),
        rows=_rows_of(record),
        post=record.post,
        narrative=record.narrative,
        detail={name: getattr(row, name) for name in kind.fields} if row else {},
    )


def _rows_of(record):
    """The further rows of a record (who attended), as Entry.rows has them."""
    model = registry.rows_model(record.kind)
    if model is None:
        return ()
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key and field.name != "record"]
    return tuple(
        {name: getattr(row, name) for name in names} for row in model.objects.filter(record=record).order_by("pk")
    )
