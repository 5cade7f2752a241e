"""Every write of the engine: keyword-only, atomic, named after the business act, leaving a trace."""

from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.actions.helping import helpers_at
from members.audit import trace, trace_each
from members.models import BranchMembership, Cause
from members.models.dated import true_on
from xitun.lib.dates import business_date, today
from xitun.lib.workdays import add_workdays

from . import consequences, occasions, registry, turns
from .models import Discharge, Due, PeriodLock, Record, RecordSubject
from .papers import SENT_FOR_ELSE, Sending, keep_papers
from .practice import LATE_AFTER
from .stays import last_day, living
from .sweep import open_dues
from .words import due_name
from .workflow import DEATH, NO_DEATH, Subject


@dataclass(frozen=True)
class Entry:
    """What a hand wrote down, before it is saved. `kind` "joint.follow_up"; `enrolments` the people it concerns (one or
    several), or `post`, or only `unit`; `people` whom a kind concerns that asks for no enrolment; `detail` the columns
    of the kind's own model; `rows` those of its further rows (dicts); `dues` what it shall settle."""

    kind: str
    unit: object
    happened_on: object
    submission_id: UUID
    enrolments: tuple = ()
    post: object = None
    narrative: str = ""
    detail: dict = field(default_factory=dict)
    dues: tuple = ()
    people: tuple = ()
    rows: tuple = ()
    papers: tuple = ()  # xitun.lib.papers.Prepared
    carried_from: object = None  # the OldLedger it stood in
    before: object = None  # the Record as it was written, where this puts it right or brings it back


@transaction.atomic
def open_duties(*, by):
    """Open everything owed today, at once. What is open already stays as it is. Returns how many were new."""
    opened = open_dues()
    trace("open_duties", by=by, detail={"opened": opened})
    return opened


@transaction.atomic
def save_record(*, by, entry):
    """Write a record and settle the dues it names. The same `submission_id` again returns the first record: a double
    tap, the back button and a resend make one row. Raises ValidationError when it was for something else, the quarter
    is sealed, the date lies ahead, or a due is not this record's to settle."""
    if known := sent_before(entry, by=by):
        return known
    try:
        with transaction.atomic():
            return _save(entry, by=by)
    except IntegrityError:  # the other tap of a double tap was first
        if known := sent_before(entry, by=by):
            return known
        raise


def sent_before(entry, *, by, amends=None):
    """The record this form has made already, also when it was put right since. What it says of something else would be
    lost: another kind or branch, other people, or another record that it `amends`."""
    known = Record.objects.filter(submission_id=entry.submission_id).first()
    if known is None:
        return None
    if known.author_id != getattr(by, "pk", None):
        raise ValidationError(_("Somebody else has sent this form. Open it again and enter it anew."))
    people = {row.person_id for row in entry.enrolments} | {person.pk for person in entry.people}
    meant = (entry.kind, entry.unit.pk, amends and amends.pk, entry.post and entry.post.holder_name, people)
    there = set(known.subjects.values_list("person", flat=True))
    if meant != (known.kind, known.unit_id, known.amends_id, known.post and known.post.holder_name, there):
        raise ValidationError({"submission_id": SENT_FOR_ELSE})
    return known


def _save(entry, *, by):
    check_entry(entry)
    occasions.lock_stays(entry.kind, [row.pk for row in entry.enrolments])
    record = write_record(by=by, entry=entry)
    discharge(record, entry.dues, by=by)
    _open_occasions(record, entry)
    told = {"kind": entry.kind, "on": str(entry.happened_on), "dues": [due.pk for due in entry.dues]}
    if papers := keep_papers(record, Sending(entry.submission_id, entry.papers), by=by):
        told["papers"] = [paper.pk for paper in papers]
    own = {pk: {"dues": [due.pk for due in entry.dues if due.person_id in (pk, None)]} for pk in record.concerned()}
    trace_each("save_record", by=by, obj=record, people=own, detail=told)
    return record


