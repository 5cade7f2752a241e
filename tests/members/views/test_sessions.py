"""Signing out everywhere, and devices of one's own."""

from django.test import Client

from members import slips
from members.models import Device, SignInSlip


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
