"""From a workbook's sheets to the lines of a roster: which rows are people, and what stands in which column.

No models. Sheets are those of xitun.lib.readers.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import chain, islice

from django.utils.translation import gettext_lazy as _

from members.roster import vocabulary
from members.roster.branches import looks_like_branch
from members.roster.columns import plain
from members.roster.headers import USUAL, find_header
from xitun.lib.readers import FORMULA

PEEK = 400  # rows held to find the heading and decide what ambiguous columns are; the rest streams
_NOT_FILLED = {"name", "id_number", "phone", "birth_date"}  # a merged cell never gives one person's value to the next
_PERSONAL = ("name", "id_number", "phone", "birth_date", "sex", "joined_on", "standing", "category")

_TOTAL = re.compile(
    r"(?:.*(?:合计|总计|小计|共计|累计|总人数)|(?:sub|grand)?total)(?:人数)?\s*[:：]?\s*\d*\s*[人名]?", re.IGNORECASE
)
_COUNT = re.compile(r"(?:以上|总|[全本]\w)?\w{0,4}共(?:有|计)?\w{0,4}?\d+[人名].*")
_SIGNED = re.compile(
    r"(?:制表|填表|填报|审核|审批|复核|校对|报送|经办|负责|联系|分管|主管|主要|单位|党支部|党委|支部|镇|党建办|签字|签名|盖章|日期)"
    r"[^\d:：]{0,14}[:：(（].*|(?:制表|填表|填报|审核|经办)(?:人|单位|日期|时间).*"
)
_REMARK = re.compile(
    r"(?:备\s*注|注|说\s*明|填表说明|填写说明|注意事项|note)\s*\d?\s*[:：].*", re.IGNORECASE | re.DOTALL
)
_EXAMPLE = re.compile(r"(?:例|示例|样例|范例|填写示例|填表示例|example)(?:[:：].*)?", re.IGNORECASE)
_NO_ROSTER = re.compile(r"^说明$|填[表写报]说明|使用说明|示例|样表|样例|范例|字典|代码表|选项|下拉|^目录$|^封面$")
_LIST = re.compile(r"(?:基本)?(?:情况|信息)?(?:花名册|名册|台账|名单|信息表|统计表|登记表|情况表|一览表|明细表|表)$")
_PLACE = re.compile(r"^.*?(?:镇|乡|街道|支部|村|党委)(?=.)")

WHY = {
    "empty": _("The sheet is empty."),
    "hidden": _("The sheet is hidden."),
    "no_heading": _("No row of headings with a name or ID number column was found."),
    "no_name": _("There is no column 姓名 (name)."),
    "not_a_roster": _("The sheet's name says that it is not a roster."),
}


@dataclass(slots=True)
class Row:
    """One person's line as read. `cells` maps column codes to raw values; `line` counts from 1 in the sheet or file.

    `branch` is the key known from the sheet's name, its title or a banner; `branch_text` is what was written there.
    """

    sheet: str | None
    line: int
    cells: dict
    has: frozenset
    month_only: frozenset = frozenset()
    date1904: bool = False
    branch: object = None
    branch_text: str = ""


@dataclass(slots=True)
class Skipped:
    """A sheet that is no roster; `code` is a key of WHY."""

    sheet: str | None
    code: str

    @property
    def why(self):
        return WHY[self.code]

    @property
    def said(self):
        """Which sheet, where the file has sheets, and why."""
        return str(_("%(file)s: %(error)s")) % {"file": self.sheet, "error": self.why} if self.sheet else str(self.why)


@dataclass(slots=True)
class _Place:
    """Where the reader stands: the branch in force and words that the sheet's name gives to every row."""

    branch: object = None
    text: str = ""
    defaults: dict = field(default_factory=dict)


def read_lines(sheets, branches, skipped=None, meanings=USUAL):
    """Yields the Row of every person in the sheets, in order. Sheets that are no roster are added to `skipped`.
    `meanings`: what the office said of its headings."""
    for sheet in sheets:
        code = yield from _sheet_lines(sheet, branches, meanings)
        if code and skipped is not None:
            skipped.append(Skipped(sheet.name, code))


def no_roster(sheet, head):
    """The code of WHY for a sheet that is none at first sight, else None. `head`: its first rows."""
    if not any(_filled(cells) for _line, cells in head):
        return "empty"
    if sheet.hidden:
        return "hidden"
    return "not_a_roster" if sheet.name and _NO_ROSTER.search(sheet.name) else None


def _sheet_lines(sheet, branches, meanings):
    rows = iter(sheet.rows)
    head = list(islice(rows, PEEK))
    if code := no_roster(sheet, head):
        return code
    merged = sheet.merged
    header = find_header(head, merged, meanings)
    if header is None:
        return "no_heading"
    if "name" not in header.columns:
        return "no_name"
    place = where(sheet, [cells for _line, cells in head[: header.rows[0]]], header, branches)
    body = head[header.rows[-1] + 1 :]
    fill = Fill(merged, header, body)
    for line, cells in chain(body, rows):
        if not _filled(cells) or header.is_repeated_by(cells):
            continue
        if banner := _banner(cells, header, branches):
            place.branch, place.text = banner
        elif _is_person(cells, header):
            yield _row(sheet, line, fill(line, cells), header, place)
    return None


def _row(sheet, line, cells, header, place):
    values = {column: header.value(column, cells) for column in header.columns}
    return Row(
        sheet.name,
        line,
        place.defaults | values,
        frozenset(header.columns),
        header.month_only,
        sheet.date1904,
        place.branch,
        place.text,
    )


