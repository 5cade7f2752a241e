"""A transfer waits for its receipt: until then the person stands on the old roll, once, with all that is owed there."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members import actions
from members.access import WRITE, scope_of
from members.models import AuditRow, BranchMembership, Enrolment, Person, Standing, StandingRow, Transfer, User
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY

pytestmark = pytest.mark.usefixtures("in_english")
LETTER, RECEIPT = date(2026, 9, 1), date(2026, 9, 15)


@pytest.fixture
def inside(cast, town, person):
    return actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=LETTER, reason="随迁")


@pytest.fixture
def outside(cast, person):
    return actions.propose_transfer(by=cast.secretary, person=person, elsewhere="外县某支部", letter_on=LETTER)


def one_open(person):
    """The property: exactly one open membership and one open standing, whatever happened."""
    rows = [m.objects.filter(person=person, to_date=None, superseded_at=None) for m in (BranchMembership, StandingRow)]
    return [row.get() for row in rows]


def test_it_keeps_the_person_and_what_is_owed_on_the_old_roll(cast, town, person, inside):
    open_dues(TODAY)
    person.refresh_from_db()
    assert person.unit == town.huaishuwan
    assert person not in Person.objects.visible_to(cast.neighbour)
    assert set(Due.objects.open().filter(person=person).values_list("unit", flat=True)) == {town.huaishuwan.pk}
    assert one_open(person)[0].unit == town.huaishuwan
    assert (inside.valid_until - LETTER).days == 90


def test_its_letter_is_valid_as_the_county_sets_it(cast, town, person):
    actions.change_setting(
        by=None, key="transfer_letter_days", value=30, from_date=date(2026, 1, 1), unit=town.county, reason="规定"
    )
    row = actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=LETTER)
    assert row.valid_until == LETTER + timedelta(days=30)


def test_receipt_moves_the_person_that_day(cast, town, person, inside):
    open_dues(date(2026, 8, 1))
    actions.receive_transfer(by=cast.neighbour, transfer=inside, on=RECEIPT)
    person.refresh_from_db()
    assert (person.unit, one_open(person)[0].from_date) == (town.liulin, RECEIPT)
    assert set(Due.objects.filter(person=person).values_list("closed_on", flat=True)) == {RECEIPT}
    assert Enrolment.objects.on(TODAY).get(person=person).unit == town.liulin
    assert Enrolment.objects.on(RECEIPT - timedelta(days=1)).get(person=person).unit == town.huaishuwan
    inside.refresh_from_db()
    assert (inside.state, inside.settled_on, inside.settled_by) == ("received", RECEIPT, cast.neighbour)
    assert AuditRow.objects.filter(act="receive_transfer", person=person, actor=cast.neighbour).exists()


def test_receipt_from_outside_ends_the_roll_and_the_dues(cast, person, outside):
    open_dues(TODAY)
    actions.receive_transfer(by=cast.secretary, transfer=outside, on=RECEIPT)
    person.refresh_from_db()
    standing = one_open(person)[1]
    assert (person.standing, standing.from_date, standing.reason) == (Standing.FORMER, RECEIPT, "#transferred_out")
    assert not Due.objects.open().filter(person=person).exists()


def test_receipt_from_outside_ends_the_posts(cast, town, person, outside):
    early, late = (
        actions.hold_post(by=cast.staff, unit=town.huaishuwan, title=title, person=person, from_date=since)
        for title, since in (("村委会主任", date(2025, 6, 1)), ("文书", date(2026, 9, 18)))
    )
    open_dues(TODAY)
    assert Due.objects.open().filter(post=early).exists()
    actions.receive_transfer(by=cast.secretary, transfer=outside, on=RECEIPT)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.to_date, late.to_date) == (RECEIPT, date(2026, 9, 18))
    open_dues(TODAY)
    assert not Due.objects.open().filter(post__person=person).exists()
    assert set(Due.objects.filter(post=early).values_list("closed_why", flat=True)) == {"#transferred_out"}
    assert AuditRow.objects.filter(act="leave_post", person=person, actor=cast.secretary).count() == 2


def test_a_move_within_the_house_leaves_the_post_to_the_town(cast, town, person, inside):
    row = actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="文书", person=person, from_date=LETTER)
    actions.receive_transfer(by=cast.neighbour, transfer=inside, on=RECEIPT)
    row.refresh_from_db()
    assert row.to_date is None


@pytest.mark.parametrize(
    ("act", "state"), [(actions.decline_transfer, "declined"), (actions.withdraw_transfer, "withdrawn")]
)
def test_it_goes_back_with_a_reason_and_may_be_sent_again(cast, town, person, inside, act, state):
    with pytest.raises(ValidationError):
        act(by=cast.neighbour, transfer=inside, reason=" ")
    row = act(by=cast.neighbour, transfer=inside, reason="信息有误")
    assert (row.state, row.settled_reason) == (state, "信息有误")
    person.refresh_from_db()
    assert person.unit == town.huaishuwan
    actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=LETTER)


@pytest.mark.parametrize("act", ["receive", "decline", "withdraw"])
def test_a_second_tap_changes_nothing(cast, inside, act):
    actions.receive_transfer(by=cast.neighbour, transfer=inside, on=RECEIPT)
    said = {"on": TODAY} if act == "receive" else {"reason": "x"}
    with pytest.raises(ValidationError, match="already been decided"):
        getattr(actions, f"{act}_transfer")(by=cast.neighbour, transfer=inside, **said)
    inside.refresh_from_db()
    assert inside.settled_on == RECEIPT


def test_the_same_proposal_twice_is_one_and_another_is_refused(cast, town, person, inside):
    said = {"by": cast.secretary, "person": person, "letter_on": LETTER}
    assert actions.propose_transfer(unit=town.liulin, **said) == inside
    with pytest.raises(ValidationError, match="waiting already"):
        actions.propose_transfer(elsewhere="别处", **said)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            person=person, unit=town.huaishuwan, path="x", elsewhere="x", letter_on=LETTER, valid_until=LETTER
        )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"letter_on": date(2026, 9, 22)}, "lies ahead"),
        ({"elsewhere": ""}, "one of the two"),
        ({"elsewhere": " "}, "one of the two"),
        ({"valid_until": date(2026, 8, 31)}, "before its own date"),
    ],
)
def test_it_refuses_what_cannot_be(cast, person, said, words):
    with pytest.raises(ValidationError, match=words):
        actions.propose_transfer(
            **{"by": cast.secretary, "person": person, "elsewhere": "甲", "letter_on": LETTER} | said
        )
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(("on", "words"), [(date(2026, 9, 22), "lies ahead"), (date(2026, 8, 31), "before the letter")])
def test_receipt_refuses_a_day_that_cannot_be(cast, person, inside, on, words):
    with pytest.raises(ValidationError, match=words):
        actions.receive_transfer(by=cast.neighbour, transfer=inside, on=on)
    inside.refresh_from_db()
    assert inside.state == "waiting"


def test_receipt_refuses_a_day_before_the_present_roll_began(cast, town, person):
    row = actions.propose_transfer(by=cast.staff, person=person, unit=town.liulin, letter_on=date(2025, 1, 1))
    with pytest.raises(ValidationError, match="cannot be dated"):
        actions.receive_transfer(by=cast.neighbour, transfer=row, on=date(2025, 2, 1))
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_death_ends_it(cast, town, person, inside):
    actions.record_death(by=cast.secretary, person=person, on=RECEIPT)
    inside.refresh_from_db()
    assert inside.state == "withdrawn"
    with pytest.raises(ValidationError, match="left the roll"):
        actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=LETTER)


def test_both_sides_see_it_and_nobody_else(cast, inside):
    for who in (cast.secretary, cast.neighbour, cast.staff, cast.reader):
        assert inside in Transfer.objects.visible_to(who)
    assert inside not in Transfer.objects.visible_to(cast.outsider)
    assert inside not in Transfer.objects.writable_by(cast.reader)


def test_who_leaves_the_house_holds_no_office_in_it(cast, town, person, outside):
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    actions.receive_transfer(by=cast.staff, transfer=outside, on=RECEIPT)
    user = User.objects.get(pk=cast.secretary.pk)
    assert not scope_of(user).can(WRITE, town.huaishuwan.path)
    assert (user.is_active, user.grants.get().to_date) == (True, RECEIPT)


def test_who_moves_within_the_house_keeps_their_office(cast, person, inside):
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    actions.receive_transfer(by=cast.staff, transfer=inside, on=RECEIPT)
    assert User.objects.get(pk=cast.secretary.pk).grants.get().to_date is None


def test_a_branch_ends_no_office_of_the_town_by_a_receipt(cast, person, outside):
    User.objects.filter(pk=cast.director.pk).update(person=person)
    with pytest.raises(ValidationError, match="an office that you cannot end"):
        actions.receive_transfer(by=cast.secretary, transfer=outside, on=RECEIPT)
    outside.refresh_from_db()
    assert outside.state == "waiting"
    actions.receive_transfer(by=cast.staff, transfer=outside, on=RECEIPT)
    assert cast.director.grants.get().to_date == RECEIPT
