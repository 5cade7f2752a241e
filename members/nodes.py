"""Finding a unit by what a person types on the command line."""

from django.core.management.base import CommandError

from members.models import Unit
from members.roster.branches import Branches


def find_unit(text):
    """The unit of this path or name, with or without 党支部. CommandError names near ones."""
    text = str(text).strip()
    units = {unit.pk: unit for unit in Unit.objects.all()}
    for unit in units.values():
        if unit.path == text:
            return unit
    names = Branches((unit.pk, unit.name, unit.name_en) for unit in units.values())
    if (pk := names.recognise(text)) is not None:
        return units[pk]
    same = [u for u in units.values() if Branches([(u.pk, u.name, u.name_en)]).recognise(text)]
    if same:
        paths = ", ".join(f"{unit.path} ({unit.get_parent()})" for unit in same)
        raise CommandError(f"Several units are called {text!r}. Give the path of one: {paths}")
    if not units:
        raise CommandError("There are no units yet. Import them first: manage.py import_branches FILE.csv")
    near = names.nearest(text, 3)
    raise CommandError(f"No unit is called {text!r}. " + (f"Near: {', '.join(near)}" if near else ""))
