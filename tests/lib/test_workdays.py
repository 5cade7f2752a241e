import itertools
import warnings
from datetime import date

import pytest
from chinese_calendar.constants import holidays
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib import workdays
from xitun.lib.workdays import (
    MissingCalendarYear,
    add_workdays,
    is_workday,
    missing_years,
    next_workday,
    party_day,
    spring_festival,
    workdays_between,
)

KNOWN = st.dates(date(2005, 1, 1), date(2026, 11, 30))


@pytest.fixture(autouse=True)
def _library_alone(monkeypatch):
    monkeypatch.setattr(workdays, "_providers", [])


@pytest.fixture
def table():
    """The office's own table of days, empty at first."""
    days = {}

    def provider(year):
        return {day: works for day, works in days.items() if day.year == year}

    workdays.register_provider(provider)
    yield days
    workdays.unregister_provider(provider)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 2, 17), False),  # Spring Festival, a Tuesday
        (date(2026, 2, 14), True),  # a Saturday worked in lieu
        (date(2026, 9, 19), False),  # a Saturday
        (date(2026, 9, 20), True),  # a Sunday worked in lieu
    ],
)
def test_it_knows_holidays_and_make_up_days(day, works):
    assert is_workday(day) is works


def test_it_counts_on_over_a_holiday():
    assert add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 30), 5) == date(2026, 10, 13)  # Saturday the 10th is worked
    assert add_workdays(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert next_workday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert next_workday(date(2026, 9, 30)) == date(2026, 9, 30)
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 8)) == 1


def test_it_warns_and_counts_monday_to_friday_in_an_unknown_year():
    with pytest.warns(MissingCalendarYear, match="2027"):
        assert is_workday(date(2027, 10, 1))
    with pytest.warns(MissingCalendarYear):
        assert not is_workday(date(2027, 10, 2))
    with pytest.warns(MissingCalendarYear):
        assert add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 1)


def test_it_names_the_missing_years():
    assert missing_years(date(2025, 1, 1), date(2026, 12, 31)) == []
    assert missing_years(date(2026, 12, 31), date(2028, 1, 1)) == [2027, 2028]
    assert missing_years(date(1999, 1, 1), date(1999, 2, 1)) == [1999]


def test_it_asks_the_offices_own_table(table):
    table |= {spring_festival(2027): False, date(2027, 10, 1): False, date(2027, 10, 9): True}
    assert missing_years(date(2027, 1, 1), date(2027, 12, 31)) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not is_workday(date(2027, 10, 1))
        assert is_workday(date(2027, 10, 9))  # a Saturday
        assert is_workday(date(2027, 10, 8))


def test_it_lets_the_offices_day_win(table):
    table[date(2026, 9, 30)] = False
    assert not is_workday(date(2026, 9, 30))


def test_it_still_warns_when_the_table_is_only_begun(table):
    table[date(2027, 1, 1)] = False
    assert missing_years(date(2027, 1, 1), date(2027, 1, 1)) == [2027]
    with pytest.warns(MissingCalendarYear):
        assert not is_workday(date(2027, 1, 1))


def test_it_asks_the_table_once_a_year():
    asked = []
    workdays.register_provider(asked.append)
    try:
        add_workdays(date(2026, 1, 1), 30)
    finally:
        workdays.unregister_provider(asked.append)
    assert asked == [2026]


@given(KNOWN, st.integers(-15, 15).filter(bool))
def test_it_counts_back_what_it_added(day, count):
    result = add_workdays(day, count)
    assert is_workday(result)
    assert workdays_between(day, result) == count


@pytest.mark.parametrize("year", range(2005, 2027))
def test_it_agrees_with_the_published_spring_festivals(year):
    assert holidays[spring_festival(year)] == "Spring Festival"


def test_it_knows_the_festivals_of_a_century():
    days = [spring_festival(year) for year in range(2000, 2100)]
    assert spring_festival(2033) == date(2033, 1, 31)
    assert spring_festival(2034) == date(2034, 2, 19)
    # A lunar year has 12 or 13 months of 29 or 30 days, and begins between 21 January and 20 February.
    assert {(b - a).days for a, b in itertools.pairwise(days)} <= {353, 354, 355, 383, 384, 385}
    assert all(date(d.year, 1, 21) <= d <= date(d.year, 2, 20) for d in days)
    assert party_day(2026) == date(2026, 7, 1)
    with pytest.raises(LookupError, match="2100"):
        spring_festival(2100)
