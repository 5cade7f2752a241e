"""Registering a person: /people/new/."""

import pytest

from members.models import Person, Standing
from xitun.lib.ids import check_character


def id_number(birth="19680705", order="115"):
    first17 = f"620000{birth}{order}"
    return first17 + check_character(first17)


@pytest.fixture
def filled(town):
    return {
        "name": "周建军",
        "unit": town.huaishuwan.pk,
        "standing": "full",
        "on": "2026-09-01",
        "id_number": "",
        "sex": "M",
        "birth_date": "1968-07-05",
        "phone": "19912345678",
        "joined_on": "1990-06-28",
    }


def test_it_puts_a_person_on_the_roll(as_user, cast, town, filled):
    response = as_user(cast.secretary).post("/people/new/", filled | {"id_number": id_number()})
    person = Person.objects.get()
    assert response["Location"] == f"/people/{person.pk}/categories/propose/"
    assert (person.unit, person.standing, person.initials) == (town.huaishuwan, Standing.FULL, "zjj")
    assert person.memberships.get().from_date.isoformat() == "2026-09-01"


def test_it_fills_birth_date_and_sex_from_the_id_number(as_user, cast, filled):
    filled |= {"id_number": id_number(), "birth_date": ""}
    filled.pop("sex")
    as_user(cast.secretary).post("/people/new/", filled)
    person = Person.objects.get()
    assert person.birth_date.isoformat() == "1968-07-05"
    assert person.sex == "M"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id_number", id_number()[:17] + ("1" if id_number()[17] != "1" else "2")),
        ("id_number", "6.2E+17"),
        ("id_number", "12345"),
        ("id_number", "9" * 5000),
        ("name", ""),
        ("name", "\u200b"),
        ("name", "长" * 41),
        ("birth_date", "2026-12-01"),
        ("birth_date", "1968.13.1"),
        ("joined_on", "1960-01-01"),
        ("phone", "=1+1"),
        ("phone", "12345"),
        ("sex", "X"),
        ("standing", "former"),
        ("unit", "abc"),
        ("unit", "9" * 30),
        ("on", "2027-01-01"),
    ],
)
def test_it_shows_what_is_wrong_beside_the_field(as_user, cast, filled, field, value):
    response = as_user(cast.secretary).post("/people/new/", filled | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Person.objects.exists()


def test_it_refuses_an_id_number_that_contradicts_the_birth_date(as_user, cast, filled):
    response = as_user(cast.secretary).post("/people/new/", filled | {"id_number": id_number("19700101")})
    assert "birth_date" in response.context["form"].errors


def test_it_takes_dates_as_the_office_types_them(as_user, cast, filled):
    as_user(cast.secretary).post("/people/new/", filled | {"birth_date": "1968年7月5日", "joined_on": "1990.6.28"})
    assert Person.objects.get().joined_on.isoformat() == "1990-06-28"


@pytest.mark.parametrize("standing", ["full", "probationary"])
def test_it_asks_once_for_the_day_of_joining_of_a_member(as_user, cast, filled, standing):
    client, blank = as_user(cast.secretary), filled | {"joined_on": "", "standing": standing}
    response = client.post("/people/new/", blank)
    assert response.status_code == 422
    assert "joined_on" in response.context["form"].errors
    assert "joined_unknown" in response.context["form"].fields
    assert client.post("/people/new/", blank | {"joined_unknown": "on"}).status_code == 302
    assert Person.objects.get().joined_on is None


def test_it_asks_no_candidate_for_the_day_of_joining(as_user, cast, filled):
    response = as_user(cast.secretary).post("/people/new/", filled | {"joined_on": "", "standing": "applicant"})
    assert response.status_code == 302


def test_it_refuses_the_same_id_number_twice(as_user, cast, filled):
    client = as_user(cast.secretary)
    client.post("/people/new/", filled | {"id_number": id_number()})
    response = client.post("/people/new/", filled | {"id_number": id_number(), "name": "周建国"})
    assert "id_number" in response.context["form"].errors
    assert Person.objects.count() == 1


def test_it_asks_once_about_a_namesake(as_user, cast, filled):
    client = as_user(cast.secretary)
    client.post("/people/new/", filled)
    response = client.post("/people/new/", filled)
    assert response.status_code == 422
    assert "another_person" in response.context["form"].fields
    assert Person.objects.count() == 1
    assert client.post("/people/new/", filled | {"another_person": "on"}).status_code == 302
    assert Person.objects.count() == 2


def test_it_makes_one_person_of_a_double_tap(as_user, cast, filled):
    client = as_user(cast.secretary)
    form = client.get("/people/new/").context["form"]
    sent = filled | {"submission_id": str(form["submission_id"].value())}
    taps = [client.post("/people/new/", sent) for _tap in range(2)]
    assert [tap.status_code for tap in taps] == [302, 302]
    assert taps[0]["Location"] == taps[1]["Location"]
    assert Person.objects.count() == 1


def test_it_asks_nothing_about_a_namesake_of_another_day(as_user, cast, filled):
    client = as_user(cast.secretary)
    client.post("/people/new/", filled)
    assert client.post("/people/new/", filled | {"birth_date": "1970-01-01"}).status_code == 302


def test_it_offers_only_branches_one_may_write_in(as_user, cast, town, filled):
    response = as_user(cast.secretary).post("/people/new/", filled | {"unit": town.liulin.pk})
    assert "unit" in response.context["form"].errors
    assert as_user(cast.staff).post("/people/new/", filled | {"unit": town.liulin.pk}).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("staff", 200), ("director", 200), ("admin", 403), ("reader", 403)]
)
def test_it_is_for_those_who_write(as_user, cast, who, status):
    assert as_user(getattr(cast, who)).get("/people/new/").status_code == status


def test_it_asks_to_sign_in(client, db):
    assert client.get("/people/new/").status_code == 302
