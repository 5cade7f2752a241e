from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from members.branches import import_branches, read_rows


class Command(BaseCommand):
    help = "Bring in the tree of units from a CSV file with the columns level, name, name_en, parent. Repeatable."

    def add_arguments(self, parser):
        parser.add_argument("file")

    def handle(self, *, file, **options):
        try:
            rows = read_rows(Path(file).read_bytes())
            created = import_branches(rows)
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": file, "error": error}) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(_("%(n)s units created, %(old)s already there.") % {"n": created, "old": len(rows) - created})
