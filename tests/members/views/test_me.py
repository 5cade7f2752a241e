"""/me/: one's own account and API tokens."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import ApiToken, AuditRow


def test_it_shows_what_one_may_do(as_user, cast, town):
    body = as_user(cast.secretary).get("/me/").content.decode()
    assert town.huaishuwan.name in body
    for path in ("/me/devices/", "/me/tokens/", "/accounts/sessions/"):
        assert path in body


@pytest.mark.parametrize("path", ["/me/", "/me/devices/", "/me/tokens/"])
def test_it_wants_one_signed_in(client, db, path):
    assert client.get(path)["Location"].startswith("/accounts/login/")


def test_it_shows_a_token_once(as_user, cast):
    client = as_user(cast.reader)
    text = re.search(r"xt_[\w-]{30,}", client.post("/me/tokens/", {"name": "表格", "days": "30"}).content.decode())[0]
    assert text not in client.get("/me/tokens/").content.decode()
    token = ApiToken.objects.get()
    assert (token.user, token.name) == (cast.reader, "表格")
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    assert client.get("/api/v1/people/", headers={"authorization": f"Bearer {text}"}).status_code == 200
    client.post(f"/me/tokens/{token.pk}/revoke/")
    assert type(client)().get("/api/v1/people/", headers={"authorization": f"Bearer {text}"}).status_code == 401


@pytest.mark.parametrize("data", [{}, {"name": "x", "days": "9999"}, {"name": "", "days": "30"}, {"name": "x" * 61}])
def test_it_refuses_a_nameless_or_endless_token(as_user, cast, data):
    assert as_user(cast.reader).post("/me/tokens/", data).status_code == 422
    assert not ApiToken.objects.exists()


def test_it_leaves_other_peoples_tokens_alone(as_user, cast):
    as_user(cast.reader).post("/me/tokens/", {"name": "x", "days": "30"})
    token = ApiToken.objects.get()
    assert as_user(cast.admin).post(f"/me/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_it_turns_the_single_letter_keys_off_and_on(as_user, cast):
    client = as_user(cast.reader)
    body = client.get("/people/").content.decode()
    assert 'data-letters="off"' not in body
    assert "<kbd>j</kbd>" in body
    assert client.post("/me/keys/", {"on": "0"})["Location"] == "/me/"
    body = client.get("/people/").content.decode()
    assert 'data-letters="off"' in body
    assert "<kbd>j</kbd>" not in body
    assert "<kbd>Enter</kbd>" in body
    client.post("/me/keys/", {"on": "1"})
    assert 'data-letters="off"' not in client.get("/people/").content.decode()
    rows = AuditRow.objects.filter(act="switch_letter_keys", actor=cast.reader).order_by("pk")
    assert [row.detail for row in rows] == [{"letter_keys": False}, {"letter_keys": True}]
