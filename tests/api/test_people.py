"""People written by a program meet the checks that the page's form makes."""

from uuid import uuid4

import pytest

from members.models import Person
from tests.members.test_register_person import ID_NUMBER, with_check

URL = "/api/v1/people/"
SOUND = {"name": "周建军", "birth_date": "1968-07-05", "joined_on": "1990-06-28", "phone": " 0934-8612345 "}
UNSOUND = [
    ("phone", {"phone": "=1+1"}),
    ("birth_date", {"birth_date": "2026-12-01", "joined_on": None}),
    ("joined_on", {"joined_on": "1968-07-05"}),
    ("full_member_on", {"full_member_on": "1990-06-27"}),
    ("birth_date", {"id_number": with_check(ID_NUMBER)}),
    ("sex", {"id_number": with_check(ID_NUMBER), "birth_date": "1958-03-02", "sex": "F"}),
]


@pytest.fixture
def client_of(as_user, cast):
    return as_user(cast.secretary)


def test_it_registers_what_is_sound(client_of, town):
    sent = SOUND | {"unit": town.huaishuwan.pk, "id_number": with_check(ID_NUMBER)}
    del sent["birth_date"]
    assert client_of.post(URL, sent, "application/json").status_code == 201
    person = Person.objects.get()
    assert (person.phone, person.birth_date.isoformat(), person.sex) == ("09348612345", "1958-03-02", "M")


@pytest.mark.parametrize(("field", "sent"), [*UNSOUND, ("standing", {"standing": "former"})])
def test_it_registers_nothing_unsound(client_of, town, field, sent):
    answer = client_of.post(URL, SOUND | {"unit": town.huaishuwan.pk} | sent, "application/json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Person.objects.exists()


def test_the_same_submission_again_registers_nobody_anew(client_of, town):
    sent = SOUND | {"unit": town.huaishuwan.pk, "submission_id": str(uuid4())}
    first, second = (client_of.post(URL, sent, "application/json").json() for _turn in range(2))
    assert first["id"] == second["id"] == Person.objects.get().pk


@pytest.mark.parametrize(("field", "sent"), UNSOUND)
def test_it_corrects_nothing_unsound(client_of, town, field, sent):
    made = client_of.post(URL, SOUND | {"unit": town.huaishuwan.pk}, "application/json").json()
    answer = client_of.patch(f"{URL}{made['id']}/", sent | {"version": 1}, "application/json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert Person.objects.get().version == 1


def test_it_corrects_one_column_though_another_is_wrong_from_of_old(client_of, person):
    Person.objects.filter(pk=person.pk).update(phone="见家属", joined_on="1950-01-01", birth_date="1950-01-01")
    sent = {"version": person.version, "occupation": "果农"}
    assert client_of.patch(f"{URL}{person.pk}/", sent, "application/json").status_code == 200
