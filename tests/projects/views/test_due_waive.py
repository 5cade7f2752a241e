"""Deciding that something is not owed: /dues/<pk>/waive/."""

import pytest

from projects.models import Due


def test_it_closes_with_a_reason(as_user, cast, due):
    client = as_user(cast.staff)
    assert client.get(f"/dues/{due.pk}/waive/").status_code == 200
    assert client.post(f"/dues/{due.pk}/waive/", {"reason": "住院"}).status_code == 302
    due.refresh_from_db()
    assert due.closed_by == cast.staff
    assert due.closed_why == "住院"


def test_it_asks_for_the_reason(as_user, cast, due):
    for reason in ("", "  ", "长" * 201):
        assert as_user(cast.staff).post(f"/dues/{due.pk}/waive/", {"reason": reason}).status_code == 422
    assert Due.objects.open().filter(pk=due.pk).exists()


def test_it_says_when_it_was_settled_meanwhile(as_user, cast, due, form_url, filled):
    as_user(cast.secretary).post(form_url, filled)
    response = as_user(cast.staff).post(f"/dues/{due.pk}/waive/", {"reason": "住院"})
    assert response.status_code == 422
    assert response.context["form"].non_field_errors()


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 403), ("admin", 403), ("reader", 403), ("neighbour", 404), ("outsider", 404)]
)
def test_it_is_the_towns_decision(as_user, cast, due, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(f"/dues/{due.pk}/waive/").status_code == status
    assert client.post(f"/dues/{due.pk}/waive/", {"reason": "不该"}).status_code == status
    assert Due.objects.open().filter(pk=due.pk).exists()


def test_it_is_offered_on_the_form_to_the_town_only(as_user, cast, due, form_url):
    link = f"/dues/{due.pk}/waive/"
    assert link in as_user(cast.staff).get(f"{form_url}?due={due.pk}").content.decode()
    assert link not in as_user(cast.secretary).get(f"{form_url}?due={due.pk}").content.decode()
