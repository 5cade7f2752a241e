"""Reminders: each due comes once to each stage, and only while it is open."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Category
from projects import actions
from projects.models import Due, Reminder
from projects.sweep import open_dues, remind
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, follow_up

DUE_ON = date(2026, 9, 30)


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
    assert len(many) == len(few) == 2 + 5, "two settings; one INSERT … SELECT a stage"
