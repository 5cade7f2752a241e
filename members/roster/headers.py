"""Finding the heading of a table in a sheet: one row or two, under titles, with merged cells. No models, no I/O."""

from dataclasses import dataclass, field

from members.roster import columns, vocabulary
from members.roster.columns import plain

_LOOKED_AT = 60  # rows; offices put titles and notes above, never this many
_ANCHORS = {"name", "id_number"}
USUAL = columns.Meanings()


@dataclass
class Header:
    """`columns` maps a column code to the index of its cell; `rows` are the indexes of the heading's own rows.

    `headings` holds what stands over each place, groups included; `rivals` maps a column to further places whose
    headings mean the same, and which are not read.
    """

    columns: dict
    rows: tuple
    month_only: frozenset = frozenset()
    labels: tuple = field(default=(), repr=False)
    headings: tuple = ()
    rivals: dict = field(default_factory=dict)

    def value(self, column, cells):
        """The cell of a column, None when the table has no such column or the row ends before it."""
        place = self.columns.get(column)
        return cells[place] if place is not None and place < len(cells) else None

    def is_repeated_by(self, cells):
        """Whether a row repeats the heading, as on every printed page: most of its cells stand as they do there."""
        first = next((place for place, cell in enumerate(cells) if not _blank(cell)), None)
        if first is None or plain(cells[first]) not in {_at(label, first) for label in self.labels}:
            return False
        mine = [plain(cell) for cell in cells]
        return any(_same(mine, label) for label in self.labels)


def find_header(lines, merged=(), meanings=USUAL):
    """The Header that knows the most columns within the first rows, or None when there is no roster's heading.

    lines: [(row number in the sheet, cells)]; merged: ranges as xitun.lib.readers.SheetRows gives them; meanings: what
    the office said of its headings.
    """
    rows = [cells for _line, cells in lines]
    best = None
    for index, (line, cells) in enumerate(lines[:_LOOKED_AT]):
        if all(_blank(cell) for cell in cells):
            continue
        across = {line + n: [r for r in merged if r[0] <= line + n <= r[2] and r[3] > r[1]] for n in (-1, 0)}
        for height in (1, 2):
            header = _read(rows, index, height, (across[line - 1], across[line]), meanings)
            if header and (best is None or _weight(header) > _weight(best)):
                best = header
    return _settle(best, rows) if best else None


def _weight(header):
    """Columns known; of two readings that begin in one row, the one that leaves no heading among the people."""
    return len(header.columns), -header.rows[0], len(header.rows)


def guess_header(lines):
    """The row that looks most like a heading although its words are unknown: several short and different words, no
    figures, rows of their own below. None when there is no such row."""
    rows = [cells for _line, cells in lines]
    best, most = None, 1
    for index, cells in enumerate(rows[: min(_LOOKED_AT, len(rows) - 1)]):
        words = [cell for cell in cells if not _blank(cell)]
        if len({str(word) for word in words}) == len(words) > most and all(map(_is_word, words)):
            best, most = index, len(words)
    if best is None:
        return None
    return Header({}, (best,), labels=([plain(cell) for cell in rows[best]],), headings=tuple(rows[best]))


def _is_word(cell):
    return isinstance(cell, str) and len(cell.strip()) <= 20 and sum(map(str.isdigit, cell)) < 4


def _read(rows, index, height, across, meanings):
    """`across` are the merged ranges that spread over columns in the row above `index` and in the row itself."""
    if height == 2 and not _is_second_row(rows, index, across[1], meanings):
        return None
    labels = _labels(rows, index, height, across, meanings)
    known, rivals = {}, {}
    for place, (label, key) in enumerate(zip(labels, columns.keys_of(labels), strict=True)):
        column = label and meanings.column_for(label, key)
        if column in ("category_or_standing", "branch_or_employer"):
            column = f"{column} {place}"  # several may stand side by side; _settle tells them apart
        if column and known.setdefault(column, place) != place:
            rivals.setdefault(column, []).append(place)
    if not _ANCHORS & known.keys() or len(known) < 2:
        return None
    months = frozenset(column for column, place in known.items() if columns.says_month_only(labels[place]))
    texts = tuple([plain(cell) for cell in rows[row]] for row in range(index, index + height))
    return Header(known, tuple(range(index, index + height)), months, texts, tuple(labels), rivals)


