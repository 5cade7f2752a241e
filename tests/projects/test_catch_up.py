"""An office PC that was off: the night opens what began and ended meanwhile."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from members import actions as members_acts
from members.models import AuditRow, RosterImport, Unit
from members.roster.staging import stage_roster
from projects import registry
from projects.models import Due, OldLedger, SweepRun
from projects.old_ledgers.acts import keep_old_ledger
from projects.sweep import open_dues
from projects.tasks import _missed, nightly
from tests.members.roster.files import roster_of, someone
from xitun.lib.dates import frozen

BACK = date(2026, 9, 21)


def ran(day):
    SweepRun.objects.create(day=day, started_at="2026-09-01T02:00Z", finished_at="2026-09-01T02:01Z")


@pytest.mark.parametrize(
    "last,missed",
    [
        (date(2026, 9, 20), []),
        (date(2026, 9, 19), [date(2026, 9, 20)]),
        (date(2026, 8, 28), [date(2026, 8, 30), date(2026, 8, 31), *(date(2026, 9, d) for d in (6, 13, 20))]),
    ],
)
def test_it_asks_for_the_ends_of_weeks_and_months_it_missed(last, missed, db):
    ran(last)
    assert list(_missed(BACK)) == missed


def test_it_asks_for_nothing_the_first_time(db):
    assert list(_missed(BACK)) == []


def test_it_asks_for_nothing_that_fell_due_before_the_house_began(town, cast):
    """Nobody owes a turn whose day has passed when they come (Occasion.entered_by): on the first morning no village is
    behind with a plan of January that nobody could have entered."""
    nightly(BACK)
    assert not Due.objects.filter(due_on__lt=BACK).exists()
    assert Due.objects.filter(unit=town.liulin, duty="post.weekly_arrangement", due_on=BACK).exists()
    with frozen(date(2026, 10, 12)):
        members_acts.create_unit(by=cast.admin, kind="branch", name="又一村党支部", parent=town.xitun)
        nightly(date(2026, 10, 12))
    plans = Due.objects.filter(duty="post.monthly_plan", occasion="2026-10")
    assert plans.filter(due_on=date(2026, 10, 8)).count() == Unit.objects.branches().count()
    assert not Due.objects.filter(duty="post.annual_plan", occasion="2026").exists()


def test_it_opens_what_stood_open_on_a_day_before_that_when_asked(person):
    nightly(BACK)
    open_dues(date(2026, 5, 12))
    turns = Due.objects.filter(duty="joint.follow_up").values_list("occasion", flat=True)
    assert set(turns) == {"2026Q2", "2026Q3"}
    assert not Due.objects.filter(due_on__lt=date(2026, 5, 12)).exists()


def test_it_does_not_go_back_for_ever(db):
    ran(date(2020, 1, 1))
    assert min(_missed(BACK)) == date(2026, 6, 14)


def test_it_is_not_content_with_a_run_that_died(db):
    ran(date(2026, 9, 10))
    SweepRun.objects.create(day=date(2026, 9, 19), started_at="2026-09-19T02:00Z")
    assert list(_missed(BACK)) == [date(2026, 9, 13), date(2026, 9, 20)]


def test_it_destroys_what_is_kept_for_some_days_only(town, cast):
    """Also where nobody uploads anything any more."""
    stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    source = BytesIO("姓名,一季度\n张某,3月15日\n".encode())
    keep_old_ledger(by=cast.staff, project=registry.project("joint"), unit=town.xitun, source=source, on=BACK)
    for model in (RosterImport, OldLedger):
        model.objects.update(created_at=timezone.now() - timedelta(days=8))
    nightly(BACK)
    assert not RosterImport.objects.exists()
    assert not OldLedger.objects.exists()
    assert AuditRow.objects.filter(act__in=("forget_roster", "forget_old_ledger"), actor=None).count() == 2


def test_it_opens_the_weeks_and_months_in_between(person, town):
    nightly(date(2026, 8, 17))
    nightly(BACK)
    weeks = Due.objects.filter(unit=town.liulin, duty="post.weekly_arrangement").order_by("occasion")
    assert [due.occasion for due in weeks] == [f"2026-W{number}" for number in range(34, 40)]
    months = Due.objects.filter(person=person, duty="joint.learning").order_by("occasion")
    assert [due.occasion for due in months] == ["2026-08", "2026-09"]
    assert nightly(BACK) is False
