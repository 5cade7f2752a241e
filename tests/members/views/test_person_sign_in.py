"""A sign-in for somebody on the roll: /people/<pk>/sign-in/."""

import pytest

from members import actions
from members.models import Role, SignInSlip, User
from tests.conftest import TODAY


def url(person):
    return f"/people/{person.pk}/sign-in/"


@pytest.fixture
def account(as_user, cast, person):
    as_user(cast.staff).post(url(person))
    return User.objects.get(person=person)


def test_it_prints_the_slip_at_once(as_user, cast, person, town):
    client = as_user(cast.staff)
    assert f'href="{url(person)}"' in client.get(f"/people/{person.pk}/").content.decode()
    response = client.post(url(person))
    assert response.templates[0].name == "members/slip.html"
    assert "no-store" in response["Cache-Control"]
    account = User.objects.get(person=person)
    grant = account.grants.get()
    assert (str(account), account.has_usable_password()) == ("张建国", False)
    assert (grant.role, grant.unit, grant.from_date, grant.to_date) == (Role.MEMBER, town.huaishuwan, TODAY, None)


def test_its_owner_reads_their_own_file_and_nothing_else(as_user, person, account):
    client = as_user(account)
    assert client.get(f"/people/{person.pk}/").status_code == 200
    assert client.get(f"/people/{person.pk}/correct/").status_code == 403
    assert [row.pk for row in client.get("/people/").context["page"]] == [person.pk]


def test_it_makes_one_account_however_often(as_user, cast, person, account):
    client = as_user(cast.staff)
    assert account.username in client.get(url(person)).content.decode()
    client.post(url(person))
    assert User.objects.filter(person=person).count() == account.grants.count() == 1
    assert SignInSlip.objects.filter(user=account, revoked_at=None).count() == 1


def test_it_takes_a_name_nobody_has(as_user, cast, person):
    actions.create_user(by=None, username=f"M{person.pk}")
    as_user(cast.staff).post(url(person))
    assert User.objects.get(person=person).username == f"m{person.pk}-2"


@pytest.mark.parametrize("change", ["closed", "director", "former"])
def test_it_refuses_what_only_an_administrator_may(as_user, cast, person, account, town, change):
    if change == "closed":
        User.objects.filter(pk=account.pk).update(is_active=False)
    elif change == "director":
        actions.grant_role(by=None, user=account, role=Role.DIRECTOR, unit=town.xitun)
    else:
        actions.record_death(by=cast.staff, person=person, on=TODAY)
    slips = SignInSlip.objects.count()
    assert as_user(cast.staff).post(url(person)).status_code == 422
    assert SignInSlip.objects.count() == slips


def test_a_get_makes_nothing(as_user, cast, person):
    assert as_user(cast.staff).get(url(person)).status_code == 200
    assert not User.objects.filter(person=person).exists()
