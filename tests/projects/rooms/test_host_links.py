"""The confirmation link of the host organisation: made by the branch, answered once without an account, and dead alike
whatever ended it."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from members import actions as members_acts
from members.models import AuditRow, Category, Cause
from projects.amending import amend_record
from projects.bin import entry_of
from projects.joint.host_links import (
    KIND,
    answer_host_link,
    answers_to_note,
    find_link,
    make_host_link,
    revoke_host_link,
)
from projects.joint.models_links import HostLink
from projects.models import PeriodLock, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def _no_tries():
    cache.clear()


@pytest.fixture
def asked(cast, mobile):
    """(link, token) made by the branch's secretary."""
    return make_host_link(by=cast.secretary, enrolment=mobile)


@pytest.fixture
def url(asked):
    return f"/confirm/{asked[1]}/"


def owed(mobile):
    open_dues(TODAY)
    return due_of(KIND, mobile)


YES = {"answer": "yes", "feedback": "每月参加学习", "contact_name": "王干事", "contact_phone": "010-62345678"}


def test_it_is_made_and_shown_once(as_user, cast, mobile):
    page = as_user(cast.secretary).post(f"/projects/joint/enrolments/{mobile.pk}/host-link/")
    token = re.search(r"http://testserver/confirm/([\w-]{32})/", page.content.decode())[1]
    link = HostLink.objects.get()
    assert token not in str(vars(link))
    assert find_link(token) == link
    assert timedelta(days=13) < link.expires_at - timezone.now() <= timedelta(days=14)
    assert "no-store" in page["Cache-Control"]
    assert AuditRow.objects.get(act="make_host_link").person == mobile.person
    assert all(button in page.content.decode() for button in ('data-copy="#message"', "data-print"))


def test_it_waits_for_an_answer(as_user, cast, mobile):
    make_host_link(by=cast.secretary, enrolment=mobile)
    page = as_user(cast.secretary).get(f"/projects/joint/enrolments/{mobile.pk}/host-link/").content.decode()
    assert "待答复" in page  # a link is not a duty that is not done


def test_it_lives_as_long_as_the_setting_says(cast, mobile, town):
    members_acts.change_setting(
        by=None, key="host_link_days", value=3, from_date=date(2020, 1, 1), unit=town.xitun, reason="规定"
    )
    link, _token = make_host_link(by=cast.secretary, enrolment=mobile)
    assert link.expires_at - timezone.now() <= timedelta(days=3)


def test_it_makes_nothing_by_get_and_shows_no_old_token(as_user, cast, mobile, asked):
    page = as_user(cast.secretary).get(f"/projects/joint/enrolments/{mobile.pk}/host-link/").content.decode()
    assert asked[1] not in page
    assert HostLink.objects.count() == 1


def test_it_replaces_the_older_one(cast, mobile, asked):
    _link, token = make_host_link(by=cast.secretary, enrolment=mobile)
    assert find_link(asked[1]) is None
    assert find_link(token)


@pytest.mark.parametrize(
    "role, status", [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("reader", 403)]
)
def test_it_is_made_by_who_writes_there(as_user, cast, mobile, role, status):
    answer = as_user(getattr(cast, role)).post(f"/projects/joint/enrolments/{mobile.pk}/host-link/")
    assert answer.status_code == status
    assert HostLink.objects.exists() is (status == 200)


def test_it_is_made_for_the_mobile_alone(as_user, cast, town):
    elder = enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff).enrolments.get()
    assert as_user(cast.secretary).post(f"/projects/joint/enrolments/{elder.pk}/host-link/").status_code == 404
    members_acts.end_category(by=cast.staff, enrolment=elder, on=TODAY, reason="误入")
    with pytest.raises(ValidationError):
        make_host_link(by=cast.secretary, enrolment=elder)


# the public page ----------------------------------------------------------------------------------------------------


def test_it_shows_the_least(client, url, mobile):
    page = client.get(url)
    text = page.content.decode()
    assert "槐树湾村党支部" in text
    assert "张**" in text
    assert "张建国" not in text
    assert mobile.person.phone not in text
    assert page["Cache-Control"] == "no-store, private"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "same-origin"


def test_it_spends_nothing_when_a_preview_fetches_it(client, url, asked):
    before = AuditRow.objects.count()
    assert [client.head(url).status_code, client.get(url).status_code, client.get(url).status_code] == [200] * 3
    assert find_link(asked[1])
    assert (AuditRow.objects.count(), Record.objects.count()) == (before, 0)


def test_it_is_traced_without_an_account(client, url, as_user, cast):
    client.post(url, YES)
    page = as_user(cast.staff).get("/audit/?act=answer_host_link").content.decode()
    assert "非账号操作" in page
    assert "命令行" not in page


