"""A branch takes its proposal back: /enrolments/<pk>/withdraw/."""

import pytest

from members import actions
from members.models import AuditRow, Category, Status


@pytest.fixture
def row(cast, person):
    return actions.propose_category(by=cast.secretary, person=person, category=Category.RETIRED, reason="办理退休")


@pytest.fixture
def url(row):
    return f"/enrolments/{row.pk}/withdraw/"


def test_it_takes_back_with_a_reason_and_says_so(as_user, cast, person, row, url):
    client = as_user(cast.secretary)
    page = client.post(url, {"reason": "写错了人"}, follow=True)
    assert page.redirect_chain == [(f"/people/{person.pk}/", 302)]
    row.refresh_from_db()
    assert (row.status, row.decision_reason) == (Status.WITHDRAWN, "写错了人")
    body = page.content.decode()
    assert "支部已撤回" in body
    assert "写错了人" in body
    assert f'href="{url}"' not in body, "once is enough"


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_it_needs_a_reason(as_user, cast, row, url, reason):
    response = as_user(cast.secretary).post(url, {"reason": reason})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["reason"]
    row.refresh_from_db()
    assert row.status == Status.PROPOSED


def test_a_second_tap_changes_nothing(as_user, cast, row, url):
    client = as_user(cast.secretary)
    client.post(url, {"reason": "写错了人"})
    assert client.post(url, {"reason": "再点一次"}).status_code == 422
    row.refresh_from_db()
    assert row.decision_reason == "写错了人"


def test_the_page_says_when_it_is_decided(as_user, cast, row, url):
    actions.return_category(by=cast.staff, enrolment=row, reason="请附退休证")
    page = as_user(cast.secretary).get(url)
    assert not page.context["open"]
    assert "请附退休证" in page.content.decode()
    assert 'name="reason"' not in page.content.decode()


def test_what_the_town_proposed_is_offered_to_the_town_alone(as_user, cast, person):
    row = actions.propose_category(by=cast.staff, person=person, category=Category.BACKWARD, reason="见事实")
    url = f"/enrolments/{row.pk}/withdraw/"
    assert 'name="reason"' not in as_user(cast.secretary).get(url).content.decode()
    assert as_user(cast.secretary).post(url, {"reason": "不同意"}).status_code == 422
    assert as_user(cast.staff).post(url, {"reason": "事实不清"}).status_code == 302


def test_it_is_reached_from_the_file_and_from_the_list(as_user, cast, person, url):
    for page in (f"/people/{person.pk}/", "/proposals/"):
        assert f'href="{url}"' in as_user(cast.secretary).get(page).content.decode()


def test_a_look_at_a_restricted_one_leaves_a_trace(as_user, cast, person):
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.POOR_WEAK, reason="大病")
    as_user(cast.secretary).get(f"/enrolments/{row.pk}/withdraw/")
    assert AuditRow.objects.get(act="view_restricted").person == person


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write(as_user, cast, url, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, {"reason": "写错了人"}).status_code == (302 if status == 200 else status)
