"""The numbers of the home page of an office whose scope is all n people: read from the counts, beside counted live."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import DateTimeField, F, Q, Value
from django.utils import timezone

from members.models import Unit
from projects.counting import check_counts, fold_counts, insert_select
from projects.models import Discharge, Due, Record
from projects.sweep import open_dues
from xitun.lib.dates import Quarter, today
from xitun.summary import Kept, Live

WORST = 5


def beside_live(ground):
    """Two quarters of dues as an office has them: of this one half is done, of the last nearly all. Both sides must
    give the very same numbers."""
    ground.settle()
    _work_done(ground)
    town = Unit.objects.get(pk=ground.county.pk)
    sides = [lambda of=of: _numbers(of(ground.staff, town), town) for of in (Kept, Live)]
    found = [side() for side in sides]
    if not found[0][0] or found[0] != found[1]:
        raise AssertionError("the counts and the dues give different numbers")
    kept, live = ground.best(*sides)
    return kept / live


def _numbers(quarter, unit):
    cells = quarter.by_place(len(unit.path) + Unit.steplen)
    return sorted(cells, key=lambda cell: (cell["place"], cell["category"])), quarter.overdue_by_duty(WORST)


def _work_done(ground):
    quarter = Quarter.of(today())
    for day in (quarter.start - timedelta(days=1), today()):
        open_dues(day)
    unit = ground.branches[0]
    record = Record.objects.create(
        submission_id=uuid4(), kind="joint.follow_up", unit=unit, path=unit.path, happened_on=today(),
        entered_at=timezone.now(),
    )  # fmt: skip
    last, this = Q(due_on__lt=quarter.start), Q(due_on__gte=quarter.start)
    done = Due.objects.open().alias(half=F("pk") % 2, twentieth=F("pk") % 20)
    done = done.filter(last & ~Q(twentieth=0) | this & Q(half=0)).order_by()
    made = {"m_record": Value(record.pk), "m_at": Value(timezone.now(), DateTimeField())}
    rows = done.annotate(**made).values_list("pk", *made)
    insert_select(Discharge, ("due_id", "record_id", "at"), *rows.query.sql_with_params())
    check_counts()  # the sweep's cases empty the tables behind its back
    fold_counts()
