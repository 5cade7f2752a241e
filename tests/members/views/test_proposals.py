"""What a branch has proposed and the town has not decided: /proposals/."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions
from members.models import Category
from tests.conftest import enrolled

URL = "/proposals/"


def propose(unit, name, category, by, **fields):
    someone = enrolled(unit, name, None, by=None)
    return actions.propose_category(by=by, person=someone, category=category, reason="名册", **fields)


@pytest.fixture
def waiting(town, cast):
    return [propose(town.huaishuwan, f"党员{n}", Category.ELDERLY, cast.secretary) for n in range(3)]


def test_it_lists_what_waits_and_nothing_decided(as_user, cast, waiting):
    actions.confirm_category(by=cast.staff, enrolment=waiting[0])
    actions.withdraw_proposal(by=cast.secretary, enrolment=waiting[1], reason="写错了人")
    assert list(as_user(cast.secretary).get(URL).context["rows"]) == [waiting[2]]


def test_it_keeps_to_the_own_branch(as_user, cast, town, waiting):
    mine = propose(town.liulin, "柳林甲", Category.ELDERLY, cast.neighbour)
    assert list(as_user(cast.neighbour).get(URL).context["rows"]) == [mine]
    assert list(as_user(cast.outsider).get(URL).context["rows"]) == []


def test_it_says_what_is_still_to_enter_and_where(as_user, cast, town):
    row = propose(town.huaishuwan, "帮扶甲", Category.POOR_WEAK, cast.secretary)
    page = as_user(cast.secretary).get(URL).content.decode()
    assert "待补：本人同意" in page
    assert f'href="/enrolments/{row.pk}/regularise/"' in page
    assert f'href="/enrolments/{row.pk}/withdraw/"' in page


def test_it_tells_of_ends_too(as_user, cast, person):
    row = person.enrolments.get()
    actions.propose_exit(by=cast.secretary, enrolment=row, reason="已返乡")
    page = as_user(cast.secretary).get(URL)
    assert [exit_.pk for exit_ in page.context["exits"]] == [row.pk]
    assert "已返乡" in page.content.decode()


def test_it_says_when_nothing_waits(as_user, cast):
    assert "没有待镇审核的支部提议" in as_user(cast.secretary).get(URL).content.decode()


def test_home_leads_here(as_user, cast, waiting):
    assert f'href="{URL}"' in as_user(cast.secretary).get("/").content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("staff", 200), ("outsider", 200), ("admin", 403), ("reader", 403)]
)
def test_it_is_for_those_who_write(as_user, cast, who, status):
    assert as_user(getattr(cast, who)).get(URL).status_code == status


def test_it_costs_the_same_however_many_wait(as_user, cast, town, waiting):
    client = as_user(cast.secretary)
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for n in range(12):
        propose(town.huaishuwan, f"同志{n}", Category.RETIRED, cast.secretary)
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


@pytest.mark.parametrize(("who", "links"), [("secretary", 0), ("staff", 2)])
def test_it_leads_who_decides_to_the_decisions(as_user, cast, who, links):
    """Beside the link of the navigation."""
    assert as_user(getattr(cast, who)).get(URL).content.decode().count('href="/decisions/"') == links
