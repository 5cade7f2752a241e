"""Taking a record back: what it had settled is owed again, what it had made is owed no longer."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions as members_acts
from members.models import AuditRow
from projects import actions
from projects.models import Due, PeriodLock, Record
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.projects.conftest import due_of, entry, follow_up, state_of

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


@pytest.fixture
def record(cast, mobile, due):
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))


def test_it_opens_the_due_again(cast, mobile, record, due):
    actions.void_record(by=cast.secretary, record=record, reason="误录他人")
    assert state_of(due) == "open"
    record.refresh_from_db()
    assert (record.voided_by, record.void_reason) == (cast.secretary, "误录他人")
    assert record not in Record.objects.live()
    assert Record.objects.filter(pk=record.pk).exists(), "nothing is deleted"
    assert record.discharges.get().undone_at == record.voided_at
    told = AuditRow.objects.get(act="void_record")
    assert (told.person, told.purpose) == (mobile.person, "误录他人")


def test_it_lets_another_record_settle_the_due(cast, mobile, record, due):
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    assert state_of(due) == "on_time"
    assert due.discharges.count() == 2
    assert due.discharges.live().count() == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_asks_for_a_reason(cast, record, due, reason):
    with pytest.raises(ValidationError, match="reason"):
        actions.void_record(by=cast.secretary, record=record, reason=reason)
    assert state_of(due) == "on_time"


def test_it_does_nothing_twice(cast, record):
    first = actions.void_record(by=cast.secretary, record=record, reason="误录")
    again = actions.void_record(by=cast.staff, record=record, reason="又一次")
    assert (again.voided_at, again.void_reason) == (first.voided_at, "误录")
    assert AuditRow.objects.filter(act="void_record").count() == 1


def test_it_takes_back_what_is_of_a_kind_that_is_gone(cast, record):
    Record.objects.filter(pk=record.pk).update(kind="joint.carrier_pigeon")
    actions.void_record(by=cast.secretary, record=Record.objects.get(pk=record.pk), reason="记错了")
    assert Record.objects.get(pk=record.pk).voided_at


def test_it_refuses_a_sealed_quarter(town, cast, record):
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 7, 1), end=date(2026, 10, 1))
    with pytest.raises(ValidationError, match="sealed"):
        actions.void_record(by=cast.secretary, record=record, reason="误录")


def test_it_closes_the_due_only_it_had_made(cast, elder):
    sickness = actions.save_record(
        by=cast.secretary, entry=entry("transmission_help.sickness", elder, detail={"place": "镇卫生院"})
    )
    due = due_of("transmission_help.condolence_sick", elder)
    actions.void_record(by=cast.secretary, record=sickness, reason="误传")
    assert state_of(due) == "closed"


def test_it_leaves_what_was_done_for_the_due_it_had_made(cast, elder):
    sickness = actions.save_record(
        by=cast.secretary, entry=entry("transmission_help.sickness", elder, detail={"place": "镇卫生院"})
    )
    due = due_of("transmission_help.condolence_sick", elder)
    actions.save_record(by=cast.secretary, entry=entry("transmission_help.condolence", elder, detail={}, dues=(due,)))
    actions.void_record(by=cast.secretary, record=sickness, reason="误传")
    assert state_of(due) == "on_time"


def test_it_owes_nothing_again_to_who_has_died(cast, mobile, record, due):
    members_acts.record_death(by=cast.staff, person=mobile.person, on=TODAY)
    actions.void_record(by=cast.staff, record=record, reason="误录")
    assert state_of(due) == "closed"


def test_it_owes_the_family_again_after_a_death(cast, elder):
    members_acts.record_death(by=cast.staff, person=elder.person, on=TODAY)
    due = due_of("transmission_help.condolence_death", elder)
    record = actions.save_record(
        by=cast.secretary, entry=entry("transmission_help.family_condolence", elder, detail={}, dues=(due,))
    )
    assert state_of(due) == "on_time"
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    assert due in Due.objects.open()


def test_it_owes_nothing_again_for_a_post_that_was_left(cast, holding):
    open_dues(TODAY)
    due = Due.objects.get(duty="post.self_score", post=holding)
    score = {"detail": {"total": 90}, "narrative": "任务完成"}
    record = actions.save_record(by=cast.secretary, entry=entry("post.self_score", post=holding, dues=(due,), **score))
    members_acts.leave_post(by=cast.staff, holding=holding, on=TODAY)
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    assert state_of(due) == "closed"
