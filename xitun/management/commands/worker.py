"""The Celery worker. The pool comes from settings: solo on one PC, prefork with Redis."""

from django.core.management.base import BaseCommand

from xitun.celery import app
from xitun.lib import parent


class Command(BaseCommand):
    help = "Run background work. One is enough for an office; start more on larger sites."
    requires_system_checks = []  # they load every page, a second that CI has spent already

    def add_arguments(self, parser):
        parser.add_argument("--concurrency", type=int, default=2, help="processes, with Redis only")

    def handle(self, *, concurrency, **options):
        parent.watch()
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        app.worker_main(["worker", "--loglevel", "WARNING", f"--concurrency={concurrency}", *quiet])
