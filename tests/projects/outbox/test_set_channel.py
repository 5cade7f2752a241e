"""A channel is added by two at once (PostgreSQL), or by a double tap: it is there once, and both get an answer."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from members import actions as members_acts
from projects.models import Channel, Message
from projects.outbox import channels, deliver
from projects.outbox.write import remind_and_tell
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


@pytest.mark.django_db
def test_the_town_is_told_where_its_reminders_go(as_user, cast, town, mail):
    """In the house and by the staff's own e-mail: when an administrator adds, points elsewhere or switches off."""
    mailbox = own(cast.staff, town.xitun)
    channel = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "evil@elsewhere.test", language="en")
    changes = {"channel": channel, "language": "zh-hans", "is_on": True}
    for version, change in enumerate(({"address": ""}, {"address": "z@town.test"}, {"address": "", "is_on": False}), 1):
        values = changes | change | {"version": version}
        channels.set_channel(by=cast.admin, unit=town.xitun, kind=Channel.Kind.EMAIL, **values)
    told = Message.objects.filter(kind=Message.Kind.CHANNEL)
    assert told.filter(channel=None).count() == told.filter(channel=mailbox).count() == 3
    words = told.filter(channel=mailbox).earliest("pk").body
    assert ("e…@elsewhere.test" in words, "evil@" in words, str(cast.admin) in words) == (True, False, False)
    assert deliver.deliver() == 3
    for user, sees in ((cast.staff, True), (cast.director, True), (cast.secretary, False), (cast.outsider, False)):
        page = as_user(user).get("/reminders/").content.decode()
        assert ("z…@town.test" in page, str(cast.admin) in page) == (sees, sees)
    page = as_user(cast.admin).get("/channels/").content.decode()
    assert f"{cast.admin}设置" in page


@pytest.mark.django_db
def test_ones_own_channel_follows_the_post(cast, town):
    mailbox, other = own(cast.secretary, town.huaishuwan), own(cast.staff, town.xitun)
    [grant] = cast.secretary.grants.all()
    members_acts.hand_over(by=cast.admin, grant=grant, to=cast.reader, on=TODAY)
    members_acts.grant_role(by=cast.admin, user=cast.secretary, role="secretary", unit=town.liulin, from_date=TODAY)
    remind_and_tell()
    for row in (mailbox, other):
        row.refresh_from_db()
    assert (mailbox.unit, other.unit) == (town.liulin, town.xitun)
