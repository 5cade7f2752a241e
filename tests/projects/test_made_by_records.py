"""What records made — a promise to keep, a search — when these are put right, taken back and brought back."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.actions import end_unit, hold_post, leave_post
from members.models import Enrolment
from projects.actions import save_record, waive_due
from projects.amending import amend_record
from projects.bin import restore_record
from projects.counting import check_counts
from projects.joint.suggestions import came_home
from projects.models import Due, OldLedger, PeriodLock
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, entry, state_of
from tests.projects.rooms.test_joint import (
    AUGUST,
    JULY,
    amended,
    contacted,
    day,
    left_again,
    moved,
    tried,
    undone,
    wrote,
)

pytestmark = pytest.mark.usefixtures("in_english")
PROMISED = {"promised": "借拖拉机", "promised_by": TODAY + timedelta(days=20)}


def owed(row, duty):
    return Due.objects.open().filter(enrolment=row, duty=f"joint.{duty}")


@pytest.fixture
def four_tries(cast, mobile):
    """The third makes the search owed."""
    return [tried(cast.secretary, mobile, day(number)) for number in (9, 8, 7, 6)]


def test_a_promise_struck_out_does_not_come_back_from_the_bin(cast, mobile):
    first = contacted(cast.secretary, mobile, TODAY, **PROMISED)
    without = amended(cast.secretary, first, mobile)
    assert not owed(mobile, "promise").exists()
    undone(cast.secretary, without)
    restore_record(by=cast.staff, record=without)
    assert not owed(mobile, "promise").exists()


def test_a_promise_struck_out_and_written_again_is_owed(cast, mobile):
    first = contacted(cast.secretary, mobile, TODAY, **PROMISED)
    without = amended(cast.secretary, first, mobile)
    amended(cast.secretary, without, mobile, **PROMISED | {"promised_by": TODAY + timedelta(days=9)})
    assert owed(mobile, "promise").get().due_on == TODAY + timedelta(days=9)


def test_a_try_back_from_the_bin_begins_no_second_search(cast, mobile, four_tries):
    undone(cast.secretary, four_tries[2])
    assert owed(mobile, "search").count() == 1
    restore_record(by=cast.staff, record=four_tries[2])
    assert owed(mobile, "search").count() == 1


def test_a_search_that_was_made_is_not_owed_anew_without_the_try_that_made_it(cast, mobile, four_tries):
    search = owed(mobile, "search").get()
    wrote(cast.secretary, "search", mobile, TODAY, (search,), asked_family=True, result="clue")
    undone(cast.secretary, four_tries[2])
    assert not owed(mobile, "search").exists()


def test_a_homecoming_ends_the_search_while_it_holds(cast, mobile, four_tries):
    home = wrote(cast.secretary, "homecoming", mobile, TODAY, returned_on=TODAY)
    assert not owed(mobile, "search").exists()
    undone(cast.secretary, home)
    assert owed(mobile, "search").count() == 1


def test_who_left_again_is_not_said_to_have_come_home(cast, mobile):
    wrote(cast.secretary, "departure", mobile, day(60), departs_on=day(60), destination="苏州市")
    wrote(cast.secretary, "homecoming", mobile, day(30), returned_on=day(30))
    assert came_home(cast.secretary, TODAY).exists()
    wrote(cast.secretary, "departure", mobile, day(10), departs_on=day(10), destination="石河子")
    assert not came_home(cast.secretary, TODAY).exists()


# --- over a change of branch


def test_a_try_at_the_old_branch_taken_back_ends_the_search_at_the_new_one(cast, town, person, mobile):
    first, _second = (tried(cast.secretary, mobile, day(number)) for number in (9, 8))
    new = moved(cast, person, town.liulin)
    tried(cast.neighbour, new, TODAY)
    assert owed(new, "search").count() == 1
    undone(cast.secretary, first)
    assert not owed(new, "search").exists()
    restore_record(by=cast.staff, record=first)
    assert owed(new, "search").count() == 1


def test_a_contact_entered_late_at_the_old_branch_ends_the_search_at_the_new_one(cast, town, person, mobile):
    for number in (9, 8):
        tried(cast.secretary, mobile, day(number))
    new = moved(cast, person, town.liulin)
    tried(cast.neighbour, new, TODAY)
    contacted(cast.secretary, mobile, day(7))
    assert not owed(new, "search").exists()


@pytest.mark.parametrize("how", ["done", "waived"])
def test_a_search_that_was_settled_at_the_old_branch_is_not_owed_anew(cast, town, person, mobile, four_tries, how):
    search = owed(mobile, "search").get()
    if how == "done":
        wrote(cast.secretary, "search", mobile, day(1), (search,), asked_family=True, result="nothing")
    else:
        waive_due(by=cast.staff, due=search, reason="家属已说明")
    new = moved(cast, person, town.liulin)
    tried(cast.neighbour, new, TODAY)
    assert not owed(new, "search").exists()


def test_a_search_taken_back_after_a_move_is_owed_at_the_new_branch_until_it_is_back(cast, town, person, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    search = owed(mobile, "search").get()
    made = wrote(cast.secretary, "search", mobile, day(1), (search,), asked_family=True, result="nothing")
    new = moved(cast, person, town.liulin)
    undone(cast.secretary, made)
    assert (owed(mobile, "search").count(), owed(new, "search").count()) == (0, 1)
    restore_record(by=cast.staff, record=made)
    assert (owed(mobile, "search").count(), owed(new, "search").count()) == (0, 0)


def ended(cast, town):
    end_unit(by=cast.staff, unit=town.huaishuwan, on=TODAY, successors=[town.liulin], reason="撤并")


@pytest.mark.parametrize("how", ["transfer", "merger", "there and back"])
def test_an_open_search_goes_on_at_the_new_branch_by_its_day(cast, town, person, mobile, four_tries, how):
    search = owed(mobile, "search").get()
    if how == "merger":
        ended(cast, town)
    else:
        moved(cast, person, town.liulin)
    if how == "there and back":
        moved(cast, person, town.huaishuwan)
    [there] = Due.objects.open().filter(duty="joint.search")
    assert there.enrolment == person.enrolments.live().get(category=mobile.category)
    assert (there.due_on, there.occasion, there.unit) == (search.due_on, search.occasion, there.enrolment.unit)
    assert not check_counts()
    contacted(cast.staff, there.enrolment, TODAY)
    assert not Due.objects.open().filter(duty="joint.search").exists()


def test_a_merger_takes_as_many_statements_for_many_searches_as_for_one(cast, town, person, mobile):
    def statements():
        for row in Enrolment.objects.live().filter(unit=town.huaishuwan, category=mobile.category):
            for number in (9, 8, 7):
                tried(cast.staff, row, day(number))
        with CaptureQueriesContext(connection) as captured:
            ended(cast, town)
        return len(captured)

    one = statements()
    town.huaishuwan.ends_on = None
    town.huaishuwan.save()
    for number in range(5):
        enrolled(town.huaishuwan, f"某{number}", mobile.category, by=cast.staff)
    assert statements() <= one
    assert Due.objects.open().filter(duty="joint.search", unit=town.liulin).count() == 6


@pytest.mark.parametrize("settled", [False, True])
def test_a_search_follows_the_day_of_its_last_try_that_was_put_right(cast, mobile, settled):
    *_others, last = [tried(cast.secretary, mobile, day(number)) for number in (20, 19, 18)]
    search = owed(mobile, "search").get()
    if settled:
        wrote(cast.secretary, "search", mobile, day(1), (search,), asked_family=True, result="nothing")
    right = entry("joint.follow_up", mobile, happened_on=day(3), detail=FOLLOW_UP | {"reached": False})
    amend_record(by=cast.secretary, record=last, entry=right, reason="写错了")
    search.refresh_from_db()
    assert (search.opens_on, search.due_on) == (day(3), day(3) + timedelta(days=15))
    assert state_of(search) == ("on_time" if settled else "open")


@pytest.fixture
def old_ledger(cast, town):
    return OldLedger.objects.create(
        project="joint", unit=town.huaishuwan, path=town.huaishuwan.path, uploaded_by=cast.secretary, on=TODAY
    )


def test_what_an_old_ledger_said_owes_nothing_of_long_ago_when_put_right(cast, old_ledger, mobile):
    said, long_ago = {"departs_on": date(2025, 2, 10), "destination": "深圳"}, date(2025, 2, 10)
    first = entry("joint.departure", mobile, happened_on=long_ago, detail=said, carried_from=old_ledger)
    record = save_record(by=cast.secretary, entry=first)
    right = entry("joint.departure", mobile, happened_on=long_ago, detail=said | {"destination": "苏州市"})
    new = amend_record(by=cast.secretary, record=record, entry=right, reason="写错了")
    assert (new.carried_from, new.entered_late) == (old_ledger, False)
    assert not Due.objects.filter(duty="joint.briefing").exists()


@pytest.mark.parametrize("last, open_now", [(38, 0), (15, 1)])
def test_tries_of_an_old_ledger_open_only_a_search_that_is_still_to_come(cast, old_ledger, mobile, last, open_now):
    for number in (last + 2, last + 1, last):
        said = {"method": "phone", "reached": False}
        contact = entry("joint.follow_up", mobile, happened_on=day(number), detail=said, carried_from=old_ledger)
        save_record(by=cast.secretary, entry=contact)
    assert owed(mobile, "search").count() == open_now
    tried(cast.secretary, mobile, TODAY)
    assert owed(mobile, "search").get().due_on >= TODAY


def test_who_was_let_off_a_turn_does_not_owe_it_in_the_next_stay(cast, person, mobile, on_day):
    on_day(JULY, lambda: open_dues(JULY))
    due = Due.objects.get(duty="joint.follow_up", enrolment=mobile)
    on_day(JULY, lambda: waive_due(by=cast.staff, due=due, reason="住院"))
    home = JULY + timedelta(days=2)
    on_day(AUGUST, lambda: left_again(cast, person, mobile, home=home, again=AUGUST))
    on_day(AUGUST, lambda: open_dues(AUGUST))
    assert not Due.objects.open().filter(person=person, duty="joint.follow_up").exists()


@pytest.fixture
def kept(cast, mobile):
    """(the record that promised, the due it made, the record by which that was kept)"""
    promise = contacted(cast.secretary, mobile, TODAY, **PROMISED)
    due = owed(mobile, "promise").get()
    return promise, due, wrote(cast.secretary, "promise_kept", mobile, TODAY, (due,), done="借了")


@pytest.mark.parametrize("how", ["taken back", "struck out"])
def test_a_promise_nobody_holds_any_more_is_not_owed_when_what_kept_it_is_taken_back(cast, mobile, kept, how):
    promise, due, done = kept
    undone(cast.secretary, promise) if how == "taken back" else amended(cast.secretary, promise, mobile)
    assert state_of(due) == "on_time"
    undone(cast.secretary, done)
    assert state_of(due) == "closed"
    _record, missed = restore_record(by=cast.staff, record=done)
    assert (missed, state_of(due)) == ([], "on_time")


def test_a_promise_back_from_the_bin_is_owed_where_what_kept_it_was_taken_back_too(cast, mobile, kept):
    promise, due, done = kept
    undone(cast.secretary, promise)
    undone(cast.secretary, done)
    restore_record(by=cast.staff, record=promise)
    assert owed(mobile, "promise").get() == due


def test_what_kept_a_promise_struck_out_may_be_put_right_to_settle_nothing(cast, mobile, kept):
    promise, due, done = kept
    amended(cast.secretary, promise, mobile)
    without = entry("joint.promise_kept", mobile, detail={"done": "没借成"})
    amend_record(by=cast.secretary, record=done, entry=without, reason="写错了")
    assert state_of(due) == "closed"


def test_a_promise_kept_struck_out_and_written_again_stays_kept(cast, mobile, kept):
    promise, due, _done = kept
    without = amended(cast.secretary, promise, mobile)
    again = amended(cast.secretary, without, mobile, **PROMISED)
    due.refresh_from_db()
    assert (due.occasion, state_of(due)) == (f"r{again.pk}", "on_time")
    assert not owed(mobile, "promise").exists()


@pytest.mark.parametrize("asked_on", [day(200), day(8)])
def test_a_search_before_the_last_try_does_not_settle_it(cast, mobile, four_tries, asked_on):
    search = owed(mobile, "search").get()
    with pytest.raises(ValidationError, match="leave that duty unticked"):
        wrote(cast.secretary, "search", mobile, asked_on, (search,), asked_family=True, result="nothing")
    wrote(cast.secretary, "search", mobile, search.opens_on, (search,), asked_family=True, result="nothing")
    assert state_of(search) == "on_time"


def test_a_promise_is_not_kept_before_it_was_given(cast, mobile):
    promise = contacted(cast.secretary, mobile, day(5), **PROMISED)
    due = owed(mobile, "promise").get()
    with pytest.raises(ValidationError, match="help promised"):
        wrote(cast.secretary, "promise_kept", mobile, day(6), (due,), done="借了")
    wrote(cast.secretary, "promise_kept", mobile, day(4), (due,), done="借了")
    later = entry("joint.follow_up", mobile, happened_on=day(3), detail=FOLLOW_UP | PROMISED)
    with pytest.raises(ValidationError, match=r"done on .* already"):  # nor is it put right to have been given later
        amend_record(by=cast.secretary, record=promise, entry=later, reason="写错了")
    amend_record(by=cast.secretary, record=promise, entry=replace(later, happened_on=day(4)), reason="写错了")
    due.refresh_from_db()
    assert (due.opens_on, state_of(due)) == (day(4), "on_time")


def test_a_departure_registered_after_the_briefing_may_be_put_right(cast, mobile):
    left = entry("joint.departure", mobile, happened_on=day(5), detail={"departs_on": TODAY, "destination": "苏州市"})
    record = save_record(by=cast.secretary, entry=left)
    due = owed(mobile, "briefing").get()
    wrote(cast.secretary, "briefing", mobile, day(9), (due,), rights=True)
    later = replace(left, happened_on=day(3), submission_id=uuid4())
    amend_record(by=cast.secretary, record=record, entry=later, reason="写错了")
    assert state_of(due) == "on_time"


def test_another_promise_is_owed_although_the_first_was_let_off(cast, mobile):
    first = contacted(cast.secretary, mobile, TODAY, **PROMISED)
    waive_due(by=cast.staff, due=owed(mobile, "promise").get(), reason="不需要了")
    same = amended(cast.secretary, first, mobile, **PROMISED | {"work_and_life": "在工地"})
    assert not owed(mobile, "promise").exists()
    amended(cast.secretary, same, mobile, **PROMISED | {"promised": "送化肥"})
    assert owed(mobile, "promise").count() == 1


def test_a_sealed_quarter_gets_no_due_of_a_late_record(cast, town, mobile):
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1))
    before = Due.objects.count()
    wrote(cast.secretary, "departure", mobile, departs_on=date(2026, 6, 20), destination="新疆")
    assert not Due.objects.filter(due_on__lt=date(2026, 7, 1)).exists()
    assert Due.objects.count() == before


def test_a_late_task_of_a_post_that_was_left_is_owed_by_nobody(cast, town):
    post = {"unit": town.huaishuwan, "title": "文书", "holder_name": "赵某", "from_date": date(2026, 1, 1)}
    holding = hold_post(by=cast.staff, **post)
    leave_post(by=cast.staff, holding=holding, on=JULY)
    holding.refresh_from_db()
    detail = {"area": "industry", "title": "修水渠", "due_on": date(2026, 9, 30)}
    save_record(by=cast.secretary, entry=entry("post.month_task", post=holding, happened_on=day(80), detail=detail))
    assert not Due.objects.filter(post=holding, closed_on=None).exists()
