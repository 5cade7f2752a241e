"""What only the file owed that went into another one goes on with the kept one; a turn that both owed is owed once; two
stays on the same days are one; taken apart again, each owes what it did, but nothing of a quarter sealed since."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from members import actions as members_acts
from members.models import Category, Cause, Enrolment, Status
from projects import actions
from projects.amending import amend_record
from projects.bin import entry_of, restore_record
from projects.ledgers import Ledger
from projects.models import Due, PeriodLock, Record, RecordSubject
from projects.registry import project, project_of
from projects.stays import stay_ids
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.members.test_merge_people import digest
from tests.projects.conftest import due_of, follow_up, state_of
from tests.projects.rooms.test_joint import contacted, day, tried
from tests.projects.test_carried import CARRIED, LONG_AGO, write
from xitun.lib.dates import Quarter

pytestmark = pytest.mark.usefixtures("in_english")
PROMISED = {"promised": "借拖拉机", "promised_by": TODAY + timedelta(days=20)}
LATE = TODAY - timedelta(days=9)  # too late in the quarter to owe anything of it
MAY, JUNE = date(2025, 5, 20), date(2025, 6, 20)


@pytest.fixture
def file(cast, town):
    """`file("liulin", Category.MOBILE)` is the enrolment of one more file of the same person."""

    def make(branch, category, **said):
        standing = {"standing": "probationary"} if category == Category.DEVELOPING else {}
        someone = enrolled(getattr(town, branch), "王建业", category, by=cast.staff, **(standing | said))
        return someone.enrolments.get() if category else someone

    return make


@pytest.fixture
def merge(cast):
    """Merges the files of two enrolments or people; what was written before counts as written yesterday."""

    def act(keep, other):
        Record.objects.update(entered_at=F("entered_at") - timedelta(days=1))
        keep, other = (getattr(row, "person", row) for row in (keep, other))
        for row in (keep, other):
            row.refresh_from_db()
        return members_acts.merge_people(by=cast.staff, keep=keep, other=other, reason="重复建档")

    return act


def undo(cast, row):
    return members_acts.undo_merge(by=cast.staff, merge=row)


def owed(person, duty):
    return Due.objects.open().filter(person=person, duty=duty)


def live(person, category):
    return Enrolment.objects.live().get(person=person, category=category)


def test_a_turn_that_only_the_other_file_owed_is_owed_by_the_kept_one(cast, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE, since=LATE), file("huaishuwan", Category.MOBILE)
    open_dues(TODAY)
    due = due_of("joint.follow_up", other)
    before = digest(keep.person, other.person)
    row = merge(keep, other)
    open_dues(TODAY)
    assert [(each.pk, each.enrolment) for each in owed(keep.person, "joint.follow_up")] == [(due.pk, keep)]
    undo(cast, row)
    assert digest(keep.person, other.person) == before


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("branch", ["huaishuwan", "liulin"])
@pytest.mark.parametrize("category, kind, duty, detail", CARRIED, ids=lambda value: str(value))
def test_what_a_record_of_the_other_file_made_owed_goes_on(
    cast, town, file, merge, category, kind, duty, detail, branch, both
):
    keep, other = file("huaishuwan", category if both else None), file(branch, category)
    if not both and category == Category.DEVELOPING:
        members_acts.change_standing(by=cast.staff, person=keep, standing="probationary", on=TODAY)
    write(cast.staff, kind, other, LONG_AGO, **detail)
    code = f"{project_of(category).code}.{duty}"
    old = due_of(code, other)
    person = getattr(keep, "person", keep)
    before = digest(person, other.person)
    row = merge(keep, other)
    open_dues(TODAY)
    due = owed(person, code).get()
    assert (due.enrolment, due.unit) == (live(person, category), town.huaishuwan)
    assert (due.due_on, due.opens_on, due.occasion) == (old.due_on, old.opens_on, old.occasion)
    Due.objects.filter(opened_at__gt=row.at).exclude(pk=due.pk).close(on=TODAY, why=Cause.MERGED)
    undo(cast, row)
    assert digest(person, other.person) == before


def test_a_promise_goes_on_in_the_branch_that_gave_it(cast, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    record = contacted(cast.secretary, other, TODAY, **PROMISED)
    before = digest(keep.person, other.person)
    row = merge(keep, other)
    assert owed(keep.person, "joint.promise").get().enrolment == keep
    undo(cast, row)
    assert digest(keep.person, other.person) == before
    row = merge(keep, other)
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    assert not owed(keep.person, "joint.promise").exists()
    restore_record(by=cast.staff, record=record)
    assert owed(keep.person, "joint.promise").get().enrolment == keep


def test_a_promise_that_was_kept_and_is_not_is_owed_by_the_kept_file(cast, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    contacted(cast.secretary, other, TODAY, **PROMISED)
    done = write(cast.secretary, "promise_kept", other, dues=(owed(other.person, "joint.promise").get(),))
    merge(keep, other)
    assert not owed(keep.person, "joint.promise").exists()
    actions.void_record(by=cast.secretary, record=done, reason="误录")
    assert owed(keep.person, "joint.promise").get().enrolment == keep


def test_a_category_of_another_branch_goes_on_where_the_kept_file_stands(cast, town, file, merge):
    keep, other = file("huaishuwan", Category.ELDERLY), file("liulin", Category.MOBILE)
    person = keep.person
    open_dues(TODAY)
    before = digest(person, other.person)
    row = merge(keep, other)
    open_dues(TODAY)
    new = live(person, Category.MOBILE)
    assert (new.unit, new.from_date, new.primary) == (town.huaishuwan, TODAY, False)
    assert stay_ids([new]) == [other.pk, new.pk]
    assert owed(person, "joint.follow_up").get().enrolment == new
    person.refresh_from_db()
    assert person.category == Category.ELDERLY
    undo(cast, row)
    assert not Due.objects.open().filter(enrolment=new).exists()
    assert not Enrolment.objects.live().filter(person=person, category=Category.MOBILE).exists()
    Due.objects.filter(opened_at__gt=row.at).close(on=TODAY, why=Cause.MERGED)
    assert digest(person, other.person) == before


def test_a_category_confirmed_in_the_other_file_goes_on_though_the_kept_one_only_asked_for_it(cast, file, merge):
    keep, other = file("huaishuwan", None), file("huaishuwan", Category.RETIRED)
    members_acts.propose_category(by=cast.secretary, person=keep, category=Category.RETIRED, reason="退休")
    before = digest(keep, other.person)
    row = merge(keep, other)
    assert live(keep, Category.RETIRED) == other
    assert not Enrolment.objects.filter(person=keep, status="proposed").exists()
    undo(cast, row)
    assert digest(keep, other.person) == before


def test_a_turn_both_owe_is_owed_once_and_given_back_twice(cast, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("liulin", Category.MOBILE)
    open_dues(TODAY)
    before = digest(keep.person, other.person)
    row = merge(keep, other)
    open_dues(TODAY)
    assert owed(keep.person, "joint.follow_up").get().enrolment == keep
    undo(cast, row)
    assert digest(keep.person, other.person) == before


@pytest.mark.parametrize("let_off_in", [0, 1])
def test_a_turn_one_file_was_let_off_is_not_owed_by_the_other(cast, file, merge, let_off_in):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    open_dues(TODAY)
    actions.waive_due(by=cast.staff, due=due_of("joint.follow_up", (keep, other)[let_off_in]), reason="住院")
    before = digest(keep.person, other.person)
    row = merge(keep, other)
    open_dues(TODAY)
    assert not owed(keep.person, "joint.follow_up").exists()
    undo(cast, row)
    assert digest(keep.person, other.person) == before


def test_two_searches_are_one(cast, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    for number in (9, 8, 7):
        for row in (keep, other):
            tried(cast.secretary, row, day(number))
    before = digest(keep.person, other.person)
    assert Due.objects.open().filter(duty="joint.search").count() == 2
    row = merge(keep, other)
    assert owed(keep.person, "joint.search").get().enrolment == keep
    undo(cast, row)
    assert digest(keep.person, other.person) == before


def test_tries_of_both_files_together_make_a_search_owed(cast, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    tried(cast.secretary, keep, day(9))
    tried(cast.secretary, other, day(8))
    tried(cast.secretary, other, day(7))
    before = digest(keep.person, other.person)
    row = merge(keep, other)
    assert owed(keep.person, "joint.search").get().enrolment == keep
    undo(cast, row)
    assert not Due.objects.open().filter(duty="joint.search").exists()
    assert digest(keep.person, other.person) == before


# --- on the same days


def listed(town, on, known=None):
    rows = Ledger(project=project("joint"), user=None, unit=town.xitun, on=on, known=known).rows()
    return sorted((row.person.name, row.unit.name) for row in rows)


@pytest.mark.parametrize("branch", ["huaishuwan", "liulin"])
@pytest.mark.parametrize("earlier", ["keep", "other"])
def test_nobody_stands_in_a_category_twice_on_a_day(cast, town, file, merge, branch, earlier):
    since = (date(2026, 1, 5), date(2026, 6, 1))
    keep = file("huaishuwan", Category.MOBILE, since=since[earlier == "other"])
    other = file(branch, Category.MOBILE, since=since[earlier == "keep"])
    row = merge(keep, other)
    for on in (date(2026, 2, 1), date(2026, 7, 1), TODAY):
        assert len(listed(town, on)) == 1, on
    assert stay_ids([keep]) == sorted([keep.pk, other.pk])
    undo(cast, row)
    assert [len(listed(town, on)) for on in (date(2026, 2, 1), date(2026, 7, 1), TODAY)] == [1, 2, 2]


def test_an_ended_stay_within_the_other_one_is_part_of_it(cast, town, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE, since=date(2026, 3, 1)), file("huaishuwan", Category.MOBILE)
    write(cast.secretary, "follow_up", keep, date(2026, 3, 20))
    members_acts.end_category(by=cast.staff, enrolment=keep, on=date(2026, 4, 1), reason="返乡")
    before = digest(keep.person, other.person)
    row = merge(keep, other)
    assert live(keep.person, Category.MOBILE) == other
    assert len(listed(town, date(2026, 3, 15))) == 1
    assert stay_ids([live(keep.person, Category.MOBILE)]) == sorted([keep.pk, other.pk])
    undo(cast, row)
    assert digest(keep.person, other.person) == before


def test_a_case_that_goes_on_is_not_hidden_as_a_closed_one(cast, file, merge):
    keep = file("huaishuwan", Category.BACKWARD, since=date(2026, 6, 1))
    other = file("huaishuwan", Category.BACKWARD, since=date(2026, 3, 1))
    merge(keep, other)
    rows = Enrolment.objects.without_closed_cases().filter(person=keep.person, superseded_at=None)
    assert set(rows.values_list("pk", flat=True)) == {keep.pk, other.pk}


# --- records taken back before


@pytest.mark.parametrize("branch", ["huaishuwan", "liulin"])
def test_a_record_taken_back_before_settles_the_turn_of_the_kept_file_again(cast, file, merge, branch):
    keep, other = file("huaishuwan", Category.MOBILE), file(branch, Category.MOBILE)
    open_dues(TODAY)
    due = due_of("joint.follow_up", other)
    record = actions.save_record(by=cast.staff, entry=follow_up(other, dues=(due,)))
    actions.void_record(by=cast.staff, record=record, reason="误录")
    merge(keep, other)
    _record, missed = restore_record(by=cast.staff, record=record)
    assert (missed, state_of(due)) == ([], "on_time")
    assert not owed(keep.person, "joint.follow_up").exists()
    assert RecordSubject.objects.get(record=record).person == keep.person


# --- records


@pytest.fixture(params=["huaishuwan", "liulin"])
def cut(request, cast, file, merge):
    """The kept enrolment, and a record of the merged one, which is left without a day."""
    keep, other = file("huaishuwan", Category.MOBILE, since=MAY), file(request.param, Category.MOBILE, since=JUNE)
    record = actions.save_record(by=cast.staff, entry=follow_up(other, happened_on=TODAY - timedelta(days=20)))
    merge(keep, other)
    return Enrolment.objects.get(pk=keep.pk), Record.objects.get(pk=record.pk)


def put_right(cast, record, **changes):
    right = replace(entry_of(record), submission_id=uuid4(), **changes)
    return amend_record(by=cast.staff, record=record, entry=right, reason="日期写错")


def test_the_day_of_a_record_of_the_merged_file_can_be_put_right(cast, cut):
    _keep, record = cut
    on = TODAY - timedelta(days=18)
    assert put_right(cast, record, happened_on=on).happened_on == on


def test_nothing_is_done_in_the_merged_file_after_the_kept_one_ended(cast, cut):
    keep, record = cut
    end = TODAY - timedelta(days=19)
    Enrolment.objects.filter(pk=keep.pk).update(to_date=end, status=Status.ENDED)
    with pytest.raises(ValidationError, match="stood here until 2 Sep 2026"):
        put_right(cast, record, happened_on=TODAY - timedelta(days=18))
    assert put_right(cast, record, happened_on=end).happened_on == end


def begun_earlier(cast, keep):
    on_roll = keep.person.memberships.get(superseded_at=None, unit=keep.unit)
    members_acts.correct_membership(by=cast.staff, row=on_roll, from_date=date(2025, 5, 1), reason="介绍信日期")


def test_the_ledger_keeps_what_was_done_when_the_day_on_the_roll_is_put_right(cast, town, cut):
    keep, record = cut
    begun_earlier(cast, keep)
    (row,) = Ledger(project=project("joint"), user=None, unit=town.xitun, on=TODAY).rows()
    assert record.happened_on in row.cells


def test_the_condolence_is_owed_as_it_was_when_the_day_on_the_roll_is_put_right(cast, town, file, merge):
    keep, other = (file("huaishuwan", Category.ELDERLY, since=since) for since in (MAY, JUNE))
    for row in (keep, other):
        members_acts.record_death(by=cast.staff, person=row.person, on=TODAY - timedelta(days=2))
    condolence = Due.objects.filter(enrolment=other, occasion="death")
    owed_then = condolence.values("opens_on", "due_on").get()
    merge(keep, other)
    assert Enrolment.objects.get(pk=other.pk).to_date == MAY
    begun_earlier(cast, keep)
    assert condolence.values("opens_on", "due_on").get() == owed_then


# --- sealed


@pytest.mark.parametrize("done", [True, False])
def test_taking_apart_reopens_nothing_that_a_sealed_quarter_counts_as_closed(cast, town, file, merge, done):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    open_dues(TODAY)
    if done:
        actions.save_record(by=cast.staff, entry=follow_up(keep, dues=(due_of("joint.follow_up", keep),)))
    due = due_of("joint.follow_up", other)
    row = merge(keep, other)
    assert state_of(due) == "closed"
    third = Quarter(2026, 3)
    PeriodLock.objects.create(unit=town.xitun, start=third.start, end=third.end)
    undo(cast, row)
    due.refresh_from_db()
    assert (state_of(due), due.person, due.enrolment) == ("closed", other.person, other)


def test_taking_apart_opens_again_what_was_open_when_its_quarter_was_sealed(cast, town, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    open_dues(TODAY)
    due = due_of("joint.follow_up", other)
    third = Quarter(2026, 3)
    PeriodLock.objects.create(unit=town.xitun, start=third.start, end=third.end)
    row = merge(keep, other)
    undo(cast, row)
    assert state_of(due) == "open"


def test_one_of_two_searches_is_not_owed_again_by_a_transfer(cast, town, file, merge):
    keep, other = file("huaishuwan", Category.MOBILE), file("huaishuwan", Category.MOBILE)
    for number in (9, 8, 7):
        for row in (keep, other):
            tried(cast.secretary, row, day(number))
    merge(keep, other)
    members_acts.transfer_person(by=cast.staff, person=keep.person, unit=town.liulin, on=TODAY)
    assert owed(keep.person, "joint.search").count() == 1


def test_what_a_merge_of_two_branches_let_go_on_is_closed_when_it_is_taken_back_after_the_sealing(
    cast, town, file, merge
):
    """The kept file never owed it; the other one's stays as it was sealed."""
    keep, other = file("huaishuwan", None), file("liulin", Category.MOBILE)
    open_dues(TODAY)
    due = due_of("joint.follow_up", other)
    row = merge(keep, other)
    open_dues(TODAY)
    third = Quarter(2026, 3)
    PeriodLock.objects.create(unit=town.xitun, start=third.start, end=third.end)
    undo(cast, row)
    assert not owed(keep, "joint.follow_up").exists()
    assert state_of(due) == "closed"
