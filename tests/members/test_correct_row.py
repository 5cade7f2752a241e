"""Putting a day of the past right: what was believed stays known, what hangs together by the day moves along."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.actions.conversion import probation_of
from members.actions.rows import version_of
from members.models import AuditRow, BranchMembership, Category, Enrolment, PostHolding, Standing, Status
from members.roll import PastRoll
from projects.models import Due
from projects.stays import stay_ids
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import frozen

pytestmark = pytest.mark.usefixtures("in_english")

SINCE, MOVED, TRUE = date(2025, 5, 20), date(2026, 3, 10), date(2026, 2, 1)
JUNE = date(2026, 6, 10)


@pytest.fixture
def moved(town, cast, on_day):
    """Mobile, on the roll of Huaishuwan, moved to Liulin in March; each entered on its day."""
    person = on_day(SINCE, lambda: enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff))
    on_day(MOVED, lambda: actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=MOVED))
    person.refresh_from_db()
    return person


def chain(rows):
    """[(from, to)] of what holds."""
    held = rows.filter(superseded_at=None).order_by("from_date", "pk")
    return list(held.values_list("from_date", "to_date"))


def stays(person):
    rows = person.enrolments.filter(superseded_at=None).order_by("from_date", "pk")
    return list(rows.values_list("unit__name", "category", "from_date", "to_date"))


def test_it_moves_the_day_of_a_move_and_what_moved_with_it(town, cast, moved):
    row = moved.memberships.get(unit=town.liulin)
    actions.correct_membership(by=cast.staff, row=row, from_date=TRUE, reason="介绍信回执")
    assert chain(moved.memberships) == [(SINCE, TRUE), (TRUE, None)]
    assert stays(moved) == [("槐树湾村党支部", "mobile", SINCE, TRUE), ("柳林村党支部", "mobile", TRUE, None)]
    assert moved.memberships.filter(superseded_at=None).count() == 2
    assert moved.memberships.exclude(superseded_at=None).count() == 2
    trace = AuditRow.objects.get(act="correct_row")
    assert (trace.purpose, trace.person, trace.path) == ("介绍信回执", moved, town.liulin.path)
    assert trace.detail == {"from_date": "2026-03-10 → 2026-02-01"}


def test_what_was_known_before_stays_known(town, cast, moved, on_day):
    row = moved.memberships.get(unit=town.liulin)
    on_day(JUNE, lambda: actions.correct_membership(by=cast.staff, row=row, from_date=TRUE, reason="回执"))
    between = date(2026, 2, 15)

    def stood(known):
        roll = PastRoll(between, known)
        units, _standings = roll.places(roll.people(cast.staff).filter(pk=moved.pk))
        return [units[moved.pk].name, *roll.enrolments(cast.staff).values_list("unit__name", flat=True)]

    assert stood(None) == ["柳林村党支部"] * 2
    assert stood(JUNE) == ["柳林村党支部"] * 2
    assert stood(date(2026, 5, 1)) == ["槐树湾村党支部"] * 2
    assert stood(date(2026, 2, 20)) == ["槐树湾村党支部"] * 2  # before the move was entered


def test_it_moves_the_beginning_on_the_roll_with_standing_and_category(cast, person):
    earlier = date(2024, 1, 8)
    actions.correct_membership(by=cast.staff, row=person.memberships.get(), from_date=earlier, reason="原始名册")
    assert chain(person.memberships) == chain(person.standings) == [(earlier, None)]
    assert stays(person)[0][2:] == (earlier, None)


def test_it_refuses_a_day_before_what_was_before_began(town, cast, moved):
    row = moved.memberships.get(unit=town.liulin)
    for day in (SINCE, date(2025, 1, 1)):
        with pytest.raises(ValidationError, match="What was before began on"):
            actions.correct_membership(by=cast.staff, row=row, from_date=day, reason="误")
    with pytest.raises(ValidationError, match="lies ahead"):
        actions.correct_membership(by=cast.staff, row=row, from_date=date(2026, 12, 1), reason="误")
    first = moved.memberships.get(unit=town.huaishuwan)
    with pytest.raises(ValidationError, match="It ended on"):
        actions.correct_membership(by=cast.staff, row=first, from_date=MOVED, reason="误")
    assert chain(moved.memberships) == [(SINCE, MOVED), (MOVED, None)]


def test_it_refuses_to_leave_a_category_outside_its_branch(town, cast, moved):
    """Ended in between: nobody knows which day is the wrong one."""
    row = moved.enrolments.get(unit=town.liulin)
    actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 4, 1), reason="返乡")
    with pytest.raises(ValidationError, match="between the two days"):
        actions.correct_membership(
            by=cast.staff, row=moved.memberships.get(unit=town.liulin), from_date=date(2026, 5, 1), reason="回执"
        )


def test_it_asks_for_a_reason_and_for_a_row_that_still_holds(town, cast, moved):
    row = moved.memberships.get(unit=town.liulin)
    with pytest.raises(ValidationError, match="Give the reason"):
        actions.correct_membership(by=cast.staff, row=row, from_date=TRUE, reason=" ")
    actions.correct_membership(by=cast.staff, row=row, from_date=TRUE, reason="回执")
    with pytest.raises(ValidationError, match="replaced meanwhile"):
        actions.correct_membership(by=cast.staff, row=row, from_date=date(2026, 1, 5), reason="回执")
    assert AuditRow.objects.filter(act="correct_row").count() == 1


def test_it_corrects_a_standing_and_the_day_of_full_membership(town, cast):
    someone = enrolled(town.huaishuwan, "白甲", None, by=cast.staff, standing=Standing.PROBATIONARY)
    actions.change_standing(by=cast.staff, person=someone, standing=Standing.FULL, on=MOVED)
    type(someone).objects.filter(pk=someone.pk).update(full_member_on=MOVED)
    row = someone.standings.get(standing=Standing.FULL)
    actions.correct_standing(by=cast.staff, row=row, from_date=TRUE, reason="支部大会记录")
    assert chain(someone.standings) == [(SINCE, TRUE), (TRUE, None)]
    someone.refresh_from_db()
    assert (someone.full_member_on, someone.standing) == (TRUE, Standing.FULL)
    first = someone.standings.get(to_date=TRUE, superseded_at=None)
    actions.correct_standing(by=cast.staff, row=first, from_date=SINCE, standing=Standing.TARGET, reason="误录")
    held = someone.standings.filter(superseded_at=None).order_by("from_date")
    assert list(held.values_list("standing", flat=True)) == [Standing.TARGET, Standing.FULL]
    someone.refresh_from_db()
    assert someone.standing == Standing.FULL


def test_the_standing_of_today_follows(cast, person):
    row = person.standings.get()
    actions.correct_standing(by=cast.staff, row=row, from_date=SINCE, standing=Standing.PROBATIONARY, reason="误录")
    person.refresh_from_db()
    assert person.standing == Standing.PROBATIONARY
    assert person.standings.filter(superseded_at=None).get().standing == Standing.PROBATIONARY


def test_it_neither_lets_go_nor_brings_back(cast, person):
    with pytest.raises(ValidationError, match="pages of their own"):
        actions.correct_standing(
            by=cast.staff, row=person.standings.get(), from_date=SINCE, standing=Standing.FORMER, reason="误"
        )


def test_the_day_of_leaving_takes_category_and_post_along(town, cast, person):
    holding = actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=SINCE)
    open_dues(TODAY)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 18))
    row = person.standings.get(standing=Standing.FORMER)
    actions.correct_standing(by=cast.staff, row=row, from_date=date(2026, 9, 15), reason="死亡证明")
    assert stays(person)[0][3] == date(2026, 9, 15)
    holding.refresh_from_db()
    assert holding.to_date == date(2026, 9, 15)
    closed = Due.objects.filter(enrolment__person=person, occasion__startswith="2026Q3", discharges=None)
    assert closed
    assert {due.closed_on for due in closed} == {date(2026, 9, 15)}


def test_it_moves_the_turn_between_two_categories(town, cast, person):
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="年满", on=MOVED)
    actions.confirm_category(by=cast.staff, enrolment=row)
    later = date(2026, 4, 1)
    actions.correct_stay(by=cast.staff, row=row, from_date=later, reason="身份证")
    assert [line[1:] for line in stays(person)] == [("mobile", SINCE, later), ("elderly", later, None)]
    first = person.enrolments.get(category=Category.MOBILE, superseded_at=None)
    actions.correct_stay(by=cast.staff, row=first, from_date=SINCE, to_date=MOVED, reason="再核")
    assert [line[1:] for line in stays(person)] == [("mobile", SINCE, MOVED), ("elderly", MOVED, None)]
    copies = person.enrolments.exclude(superseded_at=None)
    assert copies.count() == 4
    assert {copy.status for copy in copies} == {Status.ENDED}
    assert Enrolment.objects.live().filter(person=person).count() == 1


def test_a_corrected_category_is_known_as_before_until_then(cast, person, on_day):
    row = person.enrolments.get()
    # what the fixture wrote, it wrote today; so the correction is a day later
    after = date(2026, 9, 22)
    with frozen(after):
        on_day(after, lambda: actions.correct_stay(by=cast.staff, row=row, from_date=MOVED, reason="外出证明"))
    day = date(2025, 12, 1)
    assert not PastRoll(day).enrolments(cast.staff).filter(person=person).exists()
    assert PastRoll(MOVED).enrolments(cast.staff).get(person=person).pk == row.pk


def test_it_refuses_days_that_another_category_holds(town, cast, person):
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="年满", on=MOVED)
    actions.confirm_category(by=cast.staff, enrolment=row)
    actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 5, 1), reason="调整")
    third = actions.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, reason="退休", on=JUNE
    )
    third = actions.confirm_category(by=cast.staff, enrolment=third)
    with pytest.raises(ValidationError, match="cannot hold on the same days"):
        actions.correct_stay(by=cast.staff, row=third, from_date=date(2026, 4, 1), reason="误")
    with pytest.raises(ValidationError, match="roll on all of these days"):
        first = person.enrolments.get(category=Category.MOBILE)
        actions.correct_stay(by=cast.staff, row=first, from_date=date(2020, 1, 1), to_date=MOVED, reason="误")
    with pytest.raises(ValidationError, match="has ended"):
        actions.correct_stay(by=cast.staff, row=first, from_date=SINCE, reason="误")
    with pytest.raises(ValidationError, match="goes on"):
        actions.correct_stay(by=cast.staff, row=third, from_date=JUNE, to_date=TODAY, reason="误")


def test_the_day_of_a_move_is_corrected_at_the_branch(town, cast, moved):
    with pytest.raises(ValidationError, match="day of the move"):
        actions.correct_stay(
            by=cast.staff, row=moved.enrolments.get(unit=town.liulin), from_date=date(2026, 4, 1), reason="误"
        )


def test_a_proposal_has_nothing_to_correct(cast, person):
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="年满")
    with pytest.raises(ValidationError, match="not confirmed"):
        actions.correct_stay(by=cast.staff, row=row, from_date=MOVED, reason="误")


def test_who_came_late_in_the_quarter_does_not_owe_it(cast, person):
    open_dues(TODAY)
    assert Due.objects.open().filter(enrolment__person=person, duty="joint.follow_up").count() == 1
    actions.correct_stay(by=cast.staff, row=person.enrolments.get(), from_date=date(2026, 9, 10), reason="外出证明")
    assert not Due.objects.open().filter(enrolment__person=person, duty="joint.follow_up").exists()
    open_dues(TODAY)
    assert not Due.objects.open().filter(enrolment__person=person, duty="joint.follow_up").exists()


def test_it_corrects_a_post(town, cast, person):
    row = actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=MOVED)
    actions.correct_post(by=cast.staff, row=row, from_date=TRUE, title="村主任", reason="任职文件")
    rows = PostHolding.objects.filter(person=person)
    assert list(rows.filter(superseded_at=None).values_list("pk", "title", "from_date")) == [(row.pk, "村主任", TRUE)]
    assert list(rows.exclude(superseded_at=None).values_list("title", "from_date")) == [("村文书", MOVED)]
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    copy = rows.exclude(superseded_at=None).get()
    assert copy.to_date is None  # what was believed is not touched by what comes later


def test_nothing_is_written_when_nothing_changes(town, cast, moved):
    stay = moved.enrolments.get(unit=town.liulin)
    row = moved.memberships.get(unit=town.liulin)
    assert actions.correct_stay(by=cast.staff, row=stay, from_date=MOVED, reason="同").pk == stay.pk
    assert actions.correct_membership(by=cast.staff, row=row, from_date=MOVED, reason="同").pk == row.pk
    assert not AuditRow.objects.filter(act="correct_row").exists()
    assert BranchMembership.objects.filter(person=moved).count() == 2


def test_it_keeps_nobody_in_a_branch_that_had_ended(town, cast, person):
    actions.end_unit(by=cast.staff, unit=town.huaishuwan, on=MOVED, successors=[town.liulin])
    row = person.memberships.get(unit=town.liulin)
    with pytest.raises(ValidationError, match="did not stand on all of these days"):
        actions.correct_membership(by=cast.staff, row=row, from_date=date(2026, 4, 1), reason="误")
    actions.correct_membership(by=cast.staff, row=row, from_date=TRUE, reason="提前并入")
    assert chain(person.memberships) == [(SINCE, TRUE), (TRUE, None)]


def test_the_condolence_goes_by_the_true_day_of_death(town, cast):
    elder = enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff, birth_date=date(1950, 4, 9))
    actions.record_death(by=cast.staff, person=elder, on=date(2026, 9, 18))
    due = Due.objects.get(enrolment__person=elder, occasion="death")
    before = (due.opens_on, due.due_on)
    row = elder.standings.get(standing=Standing.FORMER)
    actions.correct_standing(by=cast.staff, row=row, from_date=date(2026, 9, 15), reason="死亡证明")
    due.refresh_from_db()
    assert due.opens_on == date(2026, 9, 15)
    assert due.due_on < before[1]
    assert due.closed_on is None


def test_who_has_an_old_version_before_them_is_told(cast, person):
    row = person.enrolments.get()
    seen = version_of(row)
    actions.correct_stay(by=cast.staff, row=row, from_date=MOVED, reason="外出证明", seen=seen)
    with pytest.raises(ValidationError, match="replaced meanwhile"):
        actions.correct_stay(by=cast.director, row=row, from_date=TRUE, reason="另有证明", seen=seen)
    again = actions.correct_stay(by=cast.staff, row=row, from_date=MOVED, reason="外出证明", seen=seen)
    assert again.from_date == MOVED  # the other tap of a double tap
    assert AuditRow.objects.filter(act="correct_row").count() == 1


@pytest.mark.parametrize("day", [date(2026, 9, 10), date(2026, 9, 20)])
def test_an_absence_ends_by_the_true_day_of_leaving(cast, person, day):
    person.enrolments.all().delete()
    gone, left = date(2026, 8, 3), date(2026, 9, 18)
    actions.note_absence(by=cast.secretary, person=person, since=gone, place="西安")
    actions.record_death(by=cast.staff, person=person, on=left)
    row = person.standings.get(standing=Standing.FORMER)
    actions.correct_standing(by=cast.staff, row=row, from_date=day, reason="死亡证明")
    assert chain(person.absences) == [(gone, day)]
    assert list(person.absences.exclude(superseded_at=None).values_list("from_date", "to_date")) == [(gone, left)]


def test_an_absence_that_began_after_the_true_day_of_leaving_is_empty_and_comes_back_with_it(cast, person):
    person.enrolments.all().delete()
    gone, left, earlier = date(2026, 8, 3), date(2026, 9, 18), date(2026, 7, 30)
    actions.note_absence(by=cast.secretary, person=person, since=gone, place="西安")
    actions.record_death(by=cast.staff, person=person, on=left)
    for day, ends in ((earlier, gone), (date(2026, 9, 1), date(2026, 9, 1))):
        row = person.standings.get(standing=Standing.FORMER, superseded_at=None)
        actions.correct_standing(by=cast.staff, row=row, from_date=day, reason="死亡证明")
        assert chain(person.absences) == [(gone, ends)]


def test_who_had_come_back_before_leaving_was_back_that_day(cast, person):
    person.enrolments.all().delete()
    gone, back = date(2026, 8, 3), date(2026, 9, 18)
    actions.note_absence(by=cast.secretary, person=person, since=gone, place="西安")
    actions.note_return(by=cast.secretary, person=person, on=back)
    actions.record_death(by=cast.staff, person=person, on=back)
    row = person.standings.get(standing=Standing.FORMER)
    actions.correct_standing(by=cast.staff, row=row, from_date=TODAY, reason="死亡证明")
    assert chain(person.absences) == [(gone, back)]


def test_no_category_is_put_before_the_beginning_on_the_roll(cast, person):
    """Nor one that was there before, by an old roster, any further back."""
    row = person.enrolments.get()
    with pytest.raises(ValidationError, match="roll on all of these days"):
        actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 5, 19), reason="名册")
    Enrolment.objects.filter(pk=row.pk).update(from_date=date(2025, 3, 1))
    row.refresh_from_db()
    with pytest.raises(ValidationError, match="came onto the roll on 20 May 2025"):
        actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 2, 1), reason="名册")
    actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 6, 1), reason="名册")
    assert stays(person)[0][2] == date(2025, 6, 1)


# --- of two files of one person


APRIL, JUNE_BEFORE, LATER = date(2025, 4, 10), date(2025, 6, 20), date(2025, 7, 1)


@pytest.fixture(params=["huaishuwan", "liulin"])
def one_of_two(request, town, cast):
    """`one_of_two(JUNE_BEFORE, on_roll=APRIL)` is somebody mobile since SINCE, into whose file one of the same branch,
    or of another, went that had them mobile since June."""

    def make(since, on_roll=SINCE):
        keep = enrolled(town.huaishuwan, "王建业", None, by=cast.staff, since=on_roll)
        row = actions.propose_category(by=cast.staff, person=keep, category=Category.MOBILE, on=SINCE, reason="名册")
        actions.confirm_category(by=cast.staff, enrolment=row)
        other = enrolled(getattr(town, request.param), "王健业", Category.MOBILE, by=cast.staff, since=since)
        keep.refresh_from_db()
        actions.merge_people(by=cast.staff, keep=keep, other=other, reason="重复建档")
        return Enrolment.objects.live().get(person=keep)

    return make


def one_stay(row):
    """[(from, to)] of the person's rows, which are all of one stay."""
    row.refresh_from_db()
    held = row.person.enrolments.filter(superseded_at=None)
    assert stay_ids([row]) == sorted(held.values_list("pk", flat=True))
    return sorted(held.values_list("from_date", "to_date"), key=lambda days: (days[0], days[1] or date.max))


