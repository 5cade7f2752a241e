"""The people list as town staff see it, beside Django's own admin over the same people; deep beside its first page."""

from django.db import connection
from django.test import Client

from bench.county import fresh_statistics
from members.models import Person

BACKEND = "django.contrib.auth.backends.ModelBackend"


def beside_admin(ground):
    """The first page through the whole stack: sign-in, scope, 50 rows, the count, the template."""
    _settle(ground)
    ours, rival = _reader(ground.staff, "/people/"), _reader(ground.rival, "/rival/members/person/")
    mine, theirs = ground.best(ours, rival)
    return mine / theirs


def deep_beside_first(ground):
    """The page in the middle of the list beside the first one: paging by key costs the same anywhere."""
    _settle(ground)
    middle = Person.objects.order_by("pinyin", "pk").values_list("pk", flat=True)[ground.n // 2]
    first, deep = _reader(ground.staff, "/people/"), _reader(ground.staff, f"/people/?after={middle}")
    shallow, far = ground.best(first, deep)
    return far / shallow


def _settle(ground):
    """With statistics of the dues too that a sweep has left, for their number stands on every page: PostgreSQL has them
    a minute later, SQLite never."""
    ground.settle()
    if connection.vendor == "postgresql":
        fresh_statistics()


def _reader(user, address):
    client = Client()
    client.force_login(user, backend=BACKEND)

    def read():
        answer = client.get(address)
        if answer.status_code != 200 or answer.content.count(b"</tr>") + answer.content.count(b"</li>") < 2:
            raise AssertionError(f"{address} answered {answer.status_code} without rows")

    return read
