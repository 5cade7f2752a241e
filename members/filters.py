"""The filters of the people list. The list, its count, its order and its Excel file all pass through here, so that what
one may not see cannot be counted either."""

from datetime import timedelta
from operator import itemgetter

import django_filters as filters
from django import forms
from django.db.models import Case, Exists, OuterRef, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, VIEW_RESTRICTED, scope_of
from members.models import Category, Enrolment, Person, Standing, Unit
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.models.people import CANDIDATE_STANDINGS, MEMBER_STANDINGS
from members.people_columns import COLUMNS, USUAL, in_order, sort_choices
from members.roll import PastRoll, Roll
from members.search import search_people
from members.vacancies import helped_by, helpers, lacking_helper
from xitun.lib.dates import add_years, today
from xitun.lib.forms import PastDateField, TypedDateField
from xitun.lib.keyset import capped_count

MANY_UNITS = 200  # more would make a list that nobody scrolls through; then towns only

ON_ROLL = tuple(standing for standing in Standing if standing != Standing.FORMER)
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
MISSING = [("phone", _("No phone number")), ("id_hash", _("No ID number"))]
NO_HELPER = [("helper", _("No helper by name"))]  # for those who may know who is helped
NARROWING = "q unit category standing sex age age_to group joined_from joined_to missing helper".split()


def shown_categories(user):
    """The categories this user may know of anywhere in their scope."""
    hidden = () if scope_of(user).can(VIEW_RESTRICTED) else RESTRICTED_CATEGORIES
    return [(value, label) for value, label in Category.choices if value not in hidden]


def category_choices(user):
    """The categories to filter by. "No category" is for those who may see all eight, and lists people where they may
    (PersonFilter.in_category): elsewhere it would list those of the restricted two."""
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
    """The units to choose from, by kind, names and path; the chosen one is always among them."""
    seen = Unit.objects.visible_to(user).values("pk", "kind", "name", "name_en", "path")
    units = seen.current(today()).exclude(kind=Unit.Kind.GROUP)
    is_branch = Case(When(kind=Unit.Kind.BRANCH, then=1), default=0)
    rows = list(units.order_by(is_branch, "path")[: MANY_UNITS + 1])  # towns first: one look, whatever it finds
    if len(rows) > MANY_UNITS:
        rows = [row for row in rows[:MANY_UNITS] if row["kind"] != Unit.Kind.BRANCH]
    rows.sort(key=itemgetter("path"))
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 and chosen not in {str(u["pk"]) for u in rows}:
        rows += seen.filter(pk=chosen)
    return [Unit(**row) for row in rows]


class DayFilter(filters.Filter):
    field_class = TypedDateField


class PastDayFilter(filters.Filter):
    field_class = PastDateField


class PeopleForm(forms.Form):
    def clean(self):
        data = super().clean()
        if is_past(data):
            for name in {"group", "missing", "helper"} & data.keys():
                if data[name]:
                    self.add_error(name, _("This is not kept day by day. Leave it empty to look at a past day."))
        return data


def is_past(data):
    """Whether a past day is asked for, or what was known on one."""
    return bool(data.get("known") or (data.get("on") and data["on"] < today()))


