"""What a record made owed goes on with the stay at another branch: a term, a vote, an answer. A promise ends with the
branch that gave it."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import Category, Enrolment, Standing
from projects import actions, registry
from projects.amending import amend_record
from projects.bin import entry_of, restore_record
from projects.counting import check_counts
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, due_of, entry, state_of
from tests.projects.test_every_project import sample_detail

LONG_AGO = date(2026, 8, 1)
CARRIED = [
    (Category.BACKWARD, "help_term", "term_end", {"starts_on": LONG_AGO, "ends_on": date(2027, 1, 31)}),
    (Category.BACKWARD, "statement", "appeal", {"position": "appeals", "words": "事实有出入"}),
    (Category.BACKWARD, "plan_task", "plan_task", {"due_on": date(2026, 9, 1)}),
    (Category.ELDERLY, "advice", "advice_reply", {}),
    (Category.ELDERLY, "sickness", "condolence_sick", {}),
    (Category.RETIRED, "advice", "advice_reply", {}),
    (Category.DEVELOPING, "application", "application_talk", {}),
    (Category.DEVELOPING, "admission_vote", "approval", {}),
    (Category.DEVELOPING, "admission_vote", "conversion_vote", {}),
    (Category.MOBILE, "departure", "briefing", {"departs_on": date(2026, 9, 30)}),
]
each_carried = pytest.mark.parametrize("category, kind, duty, detail", CARRIED, ids=lambda value: str(value))


def write(by, kind, row, on=TODAY, dues=(), **detail):
    """A record of this kind of the project in which `row` stands."""
    project = registry.project_of(row.category)
    detail = sample_detail(project, project.kind(kind)) | detail
    one = entry(f"{project.code}.{kind}", row, happened_on=on, dues=dues, detail=detail)
    return actions.save_record(by=by, entry=one)


def standing_in(unit, category, by, name="孙某"):
    standing = Standing.PROBATIONARY if category == Category.DEVELOPING else Standing.FULL
    return enrolled(unit, name, category, by=by, standing=standing).enrolments.get()


def go(cast, row, unit, how="merger", on=TODAY):
    """The enrolment over there."""
    if how == "merger":
        members_acts.end_unit(by=cast.staff, unit=row.unit, on=on, successors=[unit])
    else:
        members_acts.transfer_person(by=cast.staff, person=row.person, unit=unit, on=on, reason="落户")
    return Enrolment.objects.live().get(person=row.person_id, category=row.category)


@pytest.fixture
def taught(town, cast):
    return standing_in(town.huaishuwan, Category.BACKWARD, cast.staff)


@pytest.fixture
def term(cast, taught):
    return write(cast.staff, "help_term", taught, LONG_AGO, starts_on=LONG_AGO, ends_on=date(2027, 1, 31))


def owed(row, duty="key.term_end"):
    return Due.objects.open().filter(enrolment=row, duty=duty)


@each_carried
@pytest.mark.parametrize("how", ["merger", "transfer"])
def test_it_is_owed_over_there_by_its_day(cast, town, category, kind, duty, detail, how):
    row = standing_in(town.huaishuwan, category, cast.staff)
    write(cast.staff, kind, row, LONG_AGO, **detail)
    code = f"{registry.project_of(category).code}.{duty}"
    old = due_of(code, row)
    new = go(cast, row, town.liulin, how)
    open_dues(TODAY)
    there = Due.objects.open().get(duty=code)
    assert (there.enrolment, there.unit, there.restricted) == (new, town.liulin, old.restricted)
    assert (there.due_on, there.opens_on, there.occasion) == (old.due_on, old.opens_on, old.occasion)
    assert not check_counts()


def test_a_decision_over_there_settles_it(cast, town, taught, term):
    new = go(cast, taught, town.liulin)
    due = owed(new).get()
    write(cast.staff, "term_review", new, dues=(due,), outcome="closed", until=None, reason="任务完成")
    assert state_of(due) == "on_time"


@pytest.mark.parametrize("how", ["merger", "transfer"])
def test_what_was_done_or_let_off_before_is_not_owed_over_there(cast, town, how):
    row = standing_in(town.huaishuwan, Category.ELDERLY, cast.staff)
    first, second = (write(cast.staff, "advice", row, LONG_AGO) for _number in range(2))
    done, let_off = (due_of("transmission_help.advice_reply", row, occasion=f"r{r.pk}") for r in (first, second))
    write(cast.staff, "advice_reply", row, dues=(done,))
    actions.waive_due(by=cast.staff, due=let_off, reason="已撤回")
    assert not owed(go(cast, row, town.liulin, how), "transmission_help.advice_reply").exists()


@pytest.mark.parametrize("how", ["merger", "transfer"])
def test_a_promise_ends_with_the_branch_that_gave_it(cast, town, how):
    row = standing_in(town.huaishuwan, Category.MOBILE, cast.staff)
    said = FOLLOW_UP | {"promised": "借拖拉机", "promised_by": date(2026, 10, 1)}
    actions.save_record(by=cast.staff, entry=entry("joint.follow_up", row, detail=said))
    go(cast, row, town.liulin, how)
    assert not Due.objects.open().filter(duty="joint.promise").exists()


def test_it_takes_as_many_statements_for_many_as_for_one(cast, town):
    def statements():
        for row in Enrolment.objects.live().filter(unit=town.huaishuwan, category=Category.ELDERLY):
            write(cast.staff, "advice", row)
        with CaptureQueriesContext(connection) as captured:
            members_acts.end_unit(by=cast.staff, unit=town.huaishuwan, on=TODAY, successors=[town.liulin])
        return len(captured)

    standing_in(town.huaishuwan, Category.ELDERLY, cast.staff)
    one = statements()
    town.huaishuwan.ends_on = None
    town.huaishuwan.save()
    for number in range(5):
        standing_in(town.huaishuwan, Category.ELDERLY, cast.staff, f"某{number}")
    assert statements() <= one
    assert Due.objects.open().filter(duty="transmission_help.advice_reply", unit=town.liulin).count() == 6


# --- what made it put right, taken back and brought back after the move


def test_it_follows_the_day_of_what_made_it(cast, town, taught, term):
    new = go(cast, taught, town.liulin)
    right = replace(entry_of(term), submission_id=uuid.uuid4())
    right.detail["ends_on"] = date(2026, 12, 31)
    amend_record(by=cast.staff, record=term, entry=right, reason="写错了")
    assert owed(new).get().due_on == date(2026, 12, 31)


def test_it_is_not_owed_while_what_made_it_is_taken_back(cast, town, taught, term):
    new = go(cast, taught, town.liulin)
    actions.void_record(by=cast.staff, record=term, reason="误录")
    assert not Due.objects.open().filter(duty="key.term_end").exists()
    restore_record(by=cast.staff, record=term)
    assert [due.enrolment for due in Due.objects.open().filter(duty="key.term_end")] == [new]


def test_what_was_taken_back_before_the_move_and_comes_back_after_it_is_owed_over_there(cast, town, taught, term):
    actions.void_record(by=cast.staff, record=term, reason="误录")
    new = go(cast, taught, town.liulin)
    restore_record(by=cast.staff, record=term)
    assert [due.enrolment for due in Due.objects.open().filter(duty="key.term_end")] == [new]


def test_what_settled_it_before_the_move_taken_back_is_owed_over_there_until_it_is_back(cast, town, taught, term):
    due = owed(taught).get()
    decision = {"outcome": "closed", "until": None, "reason": "任务完成"}
    settled = write(cast.staff, "term_review", taught, dues=(due,), **decision)
    new, left = go(cast, taught, town.liulin), Due.objects.open().filter(duty="key.term_end")
    assert not left.exists()
    for _time in range(2):
        actions.void_record(by=cast.staff, record=settled, reason="误录")
        assert [due.enrolment for due in left.all()] == [new]
        restore_record(by=cast.staff, record=settled)
        assert not left.exists()


def test_what_is_entered_late_for_the_old_branch_is_owed_where_the_stay_goes_on(cast, town, taught):
    new = go(cast, taught, town.liulin)
    taught.refresh_from_db()
    term = write(cast.staff, "help_term", taught, LONG_AGO, starts_on=LONG_AGO, ends_on=date(2027, 1, 31))
    assert owed(new).get().occasion == f"r{term.pk}"
    right = replace(entry_of(term), submission_id=uuid.uuid4())
    right.detail["ends_on"] = date(2026, 12, 31)
    amend_record(by=cast.staff, record=term, entry=right, reason="写错了")
    assert [due.due_on for due in Due.objects.open().filter(duty="key.term_end")] == [date(2026, 12, 31)]


# --- what is owed between two records


@pytest.mark.parametrize("how", ["merger", "transfer"])
def test_a_leader_of_the_team_owes_the_one_plus_three_contact_over_there(cast, town, on_day, how):
    row = standing_in(town.huaishuwan, Category.UNEMPLOYED, cast.staff)
    write(cast.staff, "team_entry", row, date(2026, 3, 1))
    new = on_day(date(2026, 6, 5), lambda: go(cast, row, town.liulin, how, date(2026, 6, 5)))
    open_dues(TODAY)
    assert owed(new, "guidance.household_contact").count() == 1
    write(cast.staff, "team_exit", new, TODAY)
    open_dues(date(2026, 10, 9))
    assert not owed(new, "guidance.household_contact").filter(occasion="2026Q4").exists()
