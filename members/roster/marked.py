"""The workbook as it was sent, with what is wrong and what to do beside the cells of each line that needs a hand.
It can be corrected in Excel and sent again: the added columns are recognised and left alone."""

from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members.audit import trace
from members.roster import cells, preview, staging
from members.roster.columns import DATE_COLUMNS
from members.roster.headers import find_header
from members.roster.headings import is_ours
from members.roster.kept import kept_file
from members.roster.layout import PEEK, Fill, no_roster
from members.roster.offices import meanings_of
from members.roster.reasons import REJECT
from xitun.lib.dates import DateError, parse_date
from xitun.lib.readers import FORMULA, cell_text, read_workbook
from xitun.lib.sheets import Copy, write_copy

CHUNK = 500


@transaction.atomic
def hand_back_roster(*, by, roster, target):
    """Write the marked workbook of an open roster to `target` (path or binary buffer). Raises ValidationError when the
    roster is written, since nothing is kept of its file then."""
    roster = staging.open_roster(roster, by=by)
    sheets = read_workbook(kept_file(roster), roster.file_name)
    lines = _Lines(roster)
    meanings = meanings_of(roster.unit)
    write_copy(target, [_Marked(sheet, lines, meanings).copy() for sheet in sheets])
    trace("hand_back_roster", by=by, obj=roster, detail={"file": roster.file_name})


class _Lines:
    """The lines that need a hand or were mended, in the order of the file: they come as the sheets are read."""

    def __init__(self, roster):
        wanted = preview.TO_LOOK_AT | Q(raw__isnull=False)
        rows = roster.lines.filter(wanted).select_related("person").order_by("number")
        self.rows = rows.iterator(chunk_size=CHUNK)
        self.next = next(self.rows, None)

    def take(self, sheet, number):
        """The line of this row, None where there is nothing to say."""
        line = self.next
        if line is None or (line.sheet, line.line) != (sheet and sheet[:100], number):
            return None
        self.next = next(self.rows, None)
        return line


class _Marked:
    """One sheet with two columns more behind its last."""

    def __init__(self, sheet, lines, meanings):
        self.sheet, self.lines = sheet, lines
        head = list(islice(iter(sheet.rows), PEEK))
        self.header = None if no_roster(sheet, head) else find_header(head, sheet.merged, meanings)
        self.width = max((len(row) for _number, row in sheet.rows), default=0)
        if self.header:
            self.headed = head[self.header.rows[-1]][0]
            self.fill = Fill(sheet.merged, self.header, head[self.header.rows[-1] + 1 :])
            self.dates = [self.header.columns[name] for name in DATE_COLUMNS if name in self.header.columns]
            self.ours = [place for place, text in enumerate(self.header.headings) if is_ours(text)]

    def copy(self):
        name = self.sheet.name or _("Roster")
        frozen = self.headed if self.header else 0
        return Copy(name, self.rows(), self.width, (24, 48) if self.header else (), self.sheet.hidden, frozen)

    def rows(self):
        """Every row of the sheet in its place, the empty ones too, as text."""
        expected = 1
        for number, row in self.sheet.rows:
            yield from ([] for _gap in range(expected, number))
            yield self.row(number, row) if self.header else [cell_text(cell) for cell in row]
            expected = number + 1

    def row(self, number, row):
        if number <= self.headed:
            said = [_("Import check: what is wrong"), _("Import check: what to do")] if number == self.headed else []
            return self.beside([cell_text(cell) for cell in row], said)
        row = [*self.fill(number, row)]
        line = self.lines.take(self.sheet.name, number)
        if line and line.raw:
            self.put_mended(row, line)
        texts = [self.text(place, cell) for place, cell in enumerate(row)]
        return self.beside(texts, self.said_of(line) if line else [])

    def beside(self, texts, said):
        """The texts, without what an earlier check added, and what is said behind the last column."""
        texts += [""] * (self.width - len(texts))
        for place in self.ours:
            texts[place] = ""
        return [*texts, *said]

    def put_mended(self, row, line):
        """What was typed over a cell in the list stands in the workbook, too."""
        mended = cells.unpack(line.raw, line.sheet, line.line).cells
        row += [None] * (self.width - len(row))
        for column, place in self.header.columns.items():
            row[place] = mended.get(column)

    def text(self, place, cell):
        if place in self.dates and cell is not FORMULA and isinstance(cell, (int, float, date, datetime)):
            try:
                return parse_date(cell, date1904=self.sheet.date1904).isoformat()
            except (DateError, ValueError, OverflowError):
                pass
        return cell_text(cell)

    def said_of(self, line):
        preview.explain([line], written=True)
        wrong = [_(": ").join(filter(None, (str(trouble.title), trouble.read))) for trouble in line.troubles]
        remedies = [f"{trouble.remedy} {trouble.hint}".strip() for trouble in line.troubles]
        if wrong and line.outcome == REJECT:
            wrong[0] = _("Not written: %(why)s") % {"why": wrong[0]}
        return ["\n".join(wrong), "\n".join(remedies)] if wrong else []
