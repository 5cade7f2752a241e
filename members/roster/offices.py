"""What belongs to an office as a whole: what it said of its headings, and its branches, also those that have ended."""

from django.db.models import prefetch_related_objects

from members.models import ColumnMapping, Unit
from members.roster.branches import Branches
from members.roster.columns import Meanings
from xitun.lib.dates import today


def office_of(unit):
    """The unit whose people share their habits of writing rosters: the town, or the county itself."""
    if unit.kind in (Unit.Kind.TOWN, Unit.Kind.COUNTY):
        return unit
    return Unit.objects.get_ancestors(unit).filter(kind=Unit.Kind.TOWN).last() or unit


def meanings_of(unit):
    """The Meanings that hold for rosters of this unit. Two statements at most."""
    said = ColumnMapping.objects.filter(unit=office_of(unit), superseded_at=None)
    return Meanings(said.values_list("heading", "column"))


def names_of(roster):
    """The Branches that a line of the roster may name: those that stand today at its unit, whatever the day it holds
    from; it knows the office's ended ones, too. Three statements at most."""
    day, here = max(roster.on, today()), _root_of(roster).path
    rows = list(Unit.objects.at(office_of(roster.unit)).branches())
    standing = [row for row in rows if _stands(row, day)]
    ended = {row.pk: row for row in rows if not _stands(row, day)}
    prefetch_related_objects(list(ended.values()), "successors")
    return Branches(
        ((row.pk, row.name, row.name_en) for row in standing if row.path.startswith(here)),
        ((row.name, row.name_en, _in_place_of(row, ended, day)) for row in ended.values()),
    )


def branches_of(roster):
    """The branches that a line of the roster may name."""
    return Unit.objects.at(_root_of(roster)).branches().current(max(roster.on, today()))


def _root_of(roster):
    return roster.unit.get_parent() if roster.unit.kind == Unit.Kind.GROUP else roster.unit


def _stands(branch, day):
    return not branch.ends_on or branch.ends_on > day


def _in_place_of(branch, ended, day):
    """The names of the branches that stand in its place, through however many mergers."""
    names, gone = [], [branch]
    for one in gone:  # grows
        for successor in one.successors.all():
            if _stands(successor, day):
                names.append(successor.name)
            elif successor.pk in ended and successor not in gone:
                gone.append(ended[successor.pk])
    return names
