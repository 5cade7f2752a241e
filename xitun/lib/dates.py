"""The business calendar of the house: the clock, month arithmetic, periods, and dates as typed, under one name.

Business dates are dates, never datetimes: summer time 1986–91 and UTC midnight cannot move them.
Weeks, months, quarters, halves and years are values of one shape, half-open: `start` is in, `end` is the day after.

    today()  Quarter.of(day)  Quarter.parse("2026Q3")  quarter.next()  day in quarter  periods("month", start, end)
"""

import re
from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from xitun.lib.clock import SHANGHAI, business_date, frozen, now, today
from xitun.lib.typed_dates import FIRST_YEAR, LAST_YEAR, DateError, arabic, parse_date

__all__ = [
    "KINDS",
    "SHANGHAI",
    "DateError",
    "Half",
    "Month",
    "Period",
    "Quarter",
    "Week",
    "Year",
    "add_months",
    "add_years",
    "age_on",
    "arabic",
    "business_date",
    "days_left",
    "frozen",
    "now",
    "parse_date",
    "parse_period",
    "periods",
    "probation_ends",
    "today",
]


def add_months(day, months):
    """The same day `months` later, or the last day of a month too short for it: 31 August + 6 = end of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day, years):
    """The same day `years` later; 29 February + 1 year = 28 February."""
    return add_months(day, 12 * years)


def probation_ends(voted_on, extended_months=0):
    """One year from the branch's vote, later by an extension (发展党员工作细则; J13)."""
    return add_months(voted_on, 12 + extended_months)


def age_on(birth_date, day):
    """Whole years lived on `day`; someone born on 29 February turns on 28 February of a common year."""
    years, month, of_month = day.year - birth_date.year, birth_date.month, birth_date.day
    if month == 2 and of_month == 29 and not isleap(day.year):
        of_month = 28
    return years if (day.month, day.day) >= (month, of_month) else years - 1


def days_left(due, day=None):
    """Days from `day` (today by default) to `due`; negative when overdue, 0 on the day itself."""
    return (due - (day or today())).days


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """The `number`-th part of `year`, counted from 1. Use a subclass; each adds its length and its key."""

    year: int
    number: int = 1

    kind: ClassVar[str]
    months: ClassVar[int]
    form: ClassVar[str]

    def __post_init__(self):
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.number <= self.last_number(self.year)):
            raise ValueError(f"no such {self.kind}: {self.year}, {self.number}")

    @classmethod
    def last_number(cls, year):
        return 12 // cls.months

    @classmethod
    def of(cls, day):
        """The period `day` lies in."""
        return cls(day.year, (day.month - 1) // cls.months + 1)

    @classmethod
    def parse(cls, key):
        """The period of a key such as `2026Q3`; ValueError when it is not one."""
        pattern = re.escape(cls.form).replace(r"\{year\}", r"(\d{4})")
        match = re.fullmatch(re.sub(r"\\\{number.*?\}", r"(\\d{1,2})", pattern), str(key).strip().upper())
        if not match or cls(*map(int, match.groups())).key != match[0]:
            raise ValueError(f"not a {cls.kind}: {key!r}; write it like {cls(2026, 1).key}")
        return cls(*map(int, match.groups()))

    @property
    def start(self):
        return date(self.year, (self.number - 1) * self.months + 1, 1)

    @property
    def end(self):
        """The first day after."""
        return add_months(self.start, self.months)

    @property
    def last_day(self):
        return self.end - timedelta(days=1)

    @property
    def key(self):
        """Sorts as text within a kind, and is what the database stores."""
        return self.form.format(year=self.year, number=self.number)

    def next(self):
        return self.of(self.end)

    def prev(self):
        return self.of(self.start - timedelta(days=1))

    def contains(self, day):
        return self.start <= day < self.end

    __contains__ = contains

    def __str__(self):
        return self.key


class Year(Period):
    kind, months, form = "year", 12, "{year}"

    @property
    def label(self):
        return _("Year %(year)s") % {"year": self.year}


class Half(Period):
    kind, months, form = "half", 6, "{year}H{number}"

    @property
    def label(self):
        form = _("First half of %(year)s") if self.number == 1 else _("Second half of %(year)s")
        return form % {"year": self.year}


class Quarter(Period):
    kind, months, form = "quarter", 3, "{year}Q{number}"

    @property
    def label(self):
        """`Q3 2026`, 2026年第三季度."""
        form = (_("Q1 %(year)s"), _("Q2 %(year)s"), _("Q3 %(year)s"), _("Q4 %(year)s"))[self.number - 1]
        return form % {"year": self.year}

    @property
    def name(self):
        """`Q3`, 第三季度: where the year stands beside it."""
        return (_("Q1"), _("Q2"), _("Q3"), _("Q4"))[self.number - 1]


class Month(Period):
    kind, months, form = "month", 1, "{year}-{number:02}"

    @property
    def label(self):
        return date_format(self.start, "YEAR_MONTH_FORMAT")


class Week(Period):
    """ISO week: Monday to Sunday, of the year that holds its Thursday."""

    kind, months, form = "week", 0, "{year}-W{number:02}"

    @classmethod
    def last_number(cls, year):
        return date(year, 12, 28).isocalendar().week

    @classmethod
    def of(cls, day):
        return cls(*day.isocalendar()[:2])

    @property
    def start(self):
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def end(self):
        return self.start + timedelta(days=7)

    @property
    def label(self):
        return _("Week %(number)s of %(year)s") % {"number": self.number, "year": self.year}


KINDS = {period.kind: period for period in (Week, Month, Quarter, Half, Year)}


def parse_period(key):
    """The period of any kind with this key; ValueError when there is none."""
    for period in KINDS.values():
        try:
            return period.parse(key)
        except ValueError:
            continue
    raise ValueError(f"not a period: {key!r}; write it like 2026Q3, 2026-07, 2026H1, 2026 or 2026-W31")


def periods(kind, start, end):
    """Every period of `kind` that touches the days [start, end), in order."""
    period = KINDS[kind].of(start)
    while period.start < end and start < end:
        yield period
        period = period.next()
