"""Put a record right: what was written stays readable as the former version, the new one takes its place."""

from collections import defaultdict
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.audit import trace_each
from members.models import Cause
from xitun.lib.dates import business_date, today

from . import actions, hooks, occasions, papers, receipts, registry, turns
from .models import Discharge, Due, Record


class Amended(Exception):
    """Somebody else was quicker: the record was put right or taken back since the form was opened. `record` is what
    holds now, or the one taken back."""

    def __init__(self, record):
        super().__init__(_("Somebody was quicker. Nothing of yours was saved."))
        self.record = record


@transaction.atomic
def amend_record(*, by, record, entry, reason):
    """Write `entry` in the place of `record`: it settles what it names, and what the former version had made (a
    condolence to come, a term's end) belongs to it, by its own days, and so do its papers. The same `submission_id`
    again returns the first. Raises Amended when the record no longer holds, ValidationError as `save_record` does.
    Returns the new Record."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    record = Record.objects.select_for_update().get(pk=record.pk)
    if known := actions.sent_before(entry, by=by):
        return known
    if record.voided_at:
        raise Amended(newest(record))
    actions.check_sealed(record, kept=entry.dues)
    if entry.kind != record.kind or entry.unit.pk != record.unit_id:
        raise ValidationError(_("A record stays of its kind and with its branch. Take it back and write it anew."))
    theirs = record.subjects.values_list("enrolment", flat=True)
    occasions.lock_stays(record.kind, [*theirs, *(row.pk for row in entry.enrolments)])
    record.voided_at, record.voided_by, record.void_reason = timezone.now(), by, Cause.AMENDED
    record.save(update_fields=["voided_at", "voided_by", "void_reason"])
    settled = list(record.discharges.live().values_list("due", flat=True))
    record.discharges.live().update(undone_at=record.voided_at)
    new = _write(record, entry, by=by, reason=reason)
    actions.close_again(Due.objects.filter(pk__in=settled), by=by)
    turns.stand_once(Due.objects.filter(pk__in=[*settled, *(due.pk for due in entry.dues)]), by=by)
    detail = {"kind": record.kind, "on": str(entry.happened_on), "was": str(record.happened_on)}
    people = {pk: {} for pk in {*record.concerned(), *new.concerned()}}
    trace_each("amend_record", by=by, obj=new, people=people, purpose=reason, detail=detail)
    return new


def newest(record):
    """The version that holds of what `record` was once, or the last one."""
    return record.versions().latest("pk")


def _write(record, entry, *, by, reason):
    entry = replace(entry, carried_from=record.carried_from)
    actions.check_entry(entry, former=record)
    new = actions.write_record(by=by, entry=entry)
    # entered late is who wrote late, not who puts right
    first = business_date(record.entered_at)
    new.entered_late = not new.carried_from_id and actions.is_late(entry, first)
    new.amends, new.amend_reason, new.origin_id = record, reason, record.origin_id or record.pk
    new.save(update_fields=["entered_late", "amends", "amend_reason", "origin"])
    actions.discharge(new, entry.dues, by=by)
    _take_over(record, new, entry, by=by)
    receipts.take_over(record, new)
    for follow in hooks.record_amended:
        follow(record, new)
    papers.follow(record, new)
    papers.keep_papers(new, papers.Sending(entry.submission_id, entry.papers), by=by)
    return new


def _take_over(record, new, entry, *, by):
    """The dues that a former version had made are the new one's, due by its days; those it does not make stay that
    one's, and close. A constant number of queries a duty."""
    makers = [f"r{pk}" for pk in record.versions().values_list("pk", flat=True)]
    made = Due.objects.filter(occasion__in=makers).order_by("pk")
    there = defaultdict(list)  # where the stay has moved meanwhile, at both branches
    for due in made:
        there[due.duty, due.enrolment_id and due.person_id].append(due)
    made.filter(duty__in=occasions.needed_codes()).update(occasion=f"r{new.pk}")
    for duty, start in occasions.following(new, entry):
        code = f"{registry.kinds()[new.kind][0].code}.{duty.code}"
        known = {row: there[code, row and row.person_id] for row in entry.enrolments or (None,)}
        if duty.about and _says_otherwise(record, entry, duty.about):
            known = {row: [due for due in dues if not due.was_let_off] for row, dues in known.items()}
        kept = Due.objects.filter(pk__in={due.pk for dues in known.values() for due in dues})
        kept.update(occasion=f"r{new.pk}")
        _follow_days(kept, occasions.occasion_days(duty, start), new, by=by)
        if lacking := [row for row, dues in known.items() if not dues]:
            occasions.open_occasion(duty, new, lacking, start)
    made.unmade().open().close(on=today(), by=by, why=Cause.RECORD_VOIDED)
    for version in (record, new):
        occasions.follow_needs(version, by=by)


def _says_otherwise(record, entry, column):
    """Whether it is about something else now: who was let off one promise was not let off another."""
    detail = registry.detail_model(record.kind).objects.get(record=record)
    return (getattr(detail, column) or "").strip() != (entry.detail.get(column) or "").strip()


def _follow_days(dues, due_on, new, *, by):
    """They are due by the days of the new version."""
    dues.filter(closed_why=Cause.RECORD_VOIDED).reopen()  # a version before this one did not make it
    moved = dues.unsealed().filter(closed_on=None)
    _check_later(moved, new)
    occasions.put_days(moved, due_on, new)
    actions.close_again(dues, by=by)


def _check_later(dues, new):
    """A promise cannot have been given on a later day than it was kept."""
    if new.happened_on > new.amends.happened_on:
        live = Discharge.objects.live().filter(due__in=dues.exclude(duty__in=registry.may_precede()))
        if done := live.filter(record__happened_on__lt=new.happened_on).select_related("record").first():
            words = _("What follows from it was done on %(day)s already. Put that record right first.")
            raise ValidationError({"happened_on": words % {"day": date_format(done.record.happened_on)}})
