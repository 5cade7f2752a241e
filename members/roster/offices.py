"""What belongs to an office as a whole: what it said of its headings, and which of its branches have ended."""

from members.models import ColumnMapping, Unit
from members.roster.columns import Meanings


def office_of(unit):
    """The unit whose people share their habits of writing rosters: the town, or the county itself."""
    if unit.kind in (Unit.Kind.TOWN, Unit.Kind.COUNTY):
        return unit
    return Unit.objects.get_ancestors(unit).filter(kind=Unit.Kind.TOWN).last() or unit


def meanings_of(unit):
    """The Meanings that hold for rosters of this unit. Two statements at most."""
    said = ColumnMapping.objects.filter(unit=office_of(unit), superseded_at=None)
    return Meanings(said.values_list("heading", "column"))


def ended_branches(unit, day):
    """[(name, English name, names of the branches that stand in its place)] of the office's branches that have ended by
    then, for members.roster.branches. Three statements at most."""
    rows = Unit.objects.at(office_of(unit)).branches().filter(ends_on__lte=day).prefetch_related("successors")
    ended = {row.pk: row for row in rows}
    return [(row.name, row.name_en, [each.name for each in _in_place_of(row, ended, day)]) for row in rows]


def _in_place_of(branch, ended, day):
    """Through however many mergers."""
    standing, gone = [], [branch]
    for one in gone:  # grows
        for successor in one.successors.all():
            if not successor.ends_on or successor.ends_on > day:
                standing.append(successor)
            elif successor.pk in ended and successor not in gone:
                gone.append(ended[successor.pk])
    return standing
