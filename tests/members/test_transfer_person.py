"""A transfer: what is owed here ends here that day, what is owed there begins there, nobody is counted twice."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, BranchMembership, Category, Enrolment, Person, Role, Status
from projects import actions as project_acts
from projects.models import Due, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, entry, follow_up

pytestmark = pytest.mark.usefixtures("in_english")

DAY = date(2026, 8, 10)


def move(cast, person, unit, on=DAY):
    return actions.transfer_person(by=cast.staff, person=person, unit=unit, on=on, reason="随迁")


def test_it_moves_the_person_and_keeps_where_they_were(cast, town, person):
    move(cast, person, town.liulin)
    person.refresh_from_db()
    assert (person.unit, person.path, person.category) == (town.liulin, town.liulin.path, Category.MOBILE)
    rows = BranchMembership.objects.filter(person=person).order_by("from_date")
    assert [(r.unit, r.from_date, r.to_date) for r in rows] == [
        (town.huaishuwan, date(2025, 5, 20), DAY),
        (town.liulin, DAY, None),
    ]
    assert AuditRow.objects.filter(act="transfer_person", actor=cast.staff, person=person).exists()


def test_it_opens_the_category_again_over_there(cast, town, person):
    move(cast, person, town.liulin)
    old, new = person.enrolments.order_by("pk")
    assert (old.unit, old.status, old.to_date) == (town.huaishuwan, Status.ENDED, DAY)
    assert (new.unit, new.path, new.status, new.from_date) == (town.liulin, town.liulin.path, Status.ACTIVE, DAY)
    for day in (date(2026, 8, 9), DAY, TODAY):
        assert Enrolment.objects.on(day).filter(person=person).count() == 1


def test_it_closes_the_duties_here_that_day_and_opens_them_there(cast, town, person):
    open_dues(date(2026, 8, 1))
    move(cast, person, town.liulin)
    open_dues(TODAY)
    here, there = (Due.objects.filter(person=person, unit=unit) for unit in (town.huaishuwan, town.liulin))
    assert set(here.values_list("closed_on", flat=True)) == {DAY}
    follow_ups = Due.objects.open().filter(person=person, duty="joint.follow_up")
    assert [d.unit for d in follow_ups] == [town.liulin]
    assert not there.filter(closed_on__isnull=False).exists()


def test_it_shows_the_new_branch_what_is_not_restricted(cast, town, person):
    row = person.enrolments.get()
    open_dues(date(2026, 8, 1))
    with_due = follow_up(row, happened_on=date(2026, 8, 3), dues=(due_of("joint.follow_up", row),))
    record = project_acts.save_record(by=cast.secretary, entry=with_due)
    assert record not in Record.objects.visible_to(cast.neighbour)
    move(cast, person, town.liulin)
    assert record in Record.objects.visible_to(cast.neighbour)
    assert record in Record.objects.visible_to(cast.secretary)
    assert person not in Person.objects.visible_to(cast.secretary)


def test_it_keeps_restricted_records_where_they_were(cast, town):
    person = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    row = person.enrolments.get()
    record = project_acts.save_record(
        by=cast.secretary,
        entry=entry(
            "determined_person.contact",
            row,
            happened_on=date(2026, 8, 3),
            detail={"method": "phone", "reached": True},
        ),
    )
    move(cast, person, town.liulin)
    assert record not in Record.objects.visible_to(cast.neighbour)
    assert record in Record.objects.visible_to(cast.staff)
    new = person.enrolments.get(status=Status.ACTIVE)
    assert (new.restricted, new.carried_over) == (True, True)


def test_it_returns_what_was_only_proposed(cast, town, person):
    """Confirmed later it would stand in a branch where the person no longer is."""
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, primary=False, reason="满65周岁"
    )
    move(cast, person, town.liulin)
    row.refresh_from_db()
    assert row.status == Status.RETURNED


def test_it_can_be_before_the_category_began(cast, town):
    person = enrolled(town.huaishuwan, "张三", None, by=cast.staff)
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.MOBILE, reason="外出")
    actions.confirm_category(by=cast.staff, enrolment=row)
    move(cast, person, town.liulin)
    old, new = person.enrolments.order_by("pk")
    assert (old.from_date, old.to_date, new.from_date) == (TODAY, TODAY, TODAY)


def test_it_refuses_to_move_nowhere(cast, town, person):
    with pytest.raises(ValidationError, match="already stands"):
        move(cast, person, town.huaishuwan)


def test_it_refuses_a_day_before_the_person_came(cast, town, person):
    with pytest.raises(ValidationError, match="cannot be dated"):
        move(cast, person, town.liulin, on=date(2025, 5, 19))
    person.refresh_from_db()
    assert person.unit == town.huaishuwan
    assert person.enrolments.get().status == Status.ACTIVE


def test_it_cannot_lie_ahead(cast, town, person):
    with pytest.raises(ValidationError, match="lies ahead"):
        move(cast, person, town.liulin, on=date(2026, 9, 22))


def test_it_refuses_somebody_who_has_left(cast, town, person):
    actions.record_death(by=cast.secretary, person=person, on=date(2026, 9, 15))
    with pytest.raises(ValidationError):
        actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 16))


def test_a_members_own_sign_in_follows_and_a_secretarys_does_not(as_user, cast, town, person):
    user = actions.create_user(by=cast.admin, username="own", person=person)
    for role in (Role.MEMBER, Role.SECRETARY):
        actions.grant_role(by=cast.admin, user=user, role=role, unit=town.huaishuwan, from_date=date(2026, 1, 1))
    move(cast, person, town.liulin)
    held = user.grants.order_by("pk").values_list("role", "unit", "from_date", "to_date")
    assert list(held) == [
        (Role.MEMBER, town.huaishuwan.pk, date(2026, 1, 1), DAY),
        (Role.SECRETARY, town.huaishuwan.pk, date(2026, 1, 1), None),
        (Role.MEMBER, town.liulin.pk, DAY, None),
    ]


def test_a_member_reads_the_own_file_after_the_transfer_and_nobody_elses(as_user, cast, town, person):
    user = actions.create_user(by=cast.admin, username="own", person=person)
    actions.grant_role(by=cast.admin, user=user, role=Role.MEMBER, unit=town.huaishuwan, from_date=date(2026, 1, 1))
    others = [enrolled(unit, "李四", None, by=cast.staff) for unit in (town.huaishuwan, town.liulin)]
    move(cast, person, town.liulin)
    client = as_user(user)
    assert client.get(f"/people/{person.pk}/").status_code == 200
    assert [client.get(f"/people/{other.pk}/").status_code for other in others] == [404, 404]


def test_nobody_comes_onto_the_roll_of_a_branch_that_has_ended(cast, town, person):
    ended = actions.create_unit(by=None, kind="branch", name="旧村党支部", parent=town.xitun)
    actions.end_unit(by=cast.staff, unit=ended, on=date(2026, 9, 10), successors=[town.liulin])
    acts = (
        lambda: move(cast, person, ended),
        lambda: actions.register_person(by=cast.staff, unit=ended, name="李四", on=DAY),
        lambda: actions.propose_transfer(by=cast.secretary, person=person, unit=ended, letter_on=DAY, reason="随迁"),
    )
    for act in acts:
        with pytest.raises(ValidationError, match="has ended"):
            act()


def test_no_transfer_is_received_at_a_branch_that_has_ended_meanwhile(cast, town, person):
    third = actions.create_unit(by=None, kind="branch", name="新村党支部", parent=town.xitun)
    row = actions.propose_transfer(by=cast.secretary, person=person, unit=third, letter_on=DAY, reason="随迁")
    actions.end_unit(by=cast.staff, unit=third, on=date(2026, 9, 10), successors=[town.liulin])
    with pytest.raises(ValidationError, match="has ended"):
        actions.receive_transfer(by=cast.staff, transfer=row, on=DAY)  # a day on which it still stood
    actions.change_standing(by=cast.staff, person=person, standing="former", on=TODAY, reason="退党")
    with pytest.raises(ValidationError, match="has ended"):
        actions.return_to_roll(by=cast.staff, person=person, unit=third, standing="full", on=TODAY)
