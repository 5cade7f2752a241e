"""The printed one-time slip: /users/<pk>/slip/, /s/<code>/, and the device it leaves behind."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from members import accounts, slips
from members import actions as members_acts
from members.models import AuditRow, Device, Role, SignInSlip

ANDROID = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0.40"


@pytest.fixture
def slip(cast):
    row, code = slips.make_slip(by=cast.admin, user=cast.secretary)
    row.url = f"/s/{slips.written(code)}/"
    row.code = code
    return row


@pytest.fixture
def phone(slip):
    """A client that has used the slip."""
    client = Client(headers={"user-agent": ANDROID})
    client.post(slip.url)
    return client


def who(client):
    return client.session.get("_auth_user_id")


def test_it_prints_a_slip_once(as_user, cast):
    response = as_user(cast.admin).post(f"/users/{cast.secretary.pk}/slip/", headers={"host": "127.0.0.1:8000"})
    body = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "style=" not in re.search(r'<div class="qr".*?</div>', body, re.S)[0]
    code = response.context["code"]
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", code)
    assert response.context["url"].endswith(f"/s/{code}/")
    row = SignInSlip.objects.get()
    assert (row.user, row.created_by) == (cast.secretary, cast.admin)
    assert code not in str(vars(row))
    assert slips.typed(code) not in str(vars(row))
    assert timedelta(days=6) < row.expires_at - timezone.now() <= timedelta(days=7)
    trace = AuditRow.objects.get(act="make_slip")
    assert (trace.actor, trace.path) == (cast.admin, cast.secretary.grants.get().unit.path)


def test_it_makes_nothing_by_get(as_user, cast):
    assert as_user(cast.admin).get(f"/users/{cast.secretary.pk}/slip/").status_code == 405
    assert not SignInSlip.objects.exists()


def test_it_follows_the_setting_of_days(as_user, cast, town):
    members_acts.change_setting(
        by=None, key="slip_days", value=2, from_date=date(2020, 1, 1), unit=town.xitun, reason="规定"
    )
    as_user(cast.admin).post(f"/users/{cast.secretary.pk}/slip/")
    assert SignInSlip.objects.get().expires_at - timezone.now() <= timedelta(days=2)


def test_it_shows_whose_it_is_and_spends_nothing_by_get(client, slip, cast):
    for _n in range(3):
        page = client.get(slip.url)
    assert page.status_code == 200
    assert str(cast.secretary) in page.content.decode()
    slip.refresh_from_db()
    assert slip.used_at is None
    assert who(client) is None


def test_it_signs_in_and_remembers_the_device(client, slip, cast):
    response = client.post(slip.url, headers={"user-agent": ANDROID})
    assert response["Location"] == "/"
    assert who(client) == str(cast.secretary.pk)
    cookie = response.cookies[slips.DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/accounts/", "")
    assert int(cookie["max-age"]) == 180 * 24 * 3600
    device = Device.objects.get()
    assert cookie.value not in str(vars(device))
    assert device.label == "Android Linux MicroMessenger Chrome Safari"
    slip.refresh_from_db()
    assert slip.used_at is not None
    assert AuditRow.objects.get(act="use_slip").actor == cast.secretary


@override_settings(SESSION_COOKIE_SECURE=True)
def test_it_keeps_the_cookie_to_https_where_there_is_https(client, slip):
    assert client.post(slip.url).cookies[slips.DEVICE_COOKIE]["secure"] is True


def test_it_asks_for_the_csrf_token(slip):
    assert Client(enforce_csrf_checks=True).post(slip.url).status_code == 403


def test_it_rotates_the_session_and_signs_the_other_out(as_user, slip, cast):
    client = as_user(cast.staff)
    before = client.session.session_key
    client.post(slip.url)
    assert who(client) == str(cast.secretary.pk)
    assert client.session.session_key != before


def test_it_refuses_used_replaced_expired_and_unknown_alike(cast, slip):
    Client().post(slip.url)
    _old, replaced = slips.make_slip(by=cast.admin, user=cast.neighbour)
    slips.make_slip(by=cast.admin, user=cast.neighbour)
    gone, expired = slips.make_slip(by=cast.admin, user=cast.staff)
    SignInSlip.objects.filter(pk=gone.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    _closed, of_closed = slips.make_slip(by=cast.admin, user=cast.reader)
    accounts.close_account(by=cast.admin, user=cast.reader)
    pages = set()
    for code in (slip.code, replaced, expired, of_closed, "2" * 16, "nonsense", "中文"):
        for method in ("get", "post"):
            client = Client()
            response = getattr(client, method)(f"/s/{code}/")
            assert response.status_code == 404
            assert who(client) is None
            pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"|value="/s/[^"]*"', "", response.content.decode()))
    assert len(pages) == 1


def test_it_gives_two_taps_one_device(slip, cast):
    one, other = slips.find_slip(slip.code), slips.find_slip(slip.code)
    slips.use_slip(slip=one, user_agent="")
    with pytest.raises(slips.ValidationError):
        slips.use_slip(slip=other, user_agent="")
    assert Device.objects.count() == 1


def test_it_stops_guessing_but_not_the_neighbours_address(slip):
    guesser = Client()
    codes = [guesser.get(f"/s/{'2' * 14}{n}/").status_code for n in range(22, 44)]
    assert codes[0] == 404
    assert codes[-1] == 429
    assert guesser.get(slip.url).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.7").get(slip.url).status_code == 200


def test_it_takes_a_typed_code(client, slip):
    sloppy = slips.written(slip.code).lower().replace("-", " ")
    assert client.post("/s/", {"code": sloppy})["Location"] == slip.url
    assert client.post("/s/", {"code": "123"}).status_code == 422


def test_it_asks_for_the_second_step_of_who_has_one(client, slip, cast):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast.secretary, generate_totp_secret())
    assert client.post(slip.url)["Location"] == "/accounts/2fa/authenticate/"
    assert who(client) is None


def test_it_lets_the_device_go_on_with_one_tap(phone, cast):
    phone.post("/accounts/logout/")
    page = phone.get("/accounts/login/").content.decode()
    assert str(cast.secretary) in page
    assert who(phone) is None
    assert phone.get("/accounts/continue/").status_code == 405
    assert phone.post("/accounts/continue/")["Location"] == "/"
    assert who(phone) == str(cast.secretary.pk)


def test_it_forgets_a_revoked_device_at_once(phone, cast, as_user):
    device = Device.objects.get()
    assert phone.get("/me/").status_code == 200
    response = as_user(cast.admin).post(f"/devices/{device.pk}/revoke/")
    assert response["Location"] == f"/users/{cast.secretary.pk}/"
    assert phone.get("/me/").status_code == 302
    assert str(cast.secretary) not in phone.get("/accounts/login/").content.decode()
    phone.post("/accounts/continue/")
    assert who(phone) is None


def test_it_forgets_an_expired_device_and_a_closed_account(phone, cast):
    phone.post("/accounts/logout/")
    Device.objects.update(expires_at=timezone.now())
    phone.post("/accounts/continue/")
    assert who(phone) is None
    Device.objects.update(expires_at=timezone.now() + timedelta(days=9))
    accounts.close_account(by=cast.admin, user=cast.secretary)
    phone.post("/accounts/continue/")
    assert who(phone) is None


def test_it_lets_whoever_holds_the_device_forget_it(phone):
    phone.post("/accounts/logout/")
    phone.post("/accounts/forget/")
    assert Device.objects.get().revoked_at
    phone.post("/accounts/continue/")
    assert who(phone) is None


# who may make one ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("maker", "target", "status"),
    [
        ("admin", "secretary", 200),
        ("admin", "director", 200),
        ("staff", "secretary", 200),
        ("director", "secretary", 200),
        ("staff", "director", 404),
        ("staff", "admin", 404),
        ("secretary", "neighbour", 403),
        ("reader", "secretary", 403),
        ("outsider", "secretary", 404),
        ("admin", "outsider", 404),
    ],
)
def test_it_is_made_by_who_looks_after_the_account(as_user, cast, maker, target, status):
    user = getattr(cast, target)
    assert as_user(getattr(cast, maker)).post(f"/users/{user.pk}/slip/").status_code == status
    assert SignInSlip.objects.exists() is (status == 200)


@pytest.mark.parametrize("maker", ["admin", "staff"])
def test_it_never_takes_over_a_wider_account(as_user, cast, town, maker):
    """A secretary here who is also the county's administrator, or holds the whole tree."""
    for unit in (town.county, None):
        grant = members_acts.grant_role(by=None, user=cast.secretary, role=Role.ADMIN, unit=unit)
        assert as_user(getattr(cast, maker)).post(f"/users/{cast.secretary.pk}/slip/").status_code == 403
        members_acts.end_role(by=None, grant=grant)
    assert not SignInSlip.objects.exists()


def test_it_never_takes_over_a_role_that_begins_tomorrow(as_user, cast, town):
    members_acts.grant_role(
        by=None, user=cast.secretary, role=Role.ADMIN, unit=town.county, from_date=date(2026, 9, 22)
    )
    assert as_user(cast.admin).post(f"/users/{cast.secretary.pk}/slip/").status_code == 403


def test_it_lets_town_staff_make_none_for_a_secretary_with_another_role(as_user, cast, town):
    members_acts.grant_role(by=None, user=cast.secretary, role=Role.DIRECTOR, unit=town.xitun)
    assert as_user(cast.staff).post(f"/users/{cast.secretary.pk}/slip/").status_code == 403


def test_it_needs_a_role_and_an_open_account(as_user, cast):
    members_acts.end_role(by=None, grant=cast.secretary.grants.get())
    assert as_user(cast.admin).post(f"/users/{cast.secretary.pk}/slip/").status_code == 403


def test_it_ends_old_sign_ins_when_a_role_grows(phone, cast, town):
    accounts.give_role(by=cast.admin, user=cast.secretary, role=Role.DIRECTOR, unit=town.xitun)
    assert phone.get("/me/").status_code == 302
    phone.post("/accounts/continue/")
    assert who(phone) is None
