"""When a declared duty is owed: month ends, rest days, festivals, and who came too late to owe it."""

from datetime import date

import pytest

from projects.periods import occasions_on
from projects.workflow import Cadence, Due, Duty


def turn(cadence, day, **options):
    (found,) = occasions_on(Duty("x", "x", cadence, kinds=("x",), **options), day)
    return found


@pytest.mark.parametrize(
    "cadence,key,opens,due",
    [
        (Cadence.WEEK, "2026-W39", date(2026, 9, 21), date(2026, 9, 27)),
        (Cadence.MONTH, "2026-09", date(2026, 9, 1), date(2026, 9, 30)),
        (Cadence.QUARTER, "2026Q3", date(2026, 7, 1), date(2026, 9, 30)),
        (Cadence.HALF, "2026H2", date(2026, 7, 1), date(2026, 12, 31)),
        (Cadence.YEAR, "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_it_falls_due_on_the_last_day_of_its_period(cadence, key, opens, due):
    found = turn(cadence, date(2026, 9, 21))
    assert (found.key, found.opens_on, found.due_on) == (key, opens, due)


@pytest.mark.parametrize(
    "day,due",
    [
        (date(2026, 2, 10), date(2026, 2, 28)),
        (date(2024, 2, 10), date(2024, 2, 29)),
        (date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_it_knows_month_ends(day, due):
    assert turn(Cadence.MONTH, day).due_on == due


def test_it_keeps_a_last_day_that_is_a_rest_day():
    """31 May 2026 is a Sunday: the month's duty is not carried into June."""
    assert turn(Cadence.MONTH, date(2026, 5, 4)).due_on == date(2026, 5, 31)


@pytest.mark.parametrize(
    "cadence,day,due,expected",
    [
        (Cadence.MONTH, date(2026, 10, 1), Due(day=5), date(2026, 10, 8)),  # National Day, 1–7 October
        (Cadence.MONTH, date(2026, 9, 1), Due(day=5), date(2026, 9, 7)),  # a Saturday
        (Cadence.MONTH, date(2026, 10, 1), Due(day=5, next_workday=False), date(2026, 10, 5)),
        (Cadence.WEEK, date(2026, 10, 9), Due(day=1), date(2026, 10, 8)),  # Monday lies in the holiday
        (Cadence.WEEK, date(2026, 9, 23), Due(day=1), date(2026, 9, 21)),
        (Cadence.YEAR, date(2026, 1, 2), Due(month=1, day=31), date(2026, 2, 2)),  # a Saturday
        (Cadence.QUARTER, date(2026, 8, 2), Due(month=2, day=15), date(2026, 8, 17)),
        (Cadence.MONTH, date(2026, 5, 9), Due(day=31), date(2026, 5, 31)),  # never out of the period
    ],
)
def test_it_moves_off_rest_days_within_the_period(cadence, day, due, expected):
    assert turn(cadence, day, due=due).due_on == expected


def test_it_stays_in_a_week_without_working_days():
    """16–22 February 2026 is all Spring Festival: the duty keeps its Monday, there is no later day to move to."""
    assert turn(Cadence.WEEK, date(2026, 2, 18), due=Due(day=1)).due_on == date(2026, 2, 16)


def test_it_can_fall_due_after_the_period():
    """Five working days after 30 September 2026: the holiday does not count, the make-up Saturday does."""
    found = turn(Cadence.QUARTER, date(2026, 9, 21), due=Due(workdays_after=5))
    assert (found.opens_on, found.due_on) == (date(2026, 7, 1), date(2026, 10, 13))


@pytest.mark.parametrize(
    "cadence,last",
    [
        (Cadence.WEEK, date(2026, 9, 1)),  # a week in a quarter's last 30 days is owed only by who was there before
        (Cadence.MONTH, date(2026, 9, 1)),
        (Cadence.QUARTER, date(2026, 9, 1)),  # 30 days are left, counting the day of entry
        (Cadence.HALF, date(2026, 12, 2)),
        (Cadence.YEAR, date(2026, 12, 2)),
    ],
)
def test_it_is_owed_by_who_came_in_time(cadence, last):
    assert turn(cadence, date(2026, 9, 21)).entered_by(30) == last


def test_it_asks_for_a_month_only_of_those_there_when_it_began():
    assert turn(Cadence.MONTH, date(2026, 8, 20)).entered_by(30) == date(2026, 8, 1)


def test_it_is_not_owed_by_who_came_after_its_day():
    found = turn(Cadence.YEAR, date(2026, 6, 1), due=Due(month=1, day=31))
    assert found.entered_by(30) == found.due_on == date(2026, 2, 2)


@pytest.mark.parametrize(
    "day,keys",
    [
        (date(2026, 1, 17), []),
        (date(2026, 1, 18), ["2026-spring_festival"]),
        (date(2026, 2, 17), ["2026-spring_festival"]),
        (date(2026, 2, 18), []),
        (date(2026, 6, 1), ["2026-july_first"]),
        (date(2026, 7, 1), ["2026-july_first"]),
        (date(2026, 7, 2), []),
        (date(2027, 1, 7), ["2027-spring_festival"]),  # 6 February 2027
    ],
)
def test_it_opens_a_festival_thirty_days_before(day, keys):
    duty = Duty("x", "x", Cadence.FESTIVAL, kinds=("x",), festivals=("spring_festival", "july_first"))
    assert [o.key for o in occasions_on(duty, day)] == keys


def test_it_knows_the_festival_of_the_next_year_before_new_year():
    """Spring Festival 2028 is 26 January: its visits open on 27 December 2027."""
    duty = Duty("x", "x", Cadence.FESTIVAL, kinds=("x",), festivals=("spring_festival",))
    assert [o.due_on for o in occasions_on(duty, date(2027, 12, 28))] == [date(2028, 1, 26)]


def test_it_has_no_turns_for_what_follows_a_record():
    assert occasions_on(Duty("x", "x", Cadence.OCCASION, kinds=("x",), after="y"), date(2026, 9, 21)) == []
