"""A record is brought back from the bin."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.models import AuditRow, Cause
from projects import actions
from projects.amending import amend_record
from projects.bin import UNDO_FOR, may_restore, restore_record
from projects.joint.models import LearningPush
from projects.models import Due, PeriodLock, Record
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.projects.conftest import due_of, entry, follow_up, left_again, state_of

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


@pytest.fixture
def voided(cast, mobile, due):
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    return actions.void_record(by=cast.secretary, record=record, reason="写错人")


def test_it_settles_again_what_is_still_open(cast, voided, due):
    assert state_of(due) == "open"
    record, missed = restore_record(by=cast.staff, record=voided)
    assert (missed, list(Record.objects.live())) == ([], [record])
    assert state_of(due) == "on_time"
    assert due.discharges.count() == 2  # the former one stays, undone
    told = AuditRow.objects.get(act="restore_record")
    assert (told.actor, told.person_id) == (cast.staff, record.concerned()[0])
    assert restore_record(by=cast.staff, record=record) == (record, [])
    assert AuditRow.objects.filter(act="restore_record").count() == 1


def test_it_says_what_another_record_has_settled_meanwhile(cast, mobile, voided, due):
    other = actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    record, missed = restore_record(by=cast.staff, record=voided)
    assert missed == [due]
    assert due.discharges.live().get().record == other
    assert not record.discharges.live().exists()


@pytest.mark.parametrize("first", ["ended", "voided"])
def test_a_turn_opened_again_in_another_stay_closes_beside_the_settled_one(cast, person, mobile, due, first):
    """Whether the stay ended before or after the record was taken back; taken back once more, the present stay owes."""
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 8, 3), dues=(due,)))
    if first == "voided":
        actions.void_record(by=cast.secretary, record=record, reason="x")
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    if first == "ended":
        actions.void_record(by=cast.secretary, record=record, reason="x")
    open_dues(TODAY)
    anew = due_of("joint.follow_up", again)
    assert (state_of(due), state_of(anew)) == ("closed", "open")
    _record, missed = restore_record(by=cast.staff, record=record)
    anew.refresh_from_db()
    assert (missed, state_of(due), state_of(anew)) == ([], "on_time", "closed")
    assert anew.closed_why == Cause.TURN_SETTLED
    actions.void_record(by=cast.staff, record=record, reason="x")
    open_dues(TODAY)
    assert (state_of(due), state_of(anew)) == ("closed", "open")
    actions.save_record(by=cast.secretary, entry=follow_up(again, dues=(anew,)))
    record, missed = restore_record(by=cast.staff, record=record)
    assert (missed, state_of(due), state_of(anew)) == ([due], "closed", "on_time")


def test_what_it_had_made_is_owed_again(cast, mobile):
    left = {"departs_on": TODAY, "destination": "苏州市"}
    record = actions.save_record(by=cast.secretary, entry=entry("joint.departure", mobile, detail=left))
    made = Due.objects.filter(occasion=f"r{record.pk}")
    assert made.open().exists()
    actions.void_record(by=cast.secretary, record=record, reason="x")
    assert not made.open().exists()
    restore_record(by=cast.secretary, record=record)
    assert made.open().exists()


def test_words_that_are_no_choice_any_more_come_back_as_they_were(cast, mobile):
    push = entry("joint.learning_push", mobile, detail={"channel": "group", "title": "党章", "text": ""})
    record = actions.save_record(by=cast.secretary, entry=push)
    LearningPush.objects.update(channel="微信群和广播")
    actions.void_record(by=cast.secretary, record=record, reason="x")
    assert restore_record(by=cast.staff, record=record)[0].voided_at is None
    assert LearningPush.objects.get().channel == "微信群和广播"


def test_it_keeps_a_former_version_where_it_is(cast, mobile, due):
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    amend_record(by=cast.secretary, record=record, entry=follow_up(mobile, dues=(due,)), reason="x")
    with pytest.raises(ValidationError, match="newer version"):
        restore_record(by=cast.director, record=record)


def test_it_opens_no_sealed_quarter(cast, town, voided):
    PeriodLock.objects.create(unit=town.xitun, start=TODAY, end=TODAY + timedelta(days=1))
    with pytest.raises(ValidationError, match="sealed"):
        restore_record(by=cast.director, record=voided)


def test_the_author_may_for_ten_minutes_and_the_town_for_ever(cast, voided):
    def who():
        everybody = vars(cast) if isinstance(cast, SimpleNamespace) else {}
        return {name for name, user in everybody.items() if may_restore(voided, user)}

    assert who() == {"secretary", "staff", "director"}
    voided.voided_at = timezone.now() - UNDO_FOR - timedelta(seconds=1)
    assert who() == {"staff", "director"}
    voided.voided_at, voided.voided_by = timezone.now(), cast.staff
    assert who() == {"staff", "director"}  # what the town took back the author does not bring back
