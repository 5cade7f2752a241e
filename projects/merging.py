"""What follows a person into the file that is kept: records and dues; and what goes back afterwards."""

from django.db.models import Q

from .models import Due, RecordSubject

SUBJECTS, DUES, CLOSED = "projects.recordsubject", "projects.due", "projects.due.closed"


def move(keep_id, other_id, *, ended):
    """Told by members before the enrolments `ended` end: [(label, keys)] of what moved and of the dues that close."""
    there = RecordSubject.objects.filter(person=keep_id).values("record")
    subjects = RecordSubject.objects.filter(person=other_id).exclude(record__in=there)
    dues = Due.objects.filter(person=other_id)
    closed = Due.objects.open().filter(enrolment__in=ended)
    moved = [(label, list(rows.values_list("pk", flat=True))) for label, rows in _named(subjects, dues, closed)]
    for model, (_label, keys) in zip((RecordSubject, Due), moved, strict=False):
        model.objects.filter(pk__in=keys).update(person=keep_id)
    return moved


def _named(subjects, dues, closed):
    return (SUBJECTS, subjects), (DUES, dues), (CLOSED, closed)


def give_back(keep_id, other_id, *, moved):
    """Also the dues that the sweep has opened since for what goes back."""
    RecordSubject.objects.filter(pk__in=moved[SUBJECTS]).update(person=other_id)
    theirs = Q(enrolment__in=moved["members.enrolment"]) | Q(post__in=moved["members.postholding"])
    Due.objects.filter(theirs | Q(pk__in=moved[DUES])).update(person=other_id)
    Due.objects.filter(pk__in=moved[CLOSED]).reopen()
