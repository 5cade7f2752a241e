"""Categories: the branch proposes, a named person in the town decides, one is primary, all are dated."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members import actions
from members.models import AuditRow, Category, Enrolment, Status
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def member(town, cast):
    """On the roll, in no category yet."""
    return enrolled(town.huaishuwan, "张三", None, by=cast.staff)


FACT = {"evidence": "3月10日、4月12日、5月9日三次无故缺会，见签到表"}
TOLD = {"notified_on": date(2026, 9, 2), "heard_on": date(2026, 9, 9)}


def propose(cast, person, category, **changes):
    values = {"category": category, "on": date(2026, 9, 1), "reason": "支部研究"}
    return actions.propose_category(by=cast.secretary, person=person, **(values | changes))


def test_it_waits_for_the_town(cast, member):
    row = propose(cast, member, Category.MOBILE)
    assert (row.status, row.decided_by) == (Status.PROPOSED, None)
    member.refresh_from_db()
    assert member.category == ""
    assert not Enrolment.objects.on(TODAY).filter(person=member).exists()


def test_it_stands_once_confirmed_by_a_named_person(cast, member):
    row = actions.confirm_category(by=cast.staff, enrolment=propose(cast, member, Category.MOBILE), reason="属实")
    assert (row.status, row.decided_by, row.decision_reason) == (Status.ACTIVE, cast.staff, "属实")
    assert row.decided_at is not None
    member.refresh_from_db()
    assert member.category == Category.MOBILE
    assert AuditRow.objects.get(act="confirm_category").actor == cast.staff


def test_it_goes_back_with_a_reason(cast, member):
    row = propose(cast, member, Category.MOBILE)
    with pytest.raises(ValidationError, match="Say what"):
        actions.return_category(by=cast.staff, enrolment=row, reason=" ")
    actions.return_category(by=cast.staff, enrolment=row, reason="外出未满六个月")
    row.refresh_from_db()
    assert (row.status, row.decision_reason) == (Status.RETURNED, "外出未满六个月")
    assert propose(cast, member, Category.MOBILE).status == Status.PROPOSED, "it may be proposed again"


@pytest.mark.parametrize("act", [actions.confirm_category, actions.return_category])
def test_it_is_decided_once(cast, member, act):
    row = propose(cast, member, Category.MOBILE)
    actions.confirm_category(by=cast.staff, enrolment=row)
    with pytest.raises(ValidationError, match="already been decided"):
        act(by=cast.director, enrolment=row, reason="再次")


def test_it_needs_a_reason(cast, member):
    with pytest.raises(ValidationError, match="reason"):
        propose(cast, member, Category.MOBILE, reason="")


def test_it_is_not_proposed_twice(cast, member, person):
    propose(cast, member, Category.MOBILE)
    for someone in (member, person):
        with pytest.raises(ValidationError, match="already stands in this category"):
            propose(cast, someone, Category.MOBILE)


def test_it_has_one_primary_at_any_moment(cast, person):
    row = propose(cast, person, Category.IN_SERVICE)
    actions.confirm_category(by=cast.staff, enrolment=row)
    old = person.enrolments.get(category=Category.MOBILE)
    assert (old.status, old.to_date) == (Status.ENDED, date(2026, 9, 1))
    person.refresh_from_db()
    assert person.category == Category.IN_SERVICE
    for day in (date(2026, 8, 31), date(2026, 9, 1), TODAY):
        assert Enrolment.objects.on(day).filter(person=person, primary=True).count() == 1


def test_it_closes_the_duties_of_the_primary_it_replaces(cast, person):
    open_dues(TODAY)
    actions.confirm_category(by=cast.staff, enrolment=propose(cast, person, Category.IN_SERVICE))
    assert not Due.objects.open().filter(person=person, category=Category.MOBILE).exists()


def test_it_may_have_further_ones(cast, person):
    row = propose(cast, person, Category.ELDERLY, primary=False)
    actions.confirm_category(by=cast.staff, enrolment=row)
    person.refresh_from_db()
    assert person.category == Category.MOBILE
    assert person.enrolments.filter(status=Status.ACTIVE).count() == 2


def test_the_database_keeps_one_open_primary(town, person):
    row = person.enrolments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(
            person=person,
            unit=row.unit,
            path=row.path,
            category=Category.RETIRED,
            status=Status.ACTIVE,
            from_date=TODAY,
        )


@pytest.mark.parametrize(
    "category,evidence,missing",
    [
        (Category.POOR_WEAK, {}, "consent"),
        (Category.BACKWARD, {}, "a dated fact with evidence, the notice, the hearing"),
        (Category.BACKWARD, FACT | {"notified_on": date(2026, 9, 2)}, "Missing: the hearing"),
        (Category.BACKWARD, FACT | {"heard_on": date(2026, 9, 2)}, "Missing: the notice"),
        (Category.BACKWARD, TOLD, "Missing: a dated fact with evidence"),
        (Category.BACKWARD, TOLD | {"evidence": " \n"}, "Missing: a dated fact with evidence"),
    ],
)
def test_it_confirms_nobody_into_a_restricted_one_without_the_law(cast, member, category, evidence, missing):
    row = propose(cast, member, category, **evidence)
    with pytest.raises(ValidationError, match=missing):
        actions.confirm_category(by=cast.staff, enrolment=row)
    member.refresh_from_db()
    assert member.category == ""


@pytest.mark.parametrize(
    "category,evidence",
    [
        (Category.POOR_WEAK, {"consent_on": date(2026, 9, 2)}),
        (Category.BACKWARD, FACT | TOLD),
    ],
)
def test_it_confirms_into_a_restricted_one_with_it(cast, member, category, evidence):
    row = actions.confirm_category(by=cast.staff, enrolment=propose(cast, member, category, **evidence))
    assert (row.status, row.restricted, row.carried_over) == (Status.ACTIVE, True, False)


def test_it_hides_the_restricted_from_the_many(cast, member):
    row = propose(cast, member, Category.POOR_WEAK)
    seen = Enrolment.objects.filter(pk=row.pk)
    for user in (cast.secretary, cast.staff, cast.director):
        assert seen.visible_to(user).exists()
    for user in (cast.reader, cast.admin, cast.neighbour, cast.outsider):
        assert not seen.visible_to(user).exists()


def test_it_carries_over_who_already_stood_there(cast, member):
    row = actions.carry_over_category(
        by=cast.staff, person=member, category=Category.BACKWARD, on=date(2026, 8, 15), reason="原有名册"
    )
    assert (row.status, row.carried_over, row.decided_by) == (Status.ACTIVE, True, None)
    assert row.regularise_by == date(2026, 9, 30)
    member.refresh_from_db()
    assert member.category == Category.BACKWARD


def test_it_carries_over_only_the_restricted(cast, member):
    with pytest.raises(ValidationError, match="Only the two restricted"):
        actions.carry_over_category(by=cast.staff, person=member, category=Category.MOBILE, reason="原有名册")


def test_it_carries_nobody_over_who_has_left_the_roll(cast, member):
    actions.record_death(by=cast.staff, person=member, on=TODAY)
    with pytest.raises(ValidationError, match="has left the roll"):
        actions.carry_over_category(by=cast.staff, person=member, category=Category.POOR_WEAK, reason="名册")
    assert not Enrolment.objects.live().filter(person=member).exists()


def test_it_carries_nobody_over_twice(cast, member):
    for again in (False, True):
        if again:
            with pytest.raises(ValidationError, match="already stands"):
                actions.carry_over_category(by=cast.staff, person=member, category=Category.POOR_WEAK, reason="名册")
        else:
            actions.carry_over_category(by=cast.staff, person=member, category=Category.POOR_WEAK, reason="名册")


def test_it_ends_with_a_reason(cast, person):
    row = person.enrolments.get()
    open_dues(TODAY)
    with pytest.raises(ValidationError, match="reason"):
        actions.end_category(by=cast.staff, enrolment=row, reason="")
    ended = actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 9, 20), reason="已返乡")
    assert (ended.status, ended.to_date, ended.decision_reason) == (Status.ENDED, date(2026, 9, 20), "已返乡")
    person.refresh_from_db()
    assert person.category == ""
    assert not Due.objects.open().filter(person=person).exists()
    assert AuditRow.objects.get(act="end_category").actor == cast.staff


@pytest.mark.parametrize("on,why", [(date(2025, 5, 19), "before the beginning"), (date(2026, 9, 22), "lies ahead")])
def test_it_ends_on_a_day_it_stood(cast, person, on, why):
    row = person.enrolments.get()
    with pytest.raises(ValidationError, match=why):
        actions.end_category(by=cast.staff, enrolment=row, on=on, reason="已返乡")
    row.refresh_from_db()
    assert row.status == Status.ACTIVE


def test_it_stood_half_open(cast, person):
    """[from, to): in on the first day, out on the last."""
    row = person.enrolments.get()
    actions.end_category(by=cast.staff, enrolment=row, on=TODAY, reason="已返乡")
    on = {
        day: Enrolment.objects.on(day).filter(pk=row.pk).exists()
        for day in (date(2025, 5, 20), date(2026, 9, 20), TODAY)
    }
    assert list(on.values()) == [True, True, False]


def test_a_proposal_dated_back_begins_where_the_last_primary_ended(cast, person):
    row = person.enrolments.get()
    actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 8, 1), reason="x")
    new = actions.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, reason="x", on=date(2026, 1, 1)
    )
    assert actions.confirm_category(by=cast.staff, enrolment=new).from_date == date(2026, 8, 1)
    assert Enrolment.objects.on(date(2026, 7, 15)).filter(person=person, primary=True).count() == 1


def test_a_proposal_dated_back_begins_no_earlier_than_the_person_came_to_the_branch(cast, town, person):
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    new = actions.propose_category(
        by=cast.neighbour, person=person, category=Category.ELDERLY, primary=False, reason="x", on=date(2026, 1, 1)
    )
    assert actions.confirm_category(by=cast.staff, enrolment=new).from_date == date(2026, 9, 1)


def test_it_is_not_proposed_from_before_the_person_came_onto_the_roll(cast, person):
    with pytest.raises(ValidationError, match="came onto the roll on 20 May 2025") as refused:
        actions.propose_category(
            by=cast.secretary, person=person, category=Category.ELDERLY, on=date(2025, 5, 19), reason="年满"
        )
    assert list(refused.value.message_dict) == ["on"]
    assert not person.enrolments.filter(category=Category.ELDERLY).exists()


@pytest.mark.parametrize("primary", [True, False])
def test_what_a_roster_proposed_from_before_the_roll_begins_with_it(cast, member, primary):
    """A roster bears one day for all its lines; who came onto the roll after it stood nowhere before."""
    came = member.memberships.get().from_date
    row = actions.propose_category(
        by=cast.secretary, person=member, category=Category.ELDERLY, primary=primary, reason="名册"
    )
    Enrolment.objects.filter(pk=row.pk).update(from_date=date(2019, 1, 1))
    assert actions.confirm_category(by=cast.staff, enrolment=row).from_date == came
    other = actions.carry_over_category(
        by=cast.staff, person=member, category=Category.POOR_WEAK, on=date(2019, 1, 1), reason="名册"
    )
    assert other.from_date >= came
