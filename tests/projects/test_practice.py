"""The engine obeys the dated numbers of each town, in as many statements as without them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import Category
from projects.models import Due, Reminder
from projects.sweep import open_dues, remind
from tests.conftest import TODAY, enrolled
from tests.projects.ledger_cells import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def practise(town):
    """Xitun practises it so from the beginning of the year; Beitun goes on by default."""

    def act(key, value, unit=town.xitun):
        since = date(2026, 1, 1)
        members_acts.change_setting(by=None, key=key, value=value, from_date=since, unit=unit, reason="规定")

    return act


@pytest.fixture
def both(town, cast):
    """Two mobile members: of the town that practises otherwise, and of its neighbour."""

    def act(since=date(2025, 5, 20)):
        here = enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff, since=since)
        there = enrolled(town.foreign, "赵某", Category.MOBILE, by=cast.outsider, since=since)
        return here, there

    return act


def owing(duty):
    return set(Due.objects.filter(duty=duty).values_list("person__name", flat=True))


def test_newcomers_owe_by_the_days_of_their_town(practise, both):
    practise("entry_days", 10)
    both(since=date(2026, 9, 10))  # twenty days before the quarter ends
    open_dues(TODAY)
    assert owing("joint.follow_up") == {"王某"}


def test_a_feast_that_a_town_does_not_keep_makes_no_duty(practise, both):
    practise("festival_spring_festival", 0)
    both()
    open_dues(date(2026, 2, 10))
    assert owing("joint.festival_visit") == {"赵某"}


def test_a_feast_switched_off_later_is_not_owed_until_it_is_kept_again(both, town, cast, on_day):
    here, there = both()
    spring, open_now = date(2026, 1, 25), Due.objects.open().filter(duty="joint.festival_visit")
    on_day(spring, lambda: open_dues(spring))
    switched = {"by": cast.admin, "key": "festival_spring_festival", "reason": "县里统一", "unit": town.xitun}
    for day, value, owing in ((26, 0, {there}), (27, 1, {here, there})):
        day = date(2026, 1, day)
        on_day(day, lambda day=day, value=value: members_acts.change_setting(value=value, from_date=day, **switched))
        on_day(day, lambda day=day: open_dues(day))
        assert {due.person for due in open_now.all()} == owing


def test_a_feast_that_was_kept_stays_owed_when_it_is_switched_off_for_the_next(both, town, cast, on_day):
    both()
    on_day(date(2026, 2, 10), lambda: open_dues(date(2026, 2, 10)))
    switched = {"by": cast.admin, "key": "festival_spring_festival", "value": 0, "reason": "县里统一"}
    members_acts.change_setting(from_date=TODAY, unit=town.xitun, **switched)
    open_dues(TODAY)
    assert Due.objects.open().filter(duty="joint.festival_visit").count() == 2


def test_a_branch_may_differ_from_its_town(practise, both, town):
    practise("festival_spring_festival", 0)
    practise("festival_spring_festival", 1, unit=town.huaishuwan)
    both()
    open_dues(date(2026, 2, 10))
    assert owing("joint.festival_visit") == {"王某", "赵某"}


def test_reminders_come_by_the_days_of_the_town(practise, both):
    practise("remind_first_days", 60)
    practise("remind_again_days", 3)
    both()
    open_dues(date(2026, 7, 1))

    def reminded(day):
        remind(day)
        found = Reminder.objects.filter(due__duty="joint.follow_up")
        return {(row.due.person.name, row.stage) for row in found.select_related("due__person")}

    assert reminded(date(2026, 8, 10)) == {("王某", "t30")}
    assert reminded(date(2026, 9, 1)) == {("王某", "t30"), ("赵某", "t30")}
    assert ("王某", "t7") not in reminded(date(2026, 9, 25))
    assert {("王某", "t7"), ("赵某", "t7")} <= reminded(date(2026, 9, 28))


@pytest.mark.parametrize("days,late", [(5, True), (20, False)])
def test_a_record_is_late_by_the_days_of_the_town(practise, both, cast, on_day, days, late):
    practise("late_entry_workdays", days)
    here, there = both()
    day = TODAY - timedelta(days=14)
    follow_up = {"method": "phone", "reached": True}

    def entered_late(by, who):
        return on_day(TODAY, lambda: write(by, "joint.follow_up", day, who.enrolments.get(), **follow_up)).entered_late

    assert entered_late(cast.staff, here) == late
    assert entered_late(cast.outsider, there)


def test_towns_that_differ_cost_no_more_statements(practise, both, town):
    both()
    open_dues(TODAY)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            open_dues(TODAY)
            remind(TODAY)
        return len(captured)

    before = statements()
    for unit in (town.county, town.xitun, town.beitun, town.huaishuwan):
        practise("entry_days", 10, unit=unit)
        practise("remind_first_days", 60, unit=unit)
    assert statements() == before
