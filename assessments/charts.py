"""Numbers of the report as items of the bar components (server-drawn SVG). Hidden numbers draw nothing."""

from django.utils.text import capfirst

from members.models import Standing
from members.models.people import CANDIDATE_STANDINGS

from .words import DUTY_WORDS

FUNNEL = (*CANDIDATE_STANDINGS, Standing.PROBATIONARY)


def distribution(report):
    """{bars: [{label, value}], max}: people of each category at the quarter's end."""
    items = []
    for section in report.sections:
        value = _shown(section).people["closing"] if _shown(section) else None
        if isinstance(value, int):
            items.append({"label": section.project.people, "value": value})
    return {"bars": items, "max": max([item["value"] for item in items], default=0) or 1}


def funnel(standings):
    """{bars, max, full} of {standing: people}: the way to membership, and full members beside it, beside whom the few
    on the way would not be seen. None where nothing may be seen."""
    if not standings:
        return None
    bars = [_standing(name, standings) for name in FUNNEL]
    return {
        "bars": bars,
        "max": max(bar["value"] for bar in bars) or 1,
        "full": _standing(Standing.FULL, standings),
    }


def _standing(name, standings):
    return {"standing": str(name), "label": capfirst(str(Standing(name).label)), "value": standings.get(name, 0)}


def duty_bars(report):
    """[{label, on_time, late, open, owed, share}] of each category that owed something."""
    bars = []
    for section in report.sections:
        line = _shown(section)
        if line and all(isinstance(number, int) for number in line.duties.values()) and line.duties["due"]:
            owed = line.duties["due"] - line.duties["closed"]
            bars.append({"label": section.project.people, **line.duties, "owed": owed, "share": line.share})
    return bars


def _shown(section):
    return section.total or (section.lines[0] if section.lines else None)


def legend():
    return [
        {"tone": "green", "label": DUTY_WORDS["on_time"]},
        {"tone": "amber", "label": DUTY_WORDS["late"]},
        {"tone": "plain", "label": DUTY_WORDS["open"]},
    ]


def matrix(report):
    """{rows: [(unit, [people of each category at the end])], total: the same numbers for all, or [] for one branch}."""
    by_unit = [{line.unit.pk: line.people["closing"] for line in section.lines} for section in report.sections]
    rows = [(row, [found.get(row.pk) for found in by_unit]) for row in report.rows]
    whole = all(section.total for section in report.sections)
    return {"rows": rows, "total": [s.total.people["closing"] for s in report.sections] if whole else []}
