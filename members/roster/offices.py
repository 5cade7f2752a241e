"""What an office said of its headings, as it stands now."""

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
