"""Chinese working days, holidays and festivals.

The State Council publishes each year's holidays and make-up days in the November before; the library carries those
published so far. For a later year the office's own table of days is asked (`register_provider`); with neither, Monday
to Friday are taken and MissingCalendarYear is warned, never silently. `missing_years` tells pages what to say.
"""

import warnings
from datetime import date, timedelta
from functools import cache

from chinese_calendar.constants import Holiday, holidays, workdays

DAY = timedelta(days=1)

# 1st day of the 1st lunar month, month * 100 + day, from 2000 on (GB/T 33661 reckoning).
_SPRING_FESTIVALS = (
    205, 124, 212, 201, 122, 209, 129, 218, 207, 126, 214, 203, 123, 210, 131, 219, 208, 128, 216, 205,
    125, 212, 201, 122, 210, 129, 217, 206, 126, 213, 203, 123, 211, 131, 219, 208, 128, 215, 204, 124,
    212, 201, 122, 210, 130, 217, 206, 126, 214, 202, 123, 211, 201, 219, 208, 128, 215, 204, 124, 212,
    202, 121, 209, 129, 217, 205, 126, 214, 203, 123, 211, 131, 219, 207, 127, 215, 205, 124, 212, 202,
    122, 209, 129, 217, 206, 126, 214, 203, 124, 210, 130, 218, 207, 127, 215, 205, 125, 212, 201, 121,
)  # fmt: skip

_providers = []


class MissingCalendarYear(UserWarning):
    """The holidays of a year are not known, so its Mondays to Fridays were counted as working days."""


def register_provider(provider):
    """Adds the office's own table: `provider(year) -> {date: is_workday}`, asked once a call; its days win.

    A year counts as known once the table frees its Spring Festival and National Day, which every published year does.
    """
    if provider not in _providers:
        _providers.append(provider)


def unregister_provider(provider):
    _providers.remove(provider)


def is_workday(day):
    """Whether offices work on `day`."""
    return _Calendar().is_workday(day)


def next_workday(day):
    """`day` itself if it is a working day, else the first one after."""
    return add_workdays(day, 0)


def add_workdays(day, count):
    """The `count`-th working day after `day` (before it if negative), not counting `day`; 0 as `next_workday`."""
    calendar, step = _Calendar(), -DAY if count < 0 else DAY
    if count == 0:
        day, count = day - DAY, 1
    for _each in range(abs(count)):
        day += step
        while not calendar.is_workday(day):
            day += step
    return day


def workdays_between(start, end):
    """Working days after `start` up to and including `end`: `workdays_between(d, add_workdays(d, n)) == n`."""
    if end < start:
        return -workdays_between(end - DAY, start - DAY)
    calendar = _Calendar()
    return sum(calendar.is_workday(start + DAY * n) for n in range(1, (end - start).days + 1))


def knows_year(year):
    """Whether the holidays of a year are known, from the library or the office."""
    return _Calendar().knows(year)


def published_names(year):
    """{date: (English, Chinese) name of the holiday} of the days of `published`."""
    names = {name.value: name.chinese for name in Holiday}
    return {
        day: (name, names[name]) for table in (holidays, workdays) for day, name in table.items() if day.year == year
    }


def missing_years(start, end):
    """The years from `start` to `end` (dates, both included) whose holidays nobody has entered yet."""
    calendar = _Calendar()
    return [year for year in range(start.year, end.year + 1) if not calendar.knows(year)]


def spring_festival(year):
    """The first day of the lunar year that begins in `year`; LookupError outside 2000–2099."""
    if not 2000 <= year < 2000 + len(_SPRING_FESTIVALS):
        raise LookupError(f"the Spring Festival of {year} is not in the table (2000–2099)")
    return date(year, *divmod(_SPRING_FESTIVALS[year - 2000], 100))


def party_day(year):
    """1 July, the Party's founding day."""
    return date(year, 7, 1)


class _Calendar:
    """The day tables for the length of one call, so that a provider's query runs once a year asked for."""

    def __init__(self):
        self._years = {}

    def is_workday(self, day):
        if not self.knows(day.year):
            warnings.warn(
                f"The holidays of {day.year} are not known: enter the year's table of days.",
                MissingCalendarYear,
                stacklevel=4,
            )
        table = self._table(day.year)
        return table[day] if day in table else day.weekday() < 5

    def knows(self, year):
        table = self._table(year)
        try:
            return table.get(spring_festival(year)) is False and table.get(date(year, 10, 1)) is False
        except LookupError:
            return False

    def _table(self, year):
        if year not in self._years:
            table = dict(published(year))
            for provider in _providers:
                table.update(provider(year) or {})
            self._years[year] = table
        return self._years[year]


@cache
def published(year):
    """{date: is_workday} for the days of a year on which the weekday does not decide, as the library carries them."""
    free = {day: False for day in holidays if day.year == year}
    return free | {day: True for day in workdays if day.year == year}
