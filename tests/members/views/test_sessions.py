"""Signing out everywhere, and devices of one's own."""

from allauth.usersessions.models import UserSession
from django.test import Client

from members import slips
from members.models import Device, SignInSlip, User


def phone_of(user, by):
    _row, code = slips.make_slip(by=by, user=user)
    client = Client(headers={"user-agent": "Android MicroMessenger"})
    client.post(f"/s/{slips.written(code)}/")
    return client


def test_it_signs_out_everywhere(cast):
    phone, office = phone_of(cast.secretary, cast.admin), Client()
    office.post("/accounts/login/", {"login": "secretary", "password": "correct horse"})
    other = phone_of(cast.neighbour, cast.admin)
    _row, unused = slips.make_slip(by=cast.admin, user=cast.secretary)
    assert office.post("/me/sign-out-everywhere/")["Location"] == "/accounts/login/"
    for client in (phone, office):
        assert client.get("/me/").status_code == 302
    phone.post("/accounts/continue/")
    assert phone.get("/me/").status_code == 302
    assert slips.find_slip(unused) is None
    assert other.get("/me/").status_code == 200
    assert SignInSlip.objects.filter(user=cast.secretary, used_at__isnull=True, revoked_at__isnull=True).count() == 0


def test_it_forgets_one_device_and_keeps_the_rest(cast):
    lost = phone_of(cast.secretary, cast.admin)
    device = Device.objects.get()
    kept = phone_of(cast.secretary, cast.admin)
    page = kept.get("/me/devices/")
    assert len(page.context["devices"]) == 2
    assert kept.post(f"/devices/{device.pk}/revoke/")["Location"] == "/me/devices/"
    assert lost.get("/me/").status_code == 302
    assert kept.get("/me/").status_code == 200


def test_it_hides_other_peoples_devices(as_user, cast):
    phone_of(cast.secretary, cast.admin)
    url = f"/devices/{Device.objects.get().pk}/revoke/"
    for user in (cast.neighbour, cast.outsider, cast.reader):
        assert as_user(user).post(url).status_code == 404
    assert as_user(cast.admin).get(url).status_code == 405
    assert Device.objects.get().revoked_at is None


def test_it_lists_sessions_and_ends_the_others(cast):
    phone, office = phone_of(cast.secretary, cast.admin), Client()
    office.post("/accounts/login/", {"login": "secretary", "password": "correct horse"})
    assert office.get("/accounts/sessions/").context["session_count"] == 2
    office.post("/accounts/sessions/")
    assert phone.get("/me/").status_code == 302
    assert office.get("/me/").status_code == 200


def unlisted(user):
    """A session that stands in no list of sessions."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    UserSession.objects.filter(user=user).delete()
    assert client.get("/me/").status_code == 200
    return client


def test_it_ends_sessions_that_no_list_knows(cast):
    for url in ("close", "sign-out"):
        lost = unlisted(cast.secretary)
        unlisted(cast.admin).post(f"/users/{cast.secretary.pk}/{url}/")
        User.objects.filter(pk=cast.secretary.pk).update(is_active=True)
        assert lost.get("/me/").status_code == 302
        cast.secretary.refresh_from_db()


def test_it_ends_other_unlisted_sessions_and_keeps_this_one(cast):
    lost, kept = unlisted(cast.secretary), unlisted(cast.secretary)
    assert kept.post("/accounts/sessions/").status_code == 302
    assert lost.get("/me/").status_code == 302
    assert kept.get("/me/").status_code == 200
    assert kept.get("/accounts/sessions/").context["session_count"] == 1


def test_a_new_password_ends_the_other_sessions(cast):
    lost, kept = unlisted(cast.secretary), Client()
    kept.post("/accounts/login/", {"login": "secretary", "password": "correct horse"})
    new = "battery staple 9"
    kept.post("/accounts/password/change/", {"oldpassword": "correct horse", "password1": new, "password2": new})
    assert lost.get("/me/").status_code == 302
    assert kept.get("/me/").status_code == 200
