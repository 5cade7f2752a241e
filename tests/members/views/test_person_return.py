"""Transferred in, and back again: /people/new/ with a known ID number, /people/<pk>/return/."""

import uuid

import pytest

from members import actions
from members.models import Person, Standing
from tests.conftest import TODAY, enrolled

from .test_person_new import id_number


@pytest.fixture
def known(cast, town):
    return enrolled(town.huaishuwan, "王有福", None, by=cast.staff, id_number=id_number())


@pytest.fixture
def gone(cast, known):
    return actions.change_standing(
        by=cast.staff, person=known, standing=Standing.FORMER, on=TODAY.replace(day=1), reason="组织关系转出"
    )


def sent(town, **more):
    said = {"name": "王有福", "id_number": id_number(), "unit": town.liulin.pk, "standing": "full", "on": "2026-09-15"}
    said["joined_on"] = "1995-07-01"
    return said | {"submission_id": str(uuid.uuid4()), "came_from": "外县某支部", "letter_on": "2026-09-10"} | more


def test_it_keeps_where_a_new_person_came_from(as_user, cast, town):
    assert as_user(cast.neighbour).post("/people/new/", sent(town)).status_code == 302
    person = Person.objects.get()
    assert "外县某支部" in person.memberships.get().reason
    assert "外县某支部" in as_user(cast.neighbour).get(f"/people/{person.pk}/history/").content.decode()
    assert "外县某支部" not in as_user(cast.reader).get(f"/people/{person.pk}/history/").content.decode()


def test_it_refuses_a_letter_after_the_receipt(as_user, cast, town):
    response = as_user(cast.neighbour).post("/people/new/", sent(town, letter_on="2026-09-16"))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["letter_on"])
    assert not Person.objects.exists()


def test_it_offers_the_old_file_and_makes_no_second_one(as_user, cast, town, gone):
    client = as_user(cast.neighbour)
    response = client.post("/people/new/", sent(town))
    assert response.status_code == 422
    assert "same_person" in response.context["form"].fields
    for _tap in range(2):
        response = client.post("/people/new/", sent(town, same_person="on"))
        assert response["Location"] == f"/people/{gone.pk}/categories/propose/"
    gone.refresh_from_db()
    assert (gone.unit, gone.standing, Person.objects.count()) == (town.liulin, Standing.FULL, 1)


def test_it_asks_to_look_again_when_the_name_is_another(as_user, cast, town, gone):
    response = as_user(cast.neighbour).post("/people/new/", sent(town, name="李四", same_person="on"))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["id_number"])
    gone.refresh_from_db()
    assert gone.standing == Standing.FORMER


@pytest.mark.parametrize(("who", "named"), [("staff", True), ("neighbour", False)])
def test_it_names_the_roll_only_in_scope(as_user, cast, town, known, who, named):
    client = as_user(getattr(cast, who))
    response = client.post("/people/new/", sent(town))
    assert response.status_code == 422
    assert (town.huaishuwan.name in str(response.context["form"].errors)) == named
    assert client.post("/people/new/", sent(town, same_person="on")).status_code == 422
    known.refresh_from_db()
    assert known.unit == town.huaishuwan


def test_the_file_of_one_who_left_leads_back(as_user, cast, town, gone):
    client, url = as_user(cast.secretary), f"/people/{gone.pk}/return/"
    assert f'href="{url}"' in client.get(f"/people/{gone.pk}/").content.decode()
    data = {"unit": town.huaishuwan.pk, "standing": "full", "on": "2026-09-15"}
    for _tap in range(2):
        assert client.post(url, data)["Location"] == f"/people/{gone.pk}/categories/propose/"
    gone.refresh_from_db()
    assert gone.standing == Standing.FULL
    assert url not in client.get(f"/people/{gone.pk}/").content.decode()


@pytest.mark.parametrize("more", [{"on": ""}, {"on": "2026-08-30"}, {"standing": "former"}, {"unit": "0"}])
def test_it_refuses_what_cannot_be(as_user, cast, town, gone, more):
    data = {"unit": town.huaishuwan.pk, "standing": "full", "on": "2026-09-15"} | more
    assert as_user(cast.secretary).post(f"/people/{gone.pk}/return/", data).status_code == 422
    gone.refresh_from_db()
    assert gone.standing == Standing.FORMER
