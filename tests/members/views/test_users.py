"""/users/: whose accounts an administrator sees and touches, and that nobody climbs above themselves."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from members import accounts
from members import actions as members_acts
from members.api_tokens import issue_token
from members.models import AuditRow, Role, RoleGrant, Setting, User


def new(**changes):
    return {
        "username": "liulin2",
        "display_name": "柳林新书记",
        "role": "secretary",
        "from_date": "2026-09-01",
    } | changes


@pytest.fixture
def county_admin(town):
    user = members_acts.create_user(by=None, username="county", password="correct horse", display_name="县管理员")
    members_acts.grant_role(by=None, user=user, role=Role.ADMIN, unit=town.county, from_date=date(2020, 1, 1))
    return user


@pytest.fixture
def root(town):
    user = members_acts.create_user(by=None, username="root", password="correct horse", display_name="总管理员")
    members_acts.grant_role(by=None, user=user, role=Role.ADMIN, from_date=date(2020, 1, 1))
    return user


def names(response):
    return {user.username for user in response.context["page"]}


def test_it_lists_those_with_a_role_in_scope(as_user, cast, county_admin, root):
    town = {"secretary", "neighbour", "staff", "director", "admin", "reader"}
    assert names(as_user(cast.admin).get("/users/")) == town
    assert names(as_user(county_admin).get("/users/")) == town | {"outsider", "county"}
    assert names(as_user(root).get("/users/")) == town | {"outsider", "county", "root"}


def test_it_shows_town_staff_their_secretaries(as_user, cast):
    assert names(as_user(cast.staff).get("/users/")) == {"secretary", "neighbour"}
    assert as_user(cast.staff).get(f"/users/{cast.secretary.pk}/").status_code == 200


@pytest.mark.parametrize("name", ["secretary", "reader"])
def test_it_is_closed_to_others(as_user, cast, name):
    assert as_user(getattr(cast, name)).get("/users/").status_code == 403
    assert as_user(getattr(cast, name)).get("/users/new/").status_code == 403


def test_it_filters(as_user, cast):
    client = as_user(cast.admin)
    assert names(client.get("/users/?q=neigh")) == {"neighbour"}
    assert names(client.get("/users/?role=director")) == {"director"}
    assert names(client.get("/users/?role=nonsense")) == set()


def test_it_costs_the_same_for_many(as_user, cast, town, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_user(cast.admin)
    client.get("/users/")
    with CaptureQueriesContext(connection) as few:
        client.get("/users/")
    for n in range(6):
        user = members_acts.create_user(by=None, username=f"more{n}")
        members_acts.grant_role(by=None, user=user, role=Role.SECRETARY, unit=town.liulin)
    with django_assert_num_queries(len(few)):
        client.get("/users/")


def test_it_hides_those_of_another_town(as_user, cast, county_admin):
    client = as_user(cast.admin)
    for user in (cast.outsider, county_admin):
        for path in ("", "grants/new/"):
            assert client.get(f"/users/{user.pk}/{path}").status_code == 404
        for path in ("grants/new/", "slip/", "close/", "reopen/", "sign-out/"):
            assert client.post(f"/users/{user.pk}/{path}").status_code == 404
        assert client.get(f"/grants/{user.grants.get().pk}/end/").status_code == 404
    assert client.get("/users/99999999/").status_code == 404


def test_it_opens_an_account_without_a_password(as_user, cast, town):
    response = as_user(cast.admin).post("/users/new/", new(unit=town.liulin.pk))
    user = User.objects.get(username="liulin2")
    assert response["Location"] == f"/users/{user.pk}/"
    assert not user.has_usable_password()
    grant = user.grants.get()
    assert (grant.role, grant.unit, grant.granted_by) == ("secretary", town.liulin, cast.admin)
    assert AuditRow.objects.filter(act="grant_role", path=town.liulin.path, actor=cast.admin).exists()


def test_it_refuses_units_outside_and_the_whole_tree(as_user, cast, town, county_admin):
    client = as_user(cast.admin)
    for unit in (town.foreign.pk, town.county.pk, "", "x"):
        for role in ("admin", "secretary"):
            assert client.post("/users/new/", new(unit=unit, role=role)).status_code == 422
    assert as_user(county_admin).post("/users/new/", new(unit="", role="admin")).status_code == 422
    assert not User.objects.filter(username="liulin2").exists()


def test_it_grants_the_whole_tree_to_administrators_only_and_by_who_holds_it(as_user, cast, root):
    assert as_user(root).post("/users/new/", new(unit="", role="director")).status_code == 422
    assert as_user(root).post("/users/new/", new(unit="", role="admin")).status_code == 302
    assert User.objects.get(username="liulin2").grants.get().unit is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"username": "SECRETARY"}, "username"), ({"username": "a/b"}, "username"), ({"display_name": ""}, "display_name"),
     ({"role": "king"}, "role"), ({"role": "director"}, "unit"), ({"from_date": "soon"}, "from_date")],
)  # fmt: skip
def test_it_says_what_is_wrong(as_user, cast, town, changes, field):
    response = as_user(cast.admin).post("/users/new/", new(unit=town.liulin.pk, **changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_it_gives_and_ends_a_role(as_user, cast, town):
    client = as_user(cast.admin)
    url = f"/users/{cast.secretary.pk}/grants/new/"
    assert client.get(url).status_code == 200
    assert client.post(url, new(unit=town.liulin.pk)).status_code == 302
    grant = cast.secretary.grants.get(unit=town.liulin)
    assert client.post(f"/grants/{grant.pk}/end/", {"on": "2026-09-21"}).status_code == 302
    grant.refresh_from_db()
    assert grant.to_date == date(2026, 9, 21)
    assert client.post(f"/grants/{grant.pk}/end/", {"on": "2026-09-22"}).status_code == 422


def test_it_lets_nobody_raise_themselves(as_user, cast, town):
    response = as_user(cast.admin).post(
        f"/users/{cast.admin.pk}/grants/new/", new(unit=town.huaishuwan.pk, role="secretary")
    )
    assert response.status_code == 422
    assert cast.admin.grants.count() == 1


def test_it_touches_no_account_with_a_wider_role(as_user, cast, town):
    members_acts.grant_role(by=None, user=cast.secretary, role=Role.READER, unit=town.beitun)
    client = as_user(cast.admin)
    page = client.get(f"/users/{cast.secretary.pk}/")
    assert page.status_code == 200
    assert town.beitun.name not in page.content.decode()
    for path in ("grants/new/", "slip/", "close/", "reopen/", "sign-out/"):
        assert client.post(f"/users/{cast.secretary.pk}/{path}", new(unit=town.liulin.pk)).status_code == 403
    mine = cast.secretary.grants.get(unit=town.huaishuwan)
    assert client.post(f"/grants/{mine.pk}/end/", {"on": "2026-09-21"}).status_code == 302


def test_it_keeps_the_last_administrator_of_oneself(as_user, cast):
    grant = cast.admin.grants.get()
    assert as_user(cast.admin).post(f"/grants/{grant.pk}/end/", {"on": "2026-09-21"}).status_code == 422
    grant.refresh_from_db()
    assert grant.to_date is None


def test_it_ends_roles_only_with_the_right(as_user, cast):
    grant = RoleGrant.objects.get(user=cast.secretary)
    assert as_user(cast.staff).post(f"/grants/{grant.pk}/end/", {"on": "2026-09-21"}).status_code == 403
    assert as_user(cast.outsider).post(f"/grants/{grant.pk}/end/", {"on": "2026-09-21"}).status_code == 404


def test_it_closes_and_opens_again(client, cast):
    client.force_login(cast.secretary, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/me/").status_code == 200
    other = type(client)()
    other.force_login(cast.admin, backend="django.contrib.auth.backends.ModelBackend")
    other.post(f"/users/{cast.secretary.pk}/close/")
    assert client.get("/me/").status_code == 302
    other.post(f"/users/{cast.secretary.pk}/reopen/")
    assert client.get("/me/").status_code == 302
    cast.secretary.refresh_from_db()
    assert cast.secretary.is_active
    assert set(AuditRow.objects.filter(path=cast.secretary.grants.get().unit.path).values_list("act", flat=True)) >= {
        "close_account",
        "reopen_account",
        "end_sign_ins",
    }


def test_it_does_not_close_oneself(as_user, cast):
    as_user(cast.admin).post(f"/users/{cast.admin.pk}/close/")
    cast.admin.refresh_from_db()
    assert cast.admin.is_active


def test_it_lets_town_staff_close_nobody(as_user, cast):
    assert as_user(cast.staff).post(f"/users/{cast.secretary.pk}/close/").status_code == 403


def test_a_role_that_ends_one_day_can_be_ended_sooner(cast):
    grant = cast.neighbour.grants.get()
    accounts.take_role(by=cast.admin, grant=grant, on=date(2099, 1, 1))
    accounts.take_role(by=cast.admin, grant=grant, on=date(2026, 9, 21))
    grant.refresh_from_db()
    assert grant.to_date == date(2026, 9, 21)


def test_a_wider_role_ends_the_tokens_made_before(cast, town):
    row, _text = issue_token(by=cast.neighbour, name="old")
    accounts.give_role(by=cast.admin, user=cast.neighbour, role="town_staff", unit=town.xitun)
    row.refresh_from_db()
    assert row.revoked_at


def test_a_role_to_come_begins_sooner_when_given_again(as_user, cast, town):
    client, url = as_user(cast.admin), f"/users/{cast.secretary.pk}/grants/new/"
    role = {"role": "secretary", "unit": town.liulin.pk}
    assert client.post(url, role | {"from_date": "2099-01-01"}).status_code == 302
    assert client.post(url, role | {"from_date": "2026-09-21"}).status_code == 302
    grant = cast.secretary.grants.get(unit=town.liulin)
    assert (grant.from_date, grant.to_date) == (date(2026, 9, 21), None)
    traces = AuditRow.objects.filter(act="grant_role", object_id=str(grant.pk), actor=cast.admin)
    assert traces.count() == 2
    for day in ("2026-09-20", "2026-09-21", "2099-01-01"):
        assert client.post(url, role | {"from_date": day}).status_code == 422
    assert cast.secretary.grants.filter(unit=town.liulin).count() == 1


def test_the_database_holds_one_open_role_and_one_setting_a_day_for_the_whole_tree(cast, root):
    first = root.grants.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=root, role=first.role, from_date=date(2026, 1, 1))
    Setting.objects.create(key="slip_days", value=3, from_date=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Setting.objects.create(key="slip_days", value=4, from_date=date(2026, 1, 1))
    Setting.objects.create(key="slip_days", value=4, from_date=date(2026, 1, 2))
