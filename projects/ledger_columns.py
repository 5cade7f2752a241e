"""How a declared ledger column (projects.workflow.Column) reads its value from a ledgers.Row.

Choices show their label, dates stay dates, phones are masked, ID numbers are never read (DOMAIN §5).
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise, lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pypinyin import lazy_pinyin

from members.models import Enrolment, Person, PostHolding, Unit
from xitun.lib.ids import mask_phone

from . import registry
from .models import Record
from .workflow import Column, Subject

OWNERS = {"person": Person, "enrolment": Enrolment, "post": PostHolding, "unit": Unit}
SORTED = 40  # characters of a text that tell its place
LASTING = {"name", "sex", "birth_date", "joined_on", "full_member_on", "standing"}  # of Person
NEVER = {"id_number", "id_hash"}
QUARTERS = (
    gettext_lazy("%(what)s, first quarter"),
    gettext_lazy("%(what)s, second quarter"),
    gettext_lazy("%(what)s, third quarter"),
    gettext_lazy("%(what)s, fourth quarter"),
)


class SourceError(LookupError):
    """A declared source that names nothing: a mistake in a room's workflow.py."""


@dataclass(frozen=True)
class LedgerColumn:
    """A column as it stands on paper. `kind` text | date | integer | decimal | quantity; `value(row)`: str, date,
    number or "". `present`: not kept day by day, so of today whatever the ledger's day."""

    key: str
    heading: str | Promise
    kind: str
    width: int
    value: object
    present: bool = False

    @property
    def title(self):
        return capfirst(str(self.heading))

    @property
    def number(self):
        return self.kind in ("integer", "decimal", "quantity")

    def order(self, row):
        """What a line is sorted by: text as it is read, None where nothing is known."""
        value = self.value(row)
        if value == "":
            return None
        if self.key == "name" and row.person:
            return (1, row.person.pinyin)
        if isinstance(value, date):
            return (1, value.isoformat())
        return (1, "".join(lazy_pinyin(value[:SORTED]))) if isinstance(value, str) else (0, value)


@dataclass(frozen=True)
class ExtraColumn:
    """A column that an app above adds. `resolve(rows)` answers for a whole chunk at once: {subject pk: value}."""

    column: Column
    resolve: object

    @property
    def key(self):
        return self.column.key


class ExtraColumns:
    """Registered in AppConfig.ready() of the app above: assessments adds score and pay to the post ledger."""

    _registered: ClassVar[dict] = {}

    def register(self, project_code, column, resolver):
        """Append `column` to the ledger of `project_code`; registering the same key again replaces it."""
        registry.project(project_code)
        self._registered.setdefault(project_code, {})[column.key] = ExtraColumn(column, resolver)

    def of(self, project_code):
        return tuple(self._registered.get(project_code, {}).values())


extra_columns = ExtraColumns()


def columns_of(project):
    """Every column of a project's ledger, in order. Raises SourceError for a source that names nothing."""
    shown = [column for declared in project.columns for column in _resolve(project, declared)]
    placed = {declared.key for declared in project.columns}
    return shown + [
        _extra(project, extra.column) for extra in extra_columns.of(project.code) if extra.key not in placed
    ]


def column_of(project, column):
    """The one LedgerColumn of a declared Column. Raises SourceError for a source that names nothing."""
    (found,) = _resolve(project, column)
    return found


def _extra(project, column):
    """A column that an app above fills; empty until it has registered one of this key."""
    extra = next((e for e in extra_columns.of(project.code) if e.key == column.key), None)
    return _shown(column, (lambda row: plain(row.extra(extra))) if extra else (lambda row: ""))


def _resolve(project, column):
    """The one column a declaration means, or the four of `quarters:`."""
    form, colon, rest = column.source.partition(":")
    if not colon:
        return [_of_owner(project, column)]
    if form == "extra":
        return [_extra(project, column)]
    if form == "rule":
        return [_shown(column, partial(_by_rule, _rule(project, rest)))]
    kind, _dot, name = rest.partition(".")
    kinds = {k.code for k in project.kinds if k.subject is not Subject.UNIT}
    if kind not in kinds or form not in ("last", "count", "total", "quarters"):
        raise SourceError(f"{project.code}: no such source {column.source!r}")
    if form == "last":
        field = _record_field(project, kind, name)
        return [_shown(column, lambda row: _of_last(row.last(kind), name), field)]
    if form in ("count", "total"):
        return [_shown(column, lambda row: row.count(kind, stay=form == "total"), models.IntegerField())]
    return [_quarter(column, kind, number) for number in (1, 2, 3, 4)]


def _shown(column, value, field=None):
    kind = {"number": "decimal" if isinstance(field, models.DecimalField) else "integer"}.get(column.kind, column.kind)
    return LedgerColumn(column.key, column.heading, kind, column.width, value)


def _quarter(column, kind, number):
    heading = lazy(lambda: QUARTERS[number - 1] % {"what": column.heading}, str)()
    return LedgerColumn(
        f"{column.key}_q{number}", heading, column.kind, column.width, lambda row: _days(row.days(kind, number))
    )


def _days(days):
    """One day stays a date; several are written out one after another."""
    return days[0] if len(days) == 1 else "、".join(day.isoformat() for day in days)


def _of_owner(project, column):
    owner, _dot, name = column.source.partition(".")
    if owner == "record":
        return _of_record(project, column, name)
    if owner not in OWNERS or name in NEVER:
        raise SourceError(f"{project.code}: no such source {column.source!r}")
    if column.source == "person.standing":
        return _shown(column, lambda row: str(row.standing))
    if column.source == "unit.name":
        return _shown(column, lambda row: row.place())
    field = _field(OWNERS[owner], name, project, column)
    if owner == "person" and name not in LASTING:
        return replace(_shown(column, partial(_of_today, name), field), present=True)
    return _shown(column, lambda row: attribute(getattr(row, owner), name), field)


def _of_today(name, row):
    """What is kept of today alone stays with the branch where the person is now."""
    return "" if row.moved_away else attribute(row.person, name)


def _of_record(project, column, name):
    listed = registry.rules(project.code).ledger_records(Record.objects.none())
    if name not in listed.query.annotations:
        _field(Record, name, project, column)
    return _shown(column, lambda row: attribute(row.subject, name))


def _record_field(project, kind, name):
    if name in ("happened_on", "narrative", "author"):
        return Record._meta.get_field(name)
    return _field(registry.detail_model(f"{project.code}.{kind}"), name, project, f"{kind}.{name}")


def _field(model, name, project, source):
    try:
        return model._meta.get_field(name)
    except (AttributeError, FieldDoesNotExist):
        raise SourceError(f"{project.code}: no such source {getattr(source, 'source', source)!r}") from None


def _of_last(record, name):
    if record is None:
        return ""
    return attribute(record if name in ("happened_on", "narrative", "author") else record.detail, name)


def _rule(project, name):
    try:
        return getattr(registry.rules(project.code), name)
    except AttributeError:
        raise SourceError(f"{project.code}: rules.py has no function {name!r}") from None


def _by_rule(rule, row):
    return plain(rule(row))


def attribute(thing, name):
    """The value of a field as a person reads it."""
    if thing is None:
        return ""
    display = getattr(thing, f"get_{name}_display", None)
    value = display() if display else getattr(thing, name)
    return mask_phone(value) if name == "phone" and value else plain(value)


def plain(value):
    """str, date or number; nothing is "" and a yes or no is a word."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value if isinstance(value, date | int | float | str) or hasattr(value, "as_tuple") else str(value)
