"""What a quarter asks of a place, read from the dues: the one meaning of "owed", "done" and "overdue" that the home
pages, the navigation and a person's page share."""

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.functions import Substr

from members.models import Unit
from projects.lines import due_line, for_lines
from projects.models import Discharge, Due
from xitun.lib.dates import Quarter, today


def owed(user, quarter=None):
    """Dues of the quarter that `user` may see, with `settled` (a boolean): due within it, or still open from before.
    Waived and closed ones are not owed."""
    quarter = quarter or Quarter.of(today())
    settled = Exists(Discharge.objects.live().filter(due=OuterRef("pk")))
    dues = Due.objects.visible_to(user).filter(closed_on=None, opens_on__lte=today(), due_on__lt=quarter.end)
    return dues.annotate(settled=settled).filter(Q(due_on__gte=quarter.start) | Q(settled=False))


def tally(dues):
    """{"total", "done", "open", "overdue", "percent"} of an `owed` queryset, in one query, and how many of the
    open ones fell due "before" this quarter."""
    before = Count("pk", filter=Q(settled=False, due_on__lt=Quarter.of(today()).start))
    return with_percent(dues.aggregate(**_counts(), before=before))


def tally_by_place(dues, width):
    """[{"place": first `width` characters of the path, "category", "total", "done", …}]: one row a cell of the map."""
    rows = dues.annotate(place=Substr("path", 1, width)).order_by().values("place", "category").annotate(**_counts())
    return [with_percent(row) for row in rows]


def overdue_by_duty(dues, limit):
    """The worst: [{"unit" (pk), "name", "duty", "n", "since"}], most first."""
    late = dues.filter(settled=False, due_on__lt=today()).order_by()
    rows = late.values("unit", "unit__name", "unit__name_en", "duty").annotate(n=Count("pk"), since=Min("due_on"))
    return [
        {"name": Unit(name=row.pop("unit__name"), name_en=row.pop("unit__name_en")).short_name, **row}
        for row in rows.order_by("-n", "since", "unit", "duty")[:limit]
    ]


def with_percent(row):
    return {**row, "open": row["total"] - row["done"], "percent": percent(row["done"], row["total"])}


def percent(done, total):
    """Whole percent rounded down, so that nothing reads as done before it is; None where nothing is owed."""
    return done * 100 // total if total else None


def _counts():
    return {
        "total": Count("pk"),
        "done": Count("pk", filter=Q(settled=True)),
        "overdue": Count("pk", filter=Q(settled=False, due_on__lt=today())),
    }


def lines(dues, user, *, with_unit=False, back=""):
    """projects.lines.DueLine of each due, in one query."""
    return [due_line(due, user, with_unit=with_unit, back=back) for due in for_lines(dues)]


def nearest_first(dues):
    return dues.filter(settled=False).order_by("due_on", "pk")
