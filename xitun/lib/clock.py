"""The one clock of the house: today in Asia/Shanghai, and a way to stop it. Import these from xitun.lib.dates."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen = ContextVar("xitun_frozen_clock", default=None)


def now():
    """The present moment, aware, in Asia/Shanghai; the frozen one inside `frozen()` or under settings.XITUN_TODAY."""
    moment = _frozen.get() or getattr(settings, "XITUN_TODAY", None)
    if not moment:
        return datetime.now(SHANGHAI)
    if isinstance(moment, str):
        moment = date.fromisoformat(moment)
    if isinstance(moment, datetime):
        return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return datetime.combine(moment, time(12), SHANGHAI)


def today():
    """The business date now."""
    return now().date()


@contextmanager
def frozen(moment):
    """Stops the clock at a date (noon) or a datetime, for tests and a demo's past. Nests; None lets it run."""
    token = _frozen.set(moment)
    try:
        yield moment
    finally:
        _frozen.reset(token)


def business_date(moment):
    """The Shanghai date of an aware datetime: 2026-03-31 16:30 UTC is 1 April."""
    return moment.astimezone(SHANGHAI).date()
