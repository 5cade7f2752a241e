import json
from contextlib import nullcontext
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from members.models import RosterLine
from members.nodes import find_unit
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster
from xitun.lib.dates import DateError, parse_date
from xitun.lib.readers import FileRefused

Effect = RosterLine.Effect


class Command(BaseCommand):
    help = (
        "Bring in a roster (.xlsx, .xls, CSV). The same file again changes nothing. --dry-run only judges and counts."
    )

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--branch", required=True, help="the county, town or branch the roster is of: name or path")
        parser.add_argument("--json", metavar="OUT", help="where to write what became of each line; - is the screen")
        parser.add_argument("--on", metavar="DATE", help="the day from which the roster holds (today)")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, file, branch, on=None, dry_run=False, **options):
        unit = find_unit(branch)
        try:
            with transaction.atomic():
                roster = stage_roster(
                    by=None, unit=unit, source=file, filename=Path(file).name, on=on and parse_date(on)
                )
                if not dry_run:
                    confirm_roster(by=None, roster=roster)
                counts = counts_of(roster)
                if options["json"]:
                    self._report(roster, counts, options["json"])
                if dry_run:
                    transaction.set_rollback(True)
        except (FileRefused, DateError) as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        except OSError as error:
            raise CommandError(_("%(file)s: %(error)s") % {"file": error.filename or file, "error": error.strerror})
        if options["json"] != "-":
            self._say(counts, dry_run)

    def _report(self, roster, counts, target):
        """The lines one by one, so that a million of them need no memory."""
        fields = ("sheet", "line", "outcome", "reasons", "name")
        with nullcontext(self.stdout) if target == "-" else open(target, "w", encoding="utf-8") as stream:
            stream.write('{"lines": [')
            for place, row in enumerate(roster.lines.order_by("number").values(*fields).iterator()):
                stream.write((",\n" if place else "\n") + json.dumps(row, ensure_ascii=False))
            stream.write("\n], " + json.dumps(counts)[1:] + "\n")

    def _say(self, counts, dry_run):
        words = _(
            "%(created)s new, %(changed)s changed, %(unchanged)s unchanged, %(refused)s refused, %(left)s to settle."
        )
        self.stdout.write(words % counts)
        if dry_run:
            self.stdout.write(_("Nothing was written (--dry-run)."))


def counts_of(roster):
    """Lines by what they do. `left` are people to be settled by hand or by a transfer."""
    found = dict(roster.lines.values_list("effect").annotate(number=Count("pk")).order_by())
    effects = dict.fromkeys(Effect.values, 0) | found
    return {
        "created": effects[Effect.NEW],
        "changed": effects[Effect.CHANGED],
        "unchanged": effects[Effect.UNCHANGED],
        "refused": effects[Effect.REFUSED],
        "left": effects[Effect.BY_HAND] + effects[Effect.ELSEWHERE],
    }
