"""The filters of the people list. The list, its count, its order and its Excel file all pass through here, so that what
one may not see cannot be counted either."""

from datetime import date, timedelta

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from members.access import VIEW_RESTRICTED, scope_of
from members.models import Category, Enrolment, Person, Standing, Unit
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.models.people import CANDIDATE_STANDINGS, MEMBER_STANDINGS
from members.search import search_people
from xitun.lib.dates import add_years, today

MANY_UNITS = 200  # more would make a list that nobody scrolls through; then towns only

STANDING_GROUPS = {
    "members": MEMBER_STANDINGS,
    "candidates": CANDIDATE_STANDINGS,
    "all": tuple(Standing),
}
STANDING_CHOICES = [
    ("members", _("Party members")),
    ("candidates", _("Candidates for membership")),
    *Standing.choices,
    ("all", _("Everyone, also those who left")),
]

_LAST, _FIRST = date(9999, 1, 1), date(1, 1, 1)
# Orders over columns that are never NULL, each ending with the primary key (xitun.lib.keyset).
ORDERS = {
    "name": ("pinyin", "pk"),
    "branch": ("path", "pinyin", "pk"),
    "oldest": ("born", "pk"),
    "youngest": ("-born_last", "pk"),
    "party_age": ("joined", "pk"),
}
ORDER_CHOICES = [
    ("name", _("Name")),
    ("branch", _("Branch")),
    ("oldest", _("Oldest first")),
    ("youngest", _("Youngest first")),
    ("party_age", _("Longest in the Party")),
]


def shown_categories(user):
    """The categories this user may know of anywhere in their scope."""
    hidden = () if scope_of(user).can(VIEW_RESTRICTED) else RESTRICTED_CATEGORIES
    return [(value, label) for value, label in Category.choices if value not in hidden]


def category_choices(user):
    """The categories to filter by. "No category" is for those who may see all eight: to anybody else it would list the
    people of the restricted two."""
    none = [("none", _("no category"))] if scope_of(user).can(VIEW_RESTRICTED) else []
    return shown_categories(user) + none


def shown_enrolments(user):
    """Live enrolments this user may know of: the only source of a category on a list."""
    return Enrolment.objects.visible_to(user).live()


def born_by(age, day):
    """The last birth date of somebody who is `age` on `day` (29 February counts from the 28th of a common year)."""
    born = add_years(day, -age)
    next_day = born + timedelta(days=1)
    return next_day if add_years(next_day, age) <= day else born


def unit_options(user, chosen=""):
    """(pk, name) of the units to choose from; the chosen one is always among them."""
    units = Unit.objects.visible_to(user).current(today()).exclude(kind=Unit.Kind.GROUP)
    rows = list(units[: MANY_UNITS + 1])
    if len(rows) > MANY_UNITS:
        rows = list(units.exclude(kind=Unit.Kind.BRANCH)[:MANY_UNITS])
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 and chosen not in {str(u.pk) for u in rows}:
        rows += Unit.objects.visible_to(user).filter(pk=chosen)
    return rows


class PersonFilter(filters.FilterSet):
    """`?q=&unit=&category=&standing=&sex=&age=&sort=`. What does not fit (a category that is not this user's to see,
    too) gives an empty list and says why."""

    q = filters.CharFilter(
        label=_("Search"),
        method="by_text",
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("name, pinyin, phone tail, ID number")}),
    )
    unit = filters.ChoiceFilter(label=_("Branch"), method="in_unit", empty_label=_("All"))
    category = filters.ChoiceFilter(label=_("Category"), method="in_category", empty_label=_("All"))
    standing = filters.ChoiceFilter(
        label=_("Standing"), choices=STANDING_CHOICES, method="by_standing", empty_label=_("On the roll")
    )
    sex = filters.ChoiceFilter(label=_("Sex"), choices=Person.Sex.choices, empty_label=_("All"))
    age = filters.NumberFilter(
        label=_("Age from"), method="by_age", min_value=0, max_value=150, decimal_places=0, widget=forms.NumberInput
    )
    sort = filters.ChoiceFilter(label=_("Order"), choices=ORDER_CHOICES, method="by_order", empty_label=None)

    class Meta:
        model = Person
        fields = ["q", "unit", "category", "standing", "sex", "age", "sort"]

    hint = ""

    def __init__(self, data, *, user, queryset):
        self.user = user
        super().__init__(data, queryset=queryset)
        self.units = unit_options(user, (data or {}).get("unit", ""))
        self.filters["unit"].extra["choices"] = [(str(unit.pk), str(unit)) for unit in self.units]
        self.filters["category"].extra["choices"] = category_choices(user)

    @cached_property
    def people(self):
        """The matching people, with what the rows show and nothing more; order and paging are the caller's."""
        rows = self.qs if self.form.is_valid() else self.queryset.none()
        if not self.form.is_valid():
            return rows
        if not self.form.cleaned_data.get("standing"):
            rows = rows.on_roll()
        return rows.defer("id_number").annotate(
            born=Coalesce(F("birth_date"), Value(_LAST)),
            born_last=Coalesce(F("birth_date"), Value(_FIRST)),
            joined=Coalesce(F("joined_on"), Value(_LAST)),
        )

    @property
    def sort_key(self):
        chosen = self.form.cleaned_data.get("sort") if self.form.is_valid() else ""
        return chosen or "name"

    @property
    def order(self):
        return ORDERS[self.sort_key]

    def by_text(self, people, _name, text):
        people, self.hint = search_people(people, text, self.user)
        return people

    def in_unit(self, people, _name, pk):
        unit = next(unit for unit in self.units if str(unit.pk) == pk)
        return people.filter(path__startswith=unit.path)

    def in_category(self, people, _name, code):
        shown = shown_enrolments(self.user).filter(person=OuterRef("pk"))
        if code == "none":
            return people.filter(~Exists(shown))
        return people.filter(Exists(shown.filter(category=code)))

    def by_standing(self, people, _name, code):
        return people.filter(standing__in=STANDING_GROUPS.get(code, (code,)))

    def by_age(self, people, _name, age):
        return people.filter(birth_date__lte=born_by(int(age), today()))

    def by_order(self, people, _name, _code):
        return people
