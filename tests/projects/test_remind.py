"""Reminders: each due comes once to each stage, and only while it is open; what comes about again is told again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Category
from projects import actions
from projects.amending import amend_record
from projects.bin import restore_record
from projects.models import Due, Reminder
from projects.sweep import open_dues, remind
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, entry, follow_up

DUE_ON = date(2026, 9, 30)
LEFT = {"departs_on": TODAY, "destination": "石河子", "fixed": False}


@pytest.fixture
def due(mobile):
    open_dues(date(2026, 7, 1))
    found = due_of("joint.follow_up", mobile)
    assert found.due_on == DUE_ON
    return found


def stages(due):
    return [str(stage) for stage in due.reminders.order_by("pk").values_list("stage", flat=True)]


@pytest.mark.parametrize(
    "day,expected",
    [
        (DUE_ON - timedelta(days=31), []),
        (DUE_ON - timedelta(days=30), ["t30"]),
        (DUE_ON - timedelta(days=8), ["t30"]),
        (DUE_ON - timedelta(days=7), ["t7"]),
        (DUE_ON, ["due"]),
        (DUE_ON + timedelta(days=1), ["overdue", "escalated"]),
    ],
)
def test_it_speaks_at_each_stage(day, expected, due):
    remind(day)
    assert stages(due) == expected


def test_it_speaks_once_a_stage_however_often_it_runs(due):
    day = DUE_ON - timedelta(days=35)
    while day <= DUE_ON + timedelta(days=10):
        remind(day)
        remind(day)
        day += timedelta(days=1)
    assert stages(due) == ["t30", "t7", "due", "overdue", "escalated"]


def test_it_catches_up_after_days_off(due):
    """The office PC was off on T−30: the stage is reached by range, not by the day."""
    remind(DUE_ON - timedelta(days=20))
    remind(DUE_ON - timedelta(days=2))
    assert stages(due) == ["t30", "t7"]


def test_it_speaks_to_the_responsible_and_then_to_the_town(town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    open_dues(date(2026, 7, 1))
    due = Due.objects.get(person=person, duty="determined_person.contact")
    remind(DUE_ON + timedelta(days=1))
    assert dict(due.reminders.values_list("stage", "audience")) == {"overdue": "helper", "escalated": "town_staff"}


def test_it_is_silent_about_what_is_settled(cast, mobile, due):
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    remind(DUE_ON + timedelta(days=1))
    assert stages(due) == []


def test_it_is_silent_about_what_is_waived(cast, due):
    actions.waive_due(by=cast.staff, due=due, reason="不需要")
    remind(DUE_ON + timedelta(days=1))
    assert stages(due) == []


def test_it_speaks_again_of_nothing_it_has_said_when_a_record_is_voided(cast, mobile, due):
    remind(TODAY + timedelta(days=3))
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    remind(TODAY + timedelta(days=4))
    assert stages(due) == ["t7"]
    remind(DUE_ON + timedelta(days=1))
    assert stages(due) == ["t7", "overdue", "escalated"]


@pytest.mark.parametrize("nights", [[], [4, 20]])
def test_it_tells_again_what_was_taken_for_done_and_is_open_again(nights, cast, mobile, due, on_day):
    def after(days):
        return DUE_ON + timedelta(days=days)

    on_day(after(1), remind)
    done = follow_up(mobile, dues=(due,), happened_on=after(3))
    record = on_day(after(3), lambda: actions.save_record(by=cast.secretary, entry=done))
    for night in nights:
        on_day(after(night), remind)
    on_day(after(30), lambda: actions.void_record(by=cast.staff, record=record, reason="误录"))
    assert on_day(after(31), remind) > 0
    assert stages(due) == ["overdue", "escalated"] * 2
    assert on_day(after(32), remind) == 0
    assert due.reminders.live().count() == 2


def test_it_tells_again_what_was_closed_and_is_owed_again(cast, mobile, on_day):
    """The record that made it was taken back over a night, and brought back."""
    record = actions.save_record(by=cast.secretary, entry=entry("joint.departure", mobile, detail=LEFT))
    briefing = due_of("joint.briefing", mobile)
    days = [TODAY + timedelta(days=n) for n in range(1, 5)]
    on_day(days[0], remind)
    on_day(days[0], lambda: actions.void_record(by=cast.secretary, record=record, reason="误录"))
    on_day(days[1], remind)
    assert stages(briefing) == ["overdue", "escalated"]
    assert not briefing.reminders.live().exists()
    on_day(days[2], lambda: restore_record(by=cast.staff, record=record))
    on_day(days[3], remind)
    assert stages(briefing) == ["overdue", "escalated"] * 2


@pytest.mark.parametrize(("later", "first"), [(1, []), (3, ["t7", "due"]), (60, ["t30", "t7", "due"])])
def test_it_tells_by_the_true_day_what_it_told_by_a_mistyped_one(later, first, cast, mobile, on_day):
    record = actions.save_record(by=cast.secretary, entry=entry("joint.departure", mobile, detail=LEFT))
    briefing = due_of("joint.briefing", mobile)
    on_day(TODAY, remind)
    told_on, true = TODAY + timedelta(days=1), TODAY + timedelta(days=later)
    on_day(told_on, remind)
    assert stages(briefing) == ["due", "overdue", "escalated"]
    right = entry("joint.departure", mobile, detail=LEFT | {"departs_on": true})
    on_day(told_on, lambda: amend_record(by=cast.secretary, record=record, entry=right, reason="写错了"))
    for night in range(2, later + 3):
        on_day(TODAY + timedelta(days=night), remind)
    assert stages(briefing) == ["due", "overdue", "escalated", *first, "overdue", "escalated"]


def test_it_does_not_tell_a_stage_twice_of_a_due_that_came_nearer(due):
    remind(DUE_ON - timedelta(days=20))
    Due.objects.filter(pk=due.pk).update(due_on=DUE_ON - timedelta(days=1))
    remind(DUE_ON - timedelta(days=19))
    assert stages(due) == ["t30"]


def test_it_shows_restricted_reminders_to_few(town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.BACKWARD, by=cast.staff)
    open_dues(date(2026, 9, 1))
    remind(date(2026, 9, 10))
    mine = Reminder.objects.filter(due__person=person)
    assert mine.exists()
    assert set(mine) == set(mine.visible_to(cast.secretary)) == set(mine.visible_to(cast.staff))
    for other in (cast.reader, cast.admin, cast.neighbour, cast.outsider):
        assert not mine.visible_to(other).exists()


def test_it_takes_as_many_statements_for_sixty_people_as_for_three(town, cast):
    for _n in range(3):
        enrolled(town.huaishuwan, "张三", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    with CaptureQueriesContext(connection) as few:
        assert remind(TODAY) > 0
    for _n in range(57):
        enrolled(town.liulin, "李四", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    with CaptureQueriesContext(connection) as many:
        assert remind(TODAY) > 100
    assert len(many) == len(few) == 2 + 1 + 5, "two settings; what is outdated; one INSERT … SELECT a stage"
