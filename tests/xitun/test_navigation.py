"""The side navigation and the phone's bar: to whom what is offered, and that nothing offered is refused."""

import pytest

from members import actions as members_acts

ROLES = ["secretary", "staff", "director", "admin", "reader", "outsider"]


def links(response):
    items = [item for group in response.context["nav"] for item in group["items"]]
    return [item["url"] for item in [*items, *response.context["tabs"]]]


@pytest.mark.parametrize("role", ROLES)
def test_it_offers_nothing_that_would_be_refused(as_user, cast, role):
    client = as_user(getattr(cast, role))
    for url in links(client.get("/")):
        assert client.get(url).status_code == 200, url


def test_it_offers_each_what_is_theirs(as_user, cast):
    def offered(user):
        return set(links(as_user(user).get("/")))

    assert "/decisions/" in offered(cast.staff)
    assert "/decisions/" not in offered(cast.secretary) | offered(cast.admin) | offered(cast.reader)
    assert "/records/new/" in offered(cast.secretary)
    assert "/records/new/" not in offered(cast.reader) | offered(cast.admin)
    assert "/audit/" in offered(cast.admin)
    assert "/audit/" not in offered(cast.secretary)


def test_it_names_restricted_projects_only_to_those_with_the_right(as_user, cast):
    assert "/projects/key/" in links(as_user(cast.secretary).get("/"))
    assert "/projects/key/" not in links(as_user(cast.reader).get("/"))
    assert "/projects/determined_person/" not in links(as_user(cast.admin).get("/"))


def test_it_marks_the_page_one_is_on(as_user, cast, person):
    response = as_user(cast.secretary).get(f"/people/{person.pk}/")
    active = [item["url"] for group in response.context["nav"] for item in group["items"] if item["active"]]
    assert active == ["/people/"]


def test_it_offers_a_user_without_a_role_only_the_home_page(as_user, db):
    user = members_acts.create_user(by=None, username="nobody")
    assert [url for url in links(as_user(user).get("/")) if url not in ("/", "/me/")] == []


@pytest.mark.parametrize("role, status", [("admin", 200), ("staff", 200), ("secretary", 403), ("reader", 403)])
def test_it_shows_the_components_to_those_who_look_after_the_house(as_user, cast, role, status):
    assert as_user(getattr(cast, role)).get("/design/").status_code == status
