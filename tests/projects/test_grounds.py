"""A duty that is narrowed to some people is owed while what narrows it holds."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import Category, Cause, Standing
from projects.actions import void_record
from projects.counting import check_counts
from projects.models import Due, PeriodLock
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.test_carried import write

MARCH, JULY = date(2026, 3, 1), date(2026, 7, 10)


@pytest.fixture
def leader(town, cast):
    row = enrolled(town.huaishuwan, "吴某", Category.UNEMPLOYED, by=cast.staff).enrolments.get()
    write(cast.staff, "team_entry", row, MARCH)
    return row


def contacts(row, **turn):
    return Due.objects.open().filter(enrolment=row, duty="guidance.household_contact", **turn)


def test_it_is_not_owed_by_a_leader_who_has_left_the_team(cast, leader, on_day):
    on_day(JULY, lambda: open_dues(JULY))
    on_day(JULY, lambda: write(cast.staff, "team_exit", leader, JULY))
    assert contacts(leader).exists()
    on_day(JULY, lambda: open_dues(JULY))
    assert not contacts(leader).exists()
    assert Due.objects.get(duty="guidance.household_contact").closed_why == Cause.NEED_PASSED
    assert not check_counts()


def test_it_is_owed_after_all_when_the_exit_is_taken_back(cast, leader):
    open_dues(TODAY)
    gone = write(cast.staff, "team_exit", leader)
    open_dues(TODAY)
    void_record(by=cast.staff, record=gone, reason="误录")
    open_dues(TODAY)
    assert contacts(leader).count() == 1
    assert not check_counts()


def test_it_is_not_owed_when_the_entry_is_taken_back(cast, leader, on_day):
    for day in (date(2026, 6, 20), TODAY):
        on_day(day, lambda day=day: open_dues(day))
    assert contacts(leader).count() == 2
    void_record(by=cast.staff, record=leader.record_rows.get().record, reason="误录")
    open_dues(TODAY)
    assert not contacts(leader).exists()


def test_what_was_due_while_they_led_stays_owed(cast, leader, on_day):
    on_day(date(2026, 6, 20), lambda: open_dues(date(2026, 6, 20)))
    on_day(JULY, lambda: write(cast.staff, "team_exit", leader, JULY))
    open_dues(TODAY)
    assert [due.occasion for due in contacts(leader)] == ["2026Q2"]


def test_what_was_due_in_a_sealed_quarter_stays_as_it_was(cast, town, leader):
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 9, 22), end=date(2026, 10, 1))
    open_dues(TODAY)
    write(cast.staff, "team_exit", leader)
    open_dues(TODAY)
    assert contacts(leader).count() == 1


def test_the_directors_talk_is_not_owed_after_the_admission(cast, town):
    person = enrolled(town.huaishuwan, "周某", Category.DEVELOPING, by=cast.staff, standing=Standing.TARGET)
    open_dues(TODAY)
    owed = Due.objects.open().filter(person=person, duty__startswith="direct.").order_by("duty")
    assert [due.duty for due in owed.all()] == ["direct.branch_review", "direct.contact_note", "direct.director_talk"]
    members_acts.change_standing(by=cast.staff, person=person, standing=Standing.PROBATIONARY, on=TODAY)
    open_dues(TODAY)
    assert [due.duty for due in owed.all()] == ["direct.branch_review"]


def test_who_only_comes_by_day_is_looked_at_by_night(cast, leader, on_day):
    open_dues(TODAY)
    write(cast.staff, "team_exit", leader)
    open_dues(came_since=leader.recorded_at)
    assert contacts(leader).exists()
