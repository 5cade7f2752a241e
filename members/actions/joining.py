"""The stays of two files that become one: on any day somebody stands in a category once, what goes on goes on, and what
was believed until then stays known, as where days are put right (members.actions.rows)."""

import copy
from collections import defaultdict
from datetime import date, timedelta

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from members.models import AuditRow, Category, Cause, Enrolment, Status
from members.models.enrolments import LIVE, NEVER_HELD
from xitun.lib.dates import today

OF_ENROLMENT = (
    "status from_date to_date primary decided_by_id decided_at decision_reason recorded_at recorded_by_id"
).split()
OPENED, COPIES = "members.enrolment.opened", "members.enrolment.copies"


def join_stays(keep, other, *, by):
    """What is open of the other file goes on with the kept person, or ends; before its rows are theirs. Returns
    ({label: keys} of the rows written, what `hooks.people_merged` is told)."""
    has = dict(keep.enrolments.filter(status__in=LIVE).values_list("category", "pk"))
    live = list(other.enrolments.filter(status__in=LIVE))
    along = [row.pk for row in live if row.unit_id == keep.unit_id and row.category not in has]
    ended = [row for row in live if row.pk not in along]
    _return_proposals(keep, other, [row.category for row in live], by=by)
    copies = _believed(_held(other), by=by)
    _end(Enrolment.objects.filter(pk__in=[row.pk for row in ended]), by=by)
    opened = {row.pk: _go_on(row, keep, by=by).pk for row in ended if row.category not in has}
    mine, parted = _part(keep, other, by=by)
    _settle_primary(keep, other)
    gone_on = {row.pk: opened.get(row.pk) or has[row.category] for row in ended}
    return {OPENED: [*opened.values()], COPIES: copies + mine}, {"gone_on": gone_on, "parted": parted}


def take_back(moved, *, by):
    """What the merge wrote never held, and was never known."""
    Enrolment.objects.filter(pk__in=moved.get(COPIES, ())).update(superseded_at=F("recorded_at"))
    opened = Enrolment.objects.filter(pk__in=moved.get(OPENED, ()))
    _end(opened, by=by)
    opened.update(to_date=F("from_date"), superseded_at=F("recorded_at"))


def _held(*people):
    return Enrolment.objects.filter(person__in=people, superseded_at=None).exclude(status__in=NEVER_HELD)


def _return_proposals(keep, other, lived, *, by):
    """The other's that cannot go along, and the kept person's for what the other stands in already."""
    asked = set(keep.enrolments.filter(status=Status.PROPOSED).values_list("category", flat=True))
    has = asked | set(keep.enrolments.filter(status__in=LIVE).values_list("category", flat=True))
    along = other.enrolments.filter(unit=keep.unit_id).exclude(category__in=has)
    lost = Q(person=other) & ~Q(pk__in=along.values("pk")) | Q(person=keep, category__in=lived)
    Enrolment.objects.filter(lost, status=Status.PROPOSED).update(
        status=Status.RETURNED, decided_by=by, decided_at=timezone.now(), decision_reason=Cause.MERGED
    )


def _end(rows, *, by):
    ends = Greatest(F("from_date"), Value(today(), DateField()))
    ended = {"status": Status.ENDED, "to_date": ends, "decided_by": by, "decided_at": timezone.now()}
    rows.update(**ended, decision_reason=Cause.MERGED)


def _go_on(row, keep, *, by):
    """A category of another branch, where the kept person stands: as after a transfer."""
    new = copy.copy(row)
    new.pk, new._state.adding = None, True
    new.person, new.unit_id, new.path, new.status, new.helper = keep, keep.unit_id, keep.path, Status.ACTIVE, None
    new.from_date, new.recorded_by, new.version = max(today(), row.from_date), by, 1
    new.primary = row.primary and not keep.enrolments.filter(status__in=LIVE, primary=True).exists()
    new.save()
    return new


def _believed(rows, *, by):
    """Each row is known from now on; a superseded copy, of the person it was believed of, keeps what was known before.
    Each at a moment of its own, by which the copy finds its row (projects.stays.originals). A case of help and
    education goes along in every version, so that where it is closed none is seen. Returns the keys."""
    rows, now, copies = list(rows.order_by("pk")), timezone.now(), []
    confirmed = AuditRow.objects.filter(
        act="confirm_category", object_type=Enrolment._meta.label_lower, object_id__in=[str(row.pk) for row in rows]
    )
    confirmed = dict(confirmed.order_by().values("object_id").annotate(last=Max("at")).values_list("object_id", "last"))
    for number, row in enumerate(rows):
        moment, believed = now + timedelta(microseconds=number), copy.copy(row)
        believed.pk, believed._state.adding = None, True
        believed.status, believed.superseded_at = Status.ENDED, moment  # a copy is never live
        believed.save()
        since = max(row.recorded_at, confirmed.get(str(row.pk), row.recorded_at))
        Enrolment.objects.filter(pk=believed.pk).update(recorded_at=since)
        Enrolment.objects.filter(pk=row.pk).update(recorded_at=moment, recorded_by=by, version=F("version") + 1)
        copies.append(believed.pk)
    return copies


def _part(keep, other, *, by):
    """No day is in two rows of a category: the one that ends first lasts until the other begins, or is left without a
    day there, and is part of its stay (`Cause.MERGED`). Returns (keys of the kept person's former rows, {row: (end,
    why) as they were})."""
    rows = defaultdict(list)
    for row in _held(keep, other):
        rows[row.category].append(row)
    overlapping = [pair for each in rows.values() for pair in _overlapping(each, keep)]
    mine = [row.pk for row, _on in overlapping if row.person_id == keep.pk]
    copies = _believed(Enrolment.objects.filter(pk__in=mine), by=by)
    for row, on in overlapping:
        days = {"from_date": min(row.from_date, on), "to_date": on, "primary": row.primary and row.from_date < on}
        Enrolment.objects.filter(pk=row.pk).update(**days, decision_reason=Cause.MERGED)
    return copies, {row.pk: (row.to_date, row.decision_reason) for row, _on in overlapping}


def _overlapping(rows, keep):
    """[(row, day on which one that lasts longer begins)]; of two that end together the kept person's lasts."""
    lasting, found = [], []  # lasting: (from, to), none of which overlap
    for row in sorted(rows, key=lambda row: (row.to_date or date.max, row.person_id == keep.pk), reverse=True):
        start, end = row.from_date, row.to_date or date.max
        if on := next((other for other, until in lasting if other < end and start < until), None):
            found.append((row, on))
            start, end = min(start, on), on
        if start < end:
            lasting.append((start, end))
    return found


def _settle_primary(keep, other):
    """One primary category on any day: the kept one's; what comes along stands beside it, then and now."""
    held = keep.enrolments.filter(primary=True, superseded_at=None).exclude(status__in=NEVER_HELD)
    ends = Coalesce(OuterRef("to_date"), date.max)
    same_days = held.filter(Q(to_date=None) | Q(to_date__gt=OuterRef("from_date")), from_date__lt=ends)
    theirs = other.enrolments.filter(primary=True).exclude(status__in=NEVER_HELD)
    theirs.filter(Exists(same_days), superseded_at=None).update(primary=False)
    live = Enrolment.objects.filter(person__in=(keep, other), status__in=LIVE, primary=True)
    keep.category = live.values_list("category", flat=True).first() or ""


def going_along(rows):
    """Of the enrolments of the other file, those that are the kept person's from now on: what was believed of them
    before was believed of the other; a case is the kept person's in every version, see `_believed`."""
    return rows.filter(Q(superseded_at=None) | Q(category=Category.BACKWARD))