@pytest.mark.parametrize("day", [date(2025, 5, 1), date(2025, 5, 25), LATER, date(2026, 1, 10)])
def test_what_a_merge_left_without_a_day_moves_with_the_kept_beginning(cast, one_of_two, day):
    row = one_of_two(JUNE_BEFORE, on_roll=APRIL)
    assert one_stay(row) == [(SINCE, SINCE), (SINCE, None)]
    actions.correct_stay(by=cast.staff, row=row, from_date=day, reason="流出日期写错")
    assert one_stay(row) == [(day, day), (day, None)]


def test_what_a_merge_cut_lasts_until_the_kept_beginning(cast, one_of_two):
    row = one_of_two(APRIL, on_roll=date(2025, 4, 1))
    for day in (LATER, date(2025, 5, 1)):
        actions.correct_stay(by=cast.staff, row=row, from_date=day, reason="流出日期写错")
        assert one_stay(row) == [(APRIL, day), (day, None)]
    with pytest.raises(ValidationError, match="Nothing would be left"):
        actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 4, 5), reason="流出日期写错")


@pytest.mark.parametrize("day", [date(2025, 5, 1), date(2025, 5, 25), LATER])
def test_the_day_on_the_roll_moves_what_a_merge_left_without_a_day(cast, one_of_two, day):
    row = one_of_two(JUNE_BEFORE)
    on_roll = row.person.memberships.get(superseded_at=None, unit=row.unit)
    actions.correct_membership(by=cast.staff, row=on_roll, from_date=day, reason="介绍信日期")
    assert one_stay(row) == [(day, day), (day, None)]


