"""A channel is added by two at once (PostgreSQL), or by a double tap: it is there once, and both get an answer."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from projects.models import Channel
from projects.outbox import channels
from tests.conftest import TODAY
from xitun.lib.dates import frozen

from .conftest import add, own

ROBOT = (Channel.Kind.WECOM, "0123456789-abcdef")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("what", ["of a branch", "one's own"])
def test_two_at_once_add_one(cast, town, monkeypatch, what):
    said, read, both = [], channels._read, threading.Barrier(2, timeout=1)

    def meet(*args):
        try:
            both.wait()
        except threading.BrokenBarrierError:  # the other waits for a lock, as it should
            pass
        return read(*args)

    def run():
        try:
            with frozen(TODAY):
                said.append(own(cast.secretary, town.huaishuwan) if what == "one's own" else _robot(cast, town))
        except Exception as error:
            said.append(repr(error))
        finally:
            connections.close_all()

    monkeypatch.setattr(channels, "_read", meet)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [Channel.objects.get()] * 2


def _robot(cast, town):
    return add(cast.admin, town.huaishuwan, *ROBOT)


@pytest.mark.django_db
def test_a_double_tap_adds_one_and_another_address_is_refused(cast, town):
    assert _robot(cast, town) == _robot(cast, town) == Channel.objects.get()
    with pytest.raises(ValidationError):
        add(cast.admin, town.huaishuwan, Channel.Kind.WECOM, "fedcba9876543210")
