"""A person's categories at length, to read and to print: /people/<pk>/categories/."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions
from members.models import AuditRow, Category, Role
from tests.conftest import enrolled


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/categories/"


@pytest.fixture
def helped(cast, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.POOR_WEAK, primary=False, reason="患大病",
        evidence="住院费用清单", consent_on=date(2026, 9, 2),
    )  # fmt: skip
    return actions.confirm_category(by=cast.staff, enrolment=row, reason="属实")


def body(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_who_proposed_and_decided_when_why_and_on_what(as_user, cast, helped, url):
    page = body(as_user(cast.staff), url)
    said = "张建国 槐树湾村党支部 患大病 住院费用清单 属实 2026年9月2日 槐树湾书记 党建办干部".split()
    assert [words for words in said if words not in page] == []


def test_every_step_is_there_in_order(as_user, cast, helped, url):
    actions.propose_exit(by=cast.secretary, enrolment=helped, reason="病已治好")
    rows = as_user(cast.staff).get(url).context["rows"]
    steps = next(row.steps for row in rows if row.pk == helped.pk)
    assert [(trace.act, trace.actor) for trace, _act in steps] == [
        ("propose_category", cast.secretary), ("confirm_category", cast.staff), ("propose_exit", cast.secretary),
    ]  # fmt: skip
    assert "病已治好" in body(as_user(cast.staff), url)


def test_what_was_returned_or_taken_back_says_so(as_user, cast, person, url):
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.RETIRED, reason="退休")
    actions.withdraw_proposal(by=cast.secretary, enrolment=row, reason="写错了人")
    page = body(as_user(cast.secretary), url)
    assert "支部已撤回" in page
    assert "写错了人" in page
    assert next(row for row in as_user(cast.secretary).get(url).context["rows"] if not row.held).pk == row.pk


@pytest.mark.parametrize("who", ["admin", "reader"])
def test_the_restricted_and_all_reasons_are_for_those_who_may(as_user, cast, person, helped, url, who):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, primary=False, reason="内情甲", evidence="内情乙"
    )
    rows = as_user(getattr(cast, who)).get(url).context["rows"]
    assert {shown.category for shown in rows} == {Category.MOBILE, Category.RETIRED}
    page = body(as_user(getattr(cast, who)), url)
    for words in ("患大病", "住院费用清单", "帮扶对象", "内情甲", "内情乙"):
        assert words not in page, words
    assert row.pk in {shown.pk for shown in rows}


def test_the_member_reads_their_own(as_user, cast, town, person, helped, url):
    user = actions.create_user(by=None, username="zjg", password="correct horse", person=person)
    actions.grant_role(by=None, user=user, role=Role.MEMBER, unit=town.huaishuwan, from_date=date(2026, 1, 1))
    assert "住院费用清单" in body(as_user(user), url)


@pytest.mark.parametrize("who,status", [("neighbour", 404), ("outsider", 404), ("secretary", 200), ("reader", 200)])
def test_it_opens_where_the_file_does(as_user, cast, url, who, status):
    assert as_user(getattr(cast, who)).get(url).status_code == status


def test_a_look_at_what_is_restricted_leaves_a_trace(as_user, cast, person, url):
    as_user(cast.secretary).get(url)
    assert not AuditRow.objects.filter(act="view_restricted").exists()


def test_and_only_then(as_user, cast, person, helped, url):
    as_user(cast.secretary).get(url)
    told = AuditRow.objects.get(act="view_restricted")
    assert (told.actor, told.person, told.detail) == (cast.secretary, person, {"shown": ["enrolment"]})
    as_user(cast.reader).get(url)
    assert AuditRow.objects.filter(act="view_restricted").count() == 1


def test_a_closed_case_is_not_on_it(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "帮教甲", Category.BACKWARD, by=cast.staff)
    row = someone.enrolments.get()
    actions.end_category(by=cast.staff, enrolment=row, reason="解除")
    assert list(as_user(cast.staff).get(f"/people/{someone.pk}/categories/").context["rows"]) == []


def test_it_is_reached_from_the_file_and_prints(as_user, cast, person, url):
    client = as_user(cast.secretary)
    assert f'href="{url}"' in body(client, f"/people/{person.pk}/")
    assert "data-print" in body(client, url)


def test_it_costs_the_same_however_many_there_are(as_user, cast, person, helped, url):
    client = as_user(cast.secretary)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for category in (Category.RETIRED, Category.ELDERLY, Category.UNEMPLOYED):
        for _turn in range(3):
            row = actions.propose_category(
                by=cast.secretary, person=person, category=category, primary=False, reason="名册", evidence="记录"
            )
            actions.return_category(by=cast.staff, enrolment=row, reason="不符")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
