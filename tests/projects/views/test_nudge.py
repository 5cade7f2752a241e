"""催办: /reminders/nudge/units/<pk>/ and /reminders/nudge/dues/<pk>/."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from members.models import AuditRow, Category
from projects.models import Channel, Due, Message
from projects.outbox import deliver
from projects.outbox.channels import set_channel, set_own_email
from projects.outbox.nudging import nudge
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import SHANGHAI, frozen

LATE = date(2026, 10, 2)
NUDGE = Message.Kind.NUDGE


@pytest.fixture
def late(due):
    """The quarter is over: the follow-up is overdue."""
    with frozen(LATE):
        yield due


@pytest.fixture
def url(town):
    return f"/reminders/nudge/units/{town.huaishuwan.pk}/"


@pytest.fixture
def group(town, cast):
    values = {"kind": Channel.Kind.WECOM, "address": "0123456789-abcdef", "language": "zh-hans", "is_on": True}
    return set_channel(by=cast.admin, unit=town.huaishuwan, **values)


def seen_in(page):
    return page.context["form"]["seen"].value()


def test_it_sends_word_for_word_what_it_showed(as_user, cast, town, late, url, group):
    client = as_user(cast.staff)
    page = client.get(url)
    shown = [(subject, body) for _where, subject, body in page.context["shown"]]
    assert client.post(url, {"seen": seen_in(page)}).status_code == 302
    assert [(m.subject, m.body) for m in Message.objects.filter(kind=NUDGE).order_by("pk")] == shown
    house, robot = Message.objects.filter(kind=NUDGE).order_by("pk")
    assert (house.channel, house.state) == (None, "sent")
    assert (robot.channel, robot.state) == (group, "queued")
    assert "张建国" not in house.body
    assert AuditRow.objects.get(act="nudge", actor=cast.staff).detail["unit"] == town.huaishuwan.pk


def test_it_stands_on_the_receivers_page_until_the_duty_is_done(as_user, cast, late):
    nudge(by=cast.staff, unit=late.unit, due=late)
    body = Message.objects.get().body.split("\n")[0]
    assert body in as_user(cast.secretary).get("/reminders/").content.decode()
    for other in (cast.neighbour, cast.outsider, cast.reader):
        assert body not in as_user(other).get("/reminders/").content.decode()
    Due.objects.filter(pk=late.pk).close(on=LATE)
    assert body not in as_user(cast.secretary).get("/reminders/").content.decode()


def test_it_refuses_a_second_one_within_a_day_and_says_when(as_user, cast, late, url):
    client = as_user(cast.staff)
    assert client.post(url).status_code == 302
    second = client.post(url)
    assert second.status_code == 422
    assert "2026年10月3日 12:00" in second.content.decode()
    assert Message.objects.filter(kind=NUDGE).count() == 1
    with pytest.raises(ValidationError):  # the same receiver, whatever it is about
        nudge(by=cast.director, unit=late.unit, due=late)
    with frozen(LATE + timedelta(days=1, hours=1)):
        assert client.post(url).status_code == 302


def test_it_shows_again_when_the_numbers_have_changed(as_user, cast, late, url):
    client = as_user(cast.staff)
    seen = seen_in(client.get(url))
    more = Due.objects.open().filter(unit=late.unit, due_on__lt=LATE).first()
    Due.objects.filter(pk=more.pk).close(on=LATE)
    answer = client.post(url, {"seen": seen})
    assert answer.status_code == 422
    assert not Message.objects.exists()
    assert seen_in(answer) != seen
    assert client.post(url, {"seen": seen_in(answer)}).status_code == 302


def test_it_goes_to_the_helper_by_name_when_the_duty_is_theirs(town, cast, as_user):
    person = enrolled(town.huaishuwan, "赵某", Category.POOR_WEAK, by=cast.staff)
    open_dues()
    due = Due.objects.filter(person=person, responsible="helper").first()
    due.assignee = cast.director
    due.save()
    own = set_own_email(by=cast.director, unit=town.xitun, address="d@town.test", language="en", is_on=True)
    nudge(by=cast.staff, unit=due.unit, due=due)
    house, mail = Message.objects.order_by("pk")
    assert (house.user, mail.channel) == (cast.director, own)
    assert "nudge/" not in mail.body
    assert as_user(cast.director).get("/reminders/").context["nudges"]


def test_it_waits_outside_until_the_night_is_over(cast, late, group):
    with frozen(datetime(2026, 10, 2, 22, 0, tzinfo=SHANGHAI)):
        nudge(by=cast.staff, unit=late.unit)
    house, robot = Message.objects.filter(kind=NUDGE).order_by("pk")
    assert house.not_before == house.created_at
    assert robot.not_before == datetime(2026, 10, 3, 7, 30, tzinfo=SHANGHAI)


def test_it_is_not_sent_when_all_is_done_by_then(cast, late, group):
    nudge(by=cast.staff, unit=late.unit)
    Due.objects.open().close(on=LATE)
    assert deliver.deliver() == 0
    assert Message.objects.get(channel=group).state == "cancelled"


def test_it_nudges_nobody_about_nothing(as_user, cast, town, url):
    assert as_user(cast.staff).post(url).status_code == 422
    assert not Message.objects.exists()


def test_it_nudges_nobody_where_nobody_would_read_it(cast, late):
    cast.secretary.grants.update(to_date=TODAY)
    with pytest.raises(ValidationError):
        nudge(by=cast.staff, unit=late.unit)


def test_it_is_not_sent_to_who_may_not_sign_in_any_more(cast, town, late):
    own = set_own_email(by=cast.secretary, unit=town.huaishuwan, address="s@home.test", language="en", is_on=True)
    nudge(by=cast.staff, unit=late.unit)
    cast.secretary.is_active = False
    cast.secretary.save()
    assert deliver.deliver() == 0
    message = Message.objects.get(channel=own)
    assert (message.state, message.error) == ("cancelled", Message.CLOSED)


def test_one_person_is_nudged_once_a_day_by_name_and_by_office(cast, town, late):
    due = Due.objects.filter(unit=late.unit, responsible="secretary").open().first()
    Due.objects.filter(pk=due.pk).update(assignee=cast.secretary)
    due.refresh_from_db()
    nudge(by=cast.staff, unit=due.unit, due=due)
    with pytest.raises(ValidationError):
        nudge(by=cast.staff, unit=due.unit)
    with frozen(LATE + timedelta(days=1, hours=1)):
        nudge(by=cast.staff, unit=due.unit)
        with pytest.raises(ValidationError):
            nudge(by=cast.staff, unit=due.unit, due=due)
    assert Message.objects.filter(kind=NUDGE).count() == 2


def test_the_nudged_see_it_on_their_home_page(as_user, cast, late, url):
    client = as_user(cast.staff)
    client.post(url, {"seen": seen_in(client.get(url))})
    body = as_user(cast.secretary).get("/").content.decode()
    assert "党建办干部催办（2026年10月2日）" in body
    assert "催办（" not in as_user(cast.neighbour).get("/").content.decode()
