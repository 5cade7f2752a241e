"""What fell due in the last quarters and what became of it, from the counts kept beside the dues: one statement."""

from django.db.models.functions import TruncQuarter
from django.urls import reverse

from members.access import REPORT, scope_of
from projects.models import DueCount
from xitun.lib.dates import Quarter, today

QUARTERS = 5  # this one, and the same one a year ago
SHOWN = ("on_time", "late", "open")


def quarter_trend(user, root, last=None):
    """{"quarters": [{"quarter", "label", "owed", "on_time", "late", "open", "share", "url"}], "max": the most owed}.

    The dues at `root` that `user` may see by the quarter they fell due in, oldest first, none before the first due.
    What was closed was not owed after all."""
    last = last or Quarter.of(today())
    quarters = [last]
    while len(quarters) < QUARTERS:
        quarters.insert(0, quarters[0].prev())
    rows = DueCount.objects.visible_to(user).filter(path__startswith=root.path, opens_on__lte=today())
    rows = rows.filter(due_on__gte=quarters[0].start, due_on__lt=last.end).annotate(begins=TruncQuarter("due_on"))
    found = {Quarter.of(row["begins"]): row for row in rows.summed("begins")}
    while quarters and quarters[0] not in found:
        quarters.pop(0)
    reports = scope_of(user).can(REPORT, root.path)
    items = [_item(quarter, found.get(quarter), root, reports) for quarter in quarters]
    return {"quarters": items, "max": max((item["owed"] for item in items), default=0) or 1}


def _item(quarter, row, root, reports):
    numbers = {name: row[f"n_{name}"] if row else 0 for name in SHOWN}
    owed = sum(numbers.values())
    share = numbers["on_time"] * 100 // owed if owed and quarter.end <= today() else None  # not of one that runs
    url = f"{reverse('report', args=[quarter.key])}?unit={root.pk}" if reports else ""
    return {"quarter": quarter, "label": quarter.name, "owed": owed, "share": share, "url": url, **numbers}
