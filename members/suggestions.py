"""What a change of category is suggested for: a fact with its date, said in words. Nothing here acts; a named person
proposes, and the town decides (DOMAIN §2, §5). No rule leads into a restricted category.

A rule finds its rows in one statement, however many people there are. Rooms declare more in `hooks.suggestion_rules`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xitun.lib.dates import today
from xitun.lib.keyset import keyset_page

from . import hooks
from .dated_settings import declare
from .models import (
    Category,
    DismissedSuggestion,
    Enrolment,
    Person,
    PostHolding,
    Standing,
    StandingRow,
    Status,
    Unit,
)
from .models.dated import true_on
from .models.enrolments import LIVE, RESTRICTED_CATEGORIES

ELDERLY_AGE = declare(
    "elderly_age",
    label=_("Age from which a member may be among the elderly"),
    unit="years",
    default=65,
    least=50,
    most=100,
    source="DOMAIN 2.5",
    used_by=_("The suggestion that somebody came of age; nobody is moved by it."),
)
REGULARISE_AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Rule:
    """One kind of suggestion. `found(user, day)` is the queryset of the people (or of their enrolments) it holds for
    among those `user` may write about, annotated with `fact_on`, the date of the fact; `words` says the fact and may
    name %(day)s and any other annotation; `address(row, reason)` is the page where a person goes on."""

    code: str
    title: str | Promise
    words: str | Promise
    found: Callable
    address: Callable
    action: str | Promise
    into: str = ""  # the category it leads into, if any
    dismissable: bool = True

    def __post_init__(self):
        if self.into in RESTRICTED_CATEGORIES:
            raise ValueError(f"{self.code}: nothing is ever suggested into a restricted category")

    def standing(self, user, day):
        """What this rule suggests on `day` and nobody has set aside."""
        rows = self.found(user, day)
        aside = DismissedSuggestion.objects.filter(
            person=OuterRef(owner_of(rows)), rule=self.code, fact_on=OuterRef("fact_on"), until__gt=day
        )
        return rows.filter(~Exists(aside)) if self.dismissable else rows

    def reason(self, row):
        return self.words % {**vars(row), "day": date_format(row.fact_on)}


def owner_of(rows):
    """The column of `rows` that names the person."""
    return "pk" if rows.model is Person else "person"


class Birthday(models.Func):
    """The day on which somebody born on a day (first) is so many years old (second). Who was born on 29 February
    turns on the 28th of a common year, as in xitun.lib.dates.age_on."""

    output_field = models.DateField()
    arity = 2
    template = "CAST((%(expressions)s) AS date)"

    def as_postgresql(self, compiler, connection, **extra):
        born, years = (compiler.compile(part) for part in self.source_expressions)
        return f"CAST({born[0]} + MAKE_INTERVAL(years => {years[0]}) AS date)", (*born[1], *years[1])

    def as_sqlite(self, compiler, connection, **extra):
        """SQLite lets 29 February run over into March: the last day of that month is the limit."""
        born, years = (compiler.compile(part) for part in self.source_expressions)
        later = f"'+' || {years[0]} || ' years'"
        sql = f"MIN(DATE({born[0]}, {later}), DATE({born[0]}, 'start of month', {later}, '+1 month', '-1 day'))"
        return sql, (*born[1], *years[1]) * 2


def _elderly_age(day):
    """The age in force where each person stands, as an expression."""
    ages = ELDERLY_AGE.by_path(day)
    default = Value(int(ages.pop("")), models.IntegerField())
    nearest_first = sorted(ages.items(), key=lambda item: -len(item[0]))
    return Case(*(When(path__startswith=path, then=Value(int(age))) for path, age in nearest_first), default=default)


def _turned_elderly(user, day):
    theirs = Enrolment.objects.filter(person=OuterRef("pk"))
    there = theirs.filter(category=Category.ELDERLY, status__in=(Status.PROPOSED, *LIVE))
    people = Person.objects.writable_by(user).members().filter(~Exists(there), birth_date__isnull=False)
    people = people.annotate(age=_elderly_age(day)).annotate(fact_on=Birthday("birth_date", "age"))
    first = ~Exists(Enrolment.objects.visible_to(user).live().filter(person=OuterRef("pk"), primary=True))
    return people.filter(fact_on__lte=day).annotate(first=first)


def _propose_elderly(row, reason):
    query = {"category": Category.ELDERLY.value, "reason": reason, "primary": "on" if row.first else ""}
    return f"{reverse('category-propose', args=[row.pk])}?{urlencode(query)}"


def active(user, category):
    """Enrolments in `category` of people on the roll, of which no end is proposed yet."""
    rows = Enrolment.objects.writable_by(user).filter(category=category, status=Status.ACTIVE, person__voided_at=None)
    return rows.exclude(person__standing=Standing.FORMER)


def propose_exit_url(row, reason):
    return f"{reverse('category-propose-exit', args=[row.pk])}?{urlencode({'reason': reason})}"


def _left_post(user, day):
    posts = PostHolding.objects.filter(person=OuterRef("person"), superseded_at=None)
    left = posts.filter(to_date__lte=day).order_by("-to_date").values("to_date")[:1]
    rows = active(user, Category.IN_SERVICE).filter(~Exists(posts.filter(Q(to_date=None) | Q(to_date__gt=day))))
    return rows.annotate(fact_on=Subquery(left)).filter(fact_on__isnull=False)


def _took_post(user, day):
    posts = PostHolding.objects.filter(true_on(day), person=OuterRef("person"))
    rows = active(user, Category.UNEMPLOYED)
    first = posts.order_by("from_date").values("from_date")[:1]
    return rows.annotate(fact_on=Subquery(first)).filter(fact_on__isnull=False)


def _became_full(user, day):
    """Of probationary members nothing is suggested: the developing category holds them (DOMAIN §2)."""
    since = StandingRow.objects.filter(true_on(day), person=OuterRef("person"), standing=Standing.FULL)
    rows = active(user, Category.DEVELOPING).filter(person__standing=Standing.FULL)
    return rows.annotate(fact_on=Subquery(since.values("from_date")[:1])).filter(fact_on__isnull=False)


def _to_regularise(user, day):
    rows = Enrolment.objects.writable_by(user).live().filter(carried_over=True, person__voided_at=None)
    rows = rows.exclude(person__standing=Standing.FORMER).filter(regularise_by__lte=day + REGULARISE_AHEAD)
    return rows.annotate(fact_on=F("regularise_by"))


RULES = (
    Rule(
        "to_regularise",
        _("Carried over from an old roster: the deadline is near"),
        _("to be made regular by %(day)s"),
        _to_regularise,
        lambda row, _reason: reverse("category-regularise", args=[row.pk]),
        _("Regularise"),
        dismissable=False,  # a deadline that protects the person is kept, not set aside
    ),
    Rule("left_post", _("Left the post"), _("left the post on %(day)s"), _left_post, propose_exit_url, _("Propose it")),
    Rule("took_post", _("Took a post"), _("took a post on %(day)s"), _took_post, propose_exit_url, _("Propose it")),
    Rule(
        "became_full",
        _("Became a full member"),
        _("full member since %(day)s"),
        _became_full,
        propose_exit_url,
        _("Propose it"),
    ),
    Rule(
        "turned_elderly",
        _("Reached the age of elderly members"),
        _("turned %(age)s on %(day)s"),
        _turned_elderly,
        _propose_elderly,
        _("Propose it"),
        into=Category.ELDERLY,
    ),
)


def rules():
    return (*RULES, *hooks.suggestion_rules)


def rule_of(code):
    """The rule with this code, or None."""
    return next((rule for rule in rules() if rule.code == code), None)


def rule_name(code):
    rule = rule_of(code)
    return str(rule.title) if rule else code


def count_suggestions(user, path=""):
    """How many there are at and below `path` for `user`; one statement and one for the ages."""
    day = today()
    found = [rule.standing(user, day).filter(path__startswith=path).order_by().values_list("pk") for rule in rules()]
    return found[0].union(*found[1:], all=True).count()


def suggested(rule, user, params, size):
    """A page (xitun.lib.keyset) of what `rule` suggests, the oldest fact first. Each row has `who`, `said` (the words)
    and `url`."""
    rows = rule.standing(user, today())
    related = ("unit",) if rows.model is Person else ("unit", "person")
    page = keyset_page(rows.select_related(*related), ("fact_on", "pk"), params, size)
    for row in page:
        row.who = row if rows.model is Person else row.person
        row.said = rule.reason(row)
        row.url = rule.address(row, row.said)
    return page


def name_towns(rows, user):
    """Give each row its `town` where `user` writes in several, else None. One query."""
    paths = {row.unit.path[: -Unit.steplen] for row in rows}
    towns = {unit.path: unit for unit in Unit.objects.visible_to(user).filter(path__in=paths)} if rows else {}
    for row in rows:
        row.town = towns.get(row.unit.path[: -Unit.steplen]) if len(towns) > 1 else None
