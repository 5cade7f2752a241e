"""The quarterly report counts people and duties per branch and category, and shows each reader what is theirs."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.dignity import FEW, WITHHELD
from assessments.report import build_report
from members import actions as members_acts
from members.models import Category, Enrolment, Person, Standing
from projects import actions
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import enrolled
from xitun.lib.dates import Quarter, frozen

Q3 = Quarter(2026, 3)


def section(report, category):
    return next(s for s in report.sections if s.project.category == category)


def people(report, category, unit=None):
    """(opening, added, removed, closing) of a unit, or of the total."""
    found = section(report, category)
    line = found.total if unit is None else next(x for x in found.lines if x.unit == unit)
    return tuple(line.people.values())


def duties(report, category, unit=None):
    """(due, on time, late, open, closed)."""
    found = section(report, category)
    line = found.total if unit is None else next(x for x in found.lines if x.unit == unit)
    return tuple(line.duties.values())


def crowd(unit, category, number, by, **fields):
    return [enrolled(unit, f"王{n}", category, by=by, **fields) for n in range(number)]


def test_it_counts_who_was_there_came_and_went(town, cast):
    stays = enrolled(town.huaishuwan, "张某", Category.MOBILE, by=cast.staff, since=date(2026, 6, 30))
    enrolled(town.huaishuwan, "李某", Category.MOBILE, by=cast.staff, since=date(2026, 7, 1))
    leaves = enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff)
    members_acts.end_category(by=cast.staff, enrolment=leaves.enrolments.get(), on=date(2026, 9, 20), reason="返乡")
    gone = enrolled(town.huaishuwan, "赵某", Category.MOBILE, by=cast.staff)
    members_acts.end_category(by=cast.staff, enrolment=gone.enrolments.get(), on=date(2026, 6, 30), reason="返乡")
    report = build_report(Q3, unit=town.xitun)
    assert people(report, Category.MOBILE, town.huaishuwan) == (2, 1, 1, 2)
    assert stays.enrolments.get().to_date is None


def test_it_counts_the_edges_of_the_quarter_as_days(town, cast):
    """In force until 30 June is not in the third quarter; ended on 1 July is removed in it; on 30 September too."""
    for end in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1)):
        person = enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff)
        with frozen(date(2026, 10, 2)):
            members_acts.end_category(by=cast.staff, enrolment=person.enrolments.get(), on=end, reason="返乡")
    assert people(build_report(Q3, unit=town.xitun), Category.MOBILE) == (3, 0, 2, 1)
    assert people(build_report(Q3.next(), unit=town.xitun), Category.MOBILE) == (1, 0, 1, 0)


def test_it_counts_only_the_primary_category_and_what_the_town_confirmed(town, cast):
    person = enrolled(town.huaishuwan, "王某", Category.ELDERLY, by=cast.staff)
    further = members_acts.propose_category(
        by=cast.secretary, person=person, category=Category.MOBILE, primary=False, reason="外出"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=further)
    other = enrolled(town.huaishuwan, "李某", None, by=cast.staff)
    members_acts.propose_category(by=cast.secretary, person=other, category=Category.MOBILE, reason="外出")
    report = build_report(Q3, unit=town.xitun)
    assert people(report, Category.MOBILE) == (0, 0, 0, 0)
    assert people(report, Category.ELDERLY)[3] == 1


def test_it_moves_a_transfer_from_one_branch_to_the_other(town, cast, person):
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 8, 1))
    report = build_report(Q3, unit=town.xitun)
    assert people(report, Category.MOBILE, town.huaishuwan) == (1, 0, 1, 0)
    assert people(report, Category.MOBILE, town.liulin) == (0, 1, 0, 1)
    assert people(report, Category.MOBILE) == (1, 1, 1, 1)


def test_it_moves_a_change_of_category_from_one_column_to_the_other(town, cast, person):
    row = members_acts.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, on=date(2026, 8, 1), reason="满65岁"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    report = build_report(Q3, unit=town.xitun)
    assert people(report, Category.MOBILE, town.huaishuwan) == (1, 0, 1, 0)
    assert people(report, Category.ELDERLY, town.huaishuwan) == (0, 1, 0, 1)


START = date(2025, 12, 1)
moments = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
spells = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(Category.values), moments, st.none() | moments), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spells=spells)
def test_it_always_adds_up(town, spells):
    """opening + added − removed = closing in every line; totals are sums; a quarter opens as the last one closed."""
    branches = (town.huaishuwan, town.liulin)
    for branch, category, start, end in spells:
        unit = branches[branch]
        person = Person.objects.create(unit=unit, path=unit.path, name="王某")
        dates = {"from_date": start, "to_date": max(start, end) if end else None}
        status = "ended" if end else "active"
        Enrolment.objects.create(person=person, unit=unit, path=unit.path, category=category, status=status, **dates)
    closed_with = {}
    for quarter in (Q3.prev(), Q3, Q3.next()):
        report = build_report(quarter, unit=town.xitun)
        for found in report.sections:
            for line in (*found.lines, found.total):
                opening, added, removed, closing = line.people.values()
                assert opening + added - removed == closing
                key = (found.project.category, line.unit)
                assert closed_with.get(key, opening) == opening
                closed_with[key] = closing
            for name, number in found.total.people.items():
                assert number == sum(line.people[name] for line in found.lines)
    Enrolment.objects.all().delete()
    Person.objects.all().delete()


def test_it_counts_what_was_owed_and_what_became_of_it(town, cast):
    on_time, late, still_open, closed = crowd(town.huaishuwan, Category.MOBILE, 4, cast.staff)
    for person in (on_time, late, still_open, closed):
        due_on = date(2026, 9, 1)
        row = person.enrolments.get()
        Due.objects.create(
            duty="joint.follow_up", category="mobile", enrolment=row, unit=row.unit, person=person, path=row.path,
            occasion="2026Q3", opens_on=date(2026, 7, 1), due_on=due_on, responsible="secretary",
            opened_at="2026-07-01T00:00:00Z",
        )  # fmt: skip
    for person, day in ((on_time, date(2026, 9, 1)), (late, date(2026, 9, 2))):
        settle(cast.secretary, person, day)
    actions.waive_due(by=cast.staff, due=Due.objects.get(person=closed), reason="病重")
    assert duties(build_report(Q3, unit=town.xitun), Category.MOBILE, town.huaishuwan) == (4, 1, 1, 1, 1)
    assert duties(build_report(Q3.next(), unit=town.xitun), Category.MOBILE)[0] == 0
    assert section(build_report(Q3.next(), unit=town.xitun), Category.MOBILE).total.share_before == 33


def settle(by, person, day):
    row = person.enrolments.get()
    entry = actions.Entry(
        "joint.follow_up", row.unit, day, uuid.uuid4(), (row,), detail={"method": "phone", "reached": True},
        dues=tuple(Due.objects.filter(person=person)),
    )  # fmt: skip
    actions.save_record(by=by, entry=entry)


def test_it_counts_members_by_standing_never_by_category(town, cast):
    crowd(town.huaishuwan, Category.DEVELOPING, 2, cast.staff, standing=Standing.APPLICANT)
    person = enrolled(town.huaishuwan, "李某", Category.DEVELOPING, by=cast.staff, standing=Standing.PROBATIONARY)
    left = enrolled(town.huaishuwan, "赵某", Category.MOBILE, by=cast.staff)
    members_acts.record_death(by=cast.staff, person=left, on=date(2026, 8, 1))
    members_acts.change_standing(by=cast.staff, person=person, standing=Standing.FULL, on=date(2026, 9, 1))
    report = build_report(Q3, unit=town.xitun)
    assert report.standings[town.huaishuwan.pk] == {"applicant": 2, "full": 1}
    assert build_report(Q3.prev(), unit=town.xitun).standings[None] == {"applicant": 2, "probationary": 1, "full": 1}


def test_it_reports_a_county_by_town(town, cast, person):
    report = build_report(Q3, unit=town.county)
    assert {line.unit for line in section(report, Category.MOBILE).lines} == {town.xitun, town.beitun}
    assert people(report, Category.MOBILE, town.xitun)[3] == 1


def test_it_shows_a_secretary_the_whole_of_their_own_branch(town, cast, person):
    enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    report = build_report(Q3, unit=town.huaishuwan, user=cast.secretary)
    assert report.full
    assert people(report, Category.MOBILE, town.huaishuwan)[3] == 1
    assert people(report, Category.POOR_WEAK, town.huaishuwan)[3] == 1
    assert all(s.total is None and len(s.lines) == 1 for s in report.sections)
    assert list(report.standings) == [town.huaishuwan.pk]


@pytest.mark.parametrize("role", ["admin", "reader"])
def test_it_shows_restricted_categories_to_others_for_the_town_only(town, cast, role):
    user = getattr(cast, role)
    crowd(town.huaishuwan, Category.POOR_WEAK, 6, cast.staff)
    report = build_report(Q3, unit=town.xitun, user=user)
    assert people(report, Category.POOR_WEAK)[3] == 6
    assert section(report, Category.POOR_WEAK).lines == []
    assert list(report.standings) == [None]
    branch = build_report(Q3, unit=town.huaishuwan, user=user)
    assert "poor_weak" not in {s.project.category for s in branch.sections}
    assert branch.total is None
    assert branch.standings == {}


def test_it_hides_a_small_number_and_the_one_that_would_reveal_it(town, cast):
    north = members_acts.create_unit(by=None, kind="branch", name="北沟村党支部", parent=town.xitun)
    for unit, number in ((town.huaishuwan, 3), (town.liulin, 7), (north, 12)):
        crowd(unit, Category.MOBILE, number, cast.staff)
    report = build_report(Q3, unit=town.xitun, user=cast.admin)
    assert people(report, Category.MOBILE, town.huaishuwan) == (FEW, 0, 0, FEW)
    assert people(report, Category.MOBILE, town.liulin) == (WITHHELD, 0, 0, WITHHELD)
    assert people(report, Category.MOBILE, north) == (12, 0, 0, 12)
    assert people(report, Category.MOBILE) == (22, 0, 0, 22)
    assert people(build_report(Q3, unit=town.xitun, user=cast.staff), Category.MOBILE, town.huaishuwan)[3] == 3


def test_it_hides_the_same_when_asked_for_one_branch(town, cast):
    """The branch alone has nothing to hide 7 for; seen beside the town's total it would give the 3 away."""
    north = members_acts.create_unit(by=None, kind="branch", name="北沟村党支部", parent=town.xitun)
    for unit, number in ((town.huaishuwan, 3), (town.liulin, 7), (north, 12)):
        crowd(unit, Category.MOBILE, number, cast.staff)
    whole = build_report(Q3, unit=town.xitun, user=cast.reader)
    for unit in (town.huaishuwan, town.liulin, north):
        alone = build_report(Q3, unit=unit, user=cast.reader)
        assert people(alone, Category.MOBILE, unit) == people(whole, Category.MOBILE, unit)
        assert duties(alone, Category.MOBILE, unit) == duties(whole, Category.MOBILE, unit)


