"""Who has read what was sent: noted for several at once, dated, taken back one by one."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions as members_acts
from members.models import AuditRow, Category
from projects import actions
from projects.amending import amend_record
from projects.models import PeriodLock, Receipt
from projects.receipts import note_receipts, undo_receipt
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import entry, follow_up

pytestmark = pytest.mark.usefixtures("in_english")
PUSH = {"channel": "group", "title": "党章学习", "text": ""}
SENT = date(2026, 9, 10)


@pytest.fixture
def other(town, cast):
    return enrolled(town.huaishuwan, "李某", Category.MOBILE, by=cast.staff).enrolments.get()


@pytest.fixture
def push(mobile, other):
    return entry("joint.learning_push", mobile, other, happened_on=SENT, detail=PUSH)


@pytest.fixture
def record(cast, push):
    return actions.save_record(by=cast.secretary, entry=push)


def note(cast, record, *people, on=TODAY, answer="read"):
    return note_receipts(by=cast.secretary, record=record, people=people, answer=answer, on=on)


def test_it_notes_several_at_once_and_each_once(cast, record, person, other):
    assert note(cast, record, person.pk) == 1
    assert note(cast, record, person.pk, other.person_id, answer="made_up") == 1
    kept = Receipt.objects.order_by("pk").values_list("person", "answer", "on", "by")
    assert list(kept) == [
        (person.pk, "read", TODAY, cast.secretary.pk),
        (other.person_id, "made_up", TODAY, cast.secretary.pk),
    ]
    assert AuditRow.objects.filter(act="note_receipts", person=person).count() == 1


def test_it_is_undone_and_can_be_noted_anew(cast, record, person):
    note(cast, record, person.pk)
    receipt = Receipt.objects.get()
    undo_receipt(by=cast.staff, receipt=receipt)
    undo_receipt(by=cast.staff, receipt=receipt)
    assert AuditRow.objects.filter(act="undo_receipt", person=person).count() == 1
    assert note(cast, record, person.pk, on=SENT) == 1
    assert Receipt.objects.live().get().on == SENT


def test_what_a_sealed_quarter_counts_is_not_taken_back_behind_it(as_user, cast, town, record, person):
    note(cast, record, person.pk)
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 7, 1), end=date(2026, 10, 1))
    page = as_user(cast.secretary).post(f"/receipts/{Receipt.objects.get().pk}/undo/", follow=True)
    assert "该季度已封存" in page.content.decode()
    assert Receipt.objects.live().count() == 1


@pytest.mark.parametrize("on", [date(2026, 9, 9), date(2026, 9, 22)])
def test_it_refuses_a_day_that_cannot_be(cast, record, person, on):
    with pytest.raises(ValidationError, match="between the sending and today"):
        note(cast, record, person.pk, on=on)


def test_it_refuses_who_was_not_sent_it_and_what_asks_for_no_answer(cast, town, record, mobile, person):
    stranger = enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff)
    with pytest.raises(ValidationError, match="not sent to all"):
        note(cast, record, person.pk, stranger.pk)
    contact = actions.save_record(by=cast.secretary, entry=follow_up(mobile))
    with pytest.raises(ValidationError, match="Nobody is to answer"):
        note(cast, contact, person.pk)
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    with pytest.raises(ValidationError, match="Nobody is to answer"):
        note(cast, record, person.pk)
    assert not Receipt.objects.exists()


def test_they_go_with_a_record_that_is_put_right(cast, push, record, person, mobile, other):
    note(cast, record, person.pk, other.person_id)
    right = replace(push, submission_id=uuid.uuid4(), enrolments=(mobile,))
    new = amend_record(by=cast.secretary, record=record, entry=right, reason="写错了")
    assert list(new.receipts.live().values_list("person", flat=True)) == [person.pk]


def test_they_come_back_with_who_was_left_out_by_a_version_between(cast, push, record, person, mobile, other):
    note(cast, record, person.pk, other.person_id)
    for people in ((mobile,), (mobile, other), (other,)):
        right = replace(push, submission_id=uuid.uuid4(), enrolments=people)
        record = amend_record(by=cast.secretary, record=record, entry=right, reason="写错了")
        there = {row.person_id for row in people}
        assert set(record.receipts.live().values_list("person", flat=True)) == there


def test_what_was_sent_is_not_put_on_a_later_day_than_it_was_answered(cast, push, record, person, mobile, other):
    note(cast, record, person.pk, on=date(2026, 9, 12))
    note(cast, record, other.person_id, on=date(2026, 9, 14))
    later = replace(push, submission_id=uuid.uuid4(), happened_on=date(2026, 9, 13))
    with pytest.raises(ValidationError, match="12 Sep 2026") as refused:
        amend_record(by=cast.secretary, record=record, entry=later, reason="写错了")
    assert list(refused.value.message_dict) == ["happened_on"]
    assert record.receipts.live().count() == 2
    without = replace(later, submission_id=uuid.uuid4(), enrolments=(other,))
    new = amend_record(by=cast.secretary, record=record, entry=without, reason="写错了")
    assert new.receipts.live().get().person_id == other.person_id


@pytest.fixture
def merged(cast, person, other):
    """Makes the two files one."""
    return lambda: members_acts.merge_people(by=cast.staff, keep=person, other=other.person, reason="重复建档")


def kept():
    return list(Receipt._base_manager.order_by("pk").values())


@pytest.mark.parametrize("answers", [("", "read"), ("made_up", "read"), ("read", "made_up")])
def test_who_has_answered_in_either_file_has_answered_and_read_counts_first(
    cast, record, person, other, merged, answers
):
    for who, answer in zip((person.pk, other.person_id), answers, strict=True):
        if answer:
            note(cast, record, who, answer=answer)
    before = kept()
    merge = merged()
    assert list(record.receipts.live().values_list("person", "answer")) == [(person.pk, "read")]
    assert record.subjects.count() == 1
    members_acts.undo_merge(by=cast.staff, merge=merge)
    assert kept() == before
    assert record.subjects.count() == 2