def check_entry(entry, *, kept=False):
    """ValidationError when this may not be written. `kept`: it was written before, so that its own columns and its
    people stand as they do, also where other choices are offered, or a roll was put right, by now."""
    if entry.happened_on > today():
        raise ValidationError({"happened_on": _("The date lies ahead. Enter what has happened.")})
    if PeriodLock.holds(entry.unit.path, entry.happened_on):
        raise ValidationError(
            {"happened_on": _("That quarter is sealed. A late fact becomes a correction: ask the town office.")}
        )
    project, kind = registry.kinds()[entry.kind]
    if kind.subject is Subject.ENROLMENT and not entry.enrolments:
        raise ValidationError(_("Say whom it concerns."))
    if kind.subject is Subject.POST and (not entry.post or entry.post.unit_id != entry.unit.pk):
        raise ValidationError(_("Say which post of this branch it concerns."))
    if any(e.category != project.category or not e.path.startswith(entry.unit.path) for e in entry.enrolments):
        raise ValidationError(_("These people do not all stand in this project and branch."))
    _check_people(kind, entry, kept=kept)
    if not kept and not (entry.before and entry.before.happened_on == entry.happened_on):
        _check_ended(kind, entry)
    if not kept and (model := registry.detail_model(entry.kind)):
        model(**entry.detail).clean_fields(exclude=["record"])
    rules = registry.rules(project.code)
    check = getattr(rules, "check_record", None)
    if check := getattr(rules, "check_restored", check) if kept else check:
        check(kind.code, entry)


def _check_ended(kind, entry):
    """Nobody is telephoned after their death, nor by the branch they have left: the last day is that of the end."""
    if registry.may_come_after(entry.kind):
        return
    day = entry.happened_on
    for row in entry.enrolments:
        if row.to_date and row.to_date < day and (end := last_day(row)) and end < day:
            words = _("%(name)s stood here until %(day)s. Put the day right, or enter it where they stand now.")
            _refuse(words, name=row.person.name, day=end)
    if entry.post and entry.post.to_date and entry.post.to_date < day:
        words = _("%(name)s held this post until %(day)s. Put the day right.")
        _refuse(words, name=entry.post.holder_name, day=entry.post.to_date)
    if entry.unit.ends_on and entry.unit.ends_on < day:
        words = _("%(name)s ended on %(day)s. Put the day right, or enter it where its people are now.")
        _refuse(words, name=entry.unit, day=entry.unit.ends_on)


def _refuse(words, *, name, day):
    raise ValidationError({"happened_on": words % {"name": name, "day": date_format(day)}})


def is_late(entry, day):
    """Whether what happened then and is written on `day` is marked as entered late."""
    return day > add_workdays(entry.happened_on, LATE_AFTER.on(day, entry.unit.path))


def _check_people(kind, entry, *, kept):
    """Those of a kind that asks for no enrolment: somebody, and on that day of the branch, as far as is known when they
    are first named for it."""
    if kind.people and not entry.people:
        raise ValidationError({"together": _("Say whom it concerns.")})
    if entry.people and not kept:
        same_day = entry.before and entry.before.happened_on == entry.happened_on
        named = set(entry.before.concerned()) if same_day else set()
        anew = [person for person in entry.people if person.pk not in named]
        here = BranchMembership.objects.filter(true_on(entry.happened_on), unit__path__startswith=entry.unit.path)
        if here.filter(person__in=anew).count() < len(anew) or not kind.people:
            raise ValidationError({"together": _("These people were not all on the branch's roll on that day.")})


