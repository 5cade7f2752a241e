from django.core.management.base import BaseCommand, CommandError

from projects.sweep import open_dues
from xitun.lib.dates import DateError, parse_date


class Command(BaseCommand):
    help = "Open every duty that stands open on a day. Running it again changes nothing. Prints how many were new."

    def add_arguments(self, parser):
        parser.add_argument("--date", default="", help="the day, e.g. 2026-09-21 (default: today in Shanghai)")

    def handle(self, *args, date="", **options):
        try:
            day = parse_date(date) if date else None
        except DateError as error:
            raise CommandError(f"--date {date}: {error}") from None
        self.stdout.write(str(open_dues(day)))
