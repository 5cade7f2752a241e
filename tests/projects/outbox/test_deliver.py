"""Carrying the outbox against servers on this machine: good ones, bad ones, and workers that die."""

import re
from datetime import date, timedelta

import pytest

from projects.models import Channel, Due, Message, Reminder
from projects.outbox import channels, deliver, senders
from projects.outbox.write import remind_and_tell
from projects.sweep import open_dues
from xitun.lib.dates import SHANGHAI

from .conftest import DUE_ON, WEEK_BEFORE, add, at, own

SENT, QUEUED, CLAIMED, FAILED, CANCELLED = (Message.State(s) for s in "sent queued claimed failed cancelled".split())


def carry(day=WEEK_BEFORE, hour=10, minute=0):
    with at(day, hour, minute):
        return deliver.deliver()


def the_message():
    return Message.objects.get(kind=Message.Kind.REMINDER)


def test_it_gives_a_robot_its_message_once(told, robot, group):
    assert carry() == 1
    assert carry() == 0
    assert robot.taken == [the_message().body]
    assert robot.asked == ["/send?key=0123456789-abcdef"]
    assert (the_message().state, the_message().attempts) == (SENT, 1)
    group.refresh_from_db()
    assert group.last_success_at
    assert not group.fails


def test_it_sends_e_mail(told, town, cast, mail):
    channel = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test", language="zh-hans")
    with at(WEEK_BEFORE):
        channels.test_channel(by=cast.admin, channel=channel)
    carry(hour=23)  # a test goes out at night too
    letter = mail.taken[0]
    assert letter["To"] == "office@town.test"
    assert "西屯镇" in letter.get_content()
    assert Message.objects.get(kind=Message.Kind.TEST).state == SENT


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        ("http_500", "http_500"),
        ("hang", "timeout"),
        ("close", "unreachable"),
        ("wrong_key", "wecom_93000"),
        ("nonsense", "answer"),
        ("redirect", "http_302"),
    ],
)
def test_it_tries_again_later_when_a_robot_does_not_take_it(behaviour, word, told, robot, group):
    robot.behaviour = behaviour
    assert carry() == 0
    message = the_message()
    assert (message.state, message.error, message.attempts) == (QUEUED, word, 1)
    group.refresh_from_db()
    assert group.fails
    assert len(robot.asked) == 1, "a redirection is not followed"
    assert carry() == 0, "not at once"
    robot.behaviour = "ok"
    assert carry(minute=2) == 1
    group.refresh_from_db()
    assert not group.fails


@pytest.mark.parametrize(("behaviour", "word"), [("refuse", "refused"), ("hang", "timeout"), ("close", "hung_up")])
def test_it_says_what_was_wrong_with_the_mail_server(behaviour, word, town, cast, mail):
    channel = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test")
    mail.behaviour = behaviour
    with pytest.raises(senders.NotSent, match=word):
        senders.send(channel, "subject", "body")


def test_it_says_that_nobody_listens(told, settings, robot):
    robot.close()
    carry()
    assert the_message().error == "unreachable"


def test_it_gives_up_at_last_and_says_so(told, robot, group):
    robot.behaviour = "http_500"
    Message.objects.update(attempts=len(deliver.BACKOFF))
    carry()
    assert (the_message().state, the_message().error) == (FAILED, "http_500")
    assert carry(hour=20) == 0


def test_it_leaves_the_others_their_turn_when_one_server_hangs(told, town, cast, robot, mail):
    office = add(cast.admin, town.xitun, Channel.Kind.EMAIL, "office@town.test")
    robot.behaviour = "hang"
    with at(WEEK_BEFORE):
        first = the_message()
        Message.objects.bulk_create(Message(**_like(first, key)) for key in ("more", "and more"))
        channels.test_channel(by=cast.admin, channel=office)
    assert carry() == 1
    assert len(robot.asked) == 1


def _like(message, key):
    names = "kind unit channel language subject body since created_at not_before".split()
    return {"key": key} | {name: getattr(message, name) for name in names}


def test_it_waits_until_morning(person, group, robot):
    with at(WEEK_BEFORE, 0, 30):
        open_dues()
        remind_and_tell()
    assert the_message().not_before.astimezone(SHANGHAI).hour == 7
    assert carry(hour=7, minute=29) == 0
    assert carry(hour=7, minute=31) == 1


def test_it_does_not_carry_at_night_what_was_to_go_by_day(told, robot):
    assert carry(hour=22) == 0
    assert (the_message().state, the_message().attempts) == (QUEUED, 0)
    assert robot.asked == []
    assert carry(WEEK_BEFORE + timedelta(days=1)) == 1


