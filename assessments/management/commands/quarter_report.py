from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.report import build_report
from assessments.report_sheets import report_sheets
from members.nodes import find_unit
from projects.ledger_sheets import file_name
from xitun.lib.dates import Quarter
from xitun.lib.sheets import write_xlsx


class Command(BaseCommand):
    help = (
        "Write the quarterly report of a unit, with all its numbers, as an Excel file into a folder. Prints its path."
    )

    def add_arguments(self, parser):
        parser.add_argument("quarter", help="e.g. 2026Q3")
        parser.add_argument("--branch", required=True, help="name or path of a branch, town or county")
        parser.add_argument("--out", required=True, help="the folder; made when missing")

    def handle(self, *args, quarter, branch, out, **options):
        try:
            quarter = Quarter.parse(quarter)
        except ValueError:
            raise CommandError(f"{quarter!r} is not a quarter; write it like 2026Q3") from None
        unit, folder = find_unit(branch), Path(out)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"--out {out}: {error.strerror}") from None
        target = folder / file_name("quarter_report", quarter.key, unit.name)
        write_xlsx(target, report_sheets(build_report(quarter, unit=unit)))
        self.stdout.write(str(target))
