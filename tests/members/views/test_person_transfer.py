"""Moving to another branch: /people/<pk>/transfer/."""

import pytest


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/transfer/"


def test_it_moves_within_the_town(as_user, cast, town, person, url):
    response = as_user(cast.staff).post(url, {"unit": town.liulin.pk, "on": "2026-09-10", "reason": "落户"})
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.unit == town.liulin
    assert person.category == "mobile"
    assert person.enrolments.get(to_date=None).unit == town.liulin


def test_it_tells_a_secretary_whom_to_ask(as_user, cast, town, person, url):
    page = as_user(cast.secretary).get(url)
    assert page.status_code == 200
    assert "<select" not in page.content.decode().split("<main")[1]
    response = as_user(cast.secretary).post(url, {"unit": town.liulin.pk, "on": "2026-09-10"})
    assert response.status_code == 422
    person.refresh_from_db()
    assert person.unit == town.huaishuwan


@pytest.mark.parametrize("place", ["huaishuwan", "foreign", "xitun"])
def test_it_offers_only_other_branches_of_the_own_scope(as_user, cast, town, url, place):
    data = {"unit": getattr(town, place).pk, "on": "2026-09-10"}
    response = as_user(cast.staff).post(url, data)
    assert "unit" in response.context["form"].errors


@pytest.mark.parametrize("on", ["", "2026-09-22", "2020-01-01", "x"])
def test_it_refuses_an_impossible_day(as_user, cast, town, url, on):
    assert as_user(cast.staff).post(url, {"unit": town.liulin.pk, "on": on}).status_code == 422


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write(as_user, cast, url, who, status):
    assert as_user(getattr(cast, who)).get(url).status_code == status
