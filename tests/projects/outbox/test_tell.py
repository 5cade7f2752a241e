"""What is written into the outbox beside the reminders: for whom, once, and saying nothing of anybody."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import Category, Enrolment
from projects import actions
from projects.models import Channel, Due, Message, Reminder, SweepRun
from projects.outbox import digest
from projects.outbox.snoozing import snooze_due
from projects.outbox.tally import tallies
from projects.outbox.write import remind_and_tell
from projects.sweep import open_dues
from projects.tasks import nightly
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, entry, follow_up
from xitun.lib.dates import SHANGHAI

from .conftest import DUE_ON, WEEK_BEFORE, add, at, own

REMINDER = Message.Kind.REMINDER
TELLING = datetime(2026, 9, 23, 10, tzinfo=SHANGHAI)


def morning(day):
    with at(day):
        open_dues()
        return remind_and_tell()


def test_it_tells_a_branch_once_a_day_however_many_duties_and_runs(told, group):
    morning(WEEK_BEFORE)
    message = Message.objects.get(kind=REMINDER)
    assert message.channel == group
    assert message.body.startswith("槐树湾村党支部: ")
    assert "duties within 7 days" in message.body or "duty within 7 days" in message.body


def test_it_says_nothing_when_nothing_came_to_a_new_stage(told):
    morning(WEEK_BEFORE + timedelta(days=1))
    assert Message.objects.filter(kind=REMINDER).count() == 1


def test_it_says_today_and_overdue(told, in_english):
    morning(DUE_ON)
    assert "due today" in Message.objects.filter(kind=REMINDER).latest("created_at").body
    morning(DUE_ON + timedelta(days=1))
    assert "overdue" in Message.objects.filter(kind=REMINDER).latest("created_at").body


def test_it_writes_no_message_without_its_reminders(person, group, monkeypatch):
    """One transaction: what breaks off leaves neither, and the next run writes both."""

    def breaks(*_args):
        raise RuntimeError

    monkeypatch.setattr("projects.outbox.write._tell_towns", breaks)
    with pytest.raises(RuntimeError):
        morning(WEEK_BEFORE)
    assert not Reminder.objects.exists()
    assert not Message.objects.filter(kind=REMINDER).exists()
    monkeypatch.undo()
    morning(WEEK_BEFORE)
    assert Message.objects.filter(kind=REMINDER).count() == 1


def test_it_tells_what_came_about_before_a_broken_run_was_taken_up_again(mobile, cast, group):
    """The worker died when it had told; what it told of has gone out."""
    told = Message.objects.filter(kind=REMINDER)

    def night(hour):
        with at(WEEK_BEFORE, hour):
            assert nightly()
        SweepRun.objects.update(finished_at=None, started_at=TELLING - timedelta(days=1))

    night(0)
    told.update(state=Message.State.SENT)
    with at(WEEK_BEFORE, 9):
        promise = {"promised": "借拖拉机", "promised_by": WEEK_BEFORE + timedelta(days=2)}
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, detail=FOLLOW_UP | promise))
    night(10), night(11)
    assert told.get(state=Message.State.QUEUED).channel == group
    assert told.count() == 2


def test_it_says_no_name_and_no_category(told, person, town, cast):
    enrolled(town.huaishuwan, "李困难", Category.POOR_WEAK, by=cast.staff)
    morning(DUE_ON + timedelta(days=1))
    for message in Message.objects.all():
        for word in ("张建国", "李困难", "19912343021", "mobile", "流动", "帮扶", "困难"):
            assert word not in message.subject + message.body


def test_it_leaves_each_town_to_itself(told, group, person, town, cast):
    add(cast.outsider, town.beitun, Channel.Kind.WECOM, "fedcba9876543210")
    Due.objects.exclude(person=person).close(on=WEEK_BEFORE)
    with at(DUE_ON + timedelta(days=1)):
        remind_and_tell()
    assert {message.channel for message in Message.objects.filter(kind=REMINDER)} == {group}


@pytest.fixture
def helped(town, cast, group):
    """Somebody whose duties are the staff's as named helper."""
    person = enrolled(town.huaishuwan, "赵困难", Category.POOR_WEAK, by=cast.staff)
    row = Enrolment.objects.get(person=person)
    members_acts.name_helper(by=cast.staff, enrolment=row, helper=cast.staff)
    return person


def speak_to(person, day=WEEK_BEFORE):
    """Channels that are told when all that is owed is one helper's duty."""
    with at(day):
        open_dues(WEEK_BEFORE)
        Due.objects.exclude(person=person, duty="determined_person.contact").close(on=day)
        remind_and_tell()
    return set(Message.objects.filter(kind=REMINDER).values_list("channel", flat=True))


