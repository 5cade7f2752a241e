"""The town decides one proposal: /enrolments/<pk>/decide/."""

import pytest

from members import actions as members_acts
from members.models import Category, Status


@pytest.fixture
def proposal(person, cast):
    return members_acts.propose_category(by=cast.secretary, person=person, category=Category.RETIRED, reason="办理退休")


@pytest.fixture
def url(proposal):
    return f"/enrolments/{proposal.pk}/decide/"


def test_it_confirms(as_user, cast, person, proposal, url):
    assert as_user(cast.staff).post(url, {"decision": "confirm"})["Location"] == "/decisions/"
    proposal.refresh_from_db()
    person.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == (Status.ACTIVE, cast.staff)
    assert person.category == Category.RETIRED


def test_it_returns_with_the_reason(as_user, cast, proposal, url):
    as_user(cast.staff).post(url, {"decision": "return", "reason": "请附退休证"})
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decision_reason) == (Status.RETURNED, "请附退休证")


@pytest.mark.parametrize("reason", ["", "   "])
def test_it_asks_why_it_returns(as_user, cast, proposal, url, reason):
    response = as_user(cast.staff).post(url, {"decision": "return", "reason": reason})
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors
    proposal.refresh_from_db()
    assert proposal.status == Status.PROPOSED


@pytest.mark.parametrize("decision", ["", "banish"])
def test_it_knows_two_answers(as_user, cast, url, decision):
    assert as_user(cast.staff).post(url, {"decision": decision, "reason": "x"}).status_code == 422


def test_it_says_what_is_missing_and_refuses_meanwhile(as_user, cast, person):
    row = members_acts.propose_category(by=cast.secretary, person=person, category=Category.BACKWARD, reason="事实")
    url = f"/enrolments/{row.pk}/decide/"
    page = as_user(cast.staff).get(url)
    assert len(page.context["missing"]) == 3
    assert 'value="confirm"' not in page.content.decode()
    assert as_user(cast.staff).post(url, {"decision": "confirm"}).status_code == 422
    row.refresh_from_db()
    assert row.status == Status.PROPOSED


def test_it_says_when_it_was_decided_already(as_user, cast, proposal, url):
    as_user(cast.director).post(url, {"decision": "confirm"})
    response = as_user(cast.staff).post(url, {"decision": "return", "reason": "迟了"})
    assert response.status_code == 422
    proposal.refresh_from_db()
    assert proposal.status == Status.ACTIVE


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("director", 200), ("secretary", 403), ("admin", 403), ("reader", 403), ("neighbour", 404)],
)
def test_it_is_the_towns(as_user, cast, url, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, {"decision": "confirm"}).status_code == (302 if status == 200 else status)


def test_it_hides_the_restricted_from_those_without_the_right(as_user, cast, person):
    row = members_acts.propose_category(by=cast.secretary, person=person, category=Category.POOR_WEAK, reason="困难")
    for who in (cast.admin, cast.reader, cast.neighbour, cast.outsider):
        assert as_user(who).get(f"/enrolments/{row.pk}/decide/").status_code == 404
