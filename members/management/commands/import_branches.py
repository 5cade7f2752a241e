import csv

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from members.actions import create_unit
from members.models import Unit

COLUMNS = ("level", "name", "name_en", "parent")


class Command(BaseCommand):
    help = "Bring in the tree of units from a CSV file with the columns level, name, name_en, parent. Repeatable."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *, file, **options):
        try:
            with open(file, encoding="utf-8-sig", newline="") as handle:
                rows = list(csv.DictReader(handle))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": file, "error": error}) from None
        if not rows or not set(COLUMNS[:2]) <= set(rows[0]):
            raise CommandError(_("The first line must name the columns level, name, name_en, parent."))
        created = import_branches(rows)
        self.stdout.write(_("%(n)s units created, %(old)s already there.") % {"n": created, "old": len(rows) - created})


@transaction.atomic
def import_branches(rows):
    """Create what is missing, line by line; a parent stands above its children. Returns how many were created."""
    created = 0
    for number, row in enumerate(rows, start=2):
        kind, name, parent_name = (str(row.get(key) or "").strip() for key in ("level", "name", "parent"))
        if kind not in Unit.Kind.values or not name:
            raise CommandError(_("Line %(n)s: level must be county, town, branch or group, and name given.") % {"n": number})
        parent = _parent(parent_name, number)
        siblings = Unit.objects.get_children(parent) if parent else Unit.objects.get_root_nodes()
        if siblings.filter(name=name, ends_on__isnull=True).exists():
            continue
        try:
            create_unit(by=None, kind=kind, name=name, name_en=(row.get("name_en") or "").strip(), parent=parent)
        except ValidationError as error:
            raise CommandError(_("Line %(n)s: %(error)s") % {"n": number, "error": "; ".join(error.messages)}) from None
        created += 1
    return created


def _parent(name, number):
    if not name:
        return None
    found = Unit.objects.filter(name=name, ends_on__isnull=True)
    if len(found) != 1:
        raise CommandError(
            _("Line %(n)s: the parent %(name)s must stand above this line, once.") % {"n": number, "name": name}
        )
    return found[0]