def write_record(*, by, entry):
    project, _kind = registry.kinds()[entry.kind]
    now = timezone.now()
    record = Record.objects.create(
        submission_id=entry.submission_id,
        kind=entry.kind,
        unit=entry.unit,
        path=entry.unit.path,
        post=entry.post,
        happened_on=entry.happened_on,
        entered_at=now,
        # The old ledger had it in time, as far as anybody can tell: carrying it over is nobody's delay.
        entered_late=not entry.carried_from and is_late(entry, business_date(now)),
        carried_from=entry.carried_from,
        author=by,
        narrative=entry.narrative.strip(),
        restricted=project.restricted or any(e.restricted for e in entry.enrolments),
    )
    RecordSubject.objects.bulk_create(
        [RecordSubject(record=record, person_id=pk, enrolment=row) for pk, row in _one_each(entry).items()]
        + [RecordSubject(record=record, person=person) for person in entry.people]
    )
    if model := registry.detail_model(entry.kind):
        detail = model(record=record, **entry.detail)
        detail.full_clean(exclude=["record"])
        detail.save(force_insert=True)
    if model := registry.rows_model(entry.kind):
        model.objects.bulk_create(model(record=record, **columns) for columns in entry.rows)
    return record


def _one_each(entry):
    """{person: enrolment}: who was named with two, of two stays or of two files that are one by now, stands there with
    the one that was in force that day."""
    day = entry.happened_on
    rows = sorted(entry.enrolments, key=lambda row: row.from_date <= day and (row.to_date is None or row.to_date > day))
    return {row.person_id: row for row in rows}


def discharge(record, dues, *, by):
    allowed = registry.duties_discharged_by(record.kind)
    before = set()
    if record.amends_id:
        before.update(Due.objects.filter(discharges__record__in=record.versions()).values_list("pk", flat=True))
    stays = dict(record.subjects.values_list("enrolment_id", "person_id"))
    wanted = list(Due.objects.select_for_update().filter(pk__in=[d.pk for d in dues]).order_by("pk"))
    still_open = set(Due.objects.open().filter(pk__in=[d.pk for d in wanted]).values_list("pk", flat=True))
    for due in wanted:
        theirs = _fits(due, record, stays) or (due.pk in before and due.person_id in stays.values())
        if due.duty not in allowed or not theirs:
            raise ValidationError(_("This record cannot settle that duty."))
        if due.pk not in still_open:
            raise ValidationError(_("That duty is settled or closed already. Nothing was saved."))
        if not has_begun(due, record.happened_on):
            words = _("That was before %(day)s, when “%(duty)s” began. Put the day right, or leave that duty unticked.")
            told = {"day": date_format(due.opens_on), "duty": due_name(due)}
            raise ValidationError({"happened_on": words % told})
    Discharge.objects.bulk_create(Discharge(due=due, record=record, by=by, at=timezone.now()) for due in wanted)


def has_begun(due, day):
    """Whether what happened on `day` may settle it: a promise is not kept before it was given."""
    return due.opens_on <= day or due.duty in registry.may_precede()


def _fits(due, record, stays):
    """Whether a due concerns what the record does: its post, one of its {enrolment: person}, or its unit."""
    if due.enrolment_id is None:
        return due.unit_id == record.unit_id and due.post_id in (None, record.post_id)
    again = due.duty in registry.once_a_person() and due.unit_id == record.unit_id
    return due.enrolment_id in stays or (again and due.person_id in stays.values())


def _open_occasions(record, entry):
    """A sickness learned of, a departure registered: the record makes the duties declared to follow it."""
    for duty, start in occasions.following(record, entry):
        occasions.open_occasion(duty, record, entry.enrolments or (None,), start)
    occasions.follow_needs(record, by=record.author)


def check_sealed(record, *, kept=()):
    """ValidationError when the record happened in a sealed quarter, or when it settles, besides the dues `kept`, what a
    sealed quarter counts as done. What was done for such a quarter after the sealing may be taken back."""
    if PeriodLock.holds(record.path, record.happened_on):
        raise ValidationError(_("That quarter is sealed. A late fact becomes a correction: ask the town office."))
    lost = Due.objects.sealed_as_done().filter(discharges__in=record.discharges.live())
    if due := lost.exclude(pk__in=[due.pk for due in kept]).first():
        words = _(
            "“%(duty)s” was sealed as done by this record. A late fact becomes a correction: ask the town office."
        )
        raise ValidationError(words % {"duty": due_name(due)})


