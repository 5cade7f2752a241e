"""A branch proposes a category: /people/<pk>/categories/propose/."""

import pytest

from members.models import Category, Enrolment, Status


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/categories/propose/"


@pytest.fixture
def filled():
    return {"category": "retired", "primary": "on", "on": "2026-09-20", "reason": "办理退休"}


def test_it_proposes_and_changes_nothing_yet(as_user, cast, person, url, filled):
    assert as_user(cast.secretary).post(url, filled)["Location"] == f"/people/{person.pk}/"
    row = Enrolment.objects.get(category=Category.RETIRED)
    assert (row.status, row.primary, row.recorded_by, row.reason) == (Status.PROPOSED, True, cast.secretary, "办理退休")
    person.refresh_from_db()
    assert person.category == Category.MOBILE


def test_it_keeps_the_days_of_consent_notice_and_hearing(as_user, cast, url, filled):
    days = {"category": "poor_weak", "consent_on": "2026-09-15", "notified_on": "", "heard_on": ""}
    as_user(cast.secretary).post(url, filled | days)
    row = Enrolment.objects.get(category=Category.POOR_WEAK)
    assert row.consent_on.isoformat() == "2026-09-15"
    assert row.restricted


def test_it_keeps_what_the_proposal_rests_on(as_user, cast, url, filled):
    as_user(cast.secretary).post(url, filled | {"evidence": "支部会议记录\r\n走访记录"})
    assert Enrolment.objects.get(category=Category.RETIRED).evidence == "支部会议记录\r\n走访记录"


def test_it_lets_go_of_days_the_category_does_not_ask_for(as_user, cast, url, filled):
    """Their boxes may be out of sight, so that nobody could mend them."""
    days = {"consent_on": "2027-01-01", "notified_on": "昨天", "heard_on": "2026-09-01"}
    assert as_user(cast.secretary).post(url, filled | days).status_code == 302
    row = Enrolment.objects.get(category=Category.RETIRED)
    assert (row.consent_on, row.notified_on, row.heard_on) == (None, None, None)


@pytest.mark.parametrize("category,name", [("poor_weak", "consent_on"), ("backward", "heard_on")])
def test_it_refuses_a_wrong_day_the_category_asks_for(as_user, cast, url, filled, category, name):
    response = as_user(cast.secretary).post(url, filled | {"category": category, name: "2027-01-01"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]


def test_each_category_says_which_days_it_asks_for(as_user, cast, url):
    page = as_user(cast.secretary).get(url)
    asked = {category: [field.name for field in fields] for category, fields in page.context["form"].asked()}
    assert asked == {"poor_weak": ["consent_on"], "backward": ["notified_on", "heard_on"]}
    for category in asked:
        assert f"asked-{category}" in page.content.decode()


def test_it_says_what_is_still_to_enter(as_user, cast, person, url, filled):
    client = as_user(cast.secretary)
    page = client.post(url, filled | {"category": "backward", "notified_on": "2026-09-01"}, follow=True)
    row = Enrolment.objects.get(category=Category.BACKWARD)
    said = [str(message) for message in page.context["messages"]]
    assert said == ["已提出，但镇上还不能确认。待补：有日期的事实及依据、听取意见。"]
    assert "待补：有日期的事实及依据、听取意见" in page.content.decode()
    assert f'href="/enrolments/{row.pk}/regularise/"' in page.content.decode()


def test_help_and_education_asks_for_the_facts(as_user, cast, url, filled):
    client = as_user(cast.secretary)
    assert "须有写明日期和凭据的事实" in client.get(url).content.decode()
    days = {"category": "backward", "notified_on": "2026-09-01", "heard_on": "2026-09-08"}
    page = client.post(url, filled | days | {"evidence": "三次无故缺会，见签到表"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["已提出，由镇党建办审核，结果会显示在本页。"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", ""),
        ("category", "hermit"),
        ("category", "mobile"),
        ("reason", ""),
        ("reason", "   "),
        ("reason", "长" * 201),
        ("on", "2026-09-22"),
        ("on", ""),
        ("evidence", "据" * 1001),
    ],
)
def test_it_shows_what_is_wrong(as_user, cast, url, filled, field, value):
    response = as_user(cast.secretary).post(url, filled | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Enrolment.objects.filter(status=Status.PROPOSED).exists()


def test_it_refuses_a_second_proposal_of_the_same(as_user, cast, url, filled):
    client = as_user(cast.secretary)
    client.post(url, filled)
    assert client.post(url, filled).status_code == 422
    assert Enrolment.objects.filter(status=Status.PROPOSED).count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write(as_user, cast, url, filled, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, filled).status_code == (302 if status == 200 else status)
