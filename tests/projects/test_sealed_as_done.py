"""A due of the second quarter that was done late, in July, before the second quarter was sealed: the seal has counted
it, so the July record can be put right but not be taken off it. What is done for it afterwards may be taken back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from assessments.report import build_report
from members import actions as members_acts
from projects import actions
from projects.amending import amend_record
from projects.bin import restore_record
from projects.models import Due, PeriodLock
from projects.sweep import open_dues
from tests.projects.conftest import due_of, follow_up, state_of
from xitun.lib.dates import Quarter

pytestmark = pytest.mark.usefixtures("in_english")
JUNE, JULY = date(2026, 6, 20), date(2026, 7, 3)


@pytest.fixture
def due(mobile, on_day):
    on_day(JUNE, lambda: open_dues(JUNE))
    return due_of("joint.follow_up", mobile, occasion="2026Q2")


@pytest.fixture
def done(cast, mobile, due):
    """Saves the July record that settles it."""
    return lambda **changes: actions.save_record(
        by=cast.secretary, entry=follow_up(mobile, happened_on=JULY, dues=(due,), **changes)
    )


@pytest.fixture
def seal(town):
    return lambda: PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1))


def numbers(town):
    report = build_report(Quarter(2026, 2), unit=town.xitun)
    return next(section.total.duties for section in report.sections if section.project.code == "joint")


def void(cast, record):
    return actions.void_record(by=cast.secretary, record=record, reason="误录")


def put_right(cast, record, entry):
    return amend_record(by=cast.secretary, record=record, entry=entry, reason="写错了")


def test_it_stays_done_whatever_is_tried(cast, town, mobile, due, done, seal):
    record = done()
    seal()
    sealed = numbers(town)
    for act in (
        lambda: void(cast, record),
        lambda: put_right(cast, record, follow_up(mobile, happened_on=JULY)),
    ):
        with pytest.raises(ValidationError, match=r"quarterly follow-up.* was sealed as done"):
            act()
    new = put_right(cast, record, follow_up(mobile, happened_on=JULY, narrative="改后", dues=(due,)))
    with pytest.raises(ValidationError, match="was sealed as done"):
        void(cast, new)
    assert (new.narrative, state_of(due), numbers(town)) == ("改后", "late", sealed)


def test_a_death_dated_back_takes_nothing_off_what_a_sealed_quarter_counts(cast, town, mobile, due, done, seal):
    """Nor do the acts that read what was sealed as done; the live report of that quarter may change beside it."""
    done()
    seal()
    before = numbers(town)["late"], due.discharges.live().get().pk
    members_acts.record_death(by=cast.staff, person=mobile.person, on=date(2026, 5, 4))
    assert (state_of(due), list(Due.objects.sealed_as_done())) == ("late", [due])
    assert (numbers(town)["late"], due.discharges.live().get().pk) == before


def test_what_was_done_after_the_sealing_may_be_taken_back(cast, town, due, done, seal):
    void(cast, done())
    seal()
    sealed = numbers(town)
    record = void(cast, done(narrative="误点"))
    assert numbers(town) == sealed
    _record, missed = restore_record(by=cast.staff, record=record)
    assert (missed, state_of(due)) == ([], "late")
    put_right(cast, record, follow_up(due.enrolment, happened_on=JULY))
    assert numbers(town) == sealed
