"""The town decides with a reason that something is not owed after all."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members.models import AuditRow
from projects import actions
from projects.models import Due, PeriodLock
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.projects.conftest import due_of, follow_up, state_of

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


def test_it_closes_and_does_not_count_as_done(cast, due):
    actions.waive_due(by=cast.staff, due=due, reason="本人已随子女定居，正在转接")
    due.refresh_from_db()
    assert (due.closed_on, due.closed_by, due.closed_why) == (TODAY, cast.staff, "本人已随子女定居，正在转接")
    assert state_of(due) == "closed"
    row = AuditRow.objects.get(act="waive_due")
    assert (row.actor, row.person, row.purpose) == (cast.staff, due.person, "本人已随子女定居，正在转接")


@pytest.mark.parametrize("reason", ["", "   "])
def test_it_asks_for_a_reason(cast, due, reason):
    with pytest.raises(ValidationError, match="reason"):
        actions.waive_due(by=cast.staff, due=due, reason=reason)
    assert due in Due.objects.open()


def test_it_refuses_what_is_settled(cast, mobile, due):
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    with pytest.raises(ValidationError, match="settled or closed"):
        actions.waive_due(by=cast.staff, due=due, reason="不需要")
    assert state_of(due) == "on_time"


def test_it_refuses_what_is_closed(cast, due):
    actions.waive_due(by=cast.staff, due=due, reason="第一次")
    with pytest.raises(ValidationError, match="settled or closed"):
        actions.waive_due(by=cast.director, due=due, reason="第二次")
    due.refresh_from_db()
    assert due.closed_why == "第一次"


def test_it_refuses_a_sealed_quarter(town, cast, due):
    PeriodLock.objects.create(unit=town.county, start=date(2026, 7, 1), end=date(2026, 10, 1))
    with pytest.raises(ValidationError, match="sealed"):
        actions.waive_due(by=cast.staff, due=due, reason="不需要")
    assert due in Due.objects.open()


def test_it_stays_waived_after_the_next_sweep(cast, due):
    actions.waive_due(by=cast.staff, due=due, reason="不需要")
    assert open_dues(TODAY) == 0
    assert state_of(due) == "closed"


def test_it_cannot_be_settled_once_waived(cast, mobile, due):
    actions.waive_due(by=cast.staff, due=due, reason="不需要")
    with pytest.raises(ValidationError, match="settled or closed"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
