"""The filters of what is due. List and counts pass through here: what one may not see is not counted either."""

from collections import Counter

import django_filters as filters
from django import forms
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from members.access import CONFIRM, scope_of
from members.filters import PastDayFilter, is_past, shown_categories, unit_options
from members.models import Category, Unit
from xitun.lib.dates import Month, Quarter, Week, today

from . import registry
from .models import Due
from .own import nobodys, own_duties
from .past import OWED as OPEN
from .past import Past, Present
from .workflow import Responsible

THIS_QUARTER = ("overdue", "week", "month", "quarter")
OWED = (*THIS_QUARTER, "later")
DONE = ("on_time", "late")
GROUPS = (*OWED, "done")  # by urgency: what is done comes last
STATES = [
    ("overdue", _("Overdue")),
    ("week", _("This week")),
    ("month", _("This month")),
    ("quarter", _("This quarter")),
    ("later", _("Later")),
    ("done", _("Done")),
    ("ahead", _("Done ahead")),
    ("closed", _("Closed")),
    ("asked", _("Open and done")),
]
LABELS = dict(STATES)
WHOSE = [
    ("mine", _("Mine")),
    ("branch", _("The branch's")),
    ("town", _("The town office's")),
    ("nobody", _("Nobody's")),
]
RESPONSIBLE = {
    "branch": (Responsible.SECRETARY, Responsible.HELPER),
    "town": (Responsible.TOWN_STAFF, Responsible.DIRECTOR),
}


def bucket(name, day):
    """Q over open dues by the day they fall due, seen from `day`; each due is in one of OWED."""
    quarter_end = Quarter.of(day).end
    week_end = min(Week.of(day).end, quarter_end)
    month_end = max(Month.of(day).end, week_end)
    return {
        "overdue": Q(due_on__lt=day),
        "week": Q(due_on__gte=day, due_on__lt=week_end),
        "month": Q(due_on__gte=week_end, due_on__lt=month_end),
        "quarter": Q(due_on__gte=month_end, due_on__lt=quarter_end),
        "later": Q(due_on__gte=quarter_end),
    }[name]


def buckets(day):
    """Case over dues with their state: the number of each one's bucket in GROUPS."""
    done = When(state__in=DONE, then=Value(GROUPS.index("done")))
    owed = (When(bucket(name, day), then=Value(n)) for n, name in enumerate(OWED))
    return Case(done, *owed, output_field=IntegerField())


def _own_first(data, user):
    """A secretary who has not said whose sees their own: the same number as on the home page. Of a past day it is not
    kept who had taken on what: everybody's are shown."""
    scope, data = scope_of(user), data or {}
    past = any(data.get(day) for day in ("on", "known"))
    if not past and ("whose" in data or not scope.has_role("secretary") or scope.can(CONFIRM)):
        return data
    return {**{key: data[key] for key in data}, "whose": "" if past else "mine"}


def _duties(categories):
    """Choices of the duties in these categories, and of what branches owe as branches."""
    found = [row for row in registry.duties().items() if not row[1][0].category or row[1][0].category in categories]
    often = Counter(str(duty.name) for _code, (_room, duty) in found)
    return [
        (code, f"{duty.name} · {room.people}" if often[str(duty.name)] > 1 else duty.name)
        for code, (room, duty) in found
    ]


