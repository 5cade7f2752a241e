"""The administrator's pages: /channels/, /messages/; and one's own e-mail, /me/e-mail/."""

from datetime import timedelta

import pytest
from django.db import connection

from members import actions as members_acts
from members.models import AuditRow, User
from projects.models import Channel, Message
from projects.outbox.quiet import QuietHours
from tests.conftest import TODAY
from tests.queries import page_queries

WEBHOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def admin(as_user, cast):
    return as_user(cast.admin)


def sent(town, **changes):
    values = {"unit": town.huaishuwan.pk, "kind": "wecom", "address": WEBHOOK, "language": "zh-hans", "is_on": "on"}
    return values | changes


def test_it_keeps_the_key_of_a_pasted_webhook_encrypted(admin, town):
    assert admin.post("/channels/new/", sent(town)).status_code == 302
    assert Channel.objects.get().address == KEY
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM projects_channel")
        assert KEY not in cursor.fetchone()[0]
    page = admin.get("/channels/").content.decode()
    assert KEY not in page
    assert "…5aaa" in page
    assert KEY not in str(AuditRow.objects.get(act="set_channel").detail)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/send?key=0123456789",
        "https://evil.test/cgi-bin/webhook/send?key=0123456789",
        "https://qyapi.weixin.qq.com@evil.test/?key=0123456789",
        "mailto://user:pass@evil.test",
        "json://localhost",
        "short",
        "0123456789?to=/elsewhere",
        "",
    ],
)
def test_it_calls_no_address_that_was_typed(address, admin, town):
    assert admin.post("/channels/new/", sent(town, address=address)).status_code == 422
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    "address", ["nobody", "a@b.test, c@d.test", "a@b.test?smtp=evil.test", "x@y.test\nBcc: z@z.test"]
)
def test_it_takes_one_e_mail_address(address, admin, town):
    assert admin.post("/channels/new/", sent(town, kind="email", address=address)).status_code == 422


def test_it_takes_one_channel_of_a_kind(admin, town):
    for _tap in range(2):
        assert admin.post("/channels/new/", sent(town)).status_code == 302
    assert admin.post("/channels/new/", sent(town, address="fedcba9876543210")).status_code == 422
    assert Channel.objects.get().address == KEY


def test_it_offers_towns_and_branches_of_ones_own(admin, town):
    assert admin.post("/channels/new/", sent(town, unit=town.foreign.pk)).status_code == 422
    assert admin.post("/channels/new/", sent(town, unit=town.county.pk)).status_code == 422


def test_it_changes_all_but_the_address_that_is_left_empty(admin, town):
    admin.post("/channels/new/", sent(town))
    row = Channel.objects.get()
    change = {"address": "", "language": "en", "version": row.version}
    assert admin.post(f"/channels/{row.pk}/", change).status_code == 302
    row.refresh_from_db()
    assert (row.address, row.language, row.is_on) == (KEY, "en", False)
    assert admin.post(f"/channels/{row.pk}/", change).status_code == 422, "of an older version"


def test_it_sends_one_test_message_at_a_time(admin, town):
    admin.post("/channels/new/", sent(town))
    url = f"/channels/{Channel.objects.get().pk}/test/"
    for _n in range(2):
        assert admin.post(url).status_code == 302
    assert Message.objects.filter(kind=Message.Kind.TEST).count() == 1
    assert "待发送" in admin.get("/channels/").content.decode()


def test_it_sets_the_hours_of_the_town(admin, town):
    values = {"begins": "22:00", "ends": "06:30", "rest_days": "on", "how_often": "daily"}
    assert admin.post(f"/channels/hours/{town.xitun.pk}/", values).status_code == 302
    assert QuietHours(TODAY).rule(town.liulin.path) == {"from": "22:00", "to": "06:30", "rest_days": True}
    assert "22:00" in admin.get("/channels/").content.decode()
    assert admin.post(f"/channels/hours/{town.xitun.pk}/", values | {"begins": "25:00"}).status_code == 422


