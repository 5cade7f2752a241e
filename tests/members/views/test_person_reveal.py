"""Seeing whole numbers once: /people/<pk>/reveal/."""

import pytest

from members.models import AuditRow


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/reveal/"


def test_it_shows_the_number_once_and_keeps_the_purpose(as_user, cast, person, url):
    response = as_user(cast.secretary).post(url, {"purpose": "contact", "words": "催交材料"})
    assert response.status_code == 200
    assert "19912343021" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    row = AuditRow.objects.get(act="reveal_person")
    assert row.actor == cast.secretary
    assert "催交材料" in row.purpose
    assert "19912343021" not in str(row.detail) + row.purpose


def test_it_shows_nothing_by_get(as_user, cast, url):
    response = as_user(cast.secretary).get(f"{url}?purpose=contact")
    assert "19912343021" not in response.content.decode()
    assert not AuditRow.objects.filter(act="reveal_person").exists()


@pytest.mark.parametrize(
    "data", [{}, {"purpose": ""}, {"purpose": "other"}, {"purpose": "other", "words": "  "}, {"purpose": "because"}]
)
def test_it_asks_what_for(as_user, cast, url, data):
    response = as_user(cast.secretary).post(url, data)
    assert response.status_code == 422
    assert "19912343021" not in response.content.decode()
    assert not AuditRow.objects.filter(act="reveal_person").exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_with_the_right(as_user, cast, url, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, {"purpose": "check"}).status_code == status
