"""Excel files written row by row, so that a province's ledger needs no more memory than a village's.

Text cells are text whatever they begin with (`=1+1` stays four characters), dates are real dates, and every sheet has
its header even when it has no rows. Sheets print on A4 with the header repeated.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheets

from xitun.lib.clock import SHANGHAI

CELL_LIMIT = 32_767  # characters; Excel's own
SHEET_NAME_LIMIT = 31
A4 = 9

_NUMBER_FORMATS = {
    "text": "@",
    "integer": "0",
    "decimal": "0.00",
    "quantity": "General",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
_WIDTHS = {"text": 14, "integer": 8, "decimal": 11, "quantity": 8, "percent": 9, "date": 12, "datetime": 17}
# What XML cannot hold, and lone surrogates.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Column:
    """`key` finds the value in a row that is a mapping; `kind` is a key of _NUMBER_FORMATS; `width` in characters."""

    key: str
    label: str
    kind: str = "text"
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are mappings by column key, or sequences in column order; a generator is read once, lazily.

    `title` and `subtitle` stand above the header, the lines of `closing` (texts) below the rows; `footer` (a watermark,
    say) stands at the foot of each printed page; the first `frozen` columns stay in view.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Mapping | Sequence]
    title: str = ""
    subtitle: str = ""
    footer: str = ""
    closing: Sequence[Sequence[str]] = ()
    frozen: int = 0
    landscape: bool = True

    @property
    def headings(self):
        """Lines above the header."""
        return [str(line) for line in (self.title, self.subtitle) if line]


def write_xlsx(target, sheets):
    """Writes `sheets` to a path or binary buffer. An error raised by a row generator comes through, leaving no file."""
    sheets = list(sheets)
    if not sheets:
        raise ValueError("a workbook needs at least one sheet")
    named = list(zip(unique_names(sheet.name for sheet in sheets), sheets, strict=True))
    labels = {name: unique_labels(sheet.columns) for name, sheet in named}
    heading, header = Format().set_bold().set_font_size(14), Format().set_bold().set_text_wrap().set_align("center")
    write_worksheets(
        [(name, _records(sheet, labels[name])) for name, sheet in named],
        str(target) if hasattr(target, "__fspath__") else target,
        datetime_format=_NUMBER_FORMATS["date"],
        header_row={name: len(sheet.headings) for name, sheet in named},
        merge_ranges={name: _merged(sheet, heading) for name, sheet in named if sheet.headings},
        header_format={name: header for name, _sheet in named},
        freeze_panes={name: {"row": len(sheet.headings) + 1, "col": sheet.frozen} for name, sheet in named},
        column_widths={name: [_width(column) for column in sheet.columns] for name, sheet in named},
        column_formats={name: [_FORMATS[column.kind] for column in sheet.columns] for name, sheet in named},
        page_setup={name: _page(sheet) for name, sheet in named},
        # No green corners on ID numbers and phones, which are digits kept as text on purpose.
        ignore_errors={name: labels[name] for name in labels},
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """A sheet that somebody sent, written again row by row as text. `width` columns are theirs; `notes` are the widths
    of ours behind them, which stand out; the first `frozen` rows stay in view."""

    name: str
    rows: Iterable[Sequence[str]]
    width: int
    notes: Sequence[float] = ()
    hidden: bool = False
    frozen: int = 0


def write_copy(target, sheets):
    """Writes Copies to a path or binary buffer: every cell is text, every row keeps its number."""
    sheets = sorted(sheets, key=lambda sheet: sheet.hidden)  # the first sheet is the one in view
    named = list(zip(unique_names(sheet.name for sheet in sheets), sheets, strict=True))
    first = {name: iter(sheet.rows) for name, sheet in named}
    labels = {name: _first_row(next(first[name], []), sheet) for name, sheet in named}
    plain, noted = _FORMATS["text"], Format().set_text_wrap().set_bold().set_font_color("#B3261E").set_align("vcenter")
    write_worksheets(
        [(name, _texts(first[name], labels[name])) for name, _sheet in named],
        str(target) if hasattr(target, "__fspath__") else target,
        column_formats={name: [plain] * sheet.width + [noted] * len(sheet.notes) for name, sheet in named},
        column_widths={name: [_WIDTHS["text"]] * sheet.width + list(sheet.notes) for name, sheet in named},
        freeze_panes={name: {"row": sheet.frozen, "col": 0} for name, sheet in named if sheet.frozen},
        sheet_view={name: {"hidden": True} for name, sheet in named if sheet.hidden and name != named[0][0]},
        ignore_errors={name: labels[name] for name, _sheet in named},
    )


def _first_row(cells, sheet):
    """The first row as labels, which the writer wants unlike one another: spaces behind a text are no difference."""
    taken, labels = set(), []
    for place in range(sheet.width + len(sheet.notes)):
        label = _text(cells[place]) if place < len(cells) else ""
        while label in taken or not label:
            label += " "
        taken.add(label)
        labels.append(label)
    return labels


def _texts(rows, labels):
    blank = True
    for row in rows:
        blank = False
        cells = [*(_text(cell) or None for cell in row), *[None] * (len(labels) - len(row))]
        yield dict(zip(labels, cells, strict=True))
    if blank:
        yield dict.fromkeys(labels)


def unique_names(names):
    """The names as Excel takes them: ≤ 31 characters, none of []:*?/\\, no quote at either end, no two alike."""
    taken = {"history"}  # Excel keeps this one for itself
    for name in names:
        base = _NOT_IN_SHEET_NAMES.sub(" ", str(name)).strip(" '") or "Sheet"
        yield _untaken(base, taken, SHEET_NAME_LIMIT)


def unique_labels(columns):
    """The columns' labels, a second one of the same wording numbered, since the writer tells columns by label."""
    taken = set()
    return [_untaken(_text(column.label), taken, CELL_LIMIT) for column in columns]


