"""When a declared duty is owed: pure calendar, no database."""

from dataclasses import dataclass
from datetime import date, timedelta

from xitun.lib.dates import KINDS, Month, Period, Quarter, Week, add_months
from xitun.lib.workdays import add_workdays, is_workday, party_day, spring_festival

from .workflow import Cadence

FESTIVAL_NOTICE_DAYS = 30

FESTIVALS = {"spring_festival": spring_festival, "july_first": party_day}


@dataclass(frozen=True)
class Occasion:
    """One turn of a periodic duty, of a `period` or on a `festival`."""

    key: str
    opens_on: date
    due_on: date
    period: Period | None = None
    festival: str = ""

    def entered_by(self, entry_days):
        """The last day of entry that still makes it owed, where so many days are asked for. Nobody owes a turn whose
        day has passed when they come."""
        return min(entered_by(self.period, entry_days), self.due_on) if self.period else self.due_on


def occasions_on(duty, day):
    """The turns of a periodic duty that stand open on `day` (none for an OCCASION duty)."""
    if duty.cadence is Cadence.OCCASION:
        return []
    if duty.cadence is Cadence.FESTIVAL:
        return [o for f in duty.festivals for o in _festival(f, day)]
    period = KINDS[duty.cadence].of(day)
    due_on = due_day(duty.due, period)
    return [Occasion(period.key, period.start, due_on, period)]


def due_day(due, period):
    """The day a duty of this period falls due. A rest day moves it to the next working day, never out of the period:
    a quarter's last day stays its last day."""
    if due.workdays_after:
        return add_workdays(period.last_day, due.workdays_after)
    if not due.day:
        return period.last_day
    day = add_months(period.start, max(due.month - 1, 0)) + timedelta(days=due.day - 1)
    return next_workday(day, period.last_day) if due.next_workday else day


def next_workday(day, last):
    moved = day
    while moved < last and not is_workday(moved):
        moved += timedelta(days=1)
    return moved if is_workday(moved) else day


def entered_by(period, entry_days):
    """The last day someone may have entered and still owe this turn. Weeks and months are owed when they begin with
    the person in place; longer periods while `entry_days` of their last quarter are left (practice.ENTRY_DAYS)."""
    last_quarter_entry = Quarter.of(period.last_day).end - timedelta(days=entry_days)
    if isinstance(period, (Week, Month)):
        return min(period.start, last_quarter_entry)
    return last_quarter_entry


def _festival(name, day):
    for year in (day.year, day.year + 1):
        feast = FESTIVALS[name](year)
        opens = feast - timedelta(days=FESTIVAL_NOTICE_DAYS)
        if opens <= day <= feast:
            yield Occasion(f"{year}-{name}", opens, feast, festival=name)


def festival_of(key):
    """The feast that the key of an occasion names."""
    return key.partition("-")[2]
