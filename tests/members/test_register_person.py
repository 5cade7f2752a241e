"""Putting a person on a roll: dated rows, search keys, an encrypted number, and nobody twice."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members import actions
from members.actions import people as acts
from members.models import AuditRow, Person, Standing
from tests.conftest import TODAY

pytestmark = pytest.mark.usefixtures("in_english")

ID_NUMBER = "620000195803020018"


def register(town, cast, **changes):
    values = {"unit": town.huaishuwan, "name": "张建国", "on": date(2026, 9, 1), "id_number": with_check(ID_NUMBER)}
    return actions.register_person(by=cast.secretary, **(values | changes))


def with_check(number):
    """`number` with the right check character (GB 11643, MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return number[:17] + "10X98765432"[total % 11]


def test_it_stands_on_the_roll_from_that_day(town, cast):
    person = register(town, cast)
    assert (person.unit, person.path, person.standing) == (town.huaishuwan, town.huaishuwan.path, Standing.FULL)
    assert [(r.unit, r.from_date, r.to_date) for r in person.memberships.all()] == [
        (town.huaishuwan, date(2026, 9, 1), None)
    ]
    assert [(r.standing, r.from_date) for r in person.standings.all()] == [("full", date(2026, 9, 1))]
    assert AuditRow.objects.get(act="register_person").actor == cast.secretary


def test_it_stands_there_from_today_unless_told(town, cast):
    assert register(town, cast, on=None).memberships.get().from_date == TODAY


def test_it_can_be_found(town, cast):
    person = register(town, cast, name=" 张 建国 ")
    assert person.name == "张建国"
    assert (person.pinyin, person.initials) == ("zhangjianguo", "zjg")
    keys = {"张", "建", "国", "张建", "建国", "zhangjianguo", "zjg"}
    assert set(person.grams.values_list("gram", flat=True)) == keys


def test_it_encrypts_the_id_number(town, cast):
    person = register(town, cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, id_hash FROM members_person WHERE id = %s", [person.pk])
        stored, hashed = cursor.fetchone()
    number = with_check(ID_NUMBER)
    assert number not in stored
    assert number not in hashed
    assert Person.objects.get(pk=person.pk).id_number == number
    assert number not in str(list(AuditRow.objects.values_list("detail", flat=True)))


def test_it_keeps_nobody_twice(town, cast):
    register(town, cast)
    with pytest.raises(ValidationError) as refused:
        register(town, cast, unit=town.liulin, name="张建军")
    assert "id_number" in refused.value.message_dict
    assert Person.objects.count() == 1


def test_it_keeps_namesakes_apart(town, cast):
    """Two people of one name, branch and birth date are two people: never matched by name (DOMAIN §6, 4)."""
    first = register(town, cast, id_number=None, birth_date=date(1958, 3, 2))
    second = register(town, cast, id_number=None, birth_date=date(1958, 3, 2))
    assert first.pk != second.pk
    assert first.id_hash is second.id_hash is None


@pytest.mark.parametrize("number", ["6.2E+17", "123", "620000195813020018", ID_NUMBER[:17] + "?"])
def test_it_refuses_a_number_that_is_none(town, cast, number):
    with pytest.raises(ValidationError):
        register(town, cast, id_number=number)
    assert Person.objects.count() == 0


def test_it_knows_the_old_fifteen_digits_and_the_eighteen_as_one(town, cast):
    register(town, cast, id_number="620000580302001")
    with pytest.raises(ValidationError, match="already on a roll"):
        register(town, cast)


def test_it_refuses_an_empty_name(town, cast):
    with pytest.raises(ValidationError):
        register(town, cast, name="  ")
    assert Person.objects.count() == 0


def test_it_makes_one_person_of_a_double_tap(town, cast):
    sent = {"submission_id": uuid.uuid4(), "id_number": None}
    assert register(town, cast, **sent) == register(town, cast, **sent)
    assert Person.objects.count() == AuditRow.objects.filter(act="register_person").count() == 1
    with pytest.raises(ValidationError, match="sent already, for 张建国"):
        register(town, cast, **sent, name="张建军")
    with pytest.raises(ValidationError, match="Somebody else"):
        actions.register_person(by=cast.staff, unit=town.huaishuwan, name="张建国", **sent)


def test_it_survives_the_race_of_two_taps(town, cast, monkeypatch):
    """The second tap has looked before the first was saved: the unique number decides, and the first is returned."""
    sent = {"submission_id": uuid.uuid4(), "id_number": None}
    first = register(town, cast, **sent)
    looks = iter([None, first])
    monkeypatch.setattr(acts, "_sent_before", lambda person, by: next(looks))
    monkeypatch.setattr(Person, "validate_unique", lambda *args, **kwargs: None)
    assert register(town, cast, **sent) == first


def test_it_refuses_the_number_somebody_entered_this_moment(town, cast, monkeypatch):
    register(town, cast)
    looks, refuse = [], acts._refuse_known_number
    monkeypatch.setattr(
        acts, "_refuse_known_number", lambda *args: refuse(*args) if looks else looks.append("before the other saved")
    )
    monkeypatch.setattr(Person, "validate_unique", lambda *args, **kwargs: None)
    with pytest.raises(ValidationError, match="already on a roll") as refused:
        register(town, cast, name="张建军")
    assert list(refused.value.message_dict) == ["id_number"]
    assert Person.objects.count() == 1
