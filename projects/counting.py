"""The counts of dues (DueCount) for whole sets: what a sweep has opened, and the night's check of all of them."""

import logging

from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from .models import Due, DueCount, SweepRun
from .models.counts import CELL, STATES, counted_live

log = logging.getLogger(__name__)
SOMETHING = ~Q(n_open=0, n_on_time=0, n_late=0, n_closed=0)  # of a cell's sums


def insert_select(model, columns, sql, params=()):
    """INSERT INTO model (columns) `sql`; returns the number of new rows."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql}", params)
        return max(cursor.rowcount, 0)


def count_opened(dues, **same):
    """Count dues that this transaction has just inserted, all of them open. `same`: the columns that all have alike, as
    expressions."""
    places = [name for name in CELL if name not in same]
    rows = dues.order_by().annotate(**{f"s_{name}": value for name, value in same.items()})
    rows = rows.values_list(*places, *(f"s_{name}" for name in same)).annotate(n=Count("pk"))
    insert_select(DueCount, (*places, *same, "open"), *rows.query.sql_with_params())


def check_counts():
    """Compare every count with the dues themselves and put right what differs. Returns how many cells differed: each
    is a fault of the program, or was written by an older version of it while this one was being put in its place.

    One statement sees both as of one moment, so that acts going on meanwhile are neither missed nor counted twice."""
    live, live_params = counted_live(Due.objects.all()).values_list(*CELL, *STATES).query.sql_with_params()
    kept = DueCount.objects.values_list(*CELL, *(-F(state) for state in STATES))
    kept, kept_params = kept.query.sql_with_params()
    cell, states = (", ".join(map(connection.ops.quote_name, names)) for names in (CELL, STATES))
    sums = [f"SUM({connection.ops.quote_name(state)})" for state in STATES]
    differs = " OR ".join(f"{total} <> 0" for total in sums)
    sql = (
        f"WITH both_sides ({cell}, {states}) AS ({live} UNION ALL {kept}) "
        f"SELECT {cell}, {', '.join(sums)} FROM both_sides GROUP BY {cell} HAVING {differs}"
    )
    params = (*live_params, *kept_params)
    if not _any(sql, params):  # looking keeps no writer waiting
        return 0
    with transaction.atomic():
        SweepRun.objects.select_for_update().order_by("day").first()  # two at once would put it right twice
        wrong = insert_select(DueCount, (*CELL, *STATES), sql, params)
    if wrong:
        log.error("The counts of %s cells of dues were wrong and were put right.", wrong)
    return wrong


def _any(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT 1", params)
        return cursor.fetchone()


@transaction.atomic
def fold_counts():
    """Make one row of the rows of each cell, and none of those that come to nothing. What is written meanwhile waits
    for the next night."""
    same = {name: OuterRef(name) for name in CELL}
    several = Exists(DueCount.objects.filter(**same).exclude(pk=OuterRef("pk")))
    DueCount.objects.filter(several).update(folding=True)
    folding = DueCount.objects.filter(folding=True)
    sums = folding.order_by().values_list(*CELL).annotate(**{f"n_{state}": Sum(state) for state in STATES})
    insert_select(DueCount, (*CELL, *STATES), *sums.filter(SOMETHING).query.sql_with_params())
    folding.delete()
