"""The clock: sends the tasks of CELERY_BEAT_SCHEDULE. Two clocks do no harm: the database makes tasks exactly-once."""

from django.core.management.base import BaseCommand

from xitun.celery import app
from xitun.lib import parent


class Command(BaseCommand):
    help = "Send scheduled work when it is due."
    requires_system_checks = []  # they load every page, a second that CI has spent already

    def handle(self, **options):
        parent.watch()
        app.start(["beat", "--loglevel", "WARNING", "--pidfile="])
