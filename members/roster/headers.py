"""Finding the heading of a table in a sheet: one row or two, under titles, with merged cells. No models, no I/O."""

from dataclasses import dataclass, field

from members.roster import columns, vocabulary
from members.roster.columns import plain

_LOOKED_AT = 60  # rows; offices put titles and notes above, never this many
_ANCHORS = {"name", "id_number"}


@dataclass
class Header:
    """`columns` maps a column code to the index of its cell; `rows` are the indexes of the heading's own rows."""

    columns: dict
    rows: tuple
    month_only: frozenset = frozenset()
    labels: tuple = field(default=(), repr=False)

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


def find_header(rows, merged=()):
    """The Header that knows the most columns within the first rows, or None when there is no roster's heading.

    rows: list of lists of cell values; merged: ((first row, first column), (last row, last column)) from 0, inclusive.
    """
    best = None
    for index in range(min(len(rows), _LOOKED_AT)):
        for height in (1, 2):
            header = _read(rows, index, height, merged)
            if header and (best is None or len(header.columns) > len(best.columns)):
                best = header
    return _settle(best, rows) if best else None


def _read(rows, index, height, merged):
    if height == 2 and not _is_second_row(rows, index):
        return None
    labels = _labels(rows, index, height, merged)
    known = {}
    for place, label in enumerate(labels):
        column = label and columns.column_for(label)
        if column in ("category_or_standing", "branch_or_employer"):
            column = f"{column} {place}"  # several may stand side by side; _settle tells them apart
        if column and column not in known:
            known[column] = place
    if not _ANCHORS & known.keys() or len(known) < 2:
        return None
    months = frozenset(column for column, place in known.items() if columns.says_month_only(labels[place]))
    texts = tuple([plain(cell) for cell in rows[row]] for row in range(index, index + height))
    return Header(known, tuple(range(index, index + height)), months, texts)


def _is_second_row(rows, index):
    """A second heading row leaves the cell under 姓名 empty (merged) or carries the name's heading itself, and holds
    nothing but text."""
    if index + 1 >= len(rows):
        return False
    upper, lower = rows[index], rows[index + 1]
    if any(not isinstance(cell, str) for cell in lower if not _blank(cell)):
        return False
    for place, cell in enumerate(upper):
        if columns.column_for(cell) in _ANCHORS and place < len(lower) and not _blank(lower[place]):
            if columns.column_for(lower[place]) not in _ANCHORS:
                return False
    return any(columns.column_for(cell) for cell in lower)


def _labels(rows, index, height, merged):
    """One label a column. Under a group heading (流动情况 › 流入地) the lower counts, or both together (入党 › 时间)."""
    upper = rows[index]
    if height == 1:
        groups = _spread(rows[index - 1], index - 1, merged, upper) if index and _is_group_row(rows[index - 1]) else []
        return [_leaf(_at(groups, place), cell) for place, cell in enumerate(upper)]
    lower = rows[index + 1]
    groups = _spread(upper, index, merged, lower)
    width = max(len(upper), len(lower))
    return [_leaf(_at(groups, p), _at(lower, p)) if not _blank(_at(lower, p)) else _at(upper, p) for p in range(width)]


def _is_group_row(cells):
    """Short words over parts of the table; a title, or 填报单位：… with its date, is none."""
    texts = [str(cell) for cell in cells if not _blank(cell)]
    return len(set(texts)) > 1 and not any(len(text) > 12 or ":" in text or "：" in text for text in texts)


def _leaf(group, label):
    if group and columns.OTHER_PERSON.search(plain(group)):
        return None
    if columns.column_for(label) is None and group and not _blank(label) and columns.column_for(f"{group}{label}"):
        return f"{group}{label}"
    return label


def _spread(upper, row, merged, lower):
    """The group headings over each column: merged cells say how far one reaches; failing that, as far as the cells to
    its right are empty and have a label below."""
    spread = list(upper)
    ranges = [(first, last) for first, last in merged if first[0] <= row <= last[0] and last[1] > first[1]]
    for (_first_row, start), (_last_row, end) in ranges:
        spread[start : end + 1] = [_at(upper, start)] * (end + 1 - start)
    if not ranges:
        for place in range(1, len(spread)):
            if _blank(spread[place]) and not _blank(_at(lower, place)):
                spread[place] = spread[place - 1]
    return spread


def _settle(header, rows):
    """Decide by their values what the headings that may mean two things are."""
    body = rows[header.rows[-1] + 1 :]
    found = dict(header.columns)
    for code in [code for code in found if " " in code]:
        place = found.pop(code)
        column = _by_values(code.split(" ")[0], [_at(cells, place) for cells in body], found)
        if column and column not in found:
            found[column] = place
    _swap_when_values_say_so(found, body)
    header.columns = found
    return header


def _by_values(code, values, found):
    values = [value for value in values if not _blank(value)]
    if code == "branch_or_employer":
        named = sum(str(value).strip().endswith(("支部", "村", "社区", "Branch")) for value in values)
        return "branch" if named * 2 > len(values) else "employer"
    standings = sum(vocabulary.standing_of(value) is not None for value in values)
    categories = sum(vocabulary.category_of(value) is not None for value in values)
    if standings == categories:
        return "category" if "category" not in found else "standing"
    return "standing" if standings > categories else "category"


def _swap_when_values_say_so(found, body):
    """A heading 分类 over 正式党员, 预备党员 … holds standings, whatever it is called."""
    for mine, other in (("category", "standing"), ("standing", "category")):
        if mine in found and other not in found:
            values = [_at(cells, found[mine]) for cells in body]
            if sum(not _blank(value) for value in values) and _by_values("", values, found) == other:
                ours = vocabulary.category_of if mine == "category" else vocabulary.standing_of
                if not all(ours(value) for value in values if not _blank(value)):
                    found[other] = found.pop(mine)
            return


def _same(cells, labels):
    filled = [(cell, label) for cell, label in zip(cells, labels, strict=False) if cell]
    return len(filled) >= 2 and sum(cell == label for cell, label in filled) * 5 >= len(filled) * 4


def _blank(cell):
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _at(cells, place):
    return cells[place] if place < len(cells) else None
