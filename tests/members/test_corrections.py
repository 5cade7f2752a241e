"""A person asks for a correction of their own file; somebody who writes there answers."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members import actions
from members.models import AuditRow, CorrectionRequest, Person
from tests.conftest import TODAY

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def member(person):
    return actions.create_user(by=None, username="m", person=person)


def ask(member, column="phone", right="19900001111", **more):
    more.setdefault("submission_id", uuid.uuid4())
    return actions.ask_correction(by=member, person=member.person, column=column, right=right, **more)


def accept(cast, row, **more):
    more.setdefault("version", Person.objects.get(pk=row.person_id).version)
    return actions.accept_correction(by=cast.secretary, request=row, **more)


def test_it_changes_nothing_until_somebody_accepts(cast, person, member):
    row = ask(member)
    person.refresh_from_db()
    assert (person.phone, row.state) == ("19912343021", "waiting")
    accept(cast, row)
    person.refresh_from_db()
    row.refresh_from_db()
    assert (person.phone, row.state, row.answered_by) == ("19900001111", "accepted", cast.secretary)
    acts = list(AuditRow.objects.filter(person=person).order_by("pk").values_list("act", flat=True))
    assert acts[-3:] == ["ask_correction", "correct_person", "accept_correction"]


@pytest.mark.parametrize(
    ("column", "right", "value"),
    [
        ("birth_date", "1968年7月5日", date(1968, 7, 5)),
        ("sex", "女", "F"),
        ("name", " 张 建军 ", "张建军"),
        ("id_number", "62000019680705001X", None),
        ("address", "某社12号", "某社12号"),
    ],
)
def test_it_writes_what_the_column_holds(cast, person, member, column, right, value):
    if column == "id_number":
        from tests.scene import _id_number

        right = value = _id_number(1968, 5)
    accept(cast, ask(member, column, right))
    assert getattr(Person.objects.get(pk=person.pk), column) == value


@pytest.mark.parametrize(
    ("column", "right"),
    [("birth_date", "去年"), ("id_number", "123"), ("phone", "打座机"), ("sex", "x"), ("name", " "),
     ("education", "长" * 21), ("address", ""), ("phone", "19912343021")],
)  # fmt: skip
def test_it_refuses_what_the_column_cannot_hold_or_holds_already(member, column, right):
    with pytest.raises(ValidationError):
        ask(member, column, right)
    assert not CorrectionRequest.objects.exists()


def test_a_double_tap_makes_one_and_the_same_column_waits_once(member):
    row = ask(member)
    assert ask(member, submission_id=row.submission_id) == row
    with pytest.raises(ValidationError, match="asked for this already"):
        ask(member, right="19900002222")
    actions.withdraw_correction(by=member, request=row)
    assert ask(member, right="19900002222").is_waiting


def test_it_keeps_no_number_in_the_open(member):
    ask(member)
    ask(member, "other", "", wrong="电话19900001111不是我的")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_correctionrequest")
        stored = str(cursor.fetchall())
    assert "19900001111" not in stored
    assert "19900001111" not in str(list(AuditRow.objects.values_list("purpose", "detail")))


def test_something_else_needs_words_on_both_sides(cast, member):
    with pytest.raises(ValidationError, match="Say what is wrong"):
        ask(member, "other", "")
    row = ask(member, "other", "", wrong="奖励未登记")
    with pytest.raises(ValidationError, match="Say what was done"):
        accept(cast, row)
    assert accept(cast, row, answer="已补登").state == "accepted"


def test_a_refusal_needs_its_reason_and_leaves_the_file(cast, person, member):
    row = ask(member)
    with pytest.raises(ValidationError, match="Say why"):
        actions.refuse_correction(by=cast.secretary, request=row, answer=" ")
    refused = actions.refuse_correction(by=cast.secretary, request=row, answer="与身份证不符")
    assert (refused.state, refused.answer) == ("refused", "与身份证不符")
    assert Person.objects.get(pk=person.pk).phone == "19912343021"


@pytest.mark.parametrize("first", ["accept", "refuse", "withdraw"])
def test_it_is_answered_once(cast, member, first):
    row = ask(member)
    acts = {
        "accept": lambda: accept(cast, row),
        "refuse": lambda: actions.refuse_correction(by=cast.staff, request=row, answer="x"),
        "withdraw": lambda: actions.withdraw_correction(by=member, request=row),
    }
    acts.pop(first)()
    for again in (*acts.values(), lambda: accept(cast, row)):
        with pytest.raises(ValidationError, match="its answer already"):
            again()


def test_it_writes_nothing_over_what_changed_meanwhile(cast, person, member):
    row = ask(member)
    actions.correct_person(by=cast.staff, person=person, version=person.version, address="新址")
    with pytest.raises(actions.Conflict):
        accept(cast, row, version=person.version)
    row.refresh_from_db()
    assert row.is_waiting


def test_nobody_decides_their_own(cast, person):
    cast.secretary.person = person
    cast.secretary.save()
    row = ask(cast.secretary)
    assert not CorrectionRequest.objects.answerable_by(cast.secretary).exists()
    with pytest.raises(ValidationError, match="their own request"):
        accept(cast, row)
    assert CorrectionRequest.objects.answerable_by(cast.staff).get() == row


def test_it_moves_with_the_person_and_only_writers_read_it(cast, town, person, member):
    row = ask(member)
    rows = CorrectionRequest.objects

    def seen():
        users = "secretary neighbour staff admin reader outsider".split()
        return {name for name in users if rows.visible_to(getattr(cast, name)).filter(pk=row.pk).exists()}

    assert seen() == {"secretary", "staff"}
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=TODAY)
    assert seen() == {"neighbour", "staff"}
    assert rows.visible_to(member).get() == row
