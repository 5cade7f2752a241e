"""The town's queue: /decisions/."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import AuditRow, Category, Enrolment, Status
from tests.conftest import enrolled


def propose(unit, name, category, cast, **evidence):
    someone = enrolled(unit, name, None, by=cast.staff)
    return members_acts.propose_category(
        by=cast.secretary, person=someone, category=category, reason="名册", **evidence
    )


@pytest.fixture
def waiting(town, cast):
    return [propose(town.huaishuwan, f"党员{n}", Category.ELDERLY, cast) for n in range(3)]


def test_it_lists_what_waits_in_the_town(as_user, cast, town, waiting):
    response = as_user(cast.staff).get("/decisions/")
    assert list(response.context["rows"]) == waiting
    assert list(as_user(cast.outsider).get("/decisions/").context["rows"]) == []


def test_it_confirms_what_is_ticked_and_nothing_else(as_user, cast, waiting):
    data = {"enrolment": [waiting[0].pk, waiting[2].pk]}
    assert as_user(cast.staff).post("/decisions/", data).status_code == 302
    states = list(Enrolment.objects.order_by("pk").values_list("status", flat=True))
    assert states == [Status.ACTIVE, Status.PROPOSED, Status.ACTIVE]
    waiting[0].refresh_from_db()
    assert waiting[0].decided_by == cast.staff


def test_it_never_confirms_the_restricted_in_bulk(as_user, cast, town):
    row = propose(town.huaishuwan, "帮扶甲", Category.POOR_WEAK, cast, consent_on=date(2026, 9, 1))
    as_user(cast.staff).post("/decisions/", {"enrolment": [row.pk]})
    row.refresh_from_db()
    assert row.status == Status.PROPOSED


def test_it_never_confirms_for_another_town(as_user, cast, waiting):
    as_user(cast.outsider).post("/decisions/", {"enrolment": [waiting[0].pk]})
    waiting[0].refresh_from_db()
    assert waiting[0].status == Status.PROPOSED


def test_it_shows_what_the_law_still_asks(as_user, cast, town):
    propose(town.huaishuwan, "帮教甲", Category.BACKWARD, cast, notified_on=date(2026, 9, 1))
    row = next(iter(as_user(cast.staff).get("/decisions/").context["rows"]))
    assert len(row.missing) == 2
    assert not row.bulk


def test_it_shows_what_a_proposal_rests_on_where_one_tick_decides(as_user, cast, town):
    propose(town.huaishuwan, "老年甲", Category.ELDERLY, cast, evidence="党员大会记录")
    row = propose(town.huaishuwan, "帮扶甲", Category.POOR_WEAK, cast, evidence="住院费用清单")
    client = as_user(cast.staff)
    page = client.get("/decisions/").content.decode()
    assert "党员大会记录" in page
    assert "住院费用清单" not in page, "read one by one, with a trace"
    assert not AuditRow.objects.filter(act="view_restricted").exists()
    assert "住院费用清单" in client.get(f"/enrolments/{row.pk}/decide/").content.decode()
    assert AuditRow.objects.get(act="view_restricted").person == row.person


def test_it_no_longer_lists_what_was_taken_back(as_user, cast, waiting):
    members_acts.withdraw_proposal(by=cast.secretary, enrolment=waiting[1], reason="写错了人")
    response = as_user(cast.staff).get("/decisions/")
    assert list(response.context["rows"]) == [waiting[0], waiting[2]]
    assert not as_user(cast.staff).get(f"/enrolments/{waiting[1].pk}/decide/").context["open"]


def test_it_lists_who_was_carried_over_with_the_day(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "帮扶乙", Category.POOR_WEAK, by=cast.staff)
    response = as_user(cast.staff).get("/decisions/")
    assert [row.person for row in response.context["carried"]] == [someone]
    assert "帮扶乙" in response.content.decode()


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 40], ["1", "2", "😀"]])
def test_it_survives_any_ticks(as_user, cast, waiting, ids):
    assert as_user(cast.staff).post("/decisions/", {"enrolment": ids}).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("staff", 200), ("director", 200), ("secretary", 403), ("admin", 403), ("reader", 403)]
)
def test_it_is_the_towns(as_user, cast, waiting, who, status):
    client = as_user(getattr(cast, who))
    assert client.get("/decisions/").status_code == status
    assert client.post("/decisions/", {"enrolment": []}).status_code == (302 if status == 200 else status)


def test_it_costs_the_same_however_many_wait(as_user, cast, town, waiting):
    client = as_user(cast.staff)
    client.get("/decisions/")
    with CaptureQueriesContext(connection) as few:
        client.get("/decisions/")
    for n in range(12):
        propose(town.liulin, f"同志{n}", Category.RETIRED, cast)
    with CaptureQueriesContext(connection) as many:
        client.get("/decisions/")
    assert len(many) == len(few)
