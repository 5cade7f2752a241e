"""Signing in with a password: lockout, closed accounts, the session, and what is not offered at all."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from members import actions as members_acts
from members.models import Role

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()  # the limit over all addresses counts there


def sign_in(client, username, password="correct horse", **extra):
    return client.post(LOGIN, {"login": username, "password": password}, **extra)


def who(client):
    return client.session.get("_auth_user_id")


def fail(client, username, times):
    return [sign_in(client, username, f"wrong {n}") for n in range(times)]


def test_it_signs_in(client, cast):
    assert client.get(LOGIN).status_code == 200
    response = sign_in(client, "secretary")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert who(client) == str(cast.secretary.pk)


def test_it_rotates_the_session(client, cast):
    client.get(LOGIN)
    session = client.session
    session["x"] = 1
    session.save()
    before = client.cookies["sessionid"].value if "sessionid" in client.cookies else session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "secretary")
    assert client.cookies["sessionid"].value != before


def test_it_says_when_the_password_is_wrong(client, cast):
    response = sign_in(client, "secretary", "wrong")
    assert response.status_code == 200
    assert response.context["form"].errors
    assert who(client) is None


def test_it_locks_the_name_after_five_failures_even_for_the_right_password(client, cast):
    answers = fail(client, "secretary", 5)
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    locked = sign_in(client, "secretary")
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert who(client) is None


def test_it_counts_a_name_over_all_addresses_too(cast):
    for n in range(24):
        last = sign_in(Client(), "secretary", "wrong", REMOTE_ADDR=f"10.2.0.{n // 4}")
    assert last.status_code == 200
    client = Client()
    sign_in(client, "secretary", REMOTE_ADDR="10.2.9.9")
    assert who(client) is None


def test_it_leaves_others_alone(client, cast):
    fail(client, "secretary", 6)
    assert sign_in(client, "neighbour")["Location"] == "/"
    assert sign_in(Client(), "secretary", REMOTE_ADDR="10.1.1.9")["Location"] == "/"


def test_it_opens_again_after_a_quarter_of_an_hour(client, cast):
    from axes.models import AccessAttempt

    fail(client, "secretary", 6)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert sign_in(client, "secretary").status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client, "secretary")["Location"] == "/"


def test_it_forgets_failures_after_success(client, cast):
    fail(client, "secretary", 4)
    sign_in(client, "secretary")
    other = Client()
    assert [a.status_code for a in fail(other, "secretary", 4)] == [200] * 4


def test_it_tells_a_closed_account(client, cast):
    cast.secretary.is_active = False
    cast.secretary.save()
    response = sign_in(client, "secretary")
    assert response["Location"] == "/accounts/inactive/"
    assert client.get("/accounts/inactive/").status_code == 200
    assert who(client) is None


def test_it_welcomes_whose_roles_have_ended_with_a_plain_page(client, cast):
    members_acts.end_role(by=None, grant=cast.secretary.grants.get(), on=date(2026, 9, 1))
    assert sign_in(client, "secretary")["Location"] == "/"
    page = client.get("/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "You hold no role yet" in page.content.decode()
    assert client.get("/users/").status_code == 403


def test_it_drops_a_session_when_the_account_is_closed(client, cast):
    sign_in(client, "secretary")
    cast.secretary.is_active = False
    cast.secretary.save()
    assert client.get("/me/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_it_offers_no_sign_up_no_mail_no_reset(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)
def test_it_serves_the_account_pages(client, cast, path):
    sign_in(client, "secretary")
    assert client.get(path).status_code == 200


def test_it_signs_out_by_post_only(client, cast):
    sign_in(client, "secretary")
    client.get("/accounts/logout/")
    assert who(client)
    client.post("/accounts/logout/")
    assert who(client) is None


def test_it_asks_for_the_second_step_and_limits_guesses(client, cast):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast.director, generate_totp_secret())
    assert sign_in(client, "director")["Location"] == "/accounts/2fa/authenticate/"
    answers = [client.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _n in range(21)]
    assert who(client) is None
    words = [str(a.context["form"].errors) for a in answers]
    assert words[-1] != words[0]


def test_it_activates_the_second_step(client, cast):
    sign_in(client, "director")
    url = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert url.startswith("/accounts/reauthenticate/")
    assert client.post(url, {"password": "correct horse"})["Location"] == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/")
    assert "<svg" in page.content.decode()


def test_it_lets_every_role_in(client, cast):
    for name in vars(cast):
        assert sign_in(Client(), name)["Location"] == "/"
    assert set(Role.values) - {"member"} == {g.role for u in vars(cast).values() for g in u.grants.all()}
