"""Ledgers 台账: a view over the records in the columns each room declares, for any unit, as of any day (DOMAIN §4).

A `Ledger` serves the page, the print, the Excel and the Word file, the command and the API, so all show the same rows.
Rows are read CHUNK people at a time: a fixed number of statements each, memory flat however long the ledger is.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.access import VIEW, VIEW_RESTRICTED, scope_of
from members.models import Enrolment, PostHolding, Unit
from members.roll import PastRoll
from xitun.lib.dates import Year, today
from xitun.lib.names import fold_query, normalise_name

from . import registry
from .ledger_columns import LedgerColumn, columns_of, extra_columns
from .ledger_rows import Chunk, Row
from .models import Record
from .workflow import Subject

__all__ = ["Ledger", "Row", "extra_columns", "last_entry", "lists_gone", "may_read", "right_for"]

CHUNK = 500
NUMBER = LedgerColumn("number", gettext_lazy("No."), "integer", 6, None)
LEFT = LedgerColumn("left_category", gettext_lazy("left the category"), "text", 18, lambda row: row.left)
BRANCH = LedgerColumn("branch", gettext_lazy("Branch"), "text", 18, lambda row: row.place(short=True))


def right_for(project):
    """The right that opens this ledger: the two restricted ones need more than sight of the unit."""
    return VIEW_RESTRICTED if project.restricted else VIEW


def lists_gone(project):
    """Whether its ledger can list those who have left in the year: of people, and not where it is restricted."""
    return project.ledger_subject is Subject.ENROLMENT and not project.restricted


def may_read(user, project):
    """Whether `user` may open this ledger anywhere."""
    return scope_of(user).can(right_for(project))


def last_entry(user, project):
    """When the newest record of the project was entered where `user` may read its ledger; None without any."""
    kinds = [f"{project.code}.{kind.code}" for kind in project.kinds]
    records = Record.objects.live().filter(scope_of(user).q(right_for(project), "path"), kind__in=kinds)
    return records.unsealed_for(user).order_by("-pk").values_list("entered_at", flat=True).first()


@dataclass(frozen=True, eq=False)
class Ledger:
    """The ledger of `project` for `unit` and all below it, valid on the day `on` (today), as far as it had been entered
    by the end of the day `known` (None: all of it). `q`: part of a name; `sort`: the key of a column, "-" before it for
    the other way, "" for branch and name. `gone`: also who has left in the year up to that day, with a column that says
    when and why; not of posts and never where it is restricted, for who is over a hardship is not kept in its list.
    `user` None is the command line, which sees all."""

    project: object
    user: object
    unit: object
    on: object = None
    known: object = None
    q: str = ""
    sort: str = ""
    gone: bool = False

    def __post_init__(self):
        object.__setattr__(self, "gone", self.gone and lists_gone(self.project))
        object.__setattr__(self, "on", self.on or today())
        if self.sort and self.sort.removeprefix("-") not in {column.key for column in self.head if column.value}:
            object.__setattr__(self, "sort", "")

    @cached_property
    def roll(self):
        return PastRoll(self.on, self.known)

    @cached_property
    def columns(self):
        """The declared ones, as `Row.cells` has their values."""
        return [*columns_of(self.project), *([LEFT] if self.gone else [])]

    @cached_property
    def towns(self):
        """{path: name} of the towns in sight where there are several: their villages may bear one name."""
        found = Unit.objects.at(self.unit).filter(kind=Unit.Kind.TOWN) if self.unit.kind == Unit.Kind.COUNTY else []
        return {unit.path: str(unit) for unit in found} if len(found) > 1 else {}

    def place(self, unit, *, short=False):
        """The name of a branch as it is told from others here: in a county 北屯镇槐树湾村党支部."""
        name, town = unit.short_name if short else str(unit), self.towns.get(unit.path[: -Unit.steplen])
        return _("%(town)s, %(branch)s") % {"town": town, "branch": name} if town else name

    @cached_property
    def several(self):
        """Whether lines of several branches need one to say which."""
        return self.unit.kind in (Unit.Kind.COUNTY, Unit.Kind.TOWN) and all(c.key != "branch" for c in self.columns)

    @cached_property
    def head(self):
        """The columns as they stand on paper and screen: number, name, branch where there are several, the others."""
        first, *others = self.columns
        return [NUMBER, first, *([BRANCH] if self.several else []), *others]

    def line(self, number, row):
        """The cells of a row under `head`."""
        first, *others = row.cells
        return [number, first, *([BRANCH.value(row)] if self.several else []), *others]

    @cached_property
    def subjects(self):
        """Whom it lists: enrolments in force on the day, or posts held, by branch and name; or the year's records. Help
        and education that is over by now is on the ledger of no day."""
        if self.project.ledger_subject is Subject.UNIT:
            return self._records
        if self.project.ledger_subject is Subject.POST:
            queryset = self.roll.posts_among(self._seen(PostHolding))
            name, order = "holder_name", ("path", "from_date", "pk")
        else:
            listed = self.roll.of_the_year_among if self.gone else self.roll.in_force_among
            queryset = listed(self._seen(Enrolment).filter(category=self.project.category))
            name, order = "person__name", ("path", "person__pinyin", "pk")
        return queryset.filter(_matches(self.q, name), path__startswith=self.unit.path).order_by(*order)

    @property
    def _records(self):
        """What a ledger lists that is not about people: the records of its year, up to its day."""
        rules, records = registry.rules(self.project.code), Record.objects.held(self.roll.moment)
        records = records if self.user is None else records.in_sight_of(self.user)
        records = records.filter(happened_on__gte=Year.of(self.on).start, happened_on__lte=self.on)
        records = records.filter(path__startswith=self.unit.path)
        if text := normalise_name(self.q):
            records = records.filter(rules.ledger_search(text))
        listed = rules.ledger_records(records, on=self.on, moment=self.roll.moment)
        return listed.order_by("path", "happened_on", "pk")

    @cached_property
    def count(self):
        return self.subjects.count()

    def rows(self, start=0, stop=None, *, by_branch=False):
        """Row for every subject, or for those from `start` to `stop`, in the order asked for; `by_branch`: branch after
        branch, each in that order."""
        if not self.sort:
            yield from self._read(self.subjects[start:stop])
            return
        keys = [pk for _key, pk in self._sorted(by_branch)][start:stop]
        for place in range(0, len(keys), CHUNK):
            part = keys[place : place + CHUNK]
            found = {row.subject.pk: row for row in self._read(self.subjects.filter(pk__in=part))}
            yield from (found[pk] for pk in part if pk in found)

    @property
    def as_of(self):
        """The two days in words, and who of them stands there."""
        words = _("As of %(on)s, from what had been entered by %(known)s") % {
            "on": date_format(self.on), "known": date_format(self.known or today()),
        }  # fmt: skip
        gone = _("with who has left in the year") if self.gone else ""
        asked = normalise_name(self.q)
        some = _("only what matches “%(q)s”") % {"q": asked} if asked else ""
        return " · ".join(filter(None, (words, gone, some)))

    @property
    def note(self):
        """What of the columns is not kept day by day, said once on the ledger of a past day; "" where nothing is."""
        present = [str(column.heading) for column in self.columns if column.present]
        if self.on >= today() or not present:
            return ""
        return _("As it is today, and empty for who has left the branch: %(columns)s") % {"columns": "、".join(present)}

    def _seen(self, model):
        return model.objects.all() if self.user is None else model.objects.visible_to(self.user)

    def _read(self, queryset):
        if queryset.model is Record:
            queryset = queryset.select_related("unit")
        else:
            queryset = queryset.select_related("person", "unit").defer("person__id_number")  # decrypting costs
        if queryset.model is Enrolment:
            queryset = queryset.select_related("helper")
        found = queryset.iterator(chunk_size=CHUNK)
        while batch := list(islice(found, CHUNK)):
            yield from Chunk(self, batch).rows

    def _sorted(self, by_branch):
        """[(key, pk)] of all subjects in the order asked for: of each nothing is kept but the key of one column."""
        column = next(c for c in self.head if c.key == self.sort.removeprefix("-"))
        rows = self._read(self.subjects)
        keys = [((row.unit.path if by_branch else "", column.order(row)), row.subject.pk) for row in rows]
        return _in_order(keys, self.sort)


def _in_order(pairs, sort):
    """By branch, then by cell; empty cells last in both directions, equal ones as they come."""
    back = sort.startswith("-")
    full = [pair for pair in pairs if pair[0][1] is not None]
    full.sort(key=lambda pair: pair[0][1], reverse=back)
    both = full + [pair for pair in pairs if pair[0][1] is None]
    return sorted(both, key=lambda pair: pair[0][0])


def _matches(q, name):
    """Part of a name as written, or its pinyin or initials from the beginning. Branch and category bound the scan."""
    text, letters = normalise_name(q), fold_query(q)
    if not text:
        return Q()
    found = Q(**{f"{name}__icontains": text})
    if letters.isascii() and letters:
        found |= Q(person__pinyin__startswith=letters) | Q(person__initials__startswith=letters)
    return found
