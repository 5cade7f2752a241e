"""The one record form: /projects/…/records/…/new/."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members import actions as members_acts
from members.models import Category
from projects.models import Draft, Due, PeriodLock, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import frozen


def test_it_saves_a_follow_up_and_settles_the_due(as_user, cast, due, form_url, filled):
    response = as_user(cast.secretary).post(f"{form_url}?due={due.pk}", filled)
    assert response.status_code == 302
    assert response["Location"] == "/dues/"
    record = Record.objects.get()
    assert record.author == cast.secretary
    assert record.projects_joint_followup.work_and_life == "工地务工"
    assert list(record.subjects.values_list("person", flat=True)) == [due.person_id]
    assert Due.objects.with_state().get(pk=due.pk).state == "on_time"


def test_it_says_whom_it_saved_and_undo_leads_back(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    page = client.post(f"{form_url}?due={due.pk}", filled | {"next": "/"}, follow=True)
    body = page.content.decode()
    assert "已保存：张建国 · 季度联系。办结 1 项。" in body
    assert 'name="next" value="/"' in body
    record = Record.objects.get()
    assert client.post(f"/records/{record.pk}/void/", {"undo": "1", "next": "/"}).url == "/"


def test_it_shows_who_it_is_and_ticks_the_due_one_came_for(as_user, cast, due, form_url):
    page = as_user(cast.secretary).get(f"{form_url}?due={due.pk}")
    text = page.content.decode()
    assert "张建国" in text
    assert f'value="{due.pk}"' in text
    form = page.context["form"]
    assert form["dues"].value() == [str(due.pk)]
    assert form["method"].value() == "phone"
    assert form["happened_on"].value() == TODAY
    assert "19912343021" not in text


def test_it_leaves_the_due_open_when_it_is_not_ticked(as_user, cast, due, form_url, filled):
    as_user(cast.secretary).post(form_url, filled | {"dues": []})
    assert Record.objects.count() == 1
    assert Due.objects.open().filter(pk=due.pk).exists()


def test_it_offers_an_overdue_turn_unticked_beside_the_present_one(as_user, cast, person, form_url):
    with frozen(TODAY - timedelta(days=100)):
        open_dues()
    open_dues()
    first, second = Due.objects.filter(person=person, duty="joint.follow_up").order_by("due_on")
    form = as_user(cast.secretary).get(form_url).context["form"]
    assert [value for value, _label in form.fields["dues"].choices] == [str(first.pk), str(second.pk)]
    assert form["dues"].value() == [str(second.pk)]
    form = as_user(cast.secretary).get(f"{form_url}?due={first.pk}").context["form"]
    assert str(first.pk) in form["dues"].value()


def test_it_keeps_a_try_that_reached_nobody_without_settling(as_user, cast, due, form_url, filled):
    filled.pop("reached")
    response = as_user(cast.secretary).post(form_url, filled)
    assert response.status_code == 302
    assert Record.objects.get().projects_joint_followup.reached is False
    assert Due.objects.open().filter(pk=due.pk).exists()


def test_it_makes_one_record_of_a_double_post(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    again = client.post(form_url, filled)
    assert again.status_code == 302
    assert Record.objects.count() == 1
    assert any("twice" in str(m) or "重复" in str(m) for m in get_messages(again.wsgi_request))


@pytest.mark.parametrize("words", ["聊了近况。", "两行话\r\n第二行  ", ""])
def test_it_takes_the_same_words_for_the_same_form(as_user, cast, due, form_url, filled, words):
    client = as_user(cast.secretary)
    client.post(form_url, filled | {"narrative": words})
    again = client.post(form_url, filled | {"narrative": words})
    assert Record.objects.count() == 1
    assert not Draft.objects.exists()
    assert "amend" not in again.url


def test_it_keeps_what_was_changed_after_back_as_a_correction(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    again = client.post(form_url, filled | {"narrative": "回头又补了一句", "happened_on": "2026-09-02"})
    record = Record.objects.get()
    assert again.url == reverse("record-amend", args=[record.pk])
    form = client.get(again.url).context["form"]
    assert (form["narrative"].value(), form["happened_on"].value()) == ("回头又补了一句", "2026-09-02")
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    sent |= {"reason": "补充"}
    assert client.post(again.url, {**filled, **sent}).status_code == 302
    assert Record.objects.live().get().narrative == "回头又补了一句"
    assert not Draft.objects.exists()


def test_what_is_sent_again_after_undo_waits_to_be_written_anew(as_user, cast, due, form_url, filled):
    client, place = as_user(cast.secretary), f"{form_url}?due={due.pk}"
    client.post(place, filled)
    client.post(f"/records/{Record.objects.get().pk}/void/", {"undo": "1"})
    answer = client.post(place, filled | {"narrative": "重新写的"})
    assert answer.url == place
    form = client.get(place).context["form"]
    assert (form["narrative"].value(), form["dues"].value()) == ("重新写的", [str(due.pk)])
    anew = filled | {"narrative": "重新写的", "submission_id": str(form["submission_id"].value())}
    client.post(place, anew)
    assert Record.objects.live().get().narrative == "重新写的"
    assert not Draft.objects.exists()


def test_what_is_sent_again_settles_another_due(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled | {"dues": []})
    again = client.post(form_url, filled | {"dues": [str(due.pk)]})
    assert client.get(again.url).context["form"]["dues"].value() == [str(due.pk)]


def test_a_try_in_vain_sent_twice_is_no_correction(as_user, cast, due, form_url, filled):
    filled.pop("reached")
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    assert "amend" not in client.post(form_url, filled).url


def test_what_was_changed_after_back_follows_to_the_version_that_holds(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    record = Record.objects.get()
    right = filled | {"needs": "子女入学", "reason": "补充", "submission_id": str(uuid4())}
    assert as_user(cast.staff).post(reverse("record-amend", args=[record.pk]), right).status_code == 302
    client = as_user(cast.secretary)
    page = client.post(form_url, filled | {"narrative": "回头又补了一句"}, follow=True)
    form = page.context["form"]
    assert (form["narrative"].value(), form["needs"].value()) == ("回头又补了一句", "子女入学")
    assert form.record == Record.objects.live().get()


def test_it_leaves_settled_what_the_form_loaded_anew_after_back_no_longer_offers(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    form = client.get(client.post(form_url, filled | {"narrative": "补一句", "dues": []}).url).context["form"]
    assert form["narrative"].value() == "补一句"
    assert form["dues"].value() == [str(due.pk)]


def test_it_puts_a_correction_right_after_back_on_its_form(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    first = Record.objects.get()
    fresh = {"submission_id": str(uuid4()), "reason": "补充"}
    again = client.post(reverse("record-amend", args=[first.pk]), filled | fresh | {"narrative": "第二遍"})
    second = Record.objects.live().get()
    assert again.url == reverse("record", args=[second.pk])
    resent = client.post(reverse("record-amend", args=[first.pk]), filled | fresh | {"narrative": "第三遍"})
    assert resent.url == reverse("record-amend", args=[second.pk])
    assert client.get(resent.url).context["form"]["narrative"].value() == "第三遍"


@pytest.mark.parametrize("forged", ["", "17", "x" * 5000, "00000000-0000-0000-0000-00000000000g"])
def test_it_refuses_a_forged_form_number(as_user, cast, due, form_url, filled, forged):
    response = as_user(cast.secretary).post(form_url, filled | {"submission_id": forged})
    assert response.status_code == 422
    assert not Record.objects.exists()
    fresh = response.context["form"]["submission_id"].value()
    assert fresh != forged
    assert as_user(cast.secretary).post(form_url, filled | {"submission_id": fresh}).status_code == 302


def test_it_refuses_the_form_number_of_somebody_else(as_user, cast, due, form_url, filled):
    as_user(cast.staff).post(form_url, filled | {"dues": []})
    response = as_user(cast.secretary).post(form_url, filled)
    assert response.status_code == 422
    assert Record.objects.count() == 1


def test_it_asks_once_more_for_what_was_sent_under_the_number_of_another_form(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    visit = {"children": "1", "elderly": "2", "women": "0", "happened_on": "2026-09-20", "narrative": "家里都好"}
    address = form_url.replace("follow-up", "family-visit")
    page = client.post(address, visit | {"submission_id": filled["submission_id"]})
    assert (page.status_code, Record.objects.count()) == (422, 1)
    body = page.content.decode()
    assert "家里都好" in body
    assert "已经用来提交过别的内容" in body
    fresh = page.context["form"]["submission_id"].value()
    assert client.post(address, visit | {"submission_id": fresh}).status_code == 302
    assert Record.objects.count() == 2


def test_it_says_when_the_due_was_settled_meanwhile(as_user, cast, due, form_url, filled):
    as_user(cast.staff).post(form_url, filled)
    page = as_user(cast.secretary).get(f"{form_url}?due={due.pk}")
    assert page.context["settled_already"]
    assert page.context["settled_by"] == Record.objects.get()
    response = as_user(cast.secretary).post(form_url, filled | {"submission_id": str(uuid4())})
    assert response.status_code == 422
    assert "dues" in response.context["form"].errors
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("happened_on", "2026-09-22"),
        ("happened_on", ""),
        ("happened_on", "不是日期"),
        ("happened_on", "0001-01-01"),
        ("happened_on", "9" * 6000),
        ("method", "pigeon"),
        ("method", ""),
        ("work_and_life", "长" * 301),
        ("narrative", "长" * 4001),
        ("dues", ["9" * 40]),
        ("dues", ["-1"]),
        ("dues", ["'; drop table"]),
    ],
)
def test_it_shows_what_is_wrong_and_keeps_what_was_typed(as_user, cast, due, form_url, filled, field, value):
    response = as_user(cast.secretary).post(form_url, filled | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "error-summary" in response.content.decode()
    assert not Record.objects.exists()


def test_it_shows_the_lock_of_a_sealed_quarter_beside_the_date(as_user, cast, town, due, form_url, filled):
    PeriodLock.objects.create(unit=town.xitun, start="2026-07-01", end="2026-10-01")
    response = as_user(cast.secretary).post(form_url, filled)
    assert response.status_code == 422
    assert "happened_on" in response.context["form"].errors


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("staff", 200),
        ("director", 200),
        ("neighbour", 404),
        ("outsider", 404),
        ("admin", 403),
        ("reader", 403),
    ],
)
def test_it_opens_for_those_who_may_write(as_user, cast, due, form_url, filled, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(form_url).status_code == status
    assert client.post(form_url, filled).status_code == (302 if status == 200 else status)


def test_it_asks_to_sign_in(client, due, form_url):
    assert client.get(form_url).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "joint/posts/{pk}/records/follow-up",
        "joint/people/{pk}/records/follow-up",
        "visit/enrolments/{pk}/records/visit",
        "joint/enrolments/{pk}/records/no-such-kind",
        "nowhere/enrolments/{pk}/records/follow-up",
        "joint/enrolments/99999999999999999999999/records/follow-up",
    ],
)
def test_it_is_not_found_where_nothing_fits(as_user, cast, enrolment, path):
    address = f"/projects/{path.format(pk=enrolment.pk)}/new/"
    assert as_user(cast.secretary).get(address).status_code == 404


def test_it_is_not_found_before_the_town_confirmed(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "李秀兰", None, by=cast.staff)
    row = members_acts.propose_category(by=cast.secretary, person=someone, category=Category.MOBILE, reason="外出")
    assert as_user(cast.secretary).get(f"/projects/joint/enrolments/{row.pk}/records/follow-up/new/").status_code == 404


def test_it_writes_one_visit_for_several_people(as_user, cast, town, person, enrolment):
    other = enrolled(town.huaishuwan, "马文海", Category.MOBILE, by=cast.staff)
    stranger = enrolled(town.liulin, "王福贵", Category.MOBILE, by=cast.staff)
    open_dues()
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/family-visit/new/"
    form = as_user(cast.secretary).get(url).context["form"]
    assert [pk for pk, _label in form.fields["together"].choices] == [str(other.enrolments.get().pk)]
    mine = Due.objects.get(person=person, duty="joint.family_visit")
    data = {"children": 1, "elderly": 2, "women": 0, "happened_on": "2026-09-21", "dues": [mine.pk]}
    data |= {"together": [other.enrolments.get().pk], "submission_id": str(uuid4())}
    assert as_user(cast.secretary).post(url, data).status_code == 302
    record = Record.objects.get()
    assert set(record.subjects.values_list("person", flat=True)) == {person.pk, other.pk}
    settled = set(record.discharges.values_list("due__person", flat=True))
    assert settled == {person.pk, other.pk}
    refused = data | {"together": [stranger.enrolments.get().pk], "submission_id": str(uuid4()), "dues": []}
    assert as_user(cast.secretary).post(url, refused).status_code == 422


def test_it_returns_only_to_pages_of_its_own(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    response = client.post(form_url, filled | {"next": "https://evil.example/"})
    assert response["Location"] == "/dues/"
    again = filled | {"submission_id": str(uuid4()), "dues": [], "next": "/people/"}
    assert client.post(form_url, again)["Location"] == "/people/"


def test_it_offers_an_undo_after_saving(as_user, cast, due, form_url, filled):
    page = as_user(cast.secretary).post(form_url, filled, follow=True)
    record = Record.objects.get()
    assert f'action="/records/{record.pk}/void/"' in page.content.decode()


def test_it_stands_in_the_line_with_htmx(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    headers = {"HX-Request": "true", "HX-Target": f"due-{due.pk}"}
    url = f"{form_url}?due={due.pk}"
    opened = client.get(url, headers=headers).content.decode()
    assert opened.strip().startswith("<li")
    assert "<html" not in opened
    refused = client.post(url, filled | {"method": ""}, headers=headers)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()
    done = client.post(url, filled, headers=headers)
    assert done.status_code == 200
    assert "dues-changed" in done["HX-Trigger"]
    assert f'id="due-{due.pk}"' in done.content.decode()
    assert "<html" not in done.content.decode()


def test_it_costs_the_same_however_many_others_there_are(as_user, cast, town, enrolment):
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/family-visit/new/"
    client = as_user(cast.secretary)
    for n in range(2):
        enrolled(town.huaishuwan, f"党员{n}", Category.MOBILE, by=cast.staff)
    open_dues()
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for n in range(12):
        enrolled(town.huaishuwan, f"同志{n}", Category.MOBILE, by=cast.staff)
    open_dues()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    assert len(many) <= 20


def test_it_says_beside_each_of_the_others_what_it_will_settle_and_does_so(as_user, town, cast, person):
    """Somebody comes for one who owes nothing just now: what the others owe is offered all the same."""
    enrolment = person.enrolments.get()
    other = enrolled(town.huaishuwan, "李建设", Category.MOBILE, by=cast.staff).enrolments.get()
    open_dues()
    Due.objects.filter(enrolment=enrolment).update(closed_on=TODAY)
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/learning-push/new/"
    client = as_user(cast.secretary)
    form = client.get(url).context["form"]
    assert form.fields["together"].choices == [(str(other.pk), "李建设 · 学习资料推送 · 2026年9月")]
    assert form.fields["together"].help_text
    sent = {"channel": "wechat", "title": "学习资料", "happened_on": "2026-09-20", "submission_id": str(uuid4())}
    assert client.post(url, sent | {"together": [other.pk]}).status_code == 302
    settled = Due.objects.get(enrolment=other, duty="joint.learning")
    assert settled.discharges.live().get().record == Record.objects.get()


@pytest.mark.parametrize("kind, opens", [("departure", []), ("certificate-check", []), ("follow-up", [])])
def test_it_announces_only_duties_that_saving_opens_whatever_is_said(as_user, cast, enrolment, kind, opens):
    """The certificate is looked at again only when a day is given; of a departure long ago no education is owed."""
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/{kind}/new/"
    assert as_user(cast.secretary).get(url).context["opens"] == opens


def test_it_says_what_a_promise_puts_on_the_list(as_user, cast, form_url, filled):
    promise = filled | {"promised": "代办养老认证", "promised_by": "2026-10-08"}
    body = as_user(cast.secretary).post(form_url, promise, follow=True).content.decode()
    assert "办结 1 项。另列入待办：承诺帮助 · 代办养老认证（10月8日前）。" in body


def test_it_says_once_what_two_families_were_promised_together(as_user, cast, town, enrolment):
    other = enrolled(town.huaishuwan, "李建设", Category.MOBILE, by=cast.staff).enrolments.get()
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/family-visit/new/"
    sent = {"children": 0, "elderly": 1, "women": 0, "promised": "修房顶", "promised_by": "2026-10-08"}
    sent |= {"happened_on": "2026-09-20", "together": [other.pk], "submission_id": str(uuid4())}
    body = as_user(cast.secretary).post(url, sent, follow=True).content.decode()
    assert body.count("另列入待办") == 1
    assert "另列入待办：答应家属的事 · 修房顶 × 2（10月8日前）。" in body


def test_a_homecoming_leads_to_the_end_of_being_away(as_user, cast, enrolment):
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/homecoming/new/"
    sent = {"returned_on": "2026-09-18", "happened_on": "2026-09-20", "submission_id": str(uuid4())}
    client = as_user(cast.secretary)
    body = client.post(url, sent, follow=True).content.decode()
    step = f"/enrolments/{enrolment.pk}/come-home/?on=2026-09-18"
    assert f'<a href="{step}">目前仍列为流动党员：办理返乡</a>' in body
    assert 'value="2026-09-18"' in client.get(step).content.decode()


def test_a_family_visit_begins_with_the_numbers_of_the_last(as_user, cast, enrolment):
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/family-visit/new/"
    client = as_user(cast.secretary)
    sent = {"children": "1", "elderly": "2", "women": "0", "happened_on": "2026-09-20", "submission_id": str(uuid4())}
    assert client.post(url, sent).status_code == 302
    form = client.get(url).context["form"]
    assert [form[name].value() for name in ("children", "elderly", "women")] == [1, 2, 0]


def test_a_departure_begins_with_what_was_noted_of_being_away(as_user, town, cast):
    someone = enrolled(town.huaishuwan, "李出门", None, by=cast.staff)
    members_acts.note_absence(by=cast.secretary, person=someone, since=date(2026, 2, 26), place="宁夏石嘴山")
    row = members_acts.propose_category(
        by=cast.secretary, person=someone, category=Category.MOBILE, primary=True, on=date(2026, 9, 1), reason="外出"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    url = f"/projects/joint/enrolments/{row.pk}/records/departure/new/"
    client = as_user(cast.secretary)
    form = client.get(url).context["form"]
    assert (form["departs_on"].value(), form["destination"].value()) == (date(2026, 2, 26), "宁夏石嘴山")
    sent = {"departs_on": "2026-02-26", "destination": "宁夏石嘴山", "certificate": "H-17"}
    sent |= {"happened_on": "2026-09-20", "submission_id": str(uuid4())}
    assert client.post(url, sent).status_code == 302
    again = client.get(url).context["form"]
    told = [again[name].value() for name in ("departs_on", "destination", "certificate")]
    assert told == [TODAY, None, "H-17"], "where to is another place this time; the certificate is the same"


def test_it_settles_for_the_others_only_what_had_begun_on_that_day(as_user, town, cast, person):
    enrolment = person.enrolments.get()
    other = enrolled(town.huaishuwan, "李建设", Category.MOBILE, by=cast.staff).enrolments.get()
    open_dues()
    Due.objects.filter(enrolment=enrolment).update(closed_on=TODAY)
    url = f"/projects/joint/enrolments/{enrolment.pk}/records/learning-push/new/"
    sent = {"channel": "wechat", "title": "学习资料", "happened_on": "2026-08-20", "submission_id": str(uuid4())}
    assert as_user(cast.secretary).post(url, sent | {"together": [other.pk]}).status_code == 302
    assert Due.objects.open().filter(enrolment=other, duty="joint.learning").exists()


def test_it_says_what_had_not_begun_on_that_day_and_keeps_what_was_written(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled | {"promised": "联系学校", "dues": []})
    promise = Due.objects.get(duty="joint.promise")
    url = form_url.replace("follow-up", "promise-kept")
    kept = {"done": "已入学", "happened_on": "2026-09-10", "dues": [str(promise.pk)], "submission_id": str(uuid4())}
    page = client.post(url, kept)
    assert page.status_code == 422
    assert "早于“承诺帮助”的起始日 2026年9月20日" in page.content.decode()
    assert page.context["form"]["done"].value() == "已入学"
    assert client.post(url, kept | {"dues": []}).status_code == 302
    assert promise in Due.objects.open()
