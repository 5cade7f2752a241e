"""What a quarter asks of a place, read from the counts kept beside the dues. The numbers are those that `xitun.owed`
gets by counting the dues; a million dues cost what a few thousand counts do."""

from collections import Counter

from django.db.models import F, Q, Sum
from django.db.models.functions import Substr

from members.access import VIEW_RESTRICTED, scope_of
from members.models import Unit
from projects.models import DueCount
from xitun.lib.dates import Quarter, today

from . import owed


def quarter_at(user, root, quarter=None):
    """Kept, or Live where `user` sees their own restricted dues although the role sees none."""
    live, scope = Live(user, root, quarter), scope_of(user)
    own = scope.person_id and not scope.can(VIEW_RESTRICTED, root.path)
    if own and live.dues.filter(person=scope.person_id, restricted=True).exists():
        return live
    return Kept(user, root, quarter)


class Live:
    """Counted from the dues."""

    def __init__(self, user, root, quarter=None):
        self.dues = owed.owed(user, quarter).filter(path__startswith=root.path)

    def by_place(self, width):
        return owed.tally_by_place(self.dues, width)

    def overdue_by_duty(self, limit):
        return owed.overdue_by_duty(self.dues, limit)


class Kept:
    """Read from the counts."""

    def __init__(self, user, root, quarter=None):
        self.quarter = quarter or Quarter.of(today())
        rows = DueCount.objects.visible_to(user).filter(path__startswith=root.path, opens_on__lte=today())
        rows = rows.filter(Q(due_on__gte=self.quarter.start) | ~Q(open=0), due_on__lt=self.quarter.end)
        self.rows = rows.order_by()  # of what was due before, only what is open is owed

    def by_place(self, width):
        """As owed.tally_by_place."""
        found = self.rows.annotate(place=Substr("path", 1, width)).values("place", "category").annotate(
            left=Sum("open"),
            done=Sum(F("on_time") + F("late"), filter=Q(due_on__gte=self.quarter.start), default=0),
            overdue=Sum("open", filter=Q(due_on__lt=today()), default=0),
        )  # fmt: skip
        cells = ({"total": row.pop("left") + row["done"], **row} for row in found)
        return [owed.with_percent(cell) for cell in cells if cell["total"]]

    def overdue_by_duty(self, limit):
        """As owed.overdue_by_duty."""
        late = self.rows.filter(~Q(open=0), due_on__lt=today())
        number, since = Counter(), {}
        for unit, duty, day, n in late.values_list("unit", "duty", "due_on").annotate(n=Sum("open")).filter(n__gt=0):
            number[unit, duty] += n
            since[unit, duty] = min(day, since.get((unit, duty), day))
        worst = sorted((-n, since[cell], *cell) for cell, n in number.items())[:limit]
        units = Unit.objects.in_bulk({unit for _n, _day, unit, _duty in worst})  # names of a few, not a join of all
        return [
            {"unit": unit, "duty": duty, "n": -n, "since": day, "name": units[unit].short_name}
            for n, day, unit, duty in worst
        ]
