"""What a person has to say about the headings of a roster before it is judged, or may say after. No models, no I/O.

Every heading is told by its key (members.roster.columns.keys_of); sheets with the same headings are asked once.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from itertools import islice

from members.roster.columns import keys_of, plain
from members.roster.headers import find_header, guess_header
from members.roster.layout import PEEK, no_roster, where
from xitun.lib.ids import mask_id, mask_phone
from xitun.lib.readers import cell_text

SAMPLES, SAMPLE_LENGTH, MOST = 3, 20, 300
_TWICE_MATTERS = {
    "name", "id_number", "branch", "phone", "birth_date", "joined_on", "full_member_on", "category", "standing"
}  # fmt: skip
# Headings whose columns nobody misses: numbering, what is reckoned from dates, and what we wrote ourselves.
_OF_NO_USE = re.compile(
    r"(?:序号?|编号|行号|no|number|年龄|党龄|age|partyage|导入检查.*|importcheck.*)(?:#\d+)?", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{15,18}[\dXx]?")
_DIGITS = re.compile(r"\d{5,}")


@dataclass
class Heading:
    """`column` is what it is read as, "" when it is left out; `said`: because the office said so. `asked` tells why a
    person has to decide: "unknown" (a column that is needed may be this one) or "twice". `sheets`: where it stands."""

    key: str
    text: str
    samples: list = field(default_factory=list)
    column: str = ""
    said: bool = False
    asked: str = ""
    sheets: list = field(default_factory=list)

    @property
    def unread(self):
        return not self.column and not self.said


def headings_of(sheets, branches, meanings):
    """[Heading] with data below, in order. Where no sheet has a heading that can be read, the likeliest row of each."""
    tables = [table for sheet in sheets if (table := _Table.of(sheet, branches, meanings))]
    read = [table for table in tables if "name" in table.header.columns] or [t for t in tables if t.looks_like_people]
    found = {}
    for number, table in enumerate(read):
        for heading in table.headings(meanings):
            mine = found.setdefault(heading.key, heading)
            mine.asked = mine.asked or heading.asked
            mine.column = mine.column or heading.column
            mine.sheets.append(number)
    return list(found.values())[:MOST]


def is_ours(heading):
    """Whether a heading is one that members.roster.marked wrote beside theirs."""
    return plain(heading).startswith(("导入检查", "importcheck"))


def pack(headings):
    """[Heading] as text that can be kept."""
    return json.dumps([asdict(heading) for heading in headings])


def unpack(text):
    """The [Heading] of `pack`; none of no text."""
    return [Heading(**about) for about in json.loads(text or "[]")]


class _Table:
    """The head of one sheet, under the heading that was found or guessed."""

    def __init__(self, header, rows, place, branches):
        self.header, self.place, self.branches = header, place, branches
        self.body = rows[header.rows[-1] + 1 :]

    @classmethod
    def of(cls, sheet, branches, meanings):
        head = list(islice(iter(sheet.rows), PEEK))
        if no_roster(sheet, head):
            return None
        header = find_header(head, sheet.merged, meanings)
        if header is None or "name" not in header.columns:
            guessed = guess_header(head)
            if header is None and guessed is None:
                return None
            header = header or _read_as_usual(guessed, meanings)
        rows = [cells for _line, cells in head]
        return cls(header, rows, where(sheet, rows[: header.rows[0]], header, branches), branches)

    @property
    def looks_like_people(self):
        """Whether a table without names is one all the same: of a count by branch nothing should be asked."""
        known = self.header.columns.keys() - {"branch", "note"}
        return len(known) >= 2 or any(_like_numbers(self.values(at)) for at in range(len(self.header.headings)))

    def values(self, place):
        return [cells[place] for cells in self.body if place < len(cells) and cell_text(cells[place])]

    def headings(self, meanings):
        columns = {place: column for column, place in self.header.columns.items()}
        for place, (text, key) in enumerate(zip(self.header.headings, keys_of(self.header.headings), strict=True)):
            values = self.values(place)
            if not key or not values or (place not in columns and _OF_NO_USE.fullmatch(key)):
                continue
            heading = Heading(key, " ".join(str(text).split())[:40], _samples(values), columns.get(place, ""))
            heading.said = key in meanings
            if not heading.said:
                heading.asked = self.why_asked(place, values)
            yield heading

    def why_asked(self, place, values):
        rivals = {
            column
            for column, places in self.header.rivals.items()
            if column in _TWICE_MATTERS and place in (*places, self.header.columns.get(column))
        }
        if any(sum(bool(self.values(p)) for p in self.header.rivals[column]) for column in rivals):
            return "twice"
        if place in self.header.columns.values():
            return ""
        missing = {"name", "id_number", "branch"} - self.header.columns.keys()
        needed = "name" in missing
        needed |= "id_number" in missing and _like_numbers(values)
        needed |= "branch" in missing and self.place.branch is None and self.like_branches(values)
        return "unknown" if needed else ""

    def like_branches(self, values):
        texts, names = [cell_text(value) for value in values], self.branches
        known = [names.recognise(text) is not None or names.successors_of(text) is not None for text in texts]
        return sum(known) * 2 > len(known)


def _read_as_usual(header, meanings):
    for place, (text, key) in enumerate(zip(header.headings, keys_of(header.headings), strict=True)):
        column = meanings.column_for(text, key)
        if column and "_or_" not in column:
            header.columns.setdefault(column, place)
    return header


def _like_numbers(values):
    return sum(bool(_NUMBER.fullmatch(cell_text(value))) for value in values) * 2 > len(values)


def _samples(values):
    shown = dict.fromkeys(_masked(cell_text(value)) for value in islice(values, 40))
    return list(islice(shown, SAMPLES))


def _masked(text):
    """A value as a person may see it here: enough to tell what the column is, not whose number it is."""
    text = " ".join(text.split())
    digits = re.sub(r"[\s\-']", "", text)
    if re.fullmatch(r"\d{12,19}[Xx]?", digits) or re.search(r"\d\.\d+e\+1[5-9]", text, re.IGNORECASE):
        return mask_id(digits)
    if re.fullmatch(r"1\d{10}", digits):
        return mask_phone(digits)
    return _DIGITS.sub(lambda found: "·" * len(found[0]), text)[:SAMPLE_LENGTH]
