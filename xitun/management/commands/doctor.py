"""What is well and what is not, and what to do about it."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from xitun.doctor import examine_all

MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


class Command(BaseCommand):
    help = "Look at database, broker, worker, beat, clock, year, disk, key and backups. Exit code 1 if something fails."
    requires_system_checks = []

    def handle(self, **options):
        worst = "ok"
        for found in examine_all():
            self.stdout.write(f"{MARKS[found.state]} {found.name}: {found.words}")
            if found.remedy:
                self.stdout.write(f"    {found.remedy}")
            worst = max(worst, found.state, key=("ok", "warn", "bad").index)
        if worst == "ok":
            self.stdout.write(_("All is well."))
        if worst == "bad":
            raise SystemExit(1)
