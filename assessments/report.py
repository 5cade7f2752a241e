"""The quarterly report: who came, went and stayed in every branch and category, and what was owed and done (DOMAIN §4).

Counts are as known today. People are counted by their one primary category, so that they add up; duties by the category
they are owed in. Five statements, however many people. `build_report` also decides what the reader may see of it.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from members.access import VIEW_RESTRICTED, scope_of
from members.models import Unit
from projects import registry

from .counts import DUTIES, PEOPLE, count_duties, count_people, count_standings
from .dignity import FEW, FLOOR, WITHHELD, protect
from .words import DUTY_WORDS, PEOPLE_WORDS

PEOPLE_SIGNS = (1, 1, -1, -1)
DUTY_SIGNS = (1, -1, -1, -1, -1)
UNKNOWN = ""  # where a number is not for this reader


@dataclass
class Line:
    """One unit's numbers in one category, or a total (`unit` None). Numbers are ints, or FEW, WITHHELD, UNKNOWN."""

    unit: Unit | None
    people: dict
    duties: dict
    before: dict = field(default_factory=dict)  # the last quarter's duties, for the change

    @property
    def change(self):
        """closing − opening, where both may be seen."""
        return _minus(self.people["closing"], self.people["opening"])

    @property
    def numbers(self):
        """[(heading, number)] in the order of the table."""
        return [
            *((PEOPLE_WORDS[name], number) for name, number in self.people.items()),
            (_("Change"), self.change),
            *((DUTY_WORDS[name], number) for name, number in self.duties.items()),
            (_("On time (percent)"), UNKNOWN if self.share is None else self.share),
        ]

    @property
    def share(self):
        return on_time_share(self.duties)

    @property
    def share_before(self):
        return on_time_share(self.before)


@dataclass
class Section:
    """One category. `lines` is empty where only the total is for this reader; `total` None for a single branch.
    `left_out`: too few branches to show them one by one."""

    project: object
    lines: list
    total: Line | None
    left_out: bool = False


@dataclass
class Report:
    quarter: object
    unit: Unit
    rows: list
    sections: list
    standings: dict  # {unit pk or None for the total: {standing: people on the last day}}
    full: bool  # whether this reader sees every number
    life: list = field(default_factory=list)  # a Line a unit of the branches' own duties: meetings, theme days, study

    @property
    def life_total(self):
        return add_up(self.life) if len(self.life) > 1 else None

    @property
    def life_due(self):
        """How many duties of the branches themselves fell due: they are in no category."""
        return sum(line.duties["due"] for line in self.life)

    @property
    def total(self):
        """All categories together, or None where this reader does not see them all."""
        lines = [section.total or section.lines[0] for section in self.sections if section.total or self.full]
        return add_up(lines) if lines else None

    @property
    def left_out(self):
        return [section for section in self.sections if section.left_out]

    @property
    def has_hidden(self):
        lines = [line for section in self.sections for line in section.lines]
        return any(n in (FEW, WITHHELD) for line in lines for n in (*line.people.values(), *line.duties.values()))


def on_time_share(duties):
    """Whole percent of what was owed (due, less closed) that was done on time, rounded down; None where unknown."""
    if not duties or not all(isinstance(duties[name], int) for name in DUTIES):
        return None
    owed = duties["due"] - duties["closed"]
    return duties["on_time"] * 100 // owed if owed else None


def _minus(one, other):
    return one - other if isinstance(one, int) and isinstance(other, int) else UNKNOWN


def add_up(lines, unit=None):
    """A Line that is the sum of others."""
    return Line(
        unit,
        {name: sum(line.people[name] for line in lines) for name in PEOPLE},
        {name: sum(line.duties[name] for line in lines) for name in DUTIES},
        {name: sum(line.before[name] for line in lines) for name in DUTIES},
    )


def build_report(quarter, *, unit, user=None):
    """The Report of `quarter` for `unit` as `user` may see it (None: all of it, for the command line).

    A town is reported by branch, a county by town, a branch by itself. Whoever lacks VIEW_RESTRICTED at the town sees
    the restricted categories in the town's total only, and the branches through `dignity.protect`; that is worked out
    on the whole town even when one branch is asked for, so that asking twice reveals nothing.
    """
    base = _base(unit)
    rows, of = _rows(base)
    people, (duties, before) = count_people(quarter, base, of), count_duties(quarter, base, of)
    standings = count_standings(quarter.last_day, base, of)
    rows = [row for row in rows if _belongs(row, base, quarter, (people, duties, before, standings))]
    reader = Reader(user, base, rows)
    sections = [
        _section(project, rows, [found.get(project.category, {}) for found in (people, duties, before)], reader)
        for project in registry.all_projects()
    ]
    if base == unit and base.kind != Unit.Kind.BRANCH:
        shown = standings if reader.full or reader.by_town else {None: standings.get(None, {})}
        return Report(quarter, unit, rows, sections, shown, reader.full, _life(rows, duties, before))
    mine = [row for row in rows if unit.path.startswith(row.path) and (row != base or base == unit)]
    sees = all(map(reader.sees, mine))
    shown = {row.pk: standings.get(row.pk, {}) for row in mine if sees}
    return Report(quarter, unit, mine, list(_only(mine, sections)), shown, sees, _life(mine, duties, before))


