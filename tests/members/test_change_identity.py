"""A new name or ID number: the same person, still found under the old ones, which are never registered anew."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, FormerIdentity, Person
from members.search import search_people
from tests.conftest import TODAY, enrolled
from tests.members.views.test_person_new import id_number

pytestmark = pytest.mark.usefixtures("in_english")
DAY = date(2026, 9, 15)
OLD, NEW = id_number(), id_number(birth="19680706")


@pytest.fixture
def someone(cast, town):
    return enrolled(town.huaishuwan, "王小宝", None, by=cast.staff, id_number=OLD, reading="wang xiao bao")


def change(cast, person, on=DAY, by=None, evidence="register", reason="户籍更名", **new):
    by = by or cast.secretary
    return actions.change_identity(by=by, person=person, on=on, evidence=evidence, reason=reason, **new)


def found(user, text):
    return list(search_people(Person.objects.visible_to(user), text, user)[0])


def test_a_new_name_keeps_the_old_one_findable(cast, someone):
    change(cast, someone, name="王建业")
    someone.refresh_from_db()
    assert (someone.name, someone.pinyin, someone.reading) == ("王建业", "wangjianye", "")
    for text in ("王小宝", "小宝", "wangxiaobao", "王建业", "wjy"):
        assert found(cast.secretary, text) == [someone], text
    assert not found(cast.neighbour, "王小宝")
    actions.correct_person(by=cast.secretary, person=someone, version=someone.version, name="王健业")
    assert found(cast.secretary, "王小宝") == [someone]
    row = FormerIdentity.objects.get()
    assert (row.name, row.to_date, row.id_number, row.id_hash) == ("王小宝", DAY, None, None)
    assert AuditRow.objects.get(act="change_identity").purpose == "户籍更名"


def test_an_old_number_is_never_registered_again(cast, town, someone):
    change(cast, someone, id_number=NEW)
    someone.refresh_from_db()
    assert (someone.id_number, someone.birth_date) == (NEW, date(1968, 7, 6))
    assert found(cast.secretary, OLD) == found(cast.secretary, NEW) == [someone]
    for number in (OLD, NEW):
        with pytest.raises(ValidationError, match="already on a roll"):
            actions.register_person(by=cast.staff, unit=town.liulin, name="王小宝", id_number=number)
    assert Person.objects.count() == 1
    assert FormerIdentity.objects.get().id_number == OLD
    assert OLD not in str(AuditRow.objects.get(act="change_identity").detail)
    assert NEW not in str(AuditRow.objects.get(act="change_identity").detail)


def test_it_refuses_the_number_of_somebody_else_old_or_new(cast, town, someone):
    other = enrolled(town.huaishuwan, "李四", None, by=cast.staff)
    change(cast, someone, id_number=NEW)
    for number in (OLD, NEW):
        with pytest.raises(ValidationError, match="Another person"):
            change(cast, other, id_number=number)
    assert other.former_identities.count() == 0


def test_one_may_go_back_to_the_old_number(cast, someone):
    change(cast, someone, id_number=NEW)
    assert change(cast, someone, on=TODAY, id_number=OLD).id_number == OLD
    assert [(r.from_date, r.to_date) for r in someone.former_identities.order_by("pk")] == [
        (date(2025, 5, 20), DAY),
        (DAY, TODAY),
    ]


def test_a_second_tap_changes_nothing(cast, someone):
    change(cast, someone, name="王建业")
    assert change(cast, someone, name="王建业").name == "王建业"
    assert FormerIdentity.objects.count() == 1
    with pytest.raises(ValidationError, match="as they were"):
        change(cast, someone, by=cast.staff, name="王建业")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"on": date(2026, 9, 22), "name": "王建业"}, "lies ahead"),
        ({"on": date(2025, 5, 19), "name": "王建业"}, "cannot be dated"),
        ({"reason": " ", "name": "王建业"}, "Give the reason"),
        ({}, "as they were"),
        ({"name": "王小宝"}, "as they were"),
        ({"id_number": "123"}, "."),
    ],
)
def test_it_refuses_what_cannot_be(cast, someone, said, words):
    with pytest.raises(ValidationError, match=words):
        change(cast, someone, **said)
    assert not FormerIdentity.objects.exists()


def test_it_refuses_who_has_left(cast, someone):
    actions.record_death(by=cast.secretary, person=someone, on=DAY)
    with pytest.raises(ValidationError, match="left the roll"):
        change(cast, someone, name="王建业")


def test_a_transfer_on_its_way_goes_on(cast, town, someone):
    row = actions.propose_transfer(by=cast.secretary, person=someone, unit=town.liulin, letter_on=DAY)
    change(cast, someone, name="王建业")
    actions.receive_transfer(by=cast.neighbour, transfer=row, on=TODAY)
    assert found(cast.neighbour, "王小宝") == [someone]
