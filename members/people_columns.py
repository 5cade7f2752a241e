"""The columns of the people list: what each is called, what it says of a person, and how the list is sorted by it.

The page and the Excel file read the same lines. Orders run over expressions that are never NULL, so that pages can be
turned by key (xitun.lib.keyset); who has no value stands last in both directions.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Case, CharField, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, VIEW_RESTRICTED, scope_of
from members.models import Category, Person, Standing
from members.models.people import MEMBER_STANDINGS, PhoneTail
from xitun.lib.dates import age_on
from xitun.lib.ids import mask_phone
from xitun.lib.keys import Among

_LAST, _FIRST = date(9999, 1, 1), date(1, 1, 1)


def _ranked(key, value_of, values):
    """By the place of a value among `values`."""

    def order(roll, user, back):
        found = {f"{key}_value": value_of(roll, user)}
        whens = [When(**{f"{key}_value": value, "then": Value(n)}) for n, value in enumerate(values)]
        last = Value(-1 if back else len(values))
        rank = Case(*whens, default=last, output_field=IntegerField())
        return found, {f"{key}_rank": rank}, (f"{'-' if back else ''}{key}_rank",)

    return order


def _by_day(key, field, *, age=False):
    """By a date; `age`: by the years since, so that the oldest is the most."""

    def order(roll, user, back):
        falls = back != age
        return {}, {f"{key}_day": Coalesce(F(field), Value(_FIRST if falls else _LAST))}, (
            f"{'-' if falls else ''}{key}_day",
        )  # fmt: skip

    return order


def _by_text(key, value=None):
    def order(roll, user, back):
        found = {f"{key}_text": value or F(key)}
        blank = Case(When(**{f"{key}_text": ""}, then=Value(1)), default=Value(0), output_field=IntegerField())
        return found, {f"{key}_blank": blank}, (f"{key}_blank", f"{'-' if back else ''}{key}_text")

    return order


def _by_name(roll, user, back):
    return {}, {}, ("-pinyin" if back else "pinyin",)


def _by_branch(roll, user, back):
    if roll.past:
        return {"path_then": roll.path}, {}, ("-path_then" if back else "path_then",)
    return {}, {}, ("-path" if back else "path",)


def _shown_category(roll, user):
    primary = roll.enrolments(user).filter(person=OuterRef("pk"), primary=True).order_by().values("category")[:1]
    return Coalesce(Subquery(primary), Value(""), output_field=CharField())


@dataclass(frozen=True)
class Column:
    """`key` is also what a Line calls it. `past`: known of any past day. `first`: "-" when the most comes first.
    `inline`: how it stands in a phone's one line, "" to leave it out."""

    key: str
    label: str
    order: Callable
    kind: str = "text"
    width: float | None = None
    past: bool = True
    first: str = ""
    inline: str = "%(value)s"

    @property
    def number(self):
        return self.kind == "integer"

    @cached_property
    def cell(self):
        """Format of its cell on the page. On a phone one line says the cells, but for the category, shown as tags."""
        if self.key == "category":
            return "<td>{}</td>"
        narrow = " n" if self.number else " nowrap" if self.kind == "date" or self.key in ("phone", "standing") else ""
        return f'<td class="d-none d-lg-table-cell d-print-table-cell{narrow}">{{}}</td>'


_standing = _ranked("standing", lambda roll, user: roll.standing, Standing.values)
COLUMNS = {
    column.key: column
    for column in (
        Column("name", _("Name"), _by_name, width=12, inline=""),
        Column("branch", _("Branch"), _by_branch, width=20),
        Column("category", _("Category"), _ranked("category", _shown_category, Category.values), width=18, inline=""),
        Column("standing", _("Standing"), _standing, width=12, inline=""),
        Column("sex", _("Sex"), _by_text("sex"), width=6),
        Column("age", _("Age"), _by_day("age", "birth_date", age=True), "integer", first="-",
               inline=_("%(value)s years old")),
        Column("party_age", _("Years in the Party"), _by_day("party_age", "joined_on", age=True), "integer", first="-",
               inline=_("%(value)s years in the Party")),
        Column("phone", _("Phone"), _by_text("phone", PhoneTail(F("phone"))), width=14, past=False),
        Column("group", _("Party group"), _by_text("group"), past=False),
        Column("born", _("Born"), _by_day("born", "birth_date"), "date", inline=_("born %(value)s")),
        Column("joined", _("Joined the Party"), _by_day("joined", "joined_on"), "date", inline=_("joined %(value)s")),
        Column("full", _("Full member since"), _by_day("full", "full_member_on"), "date",
               inline=_("full member since %(value)s")),
        Column("ethnicity", _("Ethnicity"), _by_text("ethnicity"), past=False),
        Column("education", _("Education"), _by_text("education"), past=False),
        Column("occupation", _("Occupation"), _by_text("occupation"), width=18, past=False),
    )
}  # fmt: skip
READ = (  # of a person, for the columns
    "pk name sex birth_date unit_id path group standing joined_on full_member_on phone ethnicity education occupation"
).split()
USUAL = ("branch", "category", "standing", "sex", "age", "party_age", "phone")