@pytest.mark.parametrize("day", [date(2025, 5, 1), LATER])
def test_the_day_on_the_roll_moves_the_end_of_what_a_merge_cut(town, cast, day):
    keep = enrolled(town.huaishuwan, "王建业", Category.MOBILE, by=cast.staff, since=SINCE)
    other = enrolled(town.liulin, "王健业", Category.MOBILE, by=cast.staff, since=APRIL)
    actions.merge_people(by=cast.staff, keep=keep, other=other, reason="重复建档")
    row = Enrolment.objects.live().get(person=keep)
    on_roll = keep.memberships.get(superseded_at=None, unit=town.huaishuwan)
    actions.correct_membership(by=cast.staff, row=on_roll, from_date=day, reason="介绍信日期")
    assert one_stay(row) == [(APRIL, day), (day, None)]


@pytest.mark.parametrize("day", [TRUE, date(2026, 4, 1)])
@pytest.mark.parametrize("there", ["huaishuwan", "liulin"])
def test_the_day_of_a_move_moves_what_a_merge_left_without_a_day(town, cast, moved, there, day):
    other = enrolled(getattr(town, there), "章建国", Category.MOBILE, by=cast.staff, since=MOVED)
    actions.merge_people(by=cast.staff, keep=moved, other=other, reason="重复建档")
    row = Enrolment.objects.live().get(person=moved)
    assert one_stay(row) == [(SINCE, MOVED), (MOVED, MOVED), (MOVED, None)]
    on_roll = moved.memberships.get(superseded_at=None, unit=town.liulin)
    actions.correct_membership(by=cast.staff, row=on_roll, from_date=day, reason="介绍信回执")
    assert one_stay(row) == [(SINCE, day), (day, day), (day, None)]


