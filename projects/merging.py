"""What follows a person into the file that is kept: records, receipts and dues; and what goes back afterwards."""

from django.db.models import Q

from members.models import Cause
from xitun.lib.dates import today

from . import turns
from .models import Due, Receipt, RecordSubject

SUBJECTS, DUES, RECEIPTS = "projects.recordsubject", "projects.due", "projects.receipt"
EXCHANGED, CLOSED = "projects.receipt.exchanged", "projects.due.closed"
ANSWERED = ("answer", "on", "by_id", "at")


def move(keep_id, other_id, *, ended, by):
    """Told by members before the enrolments `ended` end: [(label, keys)] of what moved and of the dues that close."""
    subjects, _beside = put_together(RecordSubject, keep_id, other_id)
    receipts, pairs = put_together(Receipt, keep_id, other_id, counts=_is_read, undone_at=None)
    exchange(Receipt, pairs, ANSWERED)
    dues = list(Due.objects.filter(person=other_id).values_list("pk", flat=True))
    closed = list(Due.objects.open().filter(enrolment__in=ended).values_list("pk", flat=True))
    Due.objects.filter(pk__in=dues).update(person=keep_id)
    closed += _close_doubles(keep_id, ended, by=by)
    return [(SUBJECTS, subjects), (RECEIPTS, receipts), (EXCHANGED, pairs), (DUES, dues), (CLOSED, closed)]


def put_together(model, keep_id, other_id, counts=None, **live):
    """Give the kept file those rows of the other that stand beside none of its own on one record; `live`: which rows
    do. Returns (keys of what moved, [(kept, other): keys of the pairs of which the other's `counts` for more])."""
    rows = {row.record_id: row for row in model._base_manager.filter(person=keep_id, **live)}
    theirs = list(model._base_manager.filter(person=other_id, **live))
    moved = [row.pk for row in theirs if row.record_id not in rows]
    model._base_manager.filter(pk__in=moved).update(person=keep_id)
    both = [(rows[row.record_id], row) for row in theirs if row.record_id in rows] if counts else []
    return moved, [(mine.pk, row.pk) for mine, row in both if counts(row) > counts(mine)]


def exchange(model, pairs, columns):
    """What the two rows of each pair say changes places; what stands on one record of both stays with its own file."""
    rows = model._base_manager.in_bulk([pk for pair in pairs for pk in pair])
    for one, other in ((rows[a], rows[b]) for a, b in pairs):
        said = [getattr(one, name) for name in columns], [getattr(other, name) for name in columns]
        for row, values in ((one, said[1]), (other, said[0])):
            for name, value in zip(columns, values, strict=True):
                setattr(row, name, value)
            row.save()


def _is_read(receipt):
    """Read when it was sent counts before made up for later."""
    return receipt.answer == Receipt.Answer.READ


def _close_doubles(keep_id, ended, *, by):
    """What one of the files still owed and the other has done is not owed twice. Returns the keys of these dues."""
    doubles = turns.doubles().filter(person=keep_id)
    keys = list(doubles.exclude(enrolment__in=ended).values_list("pk", flat=True))
    Due.objects.filter(pk__in=keys).close(on=today(), by=by, why=Cause.TURN_SETTLED)
    return keys


def give_back(keep_id, other_id, *, moved):
    """Also the dues that the sweep has opened since for what goes back."""
    RecordSubject._base_manager.filter(pk__in=moved[SUBJECTS]).update(person=other_id)
    theirs = Q(enrolment__in=moved["members.enrolment"]) | Q(post__in=moved["members.postholding"])
    Due.objects.filter(theirs | Q(pk__in=moved[DUES])).update(person=other_id)
    Receipt._base_manager.filter(pk__in=moved.get(RECEIPTS, ())).update(person=other_id)
    exchange(Receipt, moved.get(EXCHANGED, ()), ANSWERED)
    Due.objects.filter(pk__in=moved[CLOSED]).reopen()