def _untaken(base, taken, limit):
    candidate, number = base[:limit].rstrip(" '"), 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{base[: limit - len(str(number)) - 3].rstrip()} ({number})"
    taken.add(candidate.casefold())
    return candidate


def _records(sheet, labels):
    """Rows as the writer wants them: dicts of one key order. An empty sheet gives one blank row, to get its header."""
    blank = True
    keys, writers = [column.key for column in sheet.columns], [_WRITERS[column.kind] for column in sheet.columns]
    for row in sheet.rows:
        blank = False
        values = map(row.get, keys) if isinstance(row, Mapping) else row
        yield {label: write(value) for label, write, value in zip(labels, writers, values, strict=True)}
    if blank:
        yield dict.fromkeys(labels)
    for texts in sheet.closing:
        yield dict(zip(labels, _spread(texts, len(labels)), strict=True))


def _spread(texts, width):
    """The texts of a closing line, evenly over the columns."""
    cells = [None] * width
    for number, text in enumerate(texts):
        cells[min(number * width // len(texts), width - 1)] = _text(text)
    return cells


def shown(value, kind):
    """The text of a cell as a workbook shows it: what the page, the print and a document say."""
    if value is None:
        return ""
    if kind == "decimal" and isinstance(value, int | float | Decimal):
        return f"{value:.2f}"
    if kind == "quantity" and isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return _text(value)


def _written(value):
    """A value as it goes into a cell of text."""
    if type(value) is str and value.isprintable() and 0 < len(value) <= CELL_LIMIT:
        return value  # as nearly all are
    return None if value is None or value == "" else _text(value)


def _day(value):
    """A value as it goes into a cell of days or moments; what is neither goes in as text."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
    return value if isinstance(value, date) and value.year >= 1900 else _written(value)


def _number(value):
    """A value as it goes into a cell of figures; what is none (`<5` in a count) goes in as text."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # A float holds 15 digits: longer figures are kept whole as text.
        return value if math.isfinite(value) and abs(value) < 1e15 else _text(value)
    return _written(value)


def _text(value):
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI) if value.tzinfo else value:%Y-%m-%d %H:%M}"
    text = UNWRITABLE.sub("", str(value))
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def _merged(sheet, heading):
    last_column = max(len(sheet.columns) - 1, 1)
    formats = [heading, Format()]
    return [(row, 0, row, last_column, _text(line), formats[row]) for row, line in enumerate(sheet.headings)]


def _page(sheet):
    return {
        "paper_size": A4,
        "landscape": sheet.landscape,
        "repeat_rows": len(sheet.headings),
        "fit_to_pages": (1, 0),
        "print_gridlines": True,
        "margins": {"left": 0.4, "right": 0.4},
        "footer": f"&L{str(sheet.footer).replace('&', '&&')}&R&P / &N"[:255],
    }


def _width(column):
    # A Chinese character is two columns wide.
    label = sum(2 if ord(character) > 0x2E7F else 1 for character in str(column.label))
    return column.width or min(max(_WIDTHS[column.kind], label + 2), 40)


_WRITERS = {"text": _written, "date": _day, "datetime": _day} | dict.fromkeys(
    ("integer", "decimal", "quantity", "percent"), _number
)
_FORMATS = {kind: Format().set_num_format(form).set_align("vcenter") for kind, form in _NUMBER_FORMATS.items()}
_FORMATS["text"].set_text_wrap()
