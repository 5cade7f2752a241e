"""What is owed follows the days put right, there and back, and what was known of it stays known."""

from datetime import date

import pytest

from members import actions
from members.models import Category
from projects.actions import save_record, void_record, waive_due
from projects.bin import restore_record
from projects.models import Due, PeriodLock
from projects.past import Past
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import entry, follow_up, state_of

SINCE, LATER = date(2025, 5, 20), date(2026, 9, 10)
FOLLOW_UP = {"duty": "joint.follow_up"}


@pytest.fixture
def stay(town, cast, on_day):
    return on_day(SINCE, lambda: enrolled(town.huaishuwan, "白甲", Category.MOBILE, by=cast.staff)).enrolments.get()


def correct(cast, stay, day):
    actions.correct_stay(by=cast.staff, row=stay, from_date=day, reason="外出证明")


def states(past):
    return sorted(past.stated(Due.objects.filter(**FOLLOW_UP)).values_list("occasion", "state"))


def test_a_day_put_right_and_back_owes_what_was_owed(cast, stay):
    open_dues(TODAY)
    correct(cast, stay, LATER)
    assert not Due.objects.open().filter(**FOLLOW_UP).exists()
    correct(cast, stay, SINCE)
    open_dues(TODAY)
    assert Due.objects.open().filter(**FOLLOW_UP, occasion="2026Q3").count() == 1


def test_what_was_waived_stays_waived(cast, stay):
    open_dues(TODAY)
    due = Due.objects.open().get(**FOLLOW_UP)
    waive_due(by=cast.staff, due=due, reason="住院")
    correct(cast, stay, LATER)
    correct(cast, stay, SINCE)
    due.refresh_from_db()
    assert due.closed_why == "住院"


def test_what_began_later_is_owed_on_no_day(cast, stay, on_day):
    """Not on the days between the true beginning and the correction either."""
    july, august = date(2026, 7, 15), date(2026, 8, 20)
    on_day(date(2026, 5, 2), lambda: open_dues(date(2026, 5, 2)))
    on_day(TODAY, lambda: correct(cast, stay, july))
    assert states(Past(august)) == [("2026Q2", "closed")]
    assert states(Past(date(2026, 7, 1))) == []
    assert states(Past(august, august)) == [("2026Q2", "overdue")]


def test_what_was_owed_is_still_known_as_then(cast, stay, on_day):
    may = date(2026, 5, 2)
    on_day(may, lambda: open_dues(may))
    assert states(Past(may, may)) == [("2026Q2", "open")]
    on_day(TODAY, lambda: correct(cast, stay, LATER))
    assert states(Past(may, may)) == [("2026Q2", "open")]
    assert states(Past(may)) == []
    assert states(Past(may, TODAY)) == []


def test_a_sealed_quarter_owes_what_it_owed(cast, town, stay):
    open_dues(date(2026, 5, 2))
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1), locked_by=cast.director)
    before = list(Due.objects.filter(**FOLLOW_UP).values())
    correct(cast, stay, LATER)
    assert list(Due.objects.filter(**FOLLOW_UP, occasion="2026Q2").values()) == before


def test_a_duty_that_no_room_declares_any_longer_hinders_nobody(cast, stay):
    open_dues(TODAY)
    Due.objects.filter(**FOLLOW_UP).update(duty="joint.former")
    correct(cast, stay, LATER)
    assert Due.objects.open().filter(duty="joint.former").count() == 1


@pytest.mark.parametrize("true", [date(2026, 5, 10), date(2026, 7, 20)])
def test_an_end_put_right_is_still_known_as_then(cast, stay, on_day, true):
    may, entered, june = date(2026, 5, 2), date(2026, 6, 15), date(2026, 6, 1)
    on_day(may, lambda: open_dues(may))
    on_day(entered, lambda: actions.end_category(by=cast.staff, enrolment=stay, on=june, reason="返乡"))
    days = (date(2026, 5, 20), date(2026, 6, 10))
    known = [states(Past(day, entered)) for day in days]
    assert known == [[("2026Q2", "open")], [("2026Q2", "closed")]]
    later = {"from_date": SINCE, "to_date": true, "reason": "车票"}
    on_day(TODAY, lambda: actions.correct_stay(by=cast.staff, row=stay, **later))
    assert [states(Past(day, entered)) for day in days] == known
    now = "closed" if true < june else "open"
    assert [states(Past(day, TODAY)) for day in days] == [[("2026Q2", now)]] * 2


def test_what_began_too_late_is_not_owed_again_by_a_record_taken_back(cast, stay):
    open_dues(TODAY)
    due = Due.objects.open().get(**FOLLOW_UP)
    record = save_record(by=cast.secretary, entry=follow_up(stay, dues=(due,)))
    correct(cast, stay, LATER)
    void_record(by=cast.secretary, record=record, reason="误录")
    assert not Due.objects.open().filter(**FOLLOW_UP).exists()
    restore_record(by=cast.staff, record=record)
    assert state_of(due) == "on_time"


def test_a_condolence_that_was_paid_is_on_time_by_the_true_day_of_death(town, cast):
    elder = enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff)
    actions.record_death(by=cast.staff, person=elder, on=date(2026, 9, 1))
    due = Due.objects.get(duty="transmission_help.condolence_death")
    detail = {"place": "家", "needs": "", "brought": ""}
    paid = {"happened_on": date(2026, 9, 10), "dues": (due,), "detail": detail}
    save_record(by=cast.secretary, entry=entry("transmission_help.family_condolence", due.enrolment, **paid))
    assert state_of(due) == "late"
    row = elder.standings.get(to_date=None, superseded_at=None)
    actions.correct_standing(by=cast.staff, row=row, from_date=date(2026, 9, 9), reason="死亡证明")
    assert state_of(due) == "on_time"