def _is_second_row(rows, index, ranges, meanings):
    """A second heading row lies under one that already names columns, holds nothing but text, leaves the cell under
    姓名 empty (merged) or repeats it, and names columns itself, alone or together with the group above."""
    if index + 1 >= len(rows) or not any(meanings.column_for(cell) for cell in rows[index]):
        return False
    upper, lower = rows[index], rows[index + 1]
    if any(not isinstance(cell, str) for cell in lower if not _blank(cell)):
        return False
    for place, cell in enumerate(upper):
        below = _at(lower, place)
        if meanings.column_for(cell) in _ANCHORS and not _blank(below) and meanings.column_for(below) not in _ANCHORS:
            return False
    groups = _spread(upper, ranges, lower)
    return any(meanings.column_for(_leaf(_at(groups, place), cell, meanings)) for place, cell in enumerate(lower))


def _labels(rows, index, height, across, meanings):
    """One label a column: under a group heading (流动情况 › 流入地) the lower, or both together (入党 › 时间)."""
    upper = rows[index]
    if height == 1:
        groups = _spread(rows[index - 1], across[0], upper) if index and _is_group_row(rows[index - 1]) else []
        return [_leaf(_at(groups, place), cell, meanings) for place, cell in enumerate(upper)]
    lower = rows[index + 1]
    groups = _spread(upper, across[1], lower)
    width = max(len(upper), len(lower))
    leaves = [_leaf(_at(groups, place), _at(lower, place), meanings) for place in range(width)]
    return [_at(upper, place) if _blank(_at(lower, place)) else leaf for place, leaf in enumerate(leaves)]


def _is_group_row(cells):
    """Short words over parts of the table; a title, or 填报单位：… with its date, is none."""
    texts = [str(cell) for cell in cells if not _blank(cell)]
    return len(set(texts)) > 1 and not any(len(text) > 12 or ":" in text or "：" in text for text in texts)


def _leaf(group, label, meanings):
    if group and columns.OTHER_PERSON.search(plain(group)):
        return None
    both = f"{group}{label}" if group and not _blank(label) and plain(label) not in meanings else None
    if both and meanings.column_for(label) is None and meanings.column_for(both):
        return both
    return label


def _spread(upper, ranges, lower):
    """The group headings over each column: merged cells say how far one reaches; failing that, as far as the cells to
    its right are empty and have a label below."""
    spread = list(upper)
    for _top, left, _bottom, right in ranges:
        right = min(right, max(len(upper), len(lower)))
        spread[left - 1 : right] = [_at(upper, left - 1)] * (right + 1 - left)
    if not ranges:
        for place in range(1, len(spread)):
            if _blank(spread[place]) and not _blank(_at(lower, place)):
                spread[place] = spread[place - 1]
    return spread


def _settle(header, rows):
    """Decide by their values what the headings that may mean two things are."""
    body = rows[header.rows[-1] + 1 :]
    found = dict(header.columns)
    ambiguous = {}
    for code in [code for code in found if " " in code]:
        place = found.pop(code)
        ambiguous[code] = [_at(cells, place) for cells in body]
    for code in sorted(ambiguous, key=lambda code: not _is_clear(ambiguous[code])):
        column = _by_values(code.split(" ")[0], ambiguous[code], found)
        place = int(code.split(" ")[1])
        if found.setdefault(column, place) != place:
            header.rivals.setdefault(column, []).append(place)
    _swap_when_values_say_so(found, body)
    header.columns = found
    return header


def _by_values(code, values, found):
    if code == "branch_or_employer":
        values = [value for value in values if not _blank(value)]
        named = sum(str(value).strip().endswith(("支部", "村", "社区", "Branch")) for value in values)
        return "branch" if named * 2 > len(values) else "employer"
    standings, categories = _counts(values)
    if standings == categories:
        return "category" if "category" not in found else "standing"
    return "standing" if standings > categories else "category"


def _counts(values):
    """How many of the values are standings and how many categories; words such as 预备党员 are both."""
    texts = [str(value) for value in values if not _blank(value)]
    return sum(map(bool, map(vocabulary.standing_of, texts))), sum(map(bool, map(vocabulary.category_of, texts)))


def _is_clear(values):
    standings, categories = _counts(values)
    return standings != categories


def _swap_when_values_say_so(found, body):
    """A heading 分类 over 正式党员, 预备党员 … holds standings, whatever it is called; and the reverse."""
    alone = [column for column in ("category", "standing") if column in found]
    if len(alone) != 1:
        return
    standings, categories = _counts([_at(cells, found[alone[0]]) for cells in body])
    if alone == ["category"] and standings > categories:
        found["standing"] = found.pop("category")
    elif alone == ["standing"] and categories > standings:
        found["category"] = found.pop("standing")


def _same(cells, labels):
    filled = [(cell, label) for cell, label in zip(cells, labels, strict=False) if cell]
    return len(filled) >= 2 and sum(cell == label for cell, label in filled) * 5 >= len(filled) * 4


def _blank(cell):
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _at(cells, place):
    return cells[place] if place < len(cells) else None
