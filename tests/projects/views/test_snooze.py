"""A duty that is to be quiet for a while: /reminders/dues/<pk>/quiet/ and …/wake/."""

from datetime import date, timedelta

import pytest

from members.models import AuditRow
from projects.models import Due, Reminder, Snooze
from projects.outbox.nudging import nudge
from projects.outbox.write import remind_and_tell
from projects.sweep import remind
from tests.conftest import TODAY
from tests.projects.conftest import state_of
from xitun.lib.dates import frozen

DUE_ON = date(2026, 9, 30)


@pytest.fixture
def url(due):
    return f"/reminders/dues/{due.pk}/quiet/"


def stages(due):
    return list(Reminder.objects.filter(due=due).order_by("pk").values_list("stage", flat=True))


def send(client, url, until=TODAY + timedelta(days=7), reason="出差"):
    return client.post(url, {"until": until.isoformat(), "reason": reason})


def test_it_keeps_the_due_quiet_and_owed(as_user, cast, due, url):
    remind(TODAY)
    client = as_user(cast.secretary)
    assert client.get(url).status_code == 200
    assert send(client, url).status_code == 302
    page = client.get("/reminders/")
    assert due.pk not in [line.due.pk for group in page.context["groups"] for line in group["lines"]]
    assert [line.due.pk for _snooze, line, _whose in page.context["quiet"]] == [due.pk]
    assert state_of(due) == "open"
    row = AuditRow.objects.get(act="snooze_due")
    assert (row.actor, row.purpose, row.detail["until"]) == (cast.secretary, "出差", "2026-09-28")


def test_it_names_what_is_quiet_though_its_line_stands_under_a_nudge(as_user, cast, due, url):
    client = as_user(cast.secretary)
    send(client, url)
    nudge(by=cast.staff, unit=due.unit, due=due)
    page = client.get("/reminders/")
    assert [line for _snooze, line, _whose in page.context["quiet"]] == [None]
    assert f"<b>{due.person.name}</b> 季度联系 · " in page.content.decode()


def test_it_writes_no_reminder_while_it_is_quiet_and_makes_up_for_it(as_user, cast, due, url):
    send(as_user(cast.secretary), url)
    with frozen(date(2026, 9, 25)):
        remind_and_tell()
        assert stages(due) == []
    with frozen(date(2026, 9, 28)):
        remind_and_tell()
    assert stages(due) == ["t7"]
    assert Snooze.objects.get().ended_at


@pytest.mark.parametrize(("heard_on", "stage"), [(date(2026, 9, 25), "due"), (date(2026, 9, 27), "overdue")])
def test_it_ends_with_a_due_day_that_came_earlier_after_all(heard_on, stage, as_user, cast, due, url):
    send(as_user(cast.secretary), url)
    Due.objects.filter(pk=due.pk).update(due_on=date(2026, 9, 25))
    with frozen(date(2026, 9, 24)):
        remind_and_tell()
        assert stages(due) == []
    with frozen(heard_on):
        assert not Snooze.objects.live(heard_on).exists()
        remind_and_tell()
        assert as_user(cast.secretary).get("/reminders/").context["quiet"] == []
    assert stages(due)[0] == stage
    assert Snooze.objects.get().ended_at


def test_it_does_not_hide_from_the_town_what_is_overdue(as_user, cast, due, url):
    with frozen(DUE_ON):
        assert send(as_user(cast.secretary), url, until=DUE_ON + timedelta(days=9)).status_code == 302
    with frozen(DUE_ON + timedelta(days=1)):
        remind_and_tell()
        assert stages(due) == ["escalated"]
        assert state_of(due) == "overdue"
        lines = [line.due.pk for g in as_user(cast.staff).get("/reminders/").context["groups"] for line in g["lines"]]
    assert due.pk in lines


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=15), DUE_ON + timedelta(1)])
def test_it_is_not_for_long_and_not_beyond_its_day(until, as_user, cast, url):
    assert send(as_user(cast.secretary), url, until=until).status_code == 422
    assert not Snooze.objects.exists()


def test_it_asks_for_the_reason(as_user, cast, url):
    assert send(as_user(cast.secretary), url, reason="  ").status_code == 422


def test_it_is_for_whom_it_speaks_to(as_user, cast, url, due):
    assert send(as_user(cast.staff), url).status_code == 403
    assert send(as_user(cast.neighbour), url).status_code == 404
    Due.objects.filter(pk=due.pk).update(assignee=cast.staff)
    assert send(as_user(cast.staff), url).status_code == 302


def test_it_can_be_heard_again_before_its_day(as_user, cast, due, url):
    client = as_user(cast.secretary)
    send(client, url)
    client.post(f"/reminders/dues/{due.pk}/wake/")
    assert not Snooze.objects.live(TODAY).exists()
    remind(date(2026, 9, 25))
    assert stages(due) == ["t7"]


def test_it_takes_the_place_of_the_one_before(as_user, cast, due, url):
    client = as_user(cast.secretary)
    send(client, url)
    send(client, url, until=TODAY + timedelta(days=2))
    assert [s.until for s in Snooze.objects.live(TODAY)] == [TODAY + timedelta(days=2)]
