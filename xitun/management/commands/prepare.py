"""What run.py does before the processes start: database, static files, first users. Quick when nothing changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

# Inlined by the templates, or belonging to pages that are not served.
NOT_COLLECTED = ["vendor/icons/*", "rest_framework", "redoc", "*.map", "LICENSE*", "ext", "htmax-*"]


class Command(BaseCommand):
    help = "Bring database and static files up to date; on an empty database make demo data or the first administrator."
    requires_system_checks = []  # they load every page, a second that CI has spent already

    def add_arguments(self, parser):
        first = parser.add_mutually_exclusive_group()
        first.add_argument("--demo", action="store_true", help="fill an empty database with a synthetic town")
        first.add_argument("--empty", action="store_true", help="make only the first administrator")
        parser.add_argument("--no-input", action="store_true")

    def handle(self, *, demo, empty, no_input, **options):
        try:
            migrate()
        except DatabaseError as error:
            raise CommandError(self.unreachable(error)) from None
        collect_static()
        if get_user_model().objects.exists():
            if empty:
                self.stdout.write("There are users already: --empty changes nothing.")
        elif demo:
            self.stdout.write("Making the demo town …")
            call_command("make_demo")
        elif empty:
            call_command("make_admin", no_input=no_input)

    @staticmethod
    def unreachable(error):
        reason = str(error).strip().splitlines()[0]
        if connection.vendor == "sqlite":
            return f"The database {settings.DATABASES['default']['NAME']} cannot be used: {reason}"
        return f"The database of DATABASE_URL cannot be used: {reason}. Start it, or correct the address."


def migrate():
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def collect_static():
    stamp = settings.XITUN_DATA / "static.stamp"
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=NOT_COLLECTED)
    stamp.write_text(wanted)


def fingerprint() -> str:
    """Changes when a static file or an installed package does."""
    total = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode() + repr(NOT_COLLECTED).encode())
    total.update((settings.BASE_DIR / "requirements.txt").read_bytes())
    for folder in map(Path, settings.STATICFILES_DIRS):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "icons" not in file.parts:
                total.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
