from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import Category
from projects.actions import waive_due
from projects.models import Due, Reminder
from projects.outbox.nudging import nudge
from projects.sweep import open_dues, remind
from projects.views.reminders import reminders_of
from tests.conftest import enrolled
from xitun.lib.dates import frozen

DAY = date(2026, 9, 25)  # the follow-up of the third quarter falls due in five days


@pytest.fixture
def reminded(person):
    open_dues(DAY)
    remind(DAY)


def page(client):
    return client.get(reverse("reminders")).content.decode()


def test_it_reminds_the_secretary_of_what_is_due_within_seven_days(reminded, cast, as_user):
    assert "张建国" in page(as_user(cast.secretary))


def test_it_passes_on_to_the_town_what_is_overdue(reminded, cast, as_user):
    assert "张建国" not in page(as_user(cast.staff))
    with frozen(date(2026, 10, 2)):
        remind()
        assert "张建国" in page(as_user(cast.staff))
    assert set(Reminder.objects.values_list("stage", flat=True)) >= {"t7", "overdue", "escalated"}


def test_it_says_each_duty_once_by_its_newest_reminder(reminded, cast, as_user):
    """Issue 4, 10: nothing doubled. “Due within 7 days” is no news of what is overdue since."""
    for day in (date(2026, 9, 30), date(2026, 10, 1)):
        with frozen(day):
            remind()
    client = as_user(cast.secretary)
    with frozen(date(2026, 10, 1)):
        groups = client.get(reverse("reminders")).context["groups"]
    told = [(group["stage"], line.due.pk) for group in groups for line in group["lines"]]
    assert len(told) == len({due for _stage, due in told})
    follow_up = Due.objects.get(duty="joint.follow_up", occasion="2026Q3")
    assert [stage for stage, due in told if due == follow_up.pk] == ["overdue"]


def test_it_says_once_to_a_town_without_secretary_what_is_overdue(reminded, cast, as_user):
    """To whom both the reminder and its passing on speak."""
    cast.secretary.grants.update(to_date=date(2026, 9, 1))
    with frozen(date(2026, 10, 2)):
        remind()
        groups = as_user(cast.staff).get(reverse("reminders")).context["groups"]
    told = [line.due.pk for group in groups for line in group["lines"]]
    assert told
    assert len(told) == len(set(told))


@pytest.mark.parametrize("other", ["neighbour", "outsider", "reader"])
def test_it_reminds_nobody_else(other, reminded, cast, as_user):
    assert "张建国" not in page(as_user(getattr(cast, other)))


def test_it_stops_when_nothing_is_owed_any_more(reminded, cast, as_user):
    for due in Due.objects.open():
        waive_due(by=cast.staff, due=due, reason="已随队返乡")
    assert "张建国" not in page(as_user(cast.secretary))


def test_it_costs_the_same_however_many_there_are(town, cast, as_user, django_assert_max_num_queries):
    for number in range(12):
        enrolled(town.huaishuwan, f"党员{number}", Category.MOBILE, by=cast.staff)
    open_dues(DAY)
    remind(DAY)
    client = as_user(cast.secretary)
    assert Reminder.objects.filter(created_at__lte=timezone.now()).count() >= 12
    with django_assert_max_num_queries(14):
        client.get(reverse("reminders"))


def test_it_shows_what_is_owed_once_however_often_it_was_told(reminded, due, cast, as_user):
    """DESIGN 3.5: exactly once. A line is found by its id when its form opens in place, so no two may bear the same."""
    for day in (due.due_on, date(2026, 10, 2)):
        remind(day)
    with frozen(date(2026, 10, 2)):
        nudge(by=cast.staff, unit=due.unit, due=due)
        shown = page(as_user(cast.secretary))
        newest = reminders_of(cast.secretary).get(due=due)
    assert newest.stage == "overdue"
    assert shown.count(f'id="due-{due.pk}"') == 1
