"""What must be known of an .xlsx before it is opened: that it will not burst, and which formulas have no value.

The fast reader trusts the file: it inflates whatever is packed and makes a dense table as far as the farthest cell, so
two cells in opposite corners would end the process. Nothing reaches it that has not passed here.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cache
from xml.parsers import expat

from xitun.lib.refused import FileRefused

UNPACKED_LIMIT = 256 * 2**20  # bytes, all parts together
PARTS_LIMIT = 5_000
AREA_LIMIT = 5_000_000  # rows × columns of one sheet
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")

# The cells of a sheet as Excel, WPS and LibreOffice write them. A sheet that is not all like this is parsed instead.
_PLAIN_CELL = re.compile(rb'<c(?:\s+\w+="[^"<>&]*")*?\s+r="([A-Z]{1,3})(\d{1,7})"[^"<>&]*(?:"[^"<>&]*"[^"<>&]*)*>')
# Not plain: a cell that names its place twice, or with other quotes; readers differ about which one is meant.
_ODD_CELL = re.compile(rb"<c(?=\s)[^<>]*?(?:'|\sr\s*=[^<>]*?\sr\s*=)")
_ANY_CELL = [b"<c" + end for end in (b" ", b">", b"/", b"\t", b"\r", b"\n")]
_UNUSUAL = [b"<!", *(tag.replace(b"<", b":") for tag in _ANY_CELL)]  # comments, CDATA, DOCTYPE; cells under a prefix
_FORMULA_TAG = re.compile(rb"<f[\s/>]")
_ERROR_CELL = re.compile(rb'<c\s[^>]*\bt="e"')
_STORED_VALUE = re.compile(rb'^[^>]*\bt="str"|<v[^>]*>[^<]|<is')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_LONGEST_CELL = 100_000  # bytes


@dataclass(slots=True)
class SheetScan:
    """Rows and columns count from 1 to the farthest cell with content; `valueless` holds (row, column) from 1 of
    formulas without a stored value and of error values; `merged` holds (first row, first column, last row, last
    column) from 1 of merged cells, whose value stands in the first cell alone."""

    name: str
    hidden: bool = False
    rows: int = 0
    columns: int = 0
    valueless: set = field(default_factory=set)
    merged: list = field(default_factory=list)


def parts_of(data):
    """{lower-case path: ZipInfo} of a zip file whose whole content has been inflated once, within UNPACKED_LIMIT."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        if len(entries) > PARTS_LIMIT:
            raise FileRefused("zip_bomb", limit=UNPACKED_LIMIT >> 20)
        if any(entry.flag_bits & 1 for entry in entries):
            raise FileRefused("encrypted")
        _inflate_all(archive, entries)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError):
        raise FileRefused("broken") from None
    parts = {entry.filename.replace("\\", "/").lower(): entry for entry in entries}
    if len(parts) != len(entries):
        raise FileRefused("broken")  # two parts of one name: readers would differ about which is meant
    return archive, parts


def scan_xlsx(archive, parts):
    """(date1904, [SheetScan of every worksheet, in workbook order]); FileRefused when it may not be opened."""
    try:
        book = _parse(archive, parts["xl/workbook.xml"], _BookHandler())
        targets = _parse(archive, parts["xl/_rels/workbook.xml.rels"], _RelationsHandler()).targets
        scans = []
        for name, relation, hidden in book.sheets:
            kind, target = targets[relation]
            if kind == "worksheet":
                scans.append(_scan_sheet(archive, parts[_part_path(target)], name, hidden))
    except (LookupError, ValueError, expat.ExpatError, zipfile.BadZipFile):  # LookupError: an encoding nobody knows
        raise FileRefused("broken") from None
    return book.date1904, scans


