"""The quarterly report as an Excel file: a summary, then one sheet a category (DOMAIN §4)."""

from django.utils.translation import gettext as _

from members.models import Standing
from projects.ledger_sheets import footer
from xitun.lib.sheets import Column, Sheet

from .charts import matrix
from .counts import DUTIES, PEOPLE
from .words import DUTY_WORDS, PEOPLE_WORDS, STANDINGS, hidden_note


def report_sheets(report, user=None):
    """Sheets for xitun.lib.sheets.write_xlsx. What is not for this reader stands as on the page: <5, * or nothing."""
    subtitle = hidden_note() if report.has_hidden else ""
    sheets = [_summary(report, user, subtitle)]
    sheets += [_category(report, section, user, subtitle) for section in report.sections]
    return sheets + ([_life(report, user)] if report.life else [])


def _title(report, what):
    return _("%(unit)s, %(quarter)s: %(what)s") % {
        "unit": report.unit, "quarter": report.quarter.label, "what": what,
    }  # fmt: skip


def _summary(report, user, subtitle):
    """A line a unit: people of each category at the quarter's end, then the roll by standing."""
    standings = list(STANDINGS) if any(report.standings.values()) else []
    columns = [
        Column("unit", _("Unit"), width=22),
        *(Column(s.project.category, str(s.project.people), "integer") for s in report.sections),
        *(Column(name, str(Standing(name).label), "integer") for name in standings),
    ]
    found = matrix(report)
    rows = [[str(row), *numbers, *_standings(report, row.pk, standings)] for row, numbers in found["rows"]]
    if found["total"]:
        rows.append([_("Total"), *found["total"], *_standings(report, None, standings)])
    title = _title(report, _("summary"))
    return Sheet(_("Summary"), columns, rows, title=title, subtitle=subtitle, footer=footer(user), frozen=1)


def _standings(report, unit_pk, standings):
    found = report.standings.get(unit_pk)
    return [found.get(name, 0) if found is not None else None for name in standings]


def _category(report, section, user, subtitle):
    """A line a unit: who came and went, what was owed and done."""
    columns = [
        Column("unit", _("Unit"), width=22),
        *(Column(name, str(PEOPLE_WORDS[name]), "integer", 10) for name in PEOPLE),
        Column("change", _("Change"), "integer", 10),
        *(Column(name, str(DUTY_WORDS[name]), "integer", 12) for name in DUTIES),
        Column("share", _("On time (percent)"), "integer", 12),
        Column("share_before", _("Last quarter (percent)"), "integer", 12),
    ]
    rows = [_line(line, str(line.unit)) for line in section.lines]
    if section.total:
        rows.append(_line(section.total, _("Total")))
    title = _title(report, section.project.people)
    return Sheet(
        str(section.project.people), columns, rows, title=title, subtitle=subtitle, footer=footer(user), frozen=1
    )


def _life(report, user):
    """A line a unit: its own duties, which belong to no category."""
    columns = [Column("unit", _("Unit"), width=22)]
    columns += [Column(name, str(DUTY_WORDS[name]), "integer", 12) for name in DUTIES]
    columns += [
        Column("share", _("On time (percent)"), "integer", 12),
        Column("share_before", _("Last quarter (percent)"), "integer", 12),
    ]
    lines = [(line, str(line.unit)) for line in report.life]
    lines += [(report.life_total, _("Total"))] if report.life_total else []
    rows = [[name, *line.duties.values(), line.share, line.share_before] for line, name in lines]
    name = _("Organisational life")
    return Sheet(name, columns, rows, title=_title(report, name), footer=footer(user), frozen=1)


def _line(line, name):
    return [name, *line.people.values(), line.change, *line.duties.values(), line.share, line.share_before]