def sortable(user):
    """Keys to sort by. By category only for those who may see all eight wherever they see anybody: to anybody else the
    end of that list would be the people of the restricted two."""
    every = scope_of(user).covers(VIEW_RESTRICTED, VIEW)
    return [key for key in COLUMNS if every or key != "category"]


def sort_choices(user):
    """[(value of ?sort=, words)]: each column from both ends."""
    words = {"age": _("Youngest first"), "-age": _("Oldest first"), "-party_age": _("Longest in the Party")}
    for key in sortable(user):
        for value in (key, f"-{key}"):
            plain = COLUMNS[key].label if value == key else _("%(column)s, in reverse") % {"column": COLUMNS[key].label}
            yield value, words.get(value, plain)


def in_order(people, sort, roll, user):
    """(`people` with what the order reads, names of the order for keyset_page)."""
    column = COLUMNS[sort.removeprefix("-")]
    values, ranks, names = column.order(roll, user, sort.startswith("-"))
    ties = () if column.key == "name" else ("pinyin",)
    return people.annotate(**values).annotate(**ranks), (*names, *ties, "pk")


class Words:
    """What codes are called, each looked up once: translations a row cost ten times as much."""

    def __init__(self):
        self.standings, self.sexes, self.categories = (
            {code: str(label) for code, label in choices}
            for choices in (Standing.choices, Person.Sex.choices, Category.choices)
        )
        self.comma, self._branches = str(_(", ")), {}

    def branch(self, unit):
        if unit.pk not in self._branches:
            self._branches[unit.pk] = str(unit)
        return self._branches[unit.pk]


def lines(rows, roll, user, words=None):
    """A Line for each of `rows`: people, or named tuples of their columns. Two or three statements for all of them."""
    words = words or Words()
    units, standings = roll.places(rows)
    named = defaultdict(list)
    shown = roll.enrolments(user).filter(Among(F("person_id"), [row.pk for row in rows])).order_by("-primary", "pk")
    for person, *enrolment in shown.values_list("person_id", "category", "primary", "restricted"):
        named[person].append(enrolment)
    return [Line(row, roll.day, words, units[row.pk], standings.get(row.pk, ""), named.get(row.pk, ())) for row in rows]


class Line:
    """One person of the list, by the keys of COLUMNS; numbers that the screen masks are masked here. An export makes a
    million of them, so what not every table shows is worked out when it is asked for."""

    def __init__(self, row, day, words, unit, standing, named):
        self.row, self.day, self.words, self.named = row, day, words, named
        self.pk, self.name, self.unit, self.here, self.code = row.pk, row.name, unit, row.path, standing
        self.born, self.joined, self.full = row.birth_date, row.joined_on, row.full_member_on

    sex = property(lambda self: self.words.sexes.get(self.row.sex, self.row.sex))
    standing = property(lambda self: self.words.standings.get(self.code, self.code))
    branch = property(lambda self: self.words.branch(self.unit))
    group = property(lambda self: self.row.group)
    ethnicity = property(lambda self: self.row.ethnicity)
    education = property(lambda self: self.row.education)
    occupation = property(lambda self: self.row.occupation)

    @property
    def age(self):
        return age_on(self.born, self.day) if self.born and self.born <= self.day else None

    @property
    def party_age(self):
        member = self.joined and self.joined <= self.day and self.code in MEMBER_STANDINGS
        return age_on(self.joined, self.day) if member else None

    @property
    def phone(self):
        return mask_phone(self.row.phone) if self.row.phone else ""

    @property
    def categories(self):
        """[(word, whether it is the primary one)]"""
        return [(self.words.categories[code], primary) for code, primary, _restricted in self.named]

    @property
    def category(self):
        return self.words.comma.join([self.words.categories[code] for code, _primary, _restricted in self.named])

    @property
    def restricted(self):
        return any(restricted for _code, _primary, restricted in self.named)