def cell_name(row, column):
    """(3, 28) → `AB3`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _inflate_all(archive, entries):
    """Counts the real bytes, not those the directory claims."""
    total = 0
    for entry in entries:
        size, crc = entry.file_size, entry.CRC
        entry.file_size, entry.CRC = UNPACKED_LIMIT + 1, None  # read to the true end, unchecked
        with archive.open(entry) as part:
            while chunk := part.read(1 << 20):
                total += len(chunk)
                if total > UNPACKED_LIMIT:
                    raise FileRefused("zip_bomb", limit=UNPACKED_LIMIT >> 20)
        entry.file_size, entry.CRC = size, crc


def _scan_sheet(archive, entry, name, hidden):
    xml = archive.read(entry)
    plain = _scan_plain(xml, SheetScan(name, hidden)) if b"<worksheet" in xml[:2000] else None
    scan = plain or _parse(archive, entry, _SheetHandler(SheetScan(name, hidden))).scan
    scan.merged = [
        (int(top), _column_number(left.decode()), int(bottom), _column_number(right.decode()))
        for left, top, right, bottom in _MERGED.findall(xml)
    ]
    return scan


def _scan_plain(xml, scan):
    """The scan of a sheet written the usual way, several times faster than parsing; None for any other."""
    references = _PLAIN_CELL.findall(xml)
    if len(references) != sum(map(xml.count, _ANY_CELL)) or any(mark in xml for mark in _UNUSUAL):
        return None
    if _ODD_CELL.search(xml):
        return None
    scan.columns = max((_column_number(letters.decode()) for letters in {pair[0] for pair in references}), default=0)
    scan.rows = max((int(row) for row in {pair[1] for pair in references}), default=0)
    if scan.rows * scan.columns > AREA_LIMIT or scan.rows > LAST_ROW or scan.columns > LAST_COLUMN:
        return None  # by cells without content, perhaps
    for tag in _FORMULA_TAG.finditer(xml):
        start = xml.rfind(b"<c", max(tag.start() - _LONGEST_CELL, 0), tag.start())
        end = xml.find(b"</c>", tag.end(), tag.end() + _LONGEST_CELL)
        cell = _PLAIN_CELL.match(xml, start) if start >= 0 else None
        if cell is None or end < 0:
            return None
        if not _STORED_VALUE.search(xml[start:end]):
            scan.valueless.add(_place(cell))
    if b't="e"' in xml:
        scan.valueless.update(_place(_PLAIN_CELL.match(xml, cell.start())) for cell in _ERROR_CELL.finditer(xml))
    return scan


def _place(match):
    return int(match[2]), _column_number(match[1].decode())


def _part_path(target):
    target = target.replace("\\", "/").lower()
    if target.startswith("/"):
        return target[1:]
    return target if target.startswith("xl/") else f"xl/{target}"


def _parse(archive, entry, handler):
    parser = expat.ParserCreate()
    parser.StartElementHandler = handler.start
    parser.StartDoctypeDeclHandler = _refuse_doctype  # no entities, so no entity bombs and no outside files
    parser.buffer_text = True
    handler.parser = parser
    with archive.open(entry) as part:
        parser.ParseFile(part)
    handler.finish()
    return handler


def _refuse_doctype(*_declaration):
    raise FileRefused("broken")


class _Handler:
    def finish(self):
        pass


class _BookHandler(_Handler):
    def __init__(self):
        self.date1904, self.sheets = False, []

    def start(self, tag, attributes):
        tag = tag.rpartition(":")[2]
        if tag == "workbookPr":
            self.date1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            relation = {key.rpartition(":")[2]: value for key, value in attributes.items()}["id"]
            self.sheets.append((attributes["name"], relation, attributes.get("state", "visible") != "visible"))


class _RelationsHandler(_Handler):
    def __init__(self):
        self.targets = {}

    def start(self, tag, attributes):
        if tag.rpartition(":")[2] == "Relationship":
            self.targets[attributes["Id"]] = attributes["Type"].rpartition("/")[2], attributes["Target"]


class _SheetHandler(_Handler):
    """Hears only the beginnings of elements: three calls a cell, so that a large sheet is scanned in seconds."""

    def __init__(self, scan):
        self.scan = scan
        self.row = self.column = self.in_row = 0
        self.formula = self.valued = False

    def start(self, tag, attributes):
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self.close_cell()
            self.open_cell(attributes)
        elif tag in ("v", "is"):
            self.note_content()
            if self.formula:
                self.parser.CharacterDataHandler = self.note_value
        elif tag == "f":
            self.formula = self.column > 0
            self.note_content()
        elif tag == "row":
            self.close_cell()
            self.row = int(attributes.get("r", self.row + 1))
            self.column = self.in_row = 0

    def open_cell(self, attributes):
        self.in_row += 1
        self.column = max(self.column + 1, self.in_row)
        if reference := attributes.get("r"):
            match = _CELL.fullmatch(reference)
            if not match:
                raise FileRefused("broken")
            self.row, self.column = int(match[2]), _column_number(match[1].upper())
        kind = attributes.get("t", "n")
        # An error such as #N/A is no value; an empty text that a formula gave is one.
        self.error, self.valued = kind == "e", kind == "str"

    def note_content(self):
        scan = self.scan
        scan.rows = max(scan.rows, self.row)
        scan.columns = max(scan.columns, self.column)
        if scan.rows > LAST_ROW or scan.columns > LAST_COLUMN:
            raise FileRefused("broken")
        if scan.rows * scan.columns > AREA_LIMIT:
            raise FileRefused("too_far", sheet=scan.name, cell=cell_name(self.row, self.column))
        if self.error:
            scan.valueless.add((self.row, self.column))

    def note_value(self, _text):
        self.valued = True

    def close_cell(self):
        if self.formula:
            if not self.valued:
                self.scan.valueless.add((self.row, self.column))
            self.formula, self.parser.CharacterDataHandler = False, None
        self.error = False

    error = False
    finish = close_cell


@cache
def _column_number(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
