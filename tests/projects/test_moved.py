"""Who goes on in a category at another branch owes what everybody owes who has long been there, and nothing twice."""

from datetime import date

import pytest

from members import actions
from members.actions import register_person
from members.models import Category
from projects import registry
from projects.actions import save_record, void_record, waive_due
from projects.bin import restore_record
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, entry
from tests.projects.rooms.test_joint import tried
from tests.projects.test_every_project import sample_detail

SINCE, LATE = date(2025, 5, 20), date(2026, 9, 10)  # so late in the quarter that a newcomer owes nothing for it
FOLLOW_UP = {"duty": "joint.follow_up", "occasion": "2026Q3"}


@pytest.fixture
def person(town, cast, on_day):
    return on_day(SINCE, lambda: enrolled(town.huaishuwan, "白甲", Category.MOBILE, by=cast.staff))


def owed_at(unit):
    return Due.objects.open().filter(path=unit.path, **FOLLOW_UP).count()


def move(cast, person, unit, day):
    person.refresh_from_db()
    return actions.transfer_person(by=cast.staff, person=person, unit=unit, on=day)


def test_who_moved_late_in_the_quarter_owes_it_at_the_new_branch(town, cast, person):
    open_dues(TODAY)
    move(cast, person, town.liulin, LATE)
    open_dues(TODAY)
    assert (owed_at(town.huaishuwan), owed_at(town.liulin)) == (0, 1)


def test_who_moved_twice_owes_it_where_they_are(town, cast, person):
    open_dues(TODAY)
    move(cast, person, town.liulin, LATE)
    move(cast, person, town.huaishuwan, date(2026, 9, 14))
    open_dues(TODAY)
    assert (owed_at(town.huaishuwan), owed_at(town.liulin)) == (1, 0)


def test_a_branch_that_ended_late_in_the_quarter_leaves_nobody_without_duties(town, cast, person):
    open_dues(TODAY)
    actions.end_unit(by=cast.staff, unit=town.huaishuwan, on=LATE, successors=[town.liulin], reason="撤并")
    open_dues(TODAY)
    assert owed_at(town.liulin) == 1


def test_who_came_home_and_left_again_is_new(town, cast, person):
    """At the same branch, or with days at home between: another stay."""
    open_dues(TODAY)
    move(cast, person, town.liulin, LATE)
    stay = person.enrolments.get(to_date=None)
    actions.come_home(by=cast.staff, enrolment=stay, on=date(2026, 9, 12), reason="回村")
    row = actions.propose_category(
        by=cast.staff, person=person, category=Category.MOBILE, on=date(2026, 9, 12), reason="又走了"
    )
    actions.confirm_category(by=cast.staff, enrolment=row)
    open_dues(TODAY)
    assert owed_at(town.liulin) == 0


@pytest.mark.parametrize("after", [0, 1])
def test_what_was_let_off_is_not_owed_again_at_the_new_branch(town, cast, person, on_day, after):
    day = date(2026, 8, 10)
    on_day(day, lambda: open_dues(day))
    on_day(day, lambda: waive_due(by=cast.staff, due=Due.objects.open().get(**FOLLOW_UP), reason="住院"))
    day = date(2026, 8, 10 + after)
    on_day(day, lambda: move(cast, person, town.liulin, day))
    on_day(day, lambda: open_dues(day))
    assert owed_at(town.liulin) == 0


def test_the_day_of_a_move_put_right_takes_no_duty_away(town, cast, person, on_day):
    day = date(2026, 8, 10)
    on_day(day, lambda: move(cast, person, town.liulin, day))
    open_dues(TODAY)
    row = person.memberships.get(to_date=None, superseded_at=None)
    actions.correct_membership(by=cast.staff, row=row, from_date=LATE, reason="转接回执")
    assert owed_at(town.liulin) == 1


# --- the days of a move that is entered late


def away_since_15_july(town, cast, on_day):
    person = on_day(date(2026, 6, 1), lambda: register_person(by=cast.staff, unit=town.huaishuwan, name="甲某"))
    july = date(2026, 7, 15)
    row = on_day(july, lambda: proposed(cast, person, Category.MOBILE, july))
    on_day(july, lambda: open_dues(july))
    return row


def proposed(cast, person, category, on):
    row = actions.propose_category(by=cast.staff, person=person, category=category, on=on, reason="外出")
    return actions.confirm_category(by=cast.staff, enrolment=row)