def test_it_becomes_a_contact_and_settles_the_half_year(client, url, mobile, cast, asked):
    due = owed(mobile)
    assert client.post(url, YES)["Location"] == "/confirm/thanks/"
    record = Record.objects.get(kind=KIND)
    detail = record.projects_joint_hostliaison
    assert (record.author, record.happened_on) == (cast.secretary, TODAY)
    assert (detail.method, detail.reached, detail.feedback) == ("link", True, "每月参加学习")
    assert "通过确认链接" in record.narrative
    assert state_of(due) == "on_time"
    link = HostLink.objects.get()
    assert (link.record, link.contact_name, link.contact_phone) == (record, "王干事", "01062345678")
    trace = AuditRow.objects.get(act="answer_host_link")
    assert (trace.actor, trace.person, trace.detail) == (None, mobile.person, {"answer": "yes"})


def test_it_settles_the_half_year_in_which_it_was_asked(cast, mobile, on_day):
    on_day(date(2026, 6, 25), lambda: open_dues(date(2026, 6, 25)))
    link, _token = on_day(date(2026, 6, 25), lambda: make_host_link(by=cast.secretary, enrolment=mobile))
    on_day(date(2026, 7, 2), lambda: open_dues(date(2026, 7, 2)))
    on_day(date(2026, 7, 3), lambda: answer_host_link(link=link, answer="no"))
    dues = mobile.dues.filter(duty=KIND).order_by("opens_on")
    assert [state_of(due) for due in dues] == ["late", "open"]


def test_it_takes_not_known_here_for_a_try_and_tells_the_branch(client, url, mobile, as_user, cast):
    due = owed(mobile)
    client.post(url, {"answer": "unknown", "feedback": "查无此人"})
    assert Record.objects.get(kind=KIND).projects_joint_hostliaison.reached is False
    assert state_of(due) == "open"
    secretary = as_user(cast.secretary)
    for path in ("/", f"/people/{mobile.person_id}/"):
        assert "我处没有此人" in secretary.get(path).content.decode()
    secretary.post(f"/host-links/{HostLink.objects.get().pk}/noted/")
    assert "流入地党组织的答复" not in secretary.get("/").content.decode()


@pytest.mark.parametrize(
    "sent",
    [{}, {"answer": "maybe"}, {"answer": "yes", "contact_phone": "12"}, {"answer": "yes", "feedback": "好" * 301}],
)
def test_it_writes_nothing_of_a_wrong_answer(client, url, asked, sent):
    assert client.post(url, sent).status_code == 422
    assert find_link(asked[1])
    assert not Record.objects.exists()


def test_it_asks_for_the_csrf_token(url):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(url, YES).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(url).content.decode())[1]
    assert browser.post(url, YES | {"csrfmiddlewaretoken": token}).status_code == 302


def test_it_takes_one_of_two_answers(asked):
    answer_host_link(link=asked[0], answer="yes")
    with pytest.raises(ValidationError):
        answer_host_link(link=asked[0], answer="no")
    assert (Record.objects.count(), HostLink.objects.get().answer) == (1, "yes")


def test_it_keeps_the_link_when_the_answer_could_not_be_written(client, url, asked, town):
    lock = PeriodLock.objects.create(unit=town.xitun, start=date(2026, 7, 1), end=date(2026, 10, 1))
    assert client.post(url, YES).status_code == 422
    lock.delete()
    assert find_link(asked[1])


