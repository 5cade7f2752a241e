from django.core.management.base import BaseCommand, CommandError

from projects.models import SweepRun
from projects.sweep import open_dues
from projects.tasks import nightly
from xitun.lib.dates import DateError, parse_date, today


class Command(BaseCommand):
    help = (
        "Do the night's work by hand unless it is done: open every duty that stands open today, write the reminders. "
        "With --date only open what stood open on that day. Running it again changes nothing. Prints how many were new."
    )

    def add_arguments(self, parser):
        parser.add_argument("--date", default="", help="the day, e.g. 2026-09-21 (default: today in Shanghai)")

    def handle(self, *args, date="", **options):
        try:
            day = parse_date(date) if date else None
        except DateError as error:
            raise CommandError(f"--date {date}: {error}") from None
        night = today()
        done = not day and nightly(night)
        self.stdout.write(str(SweepRun.objects.get(day=night).opened if done else open_dues(day or night)))