class DueFilter(filters.FilterSet):
    """`?state=&category=&unit=&duty=&whose=&on=&known=`. Without a state: what is owed by the quarter's end."""

    state = filters.ChoiceFilter(choices=STATES, method="skip", widget=forms.HiddenInput)
    category = filters.ChoiceFilter(label=_("Category"), method="in_category", empty_label=_("All"))
    unit = filters.ChoiceFilter(label=_("Branch"), method="in_unit", empty_label=_("All"))
    duty = filters.ChoiceFilter(label=_("Duty"), empty_label=_("All"))
    whose = filters.ChoiceFilter(label=_("Whose"), choices=WHOSE, method="by_whose", empty_label=_("Everybody's"))
    on = PastDayFilter(label=_("As of"), method="skip")
    known = PastDayFilter(label=_("As known on"), method="skip")

    class Meta:
        model = Due
        fields = ["state", "category", "unit", "duty", "whose", "on", "known"]

    def __init__(self, data, *, user, queryset):
        self.user = user
        super().__init__(_own_first(data, user), queryset=queryset)
        self.units = unit_options(user, (data or {}).get("unit", ""))
        self.filters["unit"].extra["choices"] = [(str(unit.pk), str(unit)) for unit in self.units]
        if len(self.units) < 2:
            self.filters["unit"].extra["widget"] = forms.HiddenInput
        rooms = [(room.code, room.name) for room in registry.all_rooms() if not room.category]
        shown = shown_categories(user)
        self.filters["category"].extra["choices"] = shown + rooms
        self.filters["duty"].extra["choices"] = _duties([code for code, _label in shown])
        if not (data or {}).get("duty"):
            self.filters["duty"].extra["widget"] = forms.HiddenInput  # many; one comes here from what stands out

    @cached_property
    def seen(self):
        """The day the list is seen from: projects.past.Present or Past."""
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        return Past(asked["on"] or today(), asked["known"]) if is_past(asked) else Present()

    @property
    def day(self):
        return self.seen.day

    @property
    def chosen(self):
        """The state asked for, "" for all that is owed."""
        return self.form.cleaned_data.get("state", "") if self.form.is_valid() else ""

    @property
    def several_branches(self):
        """Whether dues of more than one branch may be in sight: no branch was chosen where there are several."""
        return len(self.units) > 1 and not self.branch

    @property
    def branch(self):
        """The one branch that was chosen, or None."""
        pk = self.form["unit"].value()
        return next((unit for unit in self.units if str(unit.pk) == pk and unit.kind == Unit.Kind.BRANCH), None)

    @cached_property
    def matching(self):
        """All matching dues of every state; none when a filter makes no sense."""
        return self.qs if self.form.is_valid() else self.queryset.none()

    @cached_property
    def owed(self):
        return self.seen.open(self.matching)

    @cached_property
    def this_quarter(self):
        """What is owed by the quarter's end, the number on the home page; what falls due after it is "later"."""
        return self.owed.filter(due_on__lt=self._end)

    @cached_property
    def recent(self):
        """Dues of this quarter with their state: a glance back, not the ledger."""
        start = Quarter.of(self.day).start
        return self.seen.stated(self.matching.filter(due_on__gte=start))

    @cached_property
    def asked(self):
        """All that this quarter asks, as the home page counts it: what falls due in it, done or not, and what is still
        open from before."""
        dues = self.seen.stated(self.matching.filter(due_on__lt=self._end))
        return dues.filter(Q(state__in=OPEN) | Q(state__in=DONE, due_on__gte=Quarter.of(self.day).start))

    @property
    def _end(self):
        return Quarter.of(self.day).end

    def counts(self):
        """{state: number}, and "owed" for all that is open: two statements, however many dues. owed + done = asked."""
        owed = self.owed.aggregate(**{name: Count("pk", filter=bucket(name, self.day)) for name in OWED})
        settled = self.recent.aggregate(
            done=Count("pk", filter=Q(state__in=DONE, due_on__lt=self._end)),
            ahead=Count("pk", filter=Q(state__in=DONE, due_on__gte=self._end)),
            closed=Count("pk", filter=Q(state="closed")),
        )
        open_ = sum(owed[name] for name in THIS_QUARTER)
        return owed | settled | {"owed": open_, "asked": open_ + settled["done"]}

    def shown(self):
        """The dues of the chosen state."""
        if self.chosen == "asked":
            return self.asked
        if self.chosen == "done":
            return self.recent.filter(state__in=DONE, due_on__lt=self._end)
        if self.chosen == "ahead":
            return self.recent.filter(state__in=DONE, due_on__gte=self._end)
        if self.chosen == "closed":
            return self.recent.filter(state="closed")
        return self.owed.filter(bucket(self.chosen, self.day)) if self.chosen else self.this_quarter

    def by_unit(self):
        """[(unit, overdue, owed)] of the units that owe something, the most overdue first."""
        rows = (
            self.this_quarter.order_by()
            .values("unit")
            .annotate(total=Count("pk"), overdue=Count("pk", filter=bucket("overdue", self.day)))
        )
        units = {unit.pk: unit for unit in self.units}
        found = [(units[r["unit"]], r["overdue"], r["total"]) for r in rows if r["unit"] in units]
        return sorted(found, key=lambda row: (-row[1], -row[2], row[0].path))

    def skip(self, dues, _name, _value):
        return dues

    def in_category(self, dues, _name, value):
        """Dues of a category, or by its code of the room that has none."""
        return dues.filter(category=value) if value in Category.values else dues.filter(duty__startswith=f"{value}.")

    def in_unit(self, dues, _name, pk):
        unit = next(unit for unit in self.units if str(unit.pk) == pk)
        return dues.filter(path__startswith=unit.path)

    def by_whose(self, dues, _name, value):
        if value in RESPONSIBLE:
            return dues.filter(assignee=None, responsible__in=RESPONSIBLE[value])
        return dues.filter(nobodys() if value == "nobody" else own_duties(self.user))