@pytest.mark.parametrize("reason", ["", "落户柳林"])
@pytest.mark.parametrize("how", ["transfer", "merger"])
def test_it_is_owed_over_there_when_the_move_is_dated_before_the_stay_began(town, cast, on_day, how, reason):
    row, day = away_since_15_july(town, cast, on_day), date(2026, 7, 10)
    for number in (1, 2, 3):
        tried(cast.staff, row, date(2026, 9, number))
    if how == "transfer":
        actions.transfer_person(by=cast.staff, person=row.person, unit=town.liulin, on=day, reason=reason)
    else:
        actions.end_unit(by=cast.staff, unit=town.huaishuwan, on=day, successors=[town.liulin], reason=reason)
    open_dues(TODAY)
    assert (owed_at(town.huaishuwan), owed_at(town.liulin)) == (0, 1)
    assert Due.objects.open().filter(duty="joint.search", path=town.liulin.path).count() == 1
    assert set(row.dues.values_list("closed_on", flat=True)) == {row.from_date}


# --- what was done, or let off, before the move


def gone(cast, person, unit, how, day=LATE):
    if how == "transfer":
        move(cast, person, unit, day)
    else:
        actions.end_unit(by=cast.staff, unit=person.unit, on=day, successors=[unit])


def settled(cast, on_day, duty, row, day, how):
    """The one due of this duty that stands open on `day`, done then or let off."""

    def act():
        open_dues(day)
        due = due_of(duty, row)
        if how == "waived":
            return waive_due(by=cast.staff, due=due, reason="住院，已由家属照料")
        project, declared = registry.duties()[duty]
        kind = project.kind(declared.kinds[0])
        detail = sample_detail(project, kind)
        code = f"{project.code}.{kind.code}"
        return save_record(by=cast.staff, entry=entry(code, row, happened_on=day, dues=(due,), detail=detail))

    return on_day(day, act)


ONCE = [
    (Category.ELDERLY, "transmission_help.visit", date(2026, 8, 10)),
    (Category.RETIRED, "visit.survey", date(2026, 3, 10)),
    (Category.BACKWARD, "key.talk", date(2026, 9, 5)),
    (Category.MOBILE, "joint.follow_up", date(2026, 8, 10)),
]


@pytest.mark.parametrize("category, duty, day", ONCE, ids=lambda value: str(value))
@pytest.mark.parametrize("done", ["done", "waived"])
@pytest.mark.parametrize("how", ["transfer", "merger"])
def test_a_turn_that_was_settled_is_not_owed_again_over_there(town, cast, on_day, category, duty, day, done, how):
    row = enrolled(town.huaishuwan, "钱某", category, by=cast.staff).enrolments.get()
    settled(cast, on_day, duty, row, day, done)
    gone(cast, row.person, town.liulin, how)
    open_dues(TODAY)
    assert not Due.objects.open().filter(person=row.person, duty=duty).exists()


def test_it_is_not_owed_again_after_two_moves(town, cast, on_day, elder):
    settled(cast, on_day, "transmission_help.visit", elder, date(2026, 8, 10), "done")
    move(cast, elder.person, town.liulin, LATE)
    open_dues(TODAY)
    move(cast, elder.person, town.huaishuwan, date(2026, 9, 14))
    open_dues(TODAY)
    assert not Due.objects.open().filter(person=elder.person, duty="transmission_help.visit").exists()


def test_a_new_stay_owes_the_turn_that_was_settled_in_another(town, cast, on_day, elder):
    day = date(2026, 7, 10)
    settled(cast, on_day, "transmission_help.visit", elder, day, "done")
    on_day(day, lambda: actions.end_category(by=cast.staff, enrolment=elder, on=day, reason="误列"))
    again = proposed(cast, elder.person, Category.ELDERLY, date(2026, 7, 20))
    open_dues(TODAY)
    assert Due.objects.open().filter(enrolment=again, duty="transmission_help.visit").exists()


def test_what_settled_it_taken_back_after_the_move_is_owed_there_until_it_is_back(town, cast, on_day, elder):
    visit = settled(cast, on_day, "transmission_help.visit", elder, date(2026, 8, 10), "done")
    move(cast, elder.person, town.liulin, LATE)
    owed = Due.objects.open().filter(person=elder.person, duty="transmission_help.visit")
    void_record(by=cast.staff, record=visit, reason="误录")
    open_dues(TODAY)
    assert [due.unit for due in owed.all()] == [town.liulin]
    restore_record(by=cast.staff, record=visit)
    assert not owed.exists()
    void_record(by=cast.staff, record=visit, reason="误录")
    assert [due.unit for due in owed.all()] == [town.liulin]
