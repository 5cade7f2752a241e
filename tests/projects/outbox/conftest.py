"""A robot of Huaishuwan and own e-mail of the town's staff, with servers that listen on this machine."""

from datetime import date, datetime, time, timedelta

import pytest

from projects.models import Channel
from projects.outbox import channels
from projects.outbox.write import remind_and_tell
from projects.sweep import open_dues, remind
from xitun.lib.dates import SHANGHAI, frozen

from .sinks import Mail, Robot

DUE_ON = date(2026, 9, 30)
WEEK_BEFORE = date(2026, 9, 23)


@pytest.fixture
def robot(settings):
    sink = Robot()
    settings.XITUN_WECOM_URL, settings.XITUN_SEND_SECONDS = sink.url, 0.2
    yield sink
    sink.close()


@pytest.fixture
def mail(settings):
    sink = Mail()
    settings.XITUN_SMTP, settings.XITUN_MAIL_FROM, settings.XITUN_SEND_SECONDS = sink.url, "xitun@town.test", 0.2
    yield sink
    sink.close()


@pytest.fixture
def group(town, cast, robot):
    """The channel of the branch: a robot in its WeCom group."""
    return add(cast.admin, town.huaishuwan, Channel.Kind.WECOM, "0123456789-abcdef")


def add(by, unit, kind, address, **changes):
    values = {"language": "en", "is_on": True} | changes
    return channels.set_channel(by=by, unit=unit, kind=kind, address=address, **values)


def own(user, unit, address="someone@town.test"):
    return channels.set_own_email(by=user, unit=unit, address=address, language="en", is_on=True)


def at(day, hour=10, minute=0):
    """The clock stands at this time of day in Shanghai."""
    return frozen(datetime.combine(day, time(hour, minute), SHANGHAI))


@pytest.fixture
def told(person, group):
    """The follow-up of the quarter is due in a week, and the morning's messages are written, like those of before."""
    with at(WEEK_BEFORE):
        open_dues()
        remind(WEEK_BEFORE - timedelta(days=1))
        remind_and_tell()
