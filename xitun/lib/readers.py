"""Reads the tables people send: .xlsx, .xlsm, .xls, CSV and TSV, told apart by their content and not their name.

Every file is taken for hostile: what would burst memory, hides behind a password or is something else altogether is
refused with FileRefused, which says what to do.
"""

import io
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from django.conf import settings
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from xitun.lib import text_tables, xls_worker
from xitun.lib.refused import FileRefused
from xitun.lib.xlsx_scan import parts_of, scan_xlsx

__all__ = ["FORMULA", "FileRefused", "SheetRows", "cell_text", "read_workbook"]

logger = logging.getLogger(__name__)

XLS_SECONDS = 60
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
    b"{\\rtf",
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta", b"<style", b"<div", b"mime-version:")
_BOOK_NAMES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods")


class Special(Enum):
    """FORMULA stands in a cell for a formula whose value was not stored, and for an error such as #N/A."""

    FORMULA = "formula"

    def __repr__(self):
        return self.name


FORMULA = Special.FORMULA


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet. `name` is None for CSV; `date1904` belongs to the figures that stand for dates (see parse_date).

    `merged` holds (first row, first column, last row, last column) of merged cells, from 1; only the first has a value.
    """

    name: str | None
    reader: Callable[[], Iterator]
    hidden: bool = False
    date1904: bool = False
    merged: Sequence[tuple[int, int, int, int]] = ()

    @property
    def rows(self):
        """(row number in the sheet, from 1; cells from column A) for every row with content. May be read again.

        Cells are str, int, float, bool, date, datetime (time, timedelta), None when empty, or FORMULA.
        """
        return self.reader()


def read_workbook(source, filename=""):
    """[SheetRows] of a path or binary file. `filename` is the name it was sent under; FileRefused if it is no table."""
    data = _content(source)
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xfe\xff"):
        raise FileRefused("empty")
    if data.startswith(b"PK"):
        return _read_zipped(data)
    return _read_ole(data) if data.startswith(_OLE) else _read_text(data, filename)


def cell_text(cell):
    """A cell as the text it shows: 19912343021.0 → `19912343021`, a date in ISO form, nothing for an empty cell.

    Figures of 16 digits and more keep their exponent (`6.2e+17`): their last digits are not to be trusted.
    """
    if cell is None or cell is FORMULA:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _content(source):
    limit = getattr(settings, "XITUN_MAX_UPLOAD_BYTES", 30 * 2**20)
    if hasattr(source, "read"):
        source.seek(0)
        data = source.read(limit + 1)
    else:
        with Path(source).open("rb") as file:
            data = file.read(limit + 1)
    if len(data) > limit:
        raise FileRefused("too_big", limit=limit >> 20)
    return data


def _read_zipped(data):
    archive, parts = parts_of(data)
    if "xl/workbook.xml" not in parts:
        if "word/document.xml" in parts:
            raise FileRefused("word_document")
        raise FileRefused("other_spreadsheet" if _is_other_spreadsheet(parts) else "not_a_spreadsheet")
    date1904, scans = scan_xlsx(archive, parts)
    with _refusing_damage():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [SheetRows(scan.name, _Xlsx(book, scan), scan.hidden, date1904, scan.merged) for scan in scans]
    if not any(True for sheet in sheets for _row in sheet.rows):
        raise FileRefused("empty")
    return sheets


def _is_other_spreadsheet(parts):
    return "xl/workbook.bin" in parts or {"mimetype", "content.xml"} <= parts.keys() or "index/document.iwa" in parts


class _Xlsx:
    """The rows of one worksheet, opened when first asked for."""

    def __init__(self, book, scan):
        self.book, self.scan = book, scan

    @cached_property
    def sheet(self):
        with _refusing_damage():
            return self.book.get_sheet_by_name(self.scan.name)

    def __call__(self):
        first_column = self.sheet.start[1] if self.sheet.start else 0
        return _tidy(self.sheet.iter_rows(), first_column, self.scan.valueless)


@contextmanager
def _refusing_damage():
    try:
        yield
    except PasswordError:
        raise FileRefused("encrypted") from None
    except BaseException as error:
        # A panic of the Rust reader is no Exception, and its class cannot be imported.
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise FileRefused("broken") from None
        raise


def _read_ole(data):
    """Old .xls; also what wraps a workbook under a password, and old Word documents."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused("encrypted")
    if "WordDocument".encode("utf-16-le") in data:
        raise FileRefused("word_document")
    if "Workbook".encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
        raise FileRefused("not_a_spreadsheet")
    command = [sys.executable, "-I", xls_worker.__file__]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=XLS_SECONDS, check=True)
        kind, answer = pickle.loads(done.stdout)
    except (subprocess.SubprocessError, pickle.UnpicklingError, EOFError) as error:
        logger.warning(
            "An .xls was not read: %s", (getattr(error, "stderr", None) or b"")[:200].decode(errors="replace")
        )
        raise FileRefused("broken") from None
    if kind == "refused" or not any(rows for *_about, rows in answer):
        raise FileRefused(answer if kind == "refused" else "empty")
    return [
        SheetRows(name, lambda rows=rows, first=first: _tidy(rows, first), hidden, merged=merged)
        for name, hidden, merged, first, rows in answer
    ]


def _read_text(data, filename):
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(_BINARY):
        raise FileRefused("not_a_spreadsheet")
    if head.startswith(_MARKUP):
        raise FileRefused("web_page")
    text = text_tables.decode(data)
    delimiter = text_tables.sniff_delimiter(text)
    if delimiter is None and filename.lower().endswith(_BOOK_NAMES):
        raise FileRefused("not_a_spreadsheet")
    if not sum(1 for _row in text_tables.read_rows(text, delimiter)):  # to the end: a quotation mark may stand alone
        raise FileRefused("empty")
    return [SheetRows(None, lambda: text_tables.read_rows(text, delimiter))]


def _tidy(rows, first_column, valueless=()):
    """Numbers the rows and puts their cells where they stand: the reader leaves out empty columns before the first."""
    places = {}
    for row, column in valueless:
        places.setdefault(row, []).append(column)
    for number, row in enumerate(rows, start=1):
        cells = [None] * first_column + [
            (value.replace("\x00", "") or None) if type(value) is str else value for value in row
        ]
        for column in places.get(number, ()):
            cells += [None] * (column - len(cells))
            cells[column - 1] = FORMULA
        if any(cell is not None for cell in cells):
            yield number, cells