def test_it_tells_the_helper(helped, town, cast):
    mine = own(cast.staff, town.xitun)
    assert speak_to(helped) == {mine.pk}


def test_it_tells_the_secretary_where_the_helper_has_no_channel(helped, group):
    assert speak_to(helped) == {group.pk}


def test_it_tells_the_secretary_where_the_helper_cannot_sign_in(helped, town, cast, group):
    own(cast.staff, town.xitun)
    cast.staff.is_active = False
    cast.staff.save()
    assert speak_to(helped) == {group.pk}


def test_it_tells_the_town_where_there_is_no_secretary(helped, town, cast):
    mine = own(cast.director, town.xitun)
    office = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test")
    cast.secretary.grants.update(to_date=date(2026, 9, 1))
    assert speak_to(helped) == {office.pk}, "the staff's channel; the director has duties of their own"
    assert mine.pk not in speak_to(helped)


def test_it_passes_what_is_overdue_on_to_the_town(helped, town, cast, group):
    office = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test")
    assert speak_to(helped, DUE_ON + timedelta(days=1)) == {group.pk, office.pk}


def test_it_tells_branch_and_town_again_of_what_is_open_again(helped, town, cast, group, on_day):
    office = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test")
    speak_to(helped, DUE_ON + timedelta(days=1))
    due, later = Due.objects.get(person=helped, duty="determined_person.contact"), DUE_ON + timedelta(days=5)
    said = {"method": "phone", "reached": True, "needs": ""}
    done = entry("determined_person.contact", due.enrolment, dues=(due,), happened_on=later, detail=said)
    record = on_day(later, lambda: actions.save_record(by=cast.secretary, entry=done))
    later += timedelta(days=30)
    on_day(later, lambda: actions.void_record(by=cast.staff, record=record, reason="误录"))
    on_day(later + timedelta(days=1), remind_and_tell)
    again = Message.objects.filter(kind=REMINDER, key__startswith=f"reminder:{later + timedelta(days=1)}")
    assert set(again.values_list("channel", flat=True)) == {group.pk, office.pk}


def test_it_does_not_count_what_is_to_be_quiet(told, cast, group):
    due = Due.objects.open().filter(due_on=DUE_ON).first()
    counted = tallies(WEEK_BEFORE, since=TELLING, at=TELLING)[group.pk]
    with at(WEEK_BEFORE):
        snooze_due(by=cast.secretary, due=due, until=DUE_ON, reason="出差")
    left = tallies(WEEK_BEFORE, since=TELLING, at=TELLING)[group.pk]
    assert counted.counts["week"] - left.counts["week"] == 1


def test_it_tells_nobody_by_a_channel_that_is_off(person, cast, group):
    Channel.objects.update(is_on=False)
    morning(WEEK_BEFORE)
    assert not Message.objects.filter(kind=REMINDER).exists()


def test_it_says_the_state_of_the_town_once_a_week(person, town, cast, in_english):
    office = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test")
    enrolled(town.liulin, "赵困难", Category.POOR_WEAK, by=cast.staff)
    members_acts.propose_category(
        by=cast.staff, person=person, category=Category.ELDERLY, primary=False, on=TODAY, reason="年满"
    )
    monday = date(2026, 10, 5)
    morning(monday)
    digests = Message.objects.filter(kind=Message.Kind.DIGEST, channel=office)
    assert "2 villages behind, 1 person without a helper, 1 decision waits" in digests.get().body
    morning(monday + timedelta(days=6))
    assert digests.count() == 1
    morning(monday + timedelta(days=7))
    assert digests.count() == 2


def test_its_digest_counts_people_without_a_helper_as_the_home_page_does(town, cast):
    enrolled(town.liulin, "赵困难", Category.POOR_WEAK, by=cast.staff)
    enrolled(town.liulin, "小钱", Category.DEVELOPING, by=cast.staff, standing="activist")
    assert digest.Towns(TODAY).counts(town.xitun.path).helperless == 1


def test_it_takes_as_many_statements_for_sixty_branches_as_for_one(town, cast, person, group):
    def counted():
        with at(WEEK_BEFORE), CaptureQueriesContext(connection) as captured:
            open_dues()
            begun = len(captured)
            remind_and_tell()
        return len(captured) - begun

    few = counted()
    Reminder.objects.all().delete()
    Message.objects.all().delete()
    for number in range(12):
        unit = members_acts.create_unit(by=None, kind="branch", name=f"某{number}村党支部", parent=town.xitun)
        add(cast.admin, unit, Channel.Kind.WECOM, "0123456789-abcdef")
        members_acts.grant_role(by=None, user=cast.secretary, role="secretary", unit=unit, from_date=TODAY)
        enrolled(unit, "张三", Category.MOBILE, by=cast.staff)
    assert counted() == few
    assert Message.objects.filter(kind=REMINDER).count() == 13
