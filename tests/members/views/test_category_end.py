"""Ending a category: /enrolments/<pk>/end/."""

import pytest

from members.models import Status
from projects.models import Due
from projects.sweep import open_dues


@pytest.fixture
def enrolment(person):
    return person.enrolments.get()


@pytest.fixture
def url(enrolment):
    return f"/enrolments/{enrolment.pk}/end/"


def test_it_ends_and_closes_what_is_owed(as_user, cast, person, enrolment, url):
    open_dues()
    response = as_user(cast.staff).post(url, {"on": "2026-09-21", "reason": "返乡"})
    assert response["Location"] == f"/people/{person.pk}/"
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.to_date.isoformat()) == (Status.ENDED, "2026-09-21")
    assert not Due.objects.open().filter(enrolment=enrolment).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", ""), ("reason", "  "), ("on", "2020-01-01"), ("on", "2026-09-22"), ("on", "x"), ("reason", "长" * 201)],
)
def test_it_shows_what_is_wrong(as_user, cast, enrolment, url, field, value):
    response = as_user(cast.staff).post(url, {"on": "2026-09-21", "reason": "返乡", field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    enrolment.refresh_from_db()
    assert enrolment.status == Status.ACTIVE


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("director", 200), ("secretary", 403), ("admin", 403), ("reader", 403), ("outsider", 404)],
)
def test_it_is_the_towns(as_user, cast, url, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, {"on": "2026-09-21", "reason": "返乡"}).status_code == (302 if status == 200 else status)