class PersonFilter(filters.FilterSet):
    """The parameters of the list (`fields`). What does not fit (a category that is not this user's to see, too) gives
    an empty list and says why. `right`: what the user must hold where the people stand."""

    q = filters.CharFilter(
        label=_("Search"),
        method="by_text",
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("name, pinyin, phone tail, ID number")}),
    )
    unit = filters.ChoiceFilter(label=_("Branch"), method="in_unit", empty_label=_("All"))
    category = filters.ChoiceFilter(label=_("Category"), method="in_category", empty_label=_("All"))
    standing = filters.ChoiceFilter(
        label=_("Standing"), choices=STANDING_CHOICES, method="by_standing", empty_label=_("Everybody on the roll")
    )
    sex = filters.ChoiceFilter(label=_("Sex"), choices=Person.Sex.choices, empty_label=_("All"))
    age = filters.NumberFilter(
        label=_("Age from"), method="by_age", min_value=0, max_value=150, decimal_places=0, widget=forms.NumberInput
    )
    age_to = filters.NumberFilter(
        label=_("Age to"), method="by_age_to", min_value=0, max_value=150, decimal_places=0, widget=forms.NumberInput
    )
    group = filters.CharFilter(label=_("Party group"), lookup_expr="icontains", max_length=40)
    joined_from = DayFilter(label=_("Joined from"), field_name="joined_on", lookup_expr="gte")
    joined_to = DayFilter(label=_("Joined until"), field_name="joined_on", lookup_expr="lte")
    missing = filters.ChoiceFilter(label=_("Missing"), method="by_missing", empty_label=_("All"))
    helper = filters.ChoiceFilter(label=_("Helper"), method="by_helper", empty_label=_("All"))
    on = PastDayFilter(label=_("As of"), method="skip")
    known = PastDayFilter(label=_("As known on"), method="skip")
    sort = filters.ChoiceFilter(label=_("Order"), method="skip", empty_label=None)
    columns = filters.MultipleChoiceFilter(
        label=_("Columns shown"),
        help_text=_("Nothing ticked shows the usual ones."),
        method="skip",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Person
        form = PeopleForm
        fields = (
            "q unit category standing sex age age_to group joined_from joined_to missing helper on known sort columns"
        ).split()

    hint = ""

    def __init__(self, data, *, user, right=VIEW):
        self.user, self.right = user, right
        super().__init__(data, queryset=Person.objects.none())
        self.units = unit_options(user, (data or {}).get("unit", ""))
        self.filters["unit"].extra["choices"] = [(str(unit.pk), str(unit)) for unit in self.units]
        self.filters["category"].extra["choices"] = category_choices(user)
        self.filters["sort"].extra["choices"] = list(sort_choices(user))
        self.filters["missing"].extra["choices"] = MISSING + (NO_HELPER if scope_of(user).can(VIEW_RESTRICTED) else [])
        self._one_helper((data or {}).get("helper", ""))
        choosable = [(c.key, c.label) for c in COLUMNS.values() if c.key != "name"]
        self.filters["columns"].extra["choices"] = choosable

    def _one_helper(self, pk):
        """The list of one helper's people is reached from a link; nobody chooses among all helpers."""
        known = pk.isascii() and pk.isdigit() and len(pk) < 19
        self.filters["helper"].extra["choices"] = helpers(shown_enrolments(self.user), pk) if known else []
        if not known:
            self.filters["helper"].extra["widget"] = forms.HiddenInput

    @cached_property
    def data_asked(self):
        """What was asked for, once it makes sense; else nothing."""
        return self.form.cleaned_data if self.form.is_valid() else {}

    @cached_property
    def roll(self):
        asked = self.data_asked
        return PastRoll(asked["on"] or today(), asked["known"]) if is_past(asked) else Roll()

    @cached_property
    def people(self):
        """The matching people; order and paging are the caller's."""
        return self._matching(self.data_asked) if self.form.is_valid() else self.queryset

    def _matching(self, asked):
        people = self.roll.people(self.user, self.right).defer("id_number")
        for name in asked:
            people = self.filters[name].filter(people, asked[name])
        return people if asked.get("standing") else self.roll.standing_in(people, ON_ROLL)

    @property
    def rarer_fields(self):
        """Bound fields of the folded part, but for the columns."""
        fields = [self.form[name] for name in self.form.fields if name not in ("q", "unit", "category", "columns")]
        return [field for field in fields if not field.is_hidden]

    @property
    def narrowed_by(self):
        """Names of the filters that leave somebody out."""
        return [name for name in NARROWING if self.data_asked.get(name) not in (None, "")]

    def without_one(self):
        """[(label, name, number, more)]: how many each filter alone keeps out of an empty list."""
        asked = self.data_asked
        for name in self.narrowed_by:
            number, more = capped_count(self._matching(asked | {name: None}))
            if number:
                yield self.filters[name].label, name, number, more

    @property
    def sort_key(self):
        key = self.data_asked.get("sort") or "name"
        return "name" if self.roll.past and not COLUMNS[key.removeprefix("-")].past else key

    @property
    def ordered(self):
        """(people, order) for keyset_page."""
        return in_order(self.people, self.sort_key, self.roll, self.user)

    @property
    def shown_columns(self):
        """The columns to show: those chosen, else the usual ones, a branch only where there are several."""
        chosen = ["name", *(self.data_asked.get("columns") or self._usual())]
        return [COLUMNS[key] for key in COLUMNS if key in chosen and not (self.roll.past and not COLUMNS[key].past)]

    def _usual(self):
        pk = self.data_asked.get("unit")
        one = len(self.units) < 2 or any(str(u.pk) == pk and u.kind == Unit.Kind.BRANCH for u in self.units)
        return [key for key in USUAL if not (one and key == "branch")]

    def by_text(self, people, _name, text):
        if self.roll.past and any(character.isdigit() for character in text):
            people = people.filter(scope_of(self.user).q(self.right, "path"))  # a number is today's, not of that day
        people, self.hint = search_people(people, text, self.user)
        return people

    def in_unit(self, people, _name, pk):
        return self.roll.in_unit(people, next(unit for unit in self.units if str(unit.pk) == pk))

    def in_category(self, people, _name, code):
        shown = self.roll.enrolments(self.user).filter(person=OuterRef("pk"))
        if code == "none":
            people = people.filter(~Exists(shown))
            if scope_of(self.user).covers(VIEW_RESTRICTED, VIEW):
                return people
            return people.filter(pk__in=self.roll.people(self.user, VIEW_RESTRICTED).values("pk"))
        return people.filter(Exists(shown.filter(category=code)))

    def by_standing(self, people, _name, code):
        return self.roll.standing_in(people, STANDING_GROUPS.get(code, (code,)))

    def by_age(self, people, _name, age):
        return people.filter(birth_date__lte=born_by(int(age), self.roll.day))

    def by_age_to(self, people, _name, age):
        return people.filter(birth_date__gt=born_by(int(age) + 1, self.roll.day))

    def by_missing(self, people, _name, what):
        if what == "helper":
            return people.filter(lacking_helper(shown_enrolments(self.user)))
        return people.filter(**{what: "" if what == "phone" else None})

    def by_helper(self, people, _name, pk):
        return people.filter(helped_by(shown_enrolments(self.user), pk))

    def skip(self, people, _name, _value):
        return people