def test_it_dies_at_its_hour(asked, monkeypatch):
    link, token = asked
    for moment, alive in ((link.expires_at - timedelta(seconds=1), True), (link.expires_at, False)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert bool(find_link(token)) is alive


ENDS = {
    "answered": lambda cast, link: answer_host_link(link=link, answer="yes"),
    "revoked": lambda cast, link: revoke_host_link(by=cast.secretary, link=link),
    "ended": lambda cast, link: members_acts.end_category(
        by=cast.staff, enrolment=link.enrolment, on=TODAY, reason="返乡"
    ),
    "died": lambda cast, link: members_acts.record_death(by=cast.secretary, person=link.enrolment.person, on=TODAY),
    "moved": lambda cast, link: members_acts.transfer_person(
        by=cast.staff, person=link.enrolment.person, unit=cast.neighbour.grants.get().unit, on=TODAY
    ),
    "left": lambda cast, link: members_acts.change_standing(
        by=cast.staff, person=link.enrolment.person, standing="former", on=TODAY, reason=Cause.TRANSFERRED_OUT
    ),
    "account": lambda cast, link: type(cast.secretary).objects.filter(pk=link.made_by_id).update(is_active=False),
}


@pytest.mark.parametrize("end", ENDS)
def test_it_is_dead_like_an_unknown_one(end, cast, asked, url):
    unknown = Client().get(f"/confirm/{'x' * 32}/")
    ENDS[end](cast, asked[0])
    told = {name: value for name, value in unknown.headers.items() if name != "Content-Length"}
    records = Record.objects.count()
    for answer in (Client().get(url), Client().post(url, YES)):
        assert answer.status_code == 404
        assert {name: value for name, value in answer.headers.items() if name != "Content-Length"} == told
        assert _plain(answer) == _plain(unknown)
    assert Record.objects.count() == records


def _plain(response):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|value="/confirm/[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("token", ["x", "中文" * 16, "x" * 32, "x" * 500])
def test_it_knows_no_odd_token(client, token):
    assert client.get(f"/confirm/{token}/").status_code == 404


def test_it_stops_guessing_but_not_the_neighbours_address(url):
    guesser = Client()
    codes = [guesser.get(f"/confirm/{'x' * 30}{n}/").status_code for n in range(10, 31)]
    assert (codes[0], codes[-1]) == (404, 429)
    assert guesser.get(url).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.7").get(url).status_code == 200


def test_it_bears_so_many_sendings_of_one_link_from_anywhere(url):
    codes = [Client(REMOTE_ADDR=f"10.0.0.{n}").post(url, {}).status_code for n in range(21)]
    assert (codes[0], codes[-1]) == (422, 429)
    assert Client().get(url).status_code == 200


def test_it_is_taken_back_by_who_writes_there(as_user, cast, asked):
    link, token = asked
    assert as_user(cast.neighbour).post(f"/host-links/{link.pk}/revoke/").status_code == 404
    assert as_user(cast.reader).post(f"/host-links/{link.pk}/revoke/").status_code == 403
    assert find_link(token)
    as_user(cast.staff).post(f"/host-links/{link.pk}/revoke/")
    assert find_link(token) is None
    assert AuditRow.objects.get(act="revoke_host_link").actor == cast.staff


def test_it_is_no_choice_of_the_form(as_user, cast, mobile):
    page = as_user(cast.secretary).get(f"/projects/joint/enrolments/{mobile.pk}/records/host-liaison/new/")
    assert 'value="wechat"' in page.content.decode()
    assert 'value="link"' not in page.content.decode()


def test_it_stands_in_no_log(client, asked, settings):
    """A refused answer leaves the link alive, and Django logs the address of what is refused."""
    log = settings.XITUN_DATA / "log" / "manage.log"
    assert client.post(f"/confirm/{asked[1]}/", {"answer": ""}).status_code == 422
    assert find_link(asked[1])
    assert "/confirm/…/" in log.read_text(encoding="utf-8")
    assert asked[1] not in log.read_text(encoding="utf-8")


def test_it_writes_in_nobodys_name_after_the_time_of_who_made_it(cast, asked):
    cast.secretary.grants.update(to_date=TODAY)
    record = answer_host_link(link=asked[0], answer="yes")
    assert record.author is None
    assert AuditRow.objects.get(act="save_record").actor is None


def test_its_answer_is_read_in_the_version_that_holds(cast, mobile, asked):
    record = answer_host_link(link=asked[0], **YES)
    for feedback in ("每月参加", "每季度参加"):
        entry = replace(entry_of(record), submission_id=uuid4(), narrative=feedback)
        record = amend_record(by=cast.secretary, record=record, entry=entry, reason="写错了")
        assert HostLink.objects.get().record == record


MOVES = {
    "merger": lambda cast, person, town: members_acts.end_unit(
        by=cast.admin, unit=town.huaishuwan, on=TODAY, successors=[town.liulin]
    ),
    "transfer": lambda cast, person, town: members_acts.transfer_person(
        by=cast.staff, person=person, unit=town.liulin, on=TODAY
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_an_answer_nobody_has_read_goes_along_to_where_the_person_stands(move, as_user, cast, town, mobile, asked):
    link, _token = asked
    answer_host_link(link=link, answer="unknown", contact_name="王干事")
    assert not answers_to_note(cast.neighbour).exists()
    MOVES[move](cast, mobile.person, town)
    assert list(answers_to_note(cast.neighbour)) == [link]
    client, place = as_user(cast.neighbour), f"/projects/joint/enrolments/{mobile.pk}/host-link/"
    assert place in client.get("/").content.decode()
    page = client.get(place).content.decode()
    assert "王干事" in page
    assert "生成链接" not in page
    assert client.post(place).status_code == 403
    assert client.post(f"/host-links/{link.pk}/noted/").status_code == 302
    assert not answers_to_note(cast.neighbour).exists()


def test_a_stay_without_links_stays_with_its_branch(as_user, cast, town, mobile):
    members_acts.transfer_person(by=cast.staff, person=mobile.person, unit=town.liulin, on=TODAY)
    client = as_user(cast.neighbour)
    assert client.get(f"/projects/joint/enrolments/{mobile.pk}/host-link/").status_code == 404


def test_it_is_answered_though_the_file_was_put_into_another(cast, town, mobile, asked):
    """In the same branch, and taken apart again."""
    link, _token = asked
    keep = enrolled(town.huaishuwan, "王健业", Category.MOBILE, by=cast.staff)
    merged = members_acts.merge_people(by=cast.staff, keep=keep, other=mobile.person, reason="重复建档")
    assert HostLink.objects.usable().get(pk=link.pk).enrolment.person == keep
    members_acts.undo_merge(by=cast.staff, merge=merged)
    assert HostLink.objects.usable().get(pk=link.pk).enrolment == mobile