def test_it_hides_the_duties_of_a_handful_of_people(town, cast):
    """Two people with three duties each would be told by the six duties."""
    north = members_acts.create_unit(by=None, kind="branch", name="北沟村党支部", parent=town.xitun)
    for unit, number in ((town.huaishuwan, 2), (town.liulin, 7), (north, 12)):
        crowd(unit, Category.MOBILE, number, cast.staff)
    for day in (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)):
        open_dues(day)
    report = build_report(Q3, unit=town.xitun, user=cast.reader)
    full = build_report(Q3, unit=town.xitun)
    assert duties(full, Category.MOBILE, town.huaishuwan)[0] >= 5
    assert duties(report, Category.MOBILE, town.huaishuwan)[0] == WITHHELD


def test_it_leaves_the_branches_out_where_two_cannot_protect_each_other(town, cast):
    crowd(town.huaishuwan, Category.MOBILE, 4, cast.staff)
    crowd(town.liulin, Category.MOBILE, 4, cast.staff)
    report = build_report(Q3, unit=town.xitun, user=cast.reader)
    assert section(report, Category.MOBILE).left_out
    assert section(report, Category.MOBILE).lines == []
    assert people(report, Category.MOBILE)[3] == 8


def test_it_takes_the_same_statements_for_3_people_as_for_60(town, cast):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            build_report(Q3, unit=town.xitun, user=cast.staff)
        return len(captured)

    crowd(town.huaishuwan, Category.MOBILE, 3, cast.staff)
    statements()
    few = statements()
    crowd(town.liulin, Category.MOBILE, 57, cast.staff)
    open_dues()
    assert statements() == few <= 5


@pytest.mark.parametrize("role", ["staff", "reader"])
def test_it_tells_what_the_branches_themselves_owed(town, cast, role):
    open_dues()
    found = build_report(Quarter(2026, 3), unit=town.xitun, user=getattr(cast, role))
    due = Due.objects.filter(category="", due_on__gte=date(2026, 7, 1), due_on__lt=date(2026, 10, 1))
    assert {line.unit: line.duties["due"] for line in found.life} == {
        unit: due.filter(unit=unit).count() for unit in (town.huaishuwan, town.liulin)
    }
    assert found.life_total.duties["due"] == due.filter(path__startswith=town.xitun.path).count() > 0
    one = build_report(Quarter(2026, 3), unit=town.liulin, user=getattr(cast, role))
    assert [line.unit for line in one.life] == [town.liulin]
