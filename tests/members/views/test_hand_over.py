"""/grants/<pk>/hand-over/: the page of a secretary's successor."""

import pytest

from members import actions
from members.models import Role, User

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def grant(cast):
    return cast.secretary.grants.get()


def url(grant):
    return f"/grants/{grant.pk}/hand-over/"


def test_it_offers_the_accounts_of_the_town(as_user, cast, grant):
    offered = set(as_user(cast.admin).get(url(grant)).context["form"].fields["to"].queryset)
    assert offered == {cast.neighbour, cast.staff, cast.director, cast.reader}


def test_it_hands_over_to_an_account(as_user, cast, grant):
    response = as_user(cast.admin).post(url(grant), {"to": cast.reader.pk, "on": "2026-09-15"})
    assert response.headers["Location"] == f"/users/{cast.reader.pk}/"
    assert cast.reader.grants.filter(role=Role.SECRETARY, unit=grant.unit).exists()
    grant.refresh_from_db()
    assert str(grant.to_date) == "2026-09-15"


def test_it_hands_over_to_somebody_new(as_user, cast, grant):
    sent = {"on": "2026-09-15", "display_name": "接任书记", "username": "jieren"}
    response = as_user(cast.admin).post(url(grant), sent)
    made = User.objects.get(username="jieren")
    assert response.headers["Location"] == f"/users/{made.pk}/"
    assert not made.has_usable_password()
    assert made.grants.get().role == Role.SECRETARY


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "username"),
        ({"display_name": "接任书记"}, "username"),
        ({"display_name": "接任书记", "username": "STAFF"}, "username"),
        ({"display_name": "接任书记", "username": "no spaces"}, "username"),
        ({"to": "outsider"}, "to"),
        ({"to": "admin"}, "to"),
        ({"to": "secretary"}, "to"),
        ({"to": "reader", "username": "jieren"}, "username"),
        ({"to": "reader", "on": "2019-12-31"}, "on"),
        ({"to": "reader", "on": "2026-09-22"}, "on"),
    ],
)
def test_it_refuses(as_user, cast, grant, sent, field):
    sent = {"on": "2026-09-15"} | sent
    if "to" in sent:
        sent["to"] = getattr(cast, sent["to"]).pk
    response = as_user(cast.admin).post(url(grant), sent)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    grant.refresh_from_db()
    assert grant.to_date is None
    assert not User.objects.filter(username="jieren").exists()


def test_it_refuses_an_account_with_a_role_outside(as_user, cast, town, grant):
    actions.grant_role(by=None, user=cast.reader, role=Role.READER, unit=town.beitun)
    response = as_user(cast.admin).post(url(grant), {"to": cast.reader.pk, "on": "2026-09-15"})
    assert "管理范围之外" in response.context["form"].errors["to"][0]


def test_it_is_about_secretaries_only(as_user, cast):
    assert as_user(cast.admin).get(url(cast.staff.grants.get())).status_code == 404


def test_it_signs_out_who_reaches_further_now(as_user, cast, grant):
    before = cast.neighbour.sign_in_epoch
    as_user(cast.admin).post(url(grant), {"to": cast.neighbour.pk, "on": "2026-09-15"})
    cast.neighbour.refresh_from_db()
    assert cast.neighbour.sign_in_epoch > before


def test_it_is_linked_from_the_account(as_user, cast, grant):
    client = as_user(cast.admin)
    assert url(grant) in client.get(f"/users/{cast.secretary.pk}/").content.decode()
    assert url(grant) in client.get(f"/grants/{grant.pk}/end/").content.decode()
    reader = cast.reader.grants.get()
    assert "hand-over" not in client.get(f"/users/{cast.reader.pk}/").content.decode()
    assert "hand-over" not in client.get(f"/grants/{reader.pk}/end/").content.decode()
