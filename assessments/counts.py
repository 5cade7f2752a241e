"""What the quarterly report counts, in SQL: one statement each for people, duties and standings, however many people.

Counted over every unit under `base`, the restricted categories too, because town totals need them; who may see which
of it is decided in report.py. `of` maps a unit's pk to the row it counts in.
Results: {category: {row pk: {name: number}}}.
"""

from django.db.models import Case, CharField, Count, F, Q, Value, When

from members.models import Enrolment, Standing, StandingRow
from members.models.dated import true_on
from members.models.enrolments import NEVER_HELD
from projects.models import DueCount
from projects.models.counts import STATES

PEOPLE = ("opening", "added", "removed", "closing")
DUTIES = ("due", "on_time", "late", "open", "closed")


def count_people(quarter, base, of):
    """People by primary category: in force before the first day, added, removed, in force after the last day.
    opening + added − removed = closing in every line; a move between branches is removed there and added here."""
    start, end = quarter.start, quarter.end
    rows = (
        Enrolment.objects.exclude(status__in=NEVER_HELD)
        .exclude(to_date=F("from_date"))
        .filter(Q(to_date__isnull=True) | Q(to_date__gte=start), from_date__lt=end, superseded_at__isnull=True)
        .filter(primary=True, path__startswith=base.path)
        .order_by()
        .values("category", "unit_id")
        .annotate(
            opening=Count("pk", filter=Q(from_date__lt=start)),
            added=Count("pk", filter=Q(from_date__gte=start)),
            removed=Count("pk", filter=Q(to_date__lt=end)),
            closing=Count("pk", filter=Q(to_date__isnull=True) | Q(to_date__gte=end)),
        )
    )
    counts = {}
    for row in rows:
        for name in PEOPLE:
            _add(counts, row["category"], of[row["unit_id"]], name, row[name])
    return counts


def count_duties(quarter, base, of):
    """(this quarter's, the last quarter's) duties by the day they fell due, from the counts kept beside the dues; `due`
    is the sum of the others."""
    now = Case(When(due_on__gte=quarter.start, then=Value("now")), default=Value("before"), output_field=CharField())
    rows = DueCount.objects.filter(due_on__gte=quarter.prev().start, due_on__lt=quarter.end)
    rows = rows.filter(path__startswith=base.path).annotate(turn=now).summed("turn", "category", "unit_id")
    counts = {"now": {}, "before": {}}
    for row in rows:
        numbers = {state: row[f"n_{state}"] for state in STATES}
        if due := sum(numbers.values()):
            for name, number in {"due": due, **numbers}.items():
                _add(counts[row["turn"]], row["category"], of[row["unit_id"]], name, number)
    return counts["now"], counts["before"]


def count_standings(day, base, of):
    """{row pk, None for all: {standing: people on the roll that day}}. Members are counted so, never by category."""
    rows = (
        StandingRow.objects.exclude(standing=Standing.FORMER)
        .filter(
            true_on(day),
            true_on(day, "person__memberships__"),
            person__memberships__unit__path__startswith=base.path,
        )
        .order_by()
        .values_list("person__memberships__unit_id", "standing")
        .annotate(Count("pk"))
    )
    counts = {}
    for unit, standing, number in rows:
        for row in (of[unit], None):
            found = counts.setdefault(row, {})
            found[standing] = found.get(standing, 0) + number
    return counts


def _add(counts, category, row, name, number):
    line = counts.setdefault(category, {}).setdefault(row, {})
    line[name] = line.get(name, 0) + number
