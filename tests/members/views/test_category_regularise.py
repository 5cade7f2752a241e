"""Make a carried-over category regular: /enrolments/<pk>/regularise/."""

import pytest

from members import actions
from members.models import AuditRow, Category
from tests.conftest import enrolled


@pytest.fixture
def row(town, cast):
    return enrolled(town.huaishuwan, "帮教甲", Category.BACKWARD, by=cast.staff).enrolments.get()


@pytest.fixture
def url(row):
    return f"/enrolments/{row.pk}/regularise/"


def test_it_asks_only_for_what_the_category_needs(as_user, cast, url):
    form = as_user(cast.secretary).get(url).context["form"]
    assert list(form.fields) == ["evidence", "notified_on", "heard_on", "reason"]
    assert form.fields["evidence"].label == "事实依据（写明日期和凭据）"


def test_the_branch_enters_and_the_town_finishes(as_user, cast, row, url):
    days = {"notified_on": "2026.9.2", "heard_on": "2026年9月9日", "evidence": "三次无故缺会，见签到表"}
    assert as_user(cast.secretary).post(url, days)["Location"] == f"/people/{row.person_id}/"
    row.refresh_from_db()
    assert row.carried_over
    page = as_user(cast.staff).get(url)
    assert str(page.context["form"]["heard_on"].value()) == "2026-09-09", "what is known stands there already"
    assert as_user(cast.staff).post(url, {})["Location"] == "/decisions/"
    row.refresh_from_db()
    assert (row.carried_over, row.decided_by) == (False, cast.staff)


def proposed(cast, person, **fields):
    return actions.propose_category(
        by=cast.secretary, person=person, category=Category.BACKWARD, reason="缺会六次", **fields
    )


def test_what_a_proposal_lacks_is_entered_here_too(as_user, cast, person):
    row = proposed(cast, person, evidence="会议签到表")
    url, client = f"/enrolments/{row.pk}/regularise/", as_user(cast.secretary)
    form = client.get(url).context["form"]
    assert list(form.fields) == ["evidence", "notified_on", "heard_on"]
    assert form["evidence"].value() == "会议签到表"
    days = {"notified_on": "2026-09-02", "heard_on": "2026-09-09", "evidence": "会议签到表、谈话记录"}
    assert client.post(url, days)["Location"] == f"/people/{person.pk}/"
    row.refresh_from_db()
    assert (row.status, row.heard_on.isoformat(), row.evidence) == ("proposed", "2026-09-09", "会议签到表、谈话记录")
    assert not as_user(cast.staff).get(f"/enrolments/{row.pk}/decide/").context["missing"]


def test_an_open_category_takes_only_what_the_proposal_rests_on(as_user, cast, person):
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.RETIRED, reason="退休")
    url = f"/enrolments/{row.pk}/regularise/"
    assert list(as_user(cast.secretary).get(url).context["form"].fields) == ["evidence"]
    assert as_user(cast.secretary).post(url, {"evidence": ""}).status_code == 422
    assert as_user(cast.secretary).post(url, {"evidence": "退休证"}).status_code == 302


def test_a_look_at_a_restricted_one_leaves_a_trace(as_user, cast, row, url):
    as_user(cast.secretary).get(url)
    told = AuditRow.objects.get(act="view_restricted")
    assert (told.actor, told.person, told.restricted) == (cast.secretary, row.person, True)


def test_it_shows_the_refusal_beside_the_field(as_user, cast, url):
    response = as_user(cast.staff).post(url, {"notified_on": "2026-09-09", "heard_on": "2026-09-02"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["heard_on"]


def test_it_offers_nothing_where_all_is_regular(as_user, cast, person):
    page = as_user(cast.staff).get(f"/enrolments/{person.enrolments.get().pk}/regularise/")
    assert not page.context["open"]
    assert '<button class="btn btn-primary"' not in page.content.decode()


def test_it_is_reached_from_the_queue_and_from_the_file(as_user, cast, row, url):
    assert f'href="{url}"' in as_user(cast.staff).get("/decisions/").content.decode()
    assert f'href="{url}"' in as_user(cast.secretary).get(f"/people/{row.person_id}/").content.decode()


def test_the_file_says_so_no_longer_once_it_is_regular(as_user, cast, row, url):
    known = {"notified_on": "2026-09-02", "heard_on": "2026-09-09", "evidence": "三次无故缺会，见签到表"}
    as_user(cast.staff).post(url, known)
    assert f'href="{url}"' not in as_user(cast.staff).get(f"/people/{row.person_id}/").content.decode()
    assert as_user(cast.staff).get("/decisions/").context["carried_count"] == 0