def test_it_does_not_send_what_is_done_meanwhile(told, robot):
    Due.objects.all().close(on=WEEK_BEFORE)
    assert carry() == 0
    assert (the_message().state, the_message().error) == (CANCELLED, Message.GONE)
    assert robot.asked == []


def test_it_says_the_numbers_of_the_moment_it_goes_out(told, robot):
    before = soon(the_message().body)
    Due.objects.filter(pk=Due.objects.open().filter(due_on=DUE_ON).first().pk).close(on=WEEK_BEFORE)
    carry()
    assert soon(robot.taken[0]) == before - 1 > 0
    assert the_message().body == robot.taken[0]


def soon(words):
    return int(re.search(r"(\d+) dut(y|ies) within 7 days", words)[1])


def test_it_says_after_a_break_what_the_break_left_in_one_message(told, robot):
    """The robot was down for days: one message, of what is still owed."""
    robot.behaviour = "http_500"
    carry()
    with at(DUE_ON + timedelta(days=1)):
        remind_and_tell()
    robot.behaviour = "ok"
    assert carry(DUE_ON + timedelta(days=1)) == 1
    assert "overdue" in robot.taken[0]
    assert [m.state for m in Message.objects.filter(channel__isnull=False).order_by("pk")] == [CANCELLED, SENT]


def test_it_carries_again_what_a_worker_died_with(told, robot, monkeypatch):
    """At least once outside: killed after the server took it and before it was noted, it goes out a second time."""
    send = senders.send

    def dies(*message):
        send(*message)
        raise SystemExit

    monkeypatch.setattr(senders, "send", dies)
    with pytest.raises(SystemExit):
        carry()
    monkeypatch.undo()
    assert the_message().state == CLAIMED
    assert carry(minute=4) == 0, "perhaps it is still alive"
    assert carry(minute=6) == 1
    assert len(robot.taken) == 2
    assert Message.objects.filter(kind=Message.Kind.REMINDER).count() == 1


def test_it_lets_a_message_that_kills_its_workers_go(told, robot):
    Message.objects.update(attempts=len(deliver.BACKOFF) + 1)
    carry()
    assert (the_message().state, the_message().error) == (FAILED, "died")


def test_it_goes_on_when_a_message_breaks_the_program(told, robot, town, cast, mail, monkeypatch, caplog):
    def breaks(*_message):
        raise TypeError("someone@town.test")

    monkeypatch.setitem(senders.SENDERS, Channel.Kind.WECOM, breaks)
    with at(WEEK_BEFORE, 10, 5):
        channels.test_channel(by=cast.admin, channel=own(cast.staff, town.xitun))
    assert carry(minute=10) == 1
    assert the_message().state == CLAIMED
    assert "someone" not in caplog.text


def test_it_gives_two_workers_one_message_each(told, robot):
    """The second has read the same list; the conditional update refuses it."""
    with at(WEEK_BEFORE):
        hours = deliver.QuietHours(WEEK_BEFORE)
        pk = the_message().pk
        assert deliver._claimed(pk, hours)
        assert deliver._claimed(pk, hours) is None


def test_it_notes_nothing_on_behalf_of_another(told, robot):
    """A worker that was taken for dead comes back: the claim is another's."""
    with at(WEEK_BEFORE):
        slow = deliver._claimed(the_message().pk, deliver.QuietHours(WEEK_BEFORE))
    carry(minute=10)
    deliver._end(slow, QUEUED)
    assert the_message().state == SENT


def test_it_is_not_held_up_by_a_clock_that_was_ahead(told, robot):
    """Claimed and put off by a clock of next year; now it is right again."""
    later = date(2027, 9, 23)
    Message.objects.update(state=CLAIMED, claim="x", attempts=1)
    with at(later):
        ahead = deliver.now()
    Message.objects.update(claimed_until=ahead, created_at=ahead, not_before=ahead)
    Reminder.objects.update(created_at=ahead)
    assert carry() == 1


def test_it_writes_nothing_twice_when_the_clock_goes_back(told, robot):
    carry()
    for day, hour in ((WEEK_BEFORE, 9), (WEEK_BEFORE - timedelta(days=1), 10), (WEEK_BEFORE, 11)):
        with at(day, hour):
            remind_and_tell()
    carry(hour=12)
    assert len(robot.taken) == 1


def test_it_sends_nothing_by_a_channel_that_was_switched_off(told, robot, group):
    Channel.objects.update(is_on=False)
    carry()
    assert (the_message().state, the_message().error) == (CANCELLED, Message.OFF)
