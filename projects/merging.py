"""What follows a person into the file that is kept: records, receipts and dues; and what goes back afterwards."""

from django.db.models import Q

from members.models import Cause
from xitun.lib.dates import today

from . import turns
from .models import Due, Receipt, RecordSubject

SUBJECTS, DUES, RECEIPTS = "projects.recordsubject", "projects.due", "projects.receipt"
CLOSED = "projects.due.closed"


def move(keep_id, other_id, *, ended, by):
    """Told by members before the enrolments `ended` end: [(label, keys)] of what moved and of the dues that close."""
    there = RecordSubject.objects.filter(person=keep_id).values("record")
    subjects = RecordSubject.objects.filter(person=other_id).exclude(record__in=there)
    dues, receipts = Due.objects.filter(person=other_id), Receipt.objects.filter(person=other_id)
    receipts = receipts.filter(record__in=subjects.values("record"))
    closed = Due.objects.open().filter(enrolment__in=ended)
    moved = [
        (label, list(rows.values_list("pk", flat=True))) for label, rows in _named(subjects, dues, receipts, closed)
    ]
    for model, (_label, keys) in zip((RecordSubject, Due, Receipt), moved, strict=False):
        model.objects.filter(pk__in=keys).update(person=keep_id)
    return [*moved[:-1], (CLOSED, moved[-1][1] + _close_doubles(keep_id, ended, by=by))]


def _close_doubles(keep_id, ended, *, by):
    """What one of the files still owed and the other has done is not owed twice. Returns the keys of these dues."""
    doubles = turns.doubles().filter(person=keep_id)
    keys = list(doubles.exclude(enrolment__in=ended).values_list("pk", flat=True))
    Due.objects.filter(pk__in=keys).close(on=today(), by=by, why=Cause.TURN_SETTLED)
    return keys


def _named(subjects, dues, receipts, closed):
    return (SUBJECTS, subjects), (DUES, dues), (RECEIPTS, receipts), (CLOSED, closed)


def give_back(keep_id, other_id, *, moved):
    """Also the dues that the sweep has opened since for what goes back."""
    RecordSubject.objects.filter(pk__in=moved[SUBJECTS]).update(person=other_id)
    theirs = Q(enrolment__in=moved["members.enrolment"]) | Q(post__in=moved["members.postholding"])
    Due.objects.filter(theirs | Q(pk__in=moved[DUES])).update(person=other_id)
    Receipt.objects.filter(pk__in=moved.get(RECEIPTS, ())).update(person=other_id)
    Due.objects.filter(pk__in=moved[CLOSED]).reopen()
