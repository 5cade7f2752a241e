"""The branch proposes an end: /enrolments/<pk>/propose-exit/; the town decides: /enrolments/<pk>/decide-exit/."""

from datetime import date

import pytest

from members import actions
from members.models import Category, Enrolment, Status
from tests.conftest import enrolled
from tests.queries import page_queries


@pytest.fixture
def row(person):
    return person.enrolments.get()


@pytest.fixture
def proposed(row, cast):
    return actions.propose_exit(by=cast.secretary, enrolment=row, reason="已返乡定居")


def url(row, what="decide-exit"):
    return f"/enrolments/{row.pk}/{what}/"


def test_the_branch_proposes_from_the_file(as_user, cast, person, row):
    client, address = as_user(cast.secretary), url(row, "propose-exit")
    assert f'href="{address}"' in client.get(f"/people/{person.pk}/").content.decode()
    assert client.post(address, {"reason": "已返乡定居"})["Location"] == f"/people/{person.pk}/"
    row.refresh_from_db()
    assert row.status == Status.EXIT_PROPOSED
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert "已返乡定居" in page
    assert address not in page


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_it_asks_for_a_reason(as_user, cast, row, reason):
    response = as_user(cast.secretary).post(url(row, "propose-exit"), {"reason": reason})
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors


def test_it_stands_in_the_towns_queue(as_user, cast, proposed):
    response = as_user(cast.staff).get("/decisions/")
    assert (response.context["count"], response.context["exits"]) == (1, [proposed])
    body = response.content.decode()
    assert "已返乡定居" in body
    assert url(proposed) in body
    assert as_user(cast.outsider).get("/decisions/").context["exits"] == []


def test_the_queue_costs_the_same_however_many_ends_wait(as_user, cast, town, proposed):
    client = as_user(cast.staff)
    client.get("/decisions/")
    for n in range(4):
        other = enrolled(town.liulin, f"同志{n}", Category.RETIRED, by=cast.staff).enrolments.get()
        actions.propose_exit(by=cast.neighbour, enrolment=other, reason="x")
    with page_queries(11):
        assert len(client.get("/decisions/").context["exits"]) == 5


def test_the_town_ends_it_for_the_reason_of_the_branch(as_user, cast, proposed):
    response = as_user(cast.staff).post(url(proposed), {"decision": "end", "on": "2026-09-20"})
    assert response["Location"] == "/decisions/"
    row = Enrolment.objects.get(pk=proposed.pk)
    assert (row.status, row.to_date) == (Status.ENDED, date(2026, 9, 20))
    assert (row.decided_by, row.decision_reason) == (cast.staff, "已返乡定居")


def test_the_town_keeps_it_and_the_branch_reads_why(as_user, cast, person, proposed):
    client = as_user(cast.staff)
    assert client.post(url(proposed), {"decision": "keep", "reason": " "}).status_code == 422
    client.post(url(proposed), {"decision": "keep", "reason": "半年后再议"})
    proposed.refresh_from_db()
    assert (proposed.status, proposed.to_date) == (Status.ACTIVE, None)
    assert "半年后再议" in as_user(cast.secretary).get(f"/people/{person.pk}/").content.decode()
    assert "半年后再议" not in as_user(cast.reader).get(f"/people/{person.pk}/").content.decode()


@pytest.mark.parametrize("data", [{}, {"decision": "banish"}, {"decision": "end", "on": "2026-09-22"}])
def test_it_refuses_what_it_does_not_know(as_user, cast, proposed, data):
    assert as_user(cast.staff).post(url(proposed), data).status_code == 422
    proposed.refresh_from_db()
    assert proposed.status == Status.EXIT_PROPOSED


def test_it_ends_nothing_that_nobody_proposed_to_end(as_user, cast, row):
    assert as_user(cast.staff).post(url(row), {"decision": "end", "reason": "x"}).status_code == 422
    row.refresh_from_db()
    assert row.status == Status.ACTIVE


def test_home_counts_it_for_the_town_and_for_the_branch(as_user, cast, proposed):
    assert as_user(cast.staff).get("/").context["stats"][-1]["value"] == "1"
    assert as_user(cast.secretary).get("/").context["waiting"] == 1
