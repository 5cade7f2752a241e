"""How many dues stand where, kept beside the dues: what the home pages and the quarterly report read instead of
counting a million rows."""

from collections import Counter

from django.db import models, transaction
from django.db.models import Count, F, FilteredRelation, Q

from members.access import ScopedQuerySet
from members.models import Unit

CELL = ("unit_id", "path", "duty", "category", "restricted", "opens_on", "due_on")
STATES = ("open", "on_time", "late", "closed")
COUNTED = {*CELL, "unit", "closed_on"}  # columns of Due that say where and as what it is counted
PART = 2000  # dues named in one statement


class DueCountQuerySet(ScopedQuerySet):
    scope_field = "path"
    restricted_field = "restricted"

    def summed(self, *by):
        """{by…, open, on_time, late, closed}: the sums over a cell, or over whatever `by` names."""
        return self.order_by().values(*by).annotate(**{f"n_{state}": models.Sum(state) for state in STATES})


class DueCount(models.Model):
    """So many more or fewer dues of a cell (unit × duty × days) are open, done on time, done late, closed. A row is
    added in the transaction that changes the dues and never altered: what a cell holds is the sum of its rows, so two
    writers neither wait for one another nor lose a number. The night folds the rows of a cell into one. Overdue is
    derived here too: open, due before today."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=255)
    duty = models.CharField(max_length=50)
    category = models.CharField(max_length=12)
    restricted = models.BooleanField()
    opens_on = models.DateField()
    due_on = models.DateField()
    open = models.IntegerField(default=0, db_default=0)
    on_time = models.IntegerField(default=0, db_default=0)
    late = models.IntegerField(default=0, db_default=0)
    closed = models.IntegerField(default=0, db_default=0)
    folding = models.BooleanField(default=False, db_default=False)  # true only inside the transaction that folds

    objects = DueCountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["path", "due_on"], name="due_count_path_due_on"),
            models.Index(fields=["path"], name="due_count_open", condition=~Q(open=0)),
        ]

    def __str__(self):
        return f"{self.duty} {self.due_on}"


def counted_live(dues):
    """[{cell…, open, on_time, late, closed}] of the dues themselves: one row a cell, in one statement."""
    settled, kept = Q(live__isnull=False), Q(live__isnull=True)
    on_time = Q(live__record__happened_on__lte=F("due_on"))
    return (
        dues.annotate(live=FilteredRelation("discharges", condition=Q(discharges__undone_at=None)))
        .order_by()
        .values(*CELL)
        .annotate(
            open=Count("pk", filter=kept & Q(closed_on=None)),
            on_time=Count("pk", filter=on_time),
            late=Count("pk", filter=settled & ~on_time),
            closed=Count("pk", filter=kept & Q(closed_on__isnull=False)),
        )
    )


def recounted(dues, write):
    """Lock these dues, `write(rows)` what changes them or their discharges, and keep count of it. Returns the sum of
    what `write` returned. A constant number of statements for every PART dues; one where there are none."""
    with transaction.atomic(savepoint=False):
        keys = list(dues.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        return sum(_recounted(dues.model, keys[at : at + PART], write) for at in range(0, len(keys), PART))


def _recounted(model, keys, write):
    rows = model._base_manager.filter(pk__in=keys)
    before = list(counted_live(rows))
    result = write(model.objects.filter(pk__in=keys))
    keep([*((row, 1) for row in counted_live(rows)), *((row, -1) for row in before)])
    return result


def keep(changes):
    """Add to the counts; `changes` [({cell…, state…: number}, 1 or −1)]."""
    cells = {}
    for row, sign in changes:
        cell = cells.setdefault(tuple(row[name] for name in CELL), Counter())
        for state in STATES:
            cell[state] += sign * row.get(state, 0)
    DueCount.objects.bulk_create(
        DueCount(**dict(zip(CELL, cell, strict=True)), **states)
        for cell, states in cells.items()
        if any(states.values())
    )


def keep_new(dues):
    """Dues that were just written: none of them can be settled."""
    keep([({**cell_of(due), "closed" if due.closed_on else "open": 1}, 1) for due in dues])


def cell_of(due):
    return {name: getattr(due, name) for name in CELL}


def keep_settled(model, discharges):
    """Discharges about to be written, of open or closed dues; these are locked. Nothing is asked but the dues."""
    made = {d.due_id: d.record.happened_on for d in discharges if d.undone_at is None}
    keys = sorted(made)
    for at in range(0, len(keys), PART):
        rows = model.objects.select_for_update().filter(pk__in=keys[at : at + PART]).order_by("pk")
        changes = []
        for row in rows.values("pk", "closed_on", *CELL):
            settled = "on_time" if made[row["pk"]] <= row["due_on"] else "late"
            changes.append((row | {"closed" if row["closed_on"] else "open": -1, settled: 1}, 1))
        keep(changes)
