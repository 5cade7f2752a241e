from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from members.nodes import find_unit
from projects import registry
from projects.ledger_sheets import ledger_sheets, ledger_table
from projects.ledgers import Ledger
from xitun.lib.dates import DateError, parse_date
from xitun.lib.documents import write_docx
from xitun.lib.sheets import write_xlsx


class Command(BaseCommand):
    help = "Write the ledger of a category as of a day: an Excel file, one sheet a branch, or a Word file, one table."

    def add_arguments(self, parser):
        parser.add_argument("category", help="a category or project, e.g. mobile or joint")
        parser.add_argument("--branch", required=True, help="name or path of a branch, town or county")
        parser.add_argument("--out", required=True, help="the .xlsx or .docx file to write")
        parser.add_argument("--on", default="", help="the day it is valid on (default: today)")
        parser.add_argument("--gone", action="store_true", help="also who has left in the year up to that day")
        parser.add_argument("--known", default="", help="the day until whose end entries count (default: all of them)")

    def handle(self, *args, category, branch, out, on="", known="", gone=False, **options):
        project, unit, target = _project(category), find_unit(branch), _target(out)
        ledger = Ledger(project, None, unit, _day("--on", on), known=_day("--known", known), gone=gone)
        if target.suffix.lower() == ".docx":
            write_docx(target, ledger_table(ledger))
        else:
            write_xlsx(target, ledger_sheets(ledger))
        self.stdout.write(str(target))


def _project(code):
    code = code.strip().replace("-", "_")
    for project in registry.all_rooms():
        if code and code in (project.code, project.category):
            return project
    known = ", ".join(f"{p.category or p.code} ({p.code})" for p in registry.all_rooms())
    raise CommandError(f"No category or project is called {code!r}. Known: {known}")


def _target(out):
    target = Path(out)
    if target.suffix.lower() not in (".xlsx", ".docx"):
        raise CommandError(f"--out {out}: the name must end in .xlsx or .docx")
    if not target.parent.is_dir():
        raise CommandError(f"--out {out}: there is no folder {target.parent}")
    return target


def _day(option, text):
    try:
        return parse_date(text) if text else None
    except DateError as error:
        raise CommandError(f"{option} {text}: {error}") from None
