"""A personal token carries its owner's scope and nothing more; not after its day, not when revoked, not when its owner
has left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members import actions as members_acts
from members.api_tokens import issue_token, revoke_token
from members.models import ApiToken, AuditRow
from tests.conftest import TODAY, enrolled


@pytest.fixture
def neighbours_person(town, cast):
    return enrolled(town.liulin, "李某", "mobile", by=cast.staff)


def ask(client, text, path="/api/v1/people/"):
    return client.get(path, headers={"authorization": f"Bearer {text}"})


def test_it_reads_the_scope_of_its_owner(client, cast, person, neighbours_person):
    _row, text = issue_token(by=cast.secretary, name="台账")
    found = ask(client, text).json()["results"]
    assert [row["id"] for row in found] == [person.pk]
    assert ask(client, text, f"/api/v1/people/{neighbours_person.pk}/").status_code == 404
    _row, text = issue_token(by=cast.staff, name="台账")
    assert {row["id"] for row in ask(client, text).json()["results"]} == {person.pk, neighbours_person.pk}


def test_it_masks_numbers(client, cast, town):
    someone = enrolled(town.huaishuwan, "王某", "mobile", by=cast.staff, phone="19912345678")
    _row, text = issue_token(by=cast.staff, name="台账")
    answer = ask(client, text, f"/api/v1/people/{someone.pk}/")
    assert "19912345678" not in answer.content.decode()
    assert answer.json()["phone"].endswith("5678")


@pytest.mark.parametrize("text", ["", "xt_unknown", "xt_\u00e9", "x" * 5000])
def test_it_refuses_what_it_does_not_know(client, db, text):
    answer = ask(client, text)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_it_refuses_an_expired_token(client, cast):
    row, text = issue_token(by=cast.secretary, name="台账", days=30)
    assert ask(client, text).status_code == 200
    ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(client, text).status_code == 401


def test_it_refuses_a_revoked_token(client, cast):
    row, text = issue_token(by=cast.secretary, name="台账")
    revoke_token(by=cast.secretary, token=row)
    assert ask(client, text).status_code == 401


def test_it_refuses_a_closed_account(client, cast):
    _row, text = issue_token(by=cast.secretary, name="台账")
    cast.secretary.is_active = False
    cast.secretary.save()
    assert ask(client, text).status_code == 401


def test_it_loses_the_scope_with_the_role(client, cast, person):
    _row, text = issue_token(by=cast.secretary, name="台账")
    members_acts.end_role(by=cast.admin, grant=cast.secretary.grants.get(), on=TODAY)
    assert ask(client, text).json()["results"] == []


def test_it_is_kept_as_a_hash_only(cast):
    row, text = issue_token(by=cast.secretary, name="台账")
    assert text not in str(ApiToken.objects.values())
    assert text not in str(AuditRow.objects.values())
    assert row.token_hash


def test_it_needs_no_csrf_but_a_session_does(cast):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.staff, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/api/v1/people/", {}, "application/json").status_code == 403
    _row, text = issue_token(by=cast.staff, name="台账")
    headers = {"authorization": f"Bearer {text}"}
    assert (
        Client(enforce_csrf_checks=True).post("/api/v1/people/", {}, "application/json", headers=headers).status_code
        == 400
    )
