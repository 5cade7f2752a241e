"""The web server: waitress, which runs alike on Linux, macOS and Windows."""

import signal

import waitress
from django.conf import settings
from django.core.management.base import BaseCommand

from xitun.lib import parent


class Command(BaseCommand):
    help = "Serve the pages. Behind a TLS proxy set XITUN_HTTPS=1."
    requires_system_checks = []  # they load every page, a second that CI has spent already

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *, host, port, threads, **options):
        from xitun.wsgi import application

        signal.signal(signal.SIGTERM, _leave)
        parent.watch()
        waitress.serve(application, host=host, port=port, threads=threads, ident=None, **_proxy())


def _leave(*_):
    raise SystemExit(0)  # waitress finishes the requests at hand


def _proxy() -> dict:
    """With XITUN_HTTPS the proxy on this machine is believed about scheme, host and visitor's address; else nobody."""
    if not settings.HTTPS:
        return {}
    return {
        "trusted_proxy": "127.0.0.1",
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-host", "x-forwarded-for"},
        "clear_untrusted_proxy_headers": True,
    }
