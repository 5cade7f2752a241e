"""The nightly sweep: everybody's dues in a fixed number of statements, once and only once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import Category, Enrolment, Standing
from projects import actions
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import entry


def duties_of(person):
    return sorted(Due.objects.filter(person=person).values_list("duty", "occasion"))


def test_it_opens_what_a_mobile_member_is_owed(person):
    assert open_dues(TODAY) > 0
    assert duties_of(person) == [
        ("joint.certificate", "2026"),
        ("joint.family_visit", "2026H2"),
        ("joint.follow_up", "2026Q3"),
        ("joint.host_liaison", "2026H2"),
        ("joint.learning", "2026-09"),
    ]
    due = Due.objects.get(person=person, duty="joint.follow_up")
    assert (due.opens_on, due.due_on) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (due.unit, due.path, due.category) == (person.unit, person.path, Category.MOBILE)
    assert (due.responsible, due.assignee, due.closed_on, due.closed_why) == ("secretary", None, None, "")


def test_it_opens_each_once(person):
    open_dues(TODAY)
    kept = set(Due.objects.values_list("pk", flat=True))
    assert open_dues(TODAY) == 0
    assert open_dues(date(2026, 9, 22)) == 0
    assert set(Due.objects.values_list("pk", flat=True)) == kept


def test_it_takes_as_many_statements_for_sixty_people_as_for_eight(town, cast):
    categories = list(Category.values)
    for category in categories:
        enrolled(town.huaishuwan, "张三", category, by=cast.staff)
    members_acts.hold_post(by=None, unit=town.huaishuwan, title="委员", holder_name="王六", from_date=date(2025, 1, 4))
    with CaptureQueriesContext(connection) as few:
        open_dues(TODAY)
    for number in range(60):
        enrolled(town.liulin, "李四", categories[number % 8], by=cast.staff)
    Due.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        assert open_dues(TODAY) > 100
    assert len(many) == len(few)
    assert inserts(many) == 31, "one INSERT … SELECT for each duty and turn that stands open"


def test_it_asks_nothing_of_categories_in_which_nobody_stands(person):
    with CaptureQueriesContext(connection) as queries:
        open_dues(TODAY)
    assert inserts(queries) == 14, "the turns of mobile members and of branches, of 31"


def inserts(queries):
    return sum(query["sql"].startswith('INSERT INTO "projects_due" ') for query in queries.captured_queries)


@pytest.mark.parametrize("since,owed", [(date(2026, 9, 1), True), (date(2026, 9, 2), False)])
def test_it_asks_nothing_of_who_came_with_fewer_than_thirty_days_left(since, owed, town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.MOBILE, by=cast.staff, since=since)
    open_dues(TODAY)
    assert Due.objects.filter(person=person, duty="joint.follow_up").exists() is owed
    open_dues(date(2026, 10, 9))
    assert Due.objects.filter(person=person, duty="joint.follow_up", occasion="2026Q4").exists()


def test_it_asks_a_late_comer_for_the_half_year_that_still_runs(town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.MOBILE, by=cast.staff, since=date(2026, 9, 20))
    open_dues(TODAY)
    assert duties_of(person) == [
        ("joint.certificate", "2026"),
        ("joint.family_visit", "2026H2"),
        ("joint.host_liaison", "2026H2"),
    ]


def test_it_asks_nothing_before_the_town_has_decided(town, cast, person):
    members_acts.propose_category(
        by=cast.secretary,
        person=person,
        category=Category.ELDERLY,
        primary=False,
        on=date(2026, 1, 5),
        reason="满65周岁",
    )
    open_dues(TODAY)
    assert not Due.objects.filter(category=Category.ELDERLY).exists()


def test_it_adds_up_the_duties_of_two_categories(town, cast, person):
    row = members_acts.propose_category(
        by=cast.secretary,
        person=person,
        category=Category.ELDERLY,
        primary=False,
        on=date(2026, 1, 5),
        reason="满65周岁",
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    open_dues(TODAY)
    assert set(Due.objects.filter(person=person).values_list("category", flat=True)) == {
        Category.MOBILE,
        Category.ELDERLY,
    }
    assert ("transmission_help.visit", "2026Q3") in duties_of(person)


def test_it_asks_nothing_of_who_has_left(cast, person, mobile):
    members_acts.end_category(by=cast.staff, enrolment=mobile, on=TODAY, reason="已返乡")
    open_dues(TODAY)
    assert duties_of(person) == []


@pytest.mark.parametrize("category", [Category.POOR_WEAK, Category.BACKWARD])
def test_it_marks_the_restricted(category, town, cast):
    person = enrolled(town.huaishuwan, "张三", category, by=cast.staff)
    open_dues(TODAY)
    assert Due.objects.filter(person=person).exists()
    assert not Due.objects.filter(person=person, restricted=False).exists()
    assert not Due.objects.visible_to(cast.reader).filter(person=person).exists()


def test_it_leaves_the_others_open_to_all(person, cast):
    open_dues(TODAY)
    assert not Due.objects.filter(person=person, restricted=True).exists()
    assert Due.objects.visible_to(cast.reader).filter(person=person).exists()


def test_it_gives_a_helper_their_dues(town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    Enrolment.objects.filter(person=person).update(helper=cast.staff)
    open_dues(TODAY)
    assert Due.objects.get(person=person, duty="determined_person.contact").assignee == cast.staff
    assert Due.objects.get(person=person, duty="determined_person.yearly_review").assignee is None


def test_it_keeps_towns_apart(town, cast):
    person = enrolled(town.foreign, "王五", Category.MOBILE, by=cast.outsider)
    open_dues(TODAY)
    assert Due.objects.get(person=person, duty="joint.follow_up").path == town.foreign.path
    assert not Due.objects.visible_to(cast.staff).filter(person=person).exists()


def test_it_asks_branches_and_not_towns_for_the_village_plan(town):
    open_dues(TODAY)
    plans = Due.objects.filter(duty="post.weekly_arrangement", occasion="2026-W39")
    assert {due.unit for due in plans} == {town.huaishuwan, town.liulin, town.foreign}
    assert not plans.exclude(enrolment=None, post=None, person=None).exists()


def test_it_asks_nothing_of_a_branch_that_has_ended(town):
    town.liulin.ends_on = TODAY
    town.liulin.save()
    open_dues(TODAY)
    assert not Due.objects.filter(unit=town.liulin).exists()


def test_it_asks_each_holder_of_a_post_in_a_quarter(town, cast, holding):
    members_acts.leave_post(by=cast.staff, holding=holding, on=date(2026, 8, 1))
    successor = members_acts.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="村文书", holder_name="周某", from_date=date(2026, 8, 1)
    )
    open_dues(date(2026, 7, 15))
    open_dues(TODAY)
    scores = Due.objects.filter(duty="post.self_score", occasion="2026Q3")
    assert {due.post for due in scores} == {holding, successor}
    assert not scores.exclude(person=None).exists()


def test_it_asks_only_the_standings_a_duty_names(town, cast):
    applicant = enrolled(town.huaishuwan, "张三", Category.DEVELOPING, by=cast.staff, standing=Standing.APPLICANT)
    activist = enrolled(town.huaishuwan, "李四", Category.DEVELOPING, by=cast.staff, standing=Standing.ACTIVIST)
    probationary = enrolled(town.huaishuwan, "王五", Category.DEVELOPING, by=cast.staff, standing=Standing.PROBATIONARY)
    open_dues(TODAY)
    assert duties_of(applicant) == []
    assert {duty for duty, _o in duties_of(activist)} == {
        "direct.contact_note",
        "direct.branch_review",
        "direct.director_talk",
    }
    assert {duty for duty, _o in duties_of(probationary)} == {"direct.branch_review"}


def test_it_asks_only_the_leaders_for_the_one_plus_three_contact(town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.UNEMPLOYED, by=cast.staff)
    row = person.enrolments.get()
    join = {"lead": "gets_rich", "industry": "苹果种植", "entity": "none", "entity_name": ""}

    def contacts():
        return Due.objects.filter(person=person, duty="guidance.household_contact").count()

    open_dues(TODAY)
    assert contacts() == 0
    record = actions.save_record(
        by=cast.secretary, entry=entry("guidance.team_entry", row, happened_on=date(2026, 9, 10), detail=join)
    )
    open_dues(date(2026, 9, 9))
    assert contacts() == 0
    open_dues(TODAY)
    assert contacts() == 1
    actions.save_record(by=cast.secretary, entry=entry("guidance.team_exit", row, detail={"reason": "外出务工"}))
    open_dues(date(2026, 10, 9))
    assert contacts() == 1
    actions.save_record(by=cast.secretary, entry=entry("guidance.team_entry", row, detail=join))
    open_dues(date(2026, 10, 9))
    assert contacts() == 1, "joined and left on one day: left"
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    assert contacts() == 1


def test_it_opens_the_festival_visits(town, cast):
    person = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    open_dues(date(2026, 1, 17))
    assert not Due.objects.filter(occasion="2026-spring_festival").exists()
    open_dues(date(2026, 1, 18))
    due = Due.objects.get(person=person, occasion="2026-spring_festival")
    assert (due.duty, due.due_on) == ("determined_person.condolence", date(2026, 2, 17))


def test_it_moves_a_duty_off_the_holiday(town):
    open_dues(date(2026, 10, 1))
    assert Due.objects.get(duty="post.monthly_plan", unit=town.liulin, occasion="2026-10").due_on == date(2026, 10, 8)
    assert Due.objects.get(duty="post.weekly_arrangement", unit=town.liulin).due_on == date(2026, 9, 28)


def test_a_day_made_up_for_leaves_nothing_open_for_somebody_who_died_since(cast, person):
    members_acts.record_death(by=cast.secretary, person=person, on=date(2026, 9, 15))
    Due.objects.all().delete()
    assert open_dues(date(2026, 9, 13))
    assert not Due.objects.open().filter(person=person).exists()


def test_it_asks_nothing_of_a_new_branch_that_was_due_before_it_was_founded(cast, town):
    new = members_acts.create_unit(by=cast.admin, kind="branch", name="新村党支部", parent=town.xitun, on=TODAY)
    open_dues(TODAY)
    owed = set(Due.objects.filter(unit=new).values_list("duty", "due_on"))
    assert min(day for _duty, day in owed) >= TODAY
    assert ("post.weekly_arrangement", TODAY) in owed
    assert ("life.theme_day", date(2026, 9, 30)) in owed
