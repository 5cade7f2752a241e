"""Entering a death: /people/<pk>/death/."""

import pytest

from members.models import Standing
from projects.models import Due
from projects.sweep import open_dues


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/death/"


def test_it_closes_what_is_owed(as_user, cast, person, url):
    open_dues()
    assert Due.objects.open().filter(person=person).exists()
    assert as_user(cast.secretary).post(url, {"on": "2026-09-18"}).status_code == 302
    person.refresh_from_db()
    assert person.standing == Standing.FORMER
    assert not Due.objects.open().filter(person=person).exclude(occasion="death").exists()


@pytest.mark.parametrize("on", ["", "2026-09-22", "昨天", "1999-01-01"])
def test_it_refuses_an_impossible_day(as_user, cast, person, url, on):
    response = as_user(cast.secretary).post(url, {"on": on})
    assert response.status_code == 422
    person.refresh_from_db()
    assert person.standing == Standing.FULL


def test_it_changes_nothing_by_get(as_user, cast, person, url):
    assert as_user(cast.secretary).get(f"{url}?on=2026-09-18").status_code == 200
    person.refresh_from_db()
    assert person.standing == Standing.FULL


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write(as_user, cast, url, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, {"on": "2026-09-18"}).status_code == (302 if status == 200 else status)
