"""The state of a town in three numbers, from the rows its home page reads: who is behind, who has no helper, what waits
to be decided. Counts only."""

from dataclasses import dataclass

from django.db.models import Count, Q

from members.models import Enrolment, Setting, Status
from members.vacancies import without_helper
from projects.models import Due
from xitun.lib.dates import Week

KEY = "digest"
OFF, WEEKLY, DAILY = "off", "weekly", "daily"


@dataclass
class Counts:
    behind: int = 0  # branches where something is overdue
    helperless: int = 0  # people to be helped, without a helper
    waiting: int = 0  # proposals, as the home page counts what waits to be decided

    def __bool__(self):
        return bool(self.behind or self.helperless or self.waiting)


class Towns:
    """The counts of all places on a day, in three statements."""

    def __init__(self, day):
        live = Enrolment.objects.on(day)
        behind = Due.objects.overdue(day).order_by().values_list("path", flat=True).distinct()
        self.behind = [(path, 1) for path in behind]
        self.helperless = _by_path(live.filter(without_helper()), people=True)
        proposed = Enrolment.objects.filter(Q(status=Status.PROPOSED) | Q(status=Status.EXIT_PROPOSED))
        self.waiting = _by_path(proposed)

    def counts(self, path):
        numbers = (self.behind, self.helperless, self.waiting)
        return Counts(*(sum(n for place, n in rows if place.startswith(path)) for rows in numbers))


def period_of(path, day, rules):
    """The turn of the digest a town is told in on `day`: "2026-W39", "2026-09-21", or "" for none at all."""
    return {WEEKLY: Week.of(day).key, DAILY: day.isoformat()}.get(rule(path, rules), "")


def rule(path, rules):
    """How often: the rule nearest upwards of `path`."""
    nearest = (path[:end] for end in range(len(path), -1, -4))
    return next((rules[place] for place in nearest if place in rules), WEEKLY)


def rules_on(day):
    return Setting.values_on(KEY, day=day)


def _by_path(rows, path="path", *, people=False):
    """[(path, how many)]: rows, or people however many rows each has there."""
    number = Count("person", distinct=True) if people else Count("pk")
    return list(rows.order_by().values_list(path).annotate(n=number))