VOTE, ENTERED = date(2026, 7, 1), date(2026, 7, 12)


@pytest.fixture
def joined(town, cast):
    """A development target whom the branch took in, by a vote that was entered with a wrong day."""
    own = {"standing": Standing.TARGET, "since": date(2024, 1, 5)}
    person = enrolled(town.huaishuwan, "李新", Category.DEVELOPING, by=cast.staff, **own)
    return actions.advance_standing(by=cast.staff, person=person, standing=Standing.PROBATIONARY, on=ENTERED)


def put_right(by, person, **values):
    row = person.standings.get(standing=Standing.PROBATIONARY, superseded_at=None)
    actions.correct_standing(by=by, row=row, reason="支部大会记录", **values)
    person.refresh_from_db()


def test_the_day_of_joining_follows_the_day_of_the_vote(cast, joined):
    put_right(cast.staff, joined, from_date=VOTE)
    assert joined.joined_on == VOTE
    assert probation_of(joined).ends == date(2027, 7, 1)


def test_another_day_of_joining_stays(cast, joined):
    """Of who came on probation from elsewhere: the roll began later than the vote."""
    joined.joined_on = date(2026, 6, 1)
    joined.save(update_fields=["joined_on"])
    put_right(cast.staff, joined, from_date=VOTE)
    assert joined.joined_on == date(2026, 6, 1)


@pytest.mark.parametrize("from_date", [ENTERED, VOTE])
@pytest.mark.parametrize("standing", [Standing.ACTIVIST, Standing.TARGET])
def test_who_turns_out_to_be_a_candidate_has_not_joined(cast, joined, standing, from_date):
    put_right(cast.staff, joined, from_date=from_date, standing=standing)
    assert (joined.standing, joined.joined_on) == (standing, None)