@transaction.atomic
def void_record(*, by, record, reason):
    """Take a record back with a reason. It stays readable as voided; what it had settled is open again, and dues that
    only it had made are closed."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    record = Record.objects.select_for_update().get(pk=record.pk)
    if record.voided_at:
        return record
    check_sealed(record)
    occasions.lock_stays(record.kind, record.subjects.values("enrolment"))
    record.voided_at, record.voided_by, record.void_reason = timezone.now(), by, reason
    record.save(update_fields=["voided_at", "voided_by", "void_reason"])
    record.discharges.live().update(undone_at=record.voided_at)
    made = Due.objects.open().filter(occasion=f"r{record.pk}")
    made.close(on=today(), by=by, why=Cause.RECORD_VOIDED)
    close_again(Due.objects.filter(discharges__record=record), by=by)
    turns.stand_once(Due.objects.filter(discharges__record=record), by=by)
    occasions.follow_needs(record, by=by)
    people = {key: {} for key in record.concerned()}
    trace_each("void_record", by=by, obj=record, people=people, purpose=reason, detail={"kind": record.kind})
    return record


def close_again(dues, *, by):
    """What a voided record had settled is not owed again for people who have since left or for a branch that has ended:
    it ended then, and goes on with the stay; nor for whom it began too late; nor where the record that had made it
    holds no more. What several make needed: occasions."""
    of_none = dues.open().filter(occasion__startswith=NO_DEATH)
    of_none.close(on=F("opens_on"), by=by, why=Cause.NOT_LEFT)
    undone = dues.open().exclude(occasion=DEATH)
    made = undone.exclude(duty__in=occasions.needed_codes())
    made.unmade().close(on=today(), by=by, why=Cause.RECORD_VOIDED)
    consequences.close_came_too_late(undone, by=by)
    if left := list(undone.filter(enrolment__to_date__lte=today()).select_related("enrolment")):
        theirs = Due.objects.filter(pk__in=[due.pk for due in left])
        theirs.close(on=today(), by=by, why=Cause.HAD_LEFT)
        gone_on = living([due.enrolment for due in left])
        occasions.go_on(theirs, {pk: row.pk for pk, row in gone_on.items()})
    undone.filter(post__to_date__lte=today()).close(on=today(), by=by, why=Cause.POST_LEFT)
    undone.filter(unit__ends_on__lte=today()).close(on=today(), by=by, why=Cause.UNIT_ENDED)


@transaction.atomic
def waive_due(*, by, due, reason):
    """The town decides, with a reason, that this is not owed after all. It counts as closed, not as done."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    if PeriodLock.holds(due.path, due.due_on):
        raise ValidationError(_("That quarter is sealed; what was owed in it stays as it was."))
    if not Due.objects.open().filter(pk=due.pk).close(on=today(), by=by, why=reason):
        raise ValidationError(_("That duty is settled or closed already. Nothing was changed."))
    due.refresh_from_db()
    trace("waive_due", by=by, obj=due, person=due.person, purpose=reason, detail={"duty": due.duty})
    return due


def may_take_on(due):
    """Users to whom a due can be given by name: whoever may write there today."""
    return helpers_at(due.path, restricted=due.restricted)


@transaction.atomic
def assign_due(*, by, due, assignee):
    """Say who is responsible for this due; unclaimed ones (None) fall to the branch secretary. Raises ValidationError
    when it is open no more, or for somebody who may not write there."""
    due = Due.objects.select_for_update().get(pk=due.pk)
    if not Due.objects.open().filter(pk=due.pk).exists():
        raise ValidationError(_("That duty is settled or closed already. Nothing was changed."))
    if assignee and not may_take_on(due).filter(pk=assignee.pk).exists():
        raise ValidationError({"assignee": _("Choose somebody who writes in this branch.")})
    due.assignee = assignee
    due.save(update_fields=["assignee"])
    trace("assign_due", by=by, obj=due, person=due.person, detail={"assignee": getattr(assignee, "pk", None)})
    return due
