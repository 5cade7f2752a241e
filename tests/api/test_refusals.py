"""What a program may send by mistake: a clear refusal, never a server error, and no way round what the pages refuse."""

import json
from datetime import date

import pytest

from members import actions
from members.models import Enrolment, Person
from projects.models import Record

FOLLOW_UP = {
    "submission_id": "8d2a7f6e-0000-4000-8000-000000000001",
    "kind": "transmission_help.visit",
    "happened_on": "2026-09-01",
}


@pytest.fixture
def send(as_user):
    def post(user, path, data):
        return as_user(user).post(f"/api/v1/{path}/", json.dumps(data), content_type="application/json")

    return post


@pytest.fixture
def proposal(cast, person):
    return actions.propose_category(by=cast.secretary, person=person, category="elderly", primary=False, reason="age")


@pytest.mark.parametrize("act", ["confirm", "return", "end"])
def test_it_decides_nothing_by_a_body_that_is_a_list(send, cast, proposal, act):
    answer = send(cast.staff, f"enrolments/{proposal.pk}/{act}", ["reason"])
    assert answer.status_code in (200, 400)


def test_it_refuses_a_key_that_no_column_holds(send, cast):
    answer = send(cast.secretary, "records", FOLLOW_UP | {"enrolments": [10**30]})
    assert answer.status_code == 400
    assert "enrolments" in answer.json()


def test_it_writes_no_record_for_a_category_nobody_confirmed(send, cast, proposal):
    assert send(cast.secretary, "records", FOLLOW_UP | {"enrolments": [proposal.pk]}).status_code == 404
    assert not Record.objects.exists()


def test_it_refuses_a_proposal_for_a_day_ahead(send, cast, person):
    data = {"person": person.pk, "category": "elderly", "reason": "age", "on": "2026-09-22"}
    answer = send(cast.secretary, "enrolments", data)
    assert answer.status_code == 400
    assert "on" in answer.json()
    assert Enrolment.objects.count() == 1


def test_it_says_so_when_the_category_was_carried_over_meanwhile(send, cast, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category="poor_weak", primary=False, reason="x", consent_on=date(2026, 9, 1)
    )
    actions.carry_over_category(by=cast.staff, person=person, category="poor_weak", reason="x")
    assert send(cast.staff, f"enrolments/{row.pk}/confirm", {}).status_code == 400


def test_it_puts_nobody_on_the_roll_of_a_town(send, cast, town):
    assert send(cast.staff, "people", {"unit": town.xitun.pk, "name": "王某"}).status_code == 404
    assert not Person.objects.exists()


def test_the_documentation_has_no_script_that_its_policy_forbids(client):
    page = client.get("/api/docs/")
    assert "'self'" in page.headers["Content-Security-Policy"]
    body = page.content.decode()
    assert body.count("<script") == body.count("<script src=")