def test_it_shows_what_went_out_of_ones_own_towns(admin, town, cast):
    admin.post("/channels/new/", sent(town))
    admin.post(f"/channels/{Channel.objects.get().pk}/test/")
    Message.objects.update(state="failed", error="wecom_93000", attempts=6)
    page = admin.get("/messages/?state=failed").content.decode()
    assert "企业微信不认识此机器人" in page
    assert KEY not in page
    Message.objects.update(unit=town.foreign)
    assert "企业微信不认识" not in admin.get("/messages/").content.decode()


def test_it_shows_what_messages_count_to_who_may_see_all_of_it(admin, as_user, town, cast):
    """Duties of restricted categories are among the numbers, and people without a helper are nobody else."""
    words = "1 名党员没有帮扶责任人"
    admin.post("/channels/new/", sent(town))
    admin.post(f"/channels/{Channel.objects.get().pk}/test/")
    assert "测试消息" in admin.get("/messages/").content.decode()
    for kind in (Message.Kind.REMINDER, Message.Kind.DIGEST, Message.Kind.NUDGE):
        Message.objects.update(kind=kind, body=words)
        page = admin.get("/messages/").content.decode()
        assert str(kind.label) in page
        assert words not in page
    members_acts.grant_role(by=None, user=cast.admin, role="director", unit=town.xitun, from_date=TODAY)
    assert words in as_user(User.objects.get(pk=cast.admin.pk)).get("/messages/").content.decode()


def test_it_asks_as_much_for_many_messages_as_for_one(admin, town):
    admin.post("/channels/new/", sent(town))
    admin.post(f"/channels/{Channel.objects.get().pk}/test/")
    first = Message.objects.get(kind=Message.Kind.TEST)
    for number in range(12):
        first.pk, first.key = None, f"test:{number}"
        first.save()
    with page_queries(2):
        admin.get("/messages/")


def test_it_is_told_by_ones_own_e_mail(as_user, cast, town):
    secretary = as_user(cast.secretary)
    assert "/me/e-mail/" in secretary.get("/me/").content.decode()
    assert secretary.post("/me/e-mail/", {"address": "s@home.test", "is_on": "on"}).status_code == 302
    own = Channel.objects.get()
    assert (own.user, own.unit, own.address) == (cast.secretary, town.huaishuwan, "s@home.test")
    assert "s@home.test" in secretary.get("/me/e-mail/").content.decode()
    admin = as_user(cast.admin)
    assert "home.test" not in admin.get("/channels/").content.decode()
    assert admin.get(f"/channels/{own.pk}/").status_code == 404


def test_what_was_given_up_may_go_out_once_more(admin, town, cast):
    channel = add_robot(admin, town)
    admin.post(f"/channels/{channel.pk}/test/")
    message = Message.objects.get(kind=Message.Kind.TEST)
    again = f"/messages/{message.pk}/again/"
    assert again not in admin.get("/messages/").content.decode()
    fail(message)
    assert again in admin.get("/messages/?state=failed").content.decode()
    assert admin.post(again, {"next": "/messages/?state=failed"})["Location"] == "/messages/?state=failed"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error, message.ended_at) == ("queued", 0, "", None)
    assert AuditRow.objects.get(act="retry_message").actor == cast.admin
    admin.post(again)  # a double tap
    assert AuditRow.objects.filter(act="retry_message").count() == 1


@pytest.mark.parametrize("why", ["channel off", "newer"])
def test_what_would_not_go_out_or_was_said_since_stays_given_up(admin, town, why):
    channel = add_robot(admin, town)
    admin.post(f"/channels/{channel.pk}/test/")
    message = Message.objects.get(kind=Message.Kind.TEST)
    fail(message, kind=Message.Kind.REMINDER)
    if why == "newer":
        message.pk, message.key, message.kind = None, "newer", Message.Kind.REMINDER
        message.created_at += timedelta(days=1)
        message.save()
    else:
        Channel.objects.update(is_on=False)
    failed = Message.objects.get(state="failed")
    admin.post(f"/messages/{failed.pk}/again/")
    assert Message.objects.get(pk=failed.pk).state == "failed"


def add_robot(admin, town):
    admin.post("/channels/new/", sent(town))
    return Channel.objects.get()


def fail(message, **changes):
    Message.objects.filter(pk=message.pk).update(
        state="failed", attempts=6, error="timeout", ended_at=message.created_at, **changes
    )
