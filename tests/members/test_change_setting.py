"""A dated number: from a day on, for a unit and all below it; what was replaced or taken back stays to be read."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, Setting
from members.suggestions import ELDERLY_AGE
from projects.models import PeriodLock
from tests.conftest import TODAY

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.django_db]
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def change(cast, town):
    def act(value, from_date=TODAY, unit=town.xitun, **changes):
        columns = {"key": "elderly_age", "reason": "county rule", **changes}
        return actions.change_setting(by=cast.admin, value=value, from_date=from_date, unit=unit, **columns)

    return act


def test_it_holds_from_its_day_on_and_the_nearest_wins(change, town):
    change(60, unit=town.county)
    change(70, LATER)
    assert [ELDERLY_AGE.on(day, town.liulin.path) for day in (TODAY - timedelta(days=1), TODAY, LATER)] == [65, 60, 70]
    assert ELDERLY_AGE.on(LATER, town.foreign.path) == 60
    assert ELDERLY_AGE.by_path(LATER) == {"": 65, town.county.path: 60, town.xitun.path: 70}


def test_it_leaves_a_trace_with_the_reason(change, cast, town):
    change(60)
    row = AuditRow.objects.get(act="change_setting")
    assert (row.actor, row.path, row.purpose) == (cast.admin, town.xitun.path, "county rule")
    assert row.detail == {"key": "elderly_age", "value": 60, "from": "2026-09-21"}


def test_one_for_the_same_day_is_replaced_and_stays_to_be_read(change, town):
    first, second = change(60), change(61)
    first.refresh_from_db()
    assert first.withdrawn_at
    assert ELDERLY_AGE.on(TODAY, town.xitun.path) == second.value == 61
    with pytest.raises(ValidationError, match="set so already"):
        change(61)


@pytest.mark.parametrize("value", [49, 101, -1])
def test_it_refuses_a_number_out_of_bounds(change, value):
    with pytest.raises(ValidationError, match="From 50 years to 100 years"):
        change(value)
    with pytest.raises(ValidationError, match="reason"):
        change(60, reason=" ")
    assert not Setting.objects.exists()


@pytest.mark.parametrize("place", ["county", "xitun", "liulin"])
def test_it_does_not_reach_into_a_sealed_quarter(change, town, place):
    PeriodLock.objects.create(unit=getattr(town, place), start=date(2026, 4, 1), end=date(2026, 7, 1))
    with pytest.raises(ValidationError, match="sealed"):
        change(60, date(2026, 6, 30))
    change(60, date(2026, 7, 1))
    change(60, date(2026, 1, 1), unit=town.beitun) if place != "county" else None


def test_it_can_be_withdrawn_before_its_day(change, cast, town):
    row = change(70, LATER)
    actions.withdraw_setting(by=cast.admin, setting=row)
    assert ELDERLY_AGE.on(LATER, town.xitun.path) == 65
    assert AuditRow.objects.filter(act="withdraw_setting").count() == 1
    for done in (row, change(60)):
        with pytest.raises(ValidationError, match="in force or withdrawn"):
            actions.withdraw_setting(by=cast.admin, setting=done)