class Reader:
    """What `user` may see of the units in `rows` below `base`. A county's towns are all shown: town level is open."""

    def __init__(self, user, base, rows):
        self._scope = None if user is None else scope_of(user)
        self.by_town = base.kind == Unit.Kind.COUNTY
        self.full = self._can(base)
        self.known = {row.pk for row in rows if self._can(row)}

    def _can(self, unit):
        return self._scope is None or self._scope.can(VIEW_RESTRICTED, unit.path)

    def sees(self, row):
        return row.pk in self.known


def _base(unit):
    """The unit whose report is worked out: a branch's town, else the unit itself."""
    if unit.kind not in (Unit.Kind.BRANCH, Unit.Kind.GROUP):
        return unit
    above = [unit.path[:end] for end in range(Unit.steplen, len(unit.path), Unit.steplen)]
    return Unit.objects.filter(kind=Unit.Kind.TOWN, path__in=above).last() or unit


def _rows(base):
    """(`base` and the units one step below it, {unit pk: pk of the row it counts in})."""
    units = list(Unit.objects.at(base))
    step = len(base.path) + (0 if base.kind == Unit.Kind.BRANCH else Unit.steplen)
    by_path = {unit.path: unit.pk for unit in units}
    return [u for u in units if len(u.path) <= step], {u.pk: by_path[u.path[:step]] for u in units}


def _belongs(row, base, quarter, found):
    """Whether a unit gets a line: it stood in the quarter, or something is counted in it."""
    people, duties, before, standings = found
    if any(row.pk in lines for counts in (people, duties, before) for lines in counts.values()) or row.pk in standings:
        return True
    stood = not (row.ends_on and row.ends_on <= quarter.start) and not (row.starts_on and row.starts_on >= quarter.end)
    return stood and (row != base or base.kind == Unit.Kind.BRANCH)


def _section(project, rows, counts, reader):
    """A category's lines and total, with what this reader may not see taken out."""
    names = (PEOPLE, DUTIES, DUTIES)
    lines = [
        Line(
            row,
            *({n: found.get(row.pk, {}).get(n, 0) for n in group} for found, group in zip(counts, names, strict=True)),
        )
        for row in rows
    ]
    total = add_up(lines)
    if reader.full or reader.by_town:
        return Section(project, lines, total)
    own = [line for line in lines if line.unit.pk in reader.known]
    if project.restricted:
        return Section(project, own, total)
    shown = _protected(lines, reader.known)
    return Section(project, own if shown is None else shown, total, left_out=shown is None)


def _life(rows, *counts):
    """What branches owe as branches concerns nobody's category: every reader sees it. Units that owed nothing are left
    out."""
    people = dict.fromkeys(PEOPLE, 0)
    found = [[of.get("", {}).get(row.pk, {}) for of in counts] for row in rows]
    return [
        Line(row, people, *({name: numbers.get(name, 0) for name in DUTIES} for numbers in both))
        for row, both in zip(rows, found, strict=True)
        if any(both)
    ]


def _protected(lines, known):
    """The lines as they may be shown, or None. The duties of a handful of people would tell how many they are."""
    few = {x.unit.pk for x in lines if any(0 < x.people[name] < FLOOR for name in ("opening", "closing"))}
    people = protect({x.unit.pk: list(x.people.values()) for x in lines}, PEOPLE_SIGNS, known=known)
    duties = protect({x.unit.pk: list(x.duties.values()) for x in lines}, DUTY_SIGNS, known=known, whole=few)
    if people is None or duties is None:
        return None
    return [
        Line(
            line.unit,
            dict(zip(PEOPLE, people[line.unit.pk], strict=True)),
            dict(zip(DUTIES, duties[line.unit.pk], strict=True)),
            line.before if line.unit.pk in known else {},
        )
        for line in lines
    ]


def _only(rows, sections):
    """The sections of one branch out of its town's."""
    for section in sections:
        lines = [line for line in section.lines if line.unit in rows]
        if lines or section.left_out:
            yield Section(section.project, lines, None, section.left_out)
