"""Change the standing by a decision: /people/<pk>/standing/."""

from datetime import date

import pytest

from members import actions
from members.models import Category, PostHolding, Role, Standing, User
from tests.conftest import enrolled


def url_of(person):
    return f"/people/{person.pk}/standing/"


def off(**fields):
    paper = {"document": "西组发〔2026〕12号", "document_on": "2026-09-18", "reason": "六个月不交纳党费"}
    return {"decision": "off", "cause": "#removed", "on": "2026-09-18", **paper, **fields}


def said(page):
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize(
    "standing,then,label",
    [
        ("applicant", "activist", "确定日期"),
        ("activist", "target", "确定日期"),
        ("target", "probationary", "支部大会表决日期"),
    ],
)
def test_it_offers_the_next_stage_and_no_other(as_user, cast, stand, standing, then, label):
    person, client = stand(standing), as_user(cast.staff)
    form = client.get(url_of(person)).context["forward"]
    assert (form.stage, str(form.fields["on"].label)) == (then, label)
    page = client.post(url_of(person), {"decision": "forward", "standing": then, "on": "2026-06-20"}, follow=True)
    assert page.redirect_chain == [(f"/people/{person.pk}/", 302)]
    assert said(page) == [f"田新自2026年6月20日起为{Standing(then).label}。"]
    person.refresh_from_db()
    assert person.standing == then


@pytest.mark.parametrize("standing", ["full", "probationary"])
def test_a_member_has_no_next_stage_here(as_user, cast, stand, standing):
    person, client = stand(standing), as_user(cast.staff)
    page = client.get(url_of(person))
    assert page.context["forward"] is None
    linked = f'href="/people/{person.pk}/conversion/"' in page.content.decode()
    assert linked == (standing == "probationary")
    client.post(url_of(person), {"decision": "forward", "standing": "full", "on": "2026-06-20"})
    person.refresh_from_db()
    assert person.standing == standing


def test_the_other_tap_does_not_go_a_stage_further(as_user, cast, stand):
    person, client = stand("applicant"), as_user(cast.staff)
    sent = {"decision": "forward", "standing": "activist", "on": "2026-06-20"}
    client.post(url_of(person), sent)
    page = client.post(url_of(person), sent, follow=True)
    assert said(page)[-1] == "此前已登记，未作改动。"
    person.refresh_from_db()
    assert person.standing == Standing.ACTIVIST


@pytest.mark.parametrize("fields", [{"on": ""}, {"on": "2026-09-22"}, {"on": "2025-05-19"}, {"standing": "full"}])
def test_it_shows_what_is_wrong(as_user, cast, stand, fields):
    person = stand("applicant")
    sent = {"decision": "forward", "standing": "activist", "on": "2026-06-20"} | fields
    response = as_user(cast.staff).post(url_of(person), sent)
    assert response.status_code == 422
    assert response.context["forward"].errors
    assert not response.context["off"].is_bound
    person.refresh_from_db()
    assert person.standing == Standing.APPLICANT


def test_it_says_when_the_first_year_as_activist_is_not_over(as_user, cast, stand):
    person, client = stand("activist"), as_user(cast.staff)
    assert "一年以上培养教育" not in client.get(url_of(person)).content.decode()
    row = person.standings.get()
    actions.correct_standing(by=cast.staff, row=row, from_date=date(2026, 1, 5), reason="会议记录")
    assert "2027年1月5日" in client.get(url_of(person)).content.decode()
    sent = {"decision": "forward", "standing": "target", "on": "2026-06-20"}
    assert client.post(url_of(person), sent).status_code == 302, "a person decides"


@pytest.mark.parametrize(
    "standing,causes",
    [
        ("activist", ["终止培养"]),
        ("probationary", ["取消预备党员资格", "退党", "除名", "开除党籍"]),
        ("full", ["退党", "除名", "开除党籍"]),
    ],
)
def test_it_offers_the_decisions_that_can_be(as_user, cast, stand, standing, causes):
    form = as_user(cast.staff).get(url_of(stand(standing))).context["off"]
    assert [str(label) for _code, label in form.fields["cause"].choices] == causes


