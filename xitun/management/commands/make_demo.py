import csv
import warnings
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from members.branches import import_branches
from members.models import Unit
from projects.sweep import remind
from xitun.demo import life, people, records, story
from xitun.lib.dates import today
from xitun.lib.workdays import MissingCalendarYear

LOGINS = ("village5", "village1", "staff", "director", "admin", "reader", "member")


class Command(BaseCommand):
    help = "Fill an empty installation with a synthetic town: people, posts, users of every role, three past quarters."

    def handle(self, **options):
        with warnings.catch_warnings(), transaction.atomic():
            warnings.simplefilter("ignore", MissingCalendarYear)  # a demo may guess what an office may not
            self._make()

    def _make(self):
        if Unit.objects.exists():
            raise CommandError(_("There is data here already. The demo town is made only in an empty installation."))
        with open(Path(people.__file__).with_name("branches.csv"), encoding="utf-8", newline="") as handle:
            import_branches(list(csv.DictReader(handle)))
        demo = people.Demo(
            today=today(),
            random=Random(620000),
            town=Unit.objects.get(kind=Unit.Kind.TOWN),
            branches=list(Unit.objects.branches()),
        )
        people.make_users(demo)
        made = people.make_people(demo)
        records.make_departures(demo)
        dues, done = records.make_records(demo)
        life.make_attendance(demo)
        story.make_story(demo)
        remind(demo.today)
        self._write_logins(demo)
        self.stdout.write(
            _("%(people)s people, %(dues)s duties, %(records)s records.")
            % {"people": len(made), "dues": dues, "records": done}
        )

    def _write_logins(self, demo):
        """For run.py to print. The password is made anew for each installation."""
        lines = [f"{name:<10} {demo.password}   {demo.staff[name].display_name}" for name in LOGINS]
        path = settings.XITUN_DATA / "demo-logins.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        path.chmod(0o600)
