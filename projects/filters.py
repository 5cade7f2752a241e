"""The filters of what is due. List and counts pass through here: what one may not see is not counted either."""

import django_filters as filters
from django import forms
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from members.access import scope_of
from members.filters import shown_categories, unit_options
from xitun.lib.dates import Month, Quarter, Week, today

from .models import Due
from .workflow import Responsible

OWED = ("overdue", "week", "month", "later")
STATES = [
    ("overdue", _("Overdue")),
    ("week", _("This week")),
    ("month", _("This month")),
    ("later", _("Later")),
    ("done", _("Done")),
    ("closed", _("Closed")),
]
LABELS = dict(STATES)
WHOSE = [
    ("mine", _("Mine")),
    ("branch", _("The branch's")),
    ("town", _("The town office's")),
]
RESPONSIBLE = {
    "branch": (Responsible.SECRETARY, Responsible.HELPER),
    "town": (Responsible.TOWN_STAFF, Responsible.DIRECTOR),
}


def bucket(name, day):
    """Q over open dues by the day they fall due, seen from `day`; each due is in one of OWED."""
    week_end = Week.of(day).end
    month_end = max(Month.of(day).end, week_end)
    return {
        "overdue": Q(due_on__lt=day),
        "week": Q(due_on__gte=day, due_on__lt=week_end),
        "month": Q(due_on__gte=week_end, due_on__lt=month_end),
        "later": Q(due_on__gte=month_end),
    }[name]


def buckets(day):
    """Case over open dues: 0 overdue, 1 this week, 2 this month, 3 later."""
    return Case(*(When(bucket(name, day), then=Value(n)) for n, name in enumerate(OWED)), output_field=IntegerField())


class DueFilter(filters.FilterSet):
    """`?state=&category=&unit=&whose=`. Without a state: all that is still owed. What does not fit gives nothing."""

    state = filters.ChoiceFilter(choices=STATES, method="skip", widget=forms.HiddenInput)
    category = filters.ChoiceFilter(label=_("Category"), empty_label=_("All"))
    unit = filters.ChoiceFilter(label=_("Branch"), method="in_unit", empty_label=_("All"))
    whose = filters.ChoiceFilter(label=_("Whose"), choices=WHOSE, method="by_whose", empty_label=_("Everybody's"))

    class Meta:
        model = Due
        fields = ["state", "category", "unit", "whose"]

    def __init__(self, data, *, user, queryset):
        self.user, self.day = user, today()
        super().__init__(data, queryset=queryset)
        self.units = unit_options(user, (data or {}).get("unit", ""))
        self.filters["unit"].extra["choices"] = [(str(unit.pk), str(unit)) for unit in self.units]
        if len(self.units) < 2:
            self.filters["unit"].extra["widget"] = forms.HiddenInput
        self.filters["category"].extra["choices"] = shown_categories(user)

    @property
    def chosen(self):
        """The state asked for, "" for all that is owed."""
        return self.form.cleaned_data.get("state", "") if self.form.is_valid() else ""

    @cached_property
    def matching(self):
        """All matching dues of every state; none when a filter makes no sense."""
        return self.qs if self.form.is_valid() else self.queryset.none()

    @cached_property
    def owed(self):
        return self.matching.open()

    @cached_property
    def recent(self):
        """Dues of this quarter with their state: a glance back, not the ledger."""
        start = Quarter.of(self.day).start
        return self.matching.filter(due_on__gte=start).with_state(self.day)

    def counts(self):
        """{state: number}, and "owed" for all that is open: two statements, however many dues."""
        owed = self.owed.aggregate(**{name: Count("pk", filter=bucket(name, self.day)) for name in OWED})
        settled = self.recent.aggregate(
            done=Count("pk", filter=Q(state__in=("on_time", "late"))), closed=Count("pk", filter=Q(state="closed"))
        )
        return owed | settled | {"owed": sum(owed.values())}

    def shown(self):
        """The dues of the chosen state."""
        if self.chosen == "done":
            return self.recent.filter(state__in=("on_time", "late"))
        if self.chosen == "closed":
            return self.recent.filter(state="closed")
        return self.owed.filter(bucket(self.chosen, self.day)) if self.chosen else self.owed

    def by_unit(self):
        """[(unit, overdue, owed)] of the units that owe something, the most overdue first."""
        rows = (
            self.owed.order_by()
            .values("unit")
            .annotate(total=Count("pk"), overdue=Count("pk", filter=bucket("overdue", self.day)))
        )
        units = {unit.pk: unit for unit in self.units}
        found = [(units[r["unit"]], r["overdue"], r["total"]) for r in rows if r["unit"] in units]
        return sorted(found, key=lambda row: (-row[1], -row[2], row[0].path))

    def skip(self, dues, _name, _value):
        return dues

    def in_unit(self, dues, _name, pk):
        unit = next(unit for unit in self.units if str(unit.pk) == pk)
        return dues.filter(path__startswith=unit.path)

    def by_whose(self, dues, _name, value):
        if value in RESPONSIBLE:
            return dues.filter(assignee=None, responsible__in=RESPONSIBLE[value])
        mine = Q(assignee=self.user)
        for role in self._roles():
            mine |= Q(assignee=None, responsible__in=role)
        return dues.filter(mine)

    def _roles(self):
        scope = scope_of(self.user)
        if scope.has_role("secretary"):
            yield RESPONSIBLE["branch"]
        if scope.has_role("town_staff"):
            yield (Responsible.TOWN_STAFF,)
        if scope.has_role("director"):
            yield (Responsible.DIRECTOR,)
