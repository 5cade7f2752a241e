"""A branch proposes a category: /people/<pk>/categories/propose/."""

import pytest

from members.models import Category, Enrolment, Status


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/categories/propose/"


@pytest.fixture
def filled():
    return {"category": "retired", "primary": "on", "on": "2026-09-20", "reason": "办理退休"}


def test_it_proposes_and_changes_nothing_yet(as_user, cast, person, url, filled):
    assert as_user(cast.secretary).post(url, filled)["Location"] == f"/people/{person.pk}/"
    row = Enrolment.objects.get(category=Category.RETIRED)
    assert (row.status, row.primary, row.recorded_by, row.reason) == (Status.PROPOSED, True, cast.secretary, "办理退休")
    person.refresh_from_db()
    assert person.category == Category.MOBILE


def test_it_keeps_the_days_of_consent_notice_and_hearing(as_user, cast, url, filled):
    days = {"category": "poor_weak", "consent_on": "2026-09-15", "notified_on": "", "heard_on": ""}
    as_user(cast.secretary).post(url, filled | days)
    row = Enrolment.objects.get(category=Category.POOR_WEAK)
    assert row.consent_on.isoformat() == "2026-09-15"
    assert row.restricted


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", ""),
        ("category", "hermit"),
        ("category", "mobile"),
        ("reason", ""),
        ("reason", "   "),
        ("reason", "长" * 201),
        ("on", "2026-09-22"),
        ("on", ""),
        ("evidence", "据" * 1001),
    ],
)
def test_it_shows_what_is_wrong(as_user, cast, url, filled, field, value):
    response = as_user(cast.secretary).post(url, filled | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Enrolment.objects.filter(status=Status.PROPOSED).exists()


def test_it_refuses_a_second_proposal_of_the_same(as_user, cast, url, filled):
    client = as_user(cast.secretary)
    client.post(url, filled)
    assert client.post(url, filled).status_code == 422
    assert Enrolment.objects.filter(status=Status.PROPOSED).count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write(as_user, cast, url, filled, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, filled).status_code == (302 if status == 200 else status)