def where(sheet, titles, header, branches):
    """What the sheet's name and the rows above the heading say about everybody below."""
    place = _Place(defaults=_defaults(sheet, titles, header))
    texts = [sheet.name or "", *(str(cell) for cells in titles for cell in _filled(cells))]
    for text in texts:
        key = branches.recognise(text) or branches.named_in(text)
        if key is not None:
            place.branch, place.text = key, text
            return place
    if sheet.name and looks_like_branch(sheet.name):
        place.text = sheet.name
    else:
        place.branch = branches.only()
    return place


def _defaults(sheet, titles, header):
    """A sheet of its own for a category (流动党员, or 西屯镇流动党员花名册 as a title) gives it to all its people."""
    if {"category", "standing"} & header.columns.keys():
        return {}
    for text in [sheet.name or "", *(str(cell) for cells in titles for cell in _filled(cells))]:
        word = _LIST.sub("", plain(text))
        for candidate in (word, _PLACE.sub("", word)):
            if vocabulary.category_of(candidate):
                return {"category": candidate}
    return {}


def _banner(cells, header, branches):
    """(key, text) of a row that only names the branch of the rows below it, as 西岭村党支部 across the table."""
    place, first = next((place, cell) for place, cell in enumerate(cells) if not _blank(cell))
    text = str(first)
    others = (cell for cell in cells[place + 1 :] if not _blank(cell))
    if place == header.columns.get("branch") or any(str(cell) != text for cell in others):
        return None
    key = branches.recognise(text) or (branches.named_in(text) if len(text) > 4 else None)
    if key is not None:
        return key, text
    return (None, text) if text.strip().endswith("支部") else None


def _is_person(cells, header):
    """Whether a row is somebody's line: not a total, signature, remark, example, numbering or an empty prepared row."""
    filled = _filled(cells)
    first, name = _text(filled[0]), _typed(header.value("name", cells))
    if _EXAMPLE.fullmatch(first):
        return False
    if len(filled) > 2 and all(_text(cell).strip("()") == str(place) for place, cell in enumerate(filled, start=1)):
        return False
    if _digits(header.value("id_number", cells)) >= 10:
        return True
    if any(pattern.fullmatch(text) for text in (first, name) for pattern in (_TOTAL, _COUNT, _SIGNED, _REMARK)):
        return False
    if name:
        return len(filled) > 1 or (len(name) <= 20 and not _LIST.search(name))
    return _is_nameless_person(cells, header)


def _is_nameless_person(cells, header):
    """A row without a name is a line only when enough about one person was typed into it: formulas drawn down to the
    end of the page, and words on how to fill a column, are not."""
    typed = {column: text for column in _PERSONAL if (text := _typed(header.value(column, cells)))}
    if _digits(typed.get("phone")) >= 7:
        return True
    return len(typed) > 2 and any(
        _digits(typed.get(column)) >= 4 for column in ("id_number", "birth_date", "joined_on")
    )


class Fill:
    """Completes cells that were written once for several rows: merged ones, and the branch written once for a block
    in a file that cannot say what is merged (CSV). Rows must come in order."""

    def __init__(self, merged, header, body):
        self._places = []
        columns = {place for column, place in header.columns.items() if column not in _NOT_FILLED}
        spans = sorted((top, bottom, left) for top, left, bottom, _right in merged if bottom > top)
        for place in columns:
            mine = [(top, bottom) for top, bottom, left in spans if left == place + 1]
            if mine:
                self._places.append((place, iter(mine)))
        self._open = {place: next(mine) for place, mine in self._places}
        self._value = {}
        self._down = header.columns.get("branch") if not merged and _once_a_block(header, body) else None

    def __call__(self, line, cells):
        for place, mine in self._places:
            while self._open[place] and self._open[place][1] < line:
                self._open[place] = next(mine, None)
            if self._open[place] and self._open[place][0] <= line:
                cells = self._filled_down(cells, place, first=line == self._open[place][0])
        if self._down is not None:
            cells = self._filled_down(cells, self._down, first=not _blank(_at(cells, self._down)))
        return cells

    def _filled_down(self, cells, place, *, first):
        if first:
            self._value[place] = _at(cells, place)
            return cells
        cells = [*cells, *[None] * (place + 1 - len(cells))]
        cells[place] = self._value.get(place)
        return cells


def _once_a_block(header, body):
    """Whether the branch stands only on the first row of each block: most cells empty, no name written twice."""
    values = [header.value("branch", cells) for _line, cells in body if _is_person_like(cells, header)]
    written = [_text(value) for value in values if not _blank(value)]
    if not written or _blank(values[0]):
        return False
    return len(written) * 2 <= len(values) and len(set(written)) == len(written)


def _is_person_like(cells, header):
    return bool(_filled(cells)) and _is_person(cells, header)


def _digits(value):
    """How many digits a cell holds; a figure such as 6.2E+17 counts all of those it had."""
    value = f"{value:.0f}" if isinstance(value, float) else value
    return len(re.sub(r"\D", "", str(value or "")))


def _typed(value):
    return "" if value is FORMULA else _text(value)


def _text(value):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", "" if value is None else str(value)))


def _filled(cells):
    return [cell for cell in cells if cell is not None and not _blank(cell)]


def _blank(cell):
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _at(cells, place):
    return cells[place] if place < len(cells) else None
