"""The cells of a line as text that can be kept and read back with their types, so that a line is judged again as it
was, but for what a person mended. No models, no I/O."""

import json
from datetime import date, datetime

from members.roster.layout import Row
from xitun.lib.readers import FORMULA, cell_text

_KEPT = ("has", "month_only", "date1904", "branch", "branch_text")
LIMIT = 500  # characters of a cell that are kept: more than any column holds


def pack(row):
    """A layout.Row as JSON. Sheet and line are the staged line's own."""
    about = {name: getattr(row, name) for name in _KEPT}
    about |= {name: sorted(about[name]) for name in ("has", "month_only")}
    return json.dumps({"cells": {column: _typed(cell) for column, cell in row.cells.items()}, **about})


def unpack(text, sheet, line, mended=()):
    """The Row of `pack`. `mended` maps columns to what a person typed; such a column counts as one of the roster's."""
    about = json.loads(text)
    cells = {column: _untyped(cell) for column, cell in about.pop("cells").items()}
    about |= {name: frozenset(about[name]) for name in ("has", "month_only")}
    about["has"] |= set(mended)
    return Row(sheet, line, cells | dict(mended), **about)


def shown(row, column):
    """What stands in the cell, for a person to correct; nothing where a formula stood."""
    return cell_text(row.cells.get(column))


def _typed(cell):
    if cell is FORMULA:
        return {"formula": True}
    if isinstance(cell, (date, datetime)):
        return {"time" if isinstance(cell, datetime) else "day": cell.isoformat()}
    return cell if cell is None or isinstance(cell, (bool, int, float)) else cell_text(cell)[:LIMIT]


def _untyped(cell):
    if not isinstance(cell, dict):
        return cell
    if "formula" in cell:
        return FORMULA
    return datetime.fromisoformat(cell["time"]) if "time" in cell else date.fromisoformat(cell["day"])
