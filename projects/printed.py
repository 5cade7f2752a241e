"""Papers of the office about one enrolment or post, from what its room declares (workflow.PrintedForm)."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from xitun.lib.dates import Year

from . import registry
from .ledger_columns import SourceError, attribute, column_of
from .ledger_rows import Chunk, reached
from .ledgers import Ledger
from .models import Record
from .stays import stay_ids
from .workflow import PrintedForm, Subject


@dataclass(frozen=True)
class Table:
    """`rows`: lists of (column, value)."""

    name: str
    columns: tuple
    rows: list
    blank: range


@dataclass(frozen=True)
class Paper:
    """`lines`: lists of one wide or two (heading, value) pairs."""

    form: PrintedForm
    lines: list
    tables: list


def form_of(project, code):
    """The declared form of this code, or None."""
    return next((form for form in project.forms if form.code == code), None)


def paper(project, form, subject, user, day):
    """The form filled in for an enrolment or post as it stands on `day`."""
    columns = [column_of(project, declared) for declared in form.facts]
    (row,) = Chunk(Ledger(project, user, subject.unit, day), [subject]).rows
    tables = [_table(project, table, subject, user, day) for table in form.tables]
    return Paper(form, list(_lines((column, column.value(row)) for column in columns)), tables)


def _lines(pairs):
    half = []
    for column, value in pairs:
        fact = (column.heading, _shown(value))
        if column.width >= PrintedForm.WIDE:
            yield from [half] if half else []
            half = []
            yield [fact]
        else:
            half.append(fact)
            if len(half) == 2:
                yield half
                half = []
    if half:
        yield [*half, ("", "")]


def _table(project, table, subject, user, day):
    code = f"{project.code}.{table.kind}"
    records = Record.objects.visible_to(user).live().unsealed_for(user).filter(kind=code, happened_on__lte=day)
    if project.ledger_subject is Subject.POST:
        records = records.filter(post=subject)
    else:
        records = records.filter(subjects__enrolment__in=stay_ids([subject]))
    if not table.whole_stay:
        records = records.filter(happened_on__gte=Year.of(day).start)
    if "detail.reached" not in {column.source for column in table.columns}:
        records = records.filter(reached(registry.tries_of(code)))
    model = registry.detail_model(code)
    records = list(records.select_related("author").order_by("happened_on", "pk"))
    details = model.objects.in_bulk([record.pk for record in records]) if model else {}
    rows = [
        [(column, _value(column, record, details.get(record.pk))) for column in table.columns] for record in records
    ]
    return Table(str(project.kind(table.kind).name), table.columns, rows, range(max(table.rows - len(rows), 0)))


def _value(column, record, detail):
    owner, _dot, name = column.source.partition(".")
    if owner not in ("record", "detail"):
        raise SourceError(f"no such source {column.source!r}")
    return _shown(attribute(record if owner == "record" else detail, name))


def _shown(value):
    """Dates as the office writes them: 2026年9月30日."""
    return date_format(value) if isinstance(value, date) else value