def test_who_was_removed_leaves_the_roll(as_user, cast, stand):
    person, client = stand("full", Category.UNEMPLOYED), as_user(cast.director)
    page = client.post(url_of(person), off(), follow=True)
    assert said(page) == ["田新已离开名册：除名。尚未办理的事项已于当日了结。"]
    person.refresh_from_db()
    assert person.standing == Standing.FORMER
    told = page.content.decode()
    assert "除名 · 西组发〔2026〕12号 · 2026年9月18日" in told
    assert "六个月不交纳党费" not in told, "the reason stays in the traces"
    assert url_of(person) not in told
    assert "西组发〔2026〕12号" in client.get("/audit/").content.decode()
    assert client.post(url_of(person), off(), follow=True).redirect_chain == [(f"/people/{person.pk}/", 302)]
    assert "除名" in as_user(cast.secretary).get(f"/people/{person.pk}/").content.decode()


@pytest.mark.parametrize(
    "fields,name",
    [
        ({"cause": ""}, "cause"),
        ({"cause": "#died"}, "cause"),
        ({"cause": "#cancelled"}, "cause"),
        ({"reason": "  "}, "reason"),
        ({"document": ""}, "document"),
        ({"document_on": ""}, "document_on"),
        ({"document_on": "2026-09-22"}, "document_on"),
        ({"on": "2026-09-22"}, "on"),
    ],
)
def test_nobody_is_taken_off_without_decision_reason_and_paper(as_user, cast, stand, fields, name):
    person = stand("full", Category.UNEMPLOYED)
    response = as_user(cast.staff).post(url_of(person), off(**fields))
    assert response.status_code == 422
    assert list(response.context["off"].errors) == [name]
    person.refresh_from_db()
    assert person.standing == Standing.FULL


def test_a_post_that_is_not_ticked_goes_on(as_user, cast, town, stand):
    person, client = stand("full", Category.IN_SERVICE), as_user(cast.staff)
    rows = [
        actions.hold_post(by=cast.staff, unit=town.huaishuwan, title=title, person=person, from_date=date(2026, 1, 4))
        for title in ("党支部副书记", "村委会主任")
    ]
    assert client.get(url_of(person)).content.decode().count("checked") == 2
    client.post(url_of(person), off(posts=[rows[0].pk]))
    assert list(PostHolding.objects.order_by("pk").values_list("to_date", flat=True)) == [date(2026, 9, 18), None]
    other = enrolled(town.huaishuwan, "安正", Category.UNEMPLOYED, by=cast.staff)
    assert "posts" not in client.get(url_of(other)).context["off"].fields, "nobody else's"


def test_it_is_the_towns_and_reached_from_the_file(as_user, cast, stand):
    person = stand("applicant")
    assert f'href="{url_of(person)}"' in as_user(cast.staff).get(f"/people/{person.pk}/").content.decode()
    client = as_user(cast.secretary)
    assert f'href="{url_of(person)}"' not in client.get(f"/people/{person.pk}/").content.decode()
    assert client.get(url_of(person)).status_code == client.post(url_of(person), off()).status_code == 403


def test_it_says_which_role_ends(as_user, cast, stand):
    person, client = stand("full", Category.UNEMPLOYED), as_user(cast.staff)
    assert "账号所任角色" not in client.get(url_of(person)).content.decode()
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    assert "账号所任角色同日终止：村党支部书记。" in client.get(url_of(person)).content.decode()
    cast.secretary.grants.update(role=Role.MEMBER)  # the own file is no office
    assert "账号所任角色" not in client.get(url_of(person)).content.decode()


def test_it_says_that_an_office_above_is_not_for_the_town_to_end(as_user, cast, town, stand):
    person = stand("full", Category.UNEMPLOYED)
    User.objects.filter(pk=cast.director.pk).update(person=person)
    cast.director.grants.update(unit=town.county)
    page = as_user(cast.staff).post(url_of(person), off())
    assert page.status_code == 422
    assert "该同志还担任您无权终止的职务" in page.content.decode()
