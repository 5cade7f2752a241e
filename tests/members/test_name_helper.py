"""Somebody is named who helps a person; what is open of the helper's duties goes over to them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions, hooks
from members.actions.helping import possible_helpers
from members.models import AuditRow, Category, Role
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def row(town, cast):
    return enrolled(town.huaishuwan, "帮扶甲", Category.POOR_WEAK, by=cast.staff).enrolments.get()


def name(cast, row, helper):
    return actions.name_helper(by=cast.secretary, enrolment=row, helper=helper)


def assignees(row):
    return dict(row.dues.values_list("duty", "assignee__username"))


def test_it_gives_the_open_duties_of_a_helper_to_them(cast, row):
    open_dues(TODAY)
    assert assignees(row)["determined_person.contact"] is None
    named = name(cast, row, cast.staff)
    assert named.helper == cast.staff
    assert assignees(row)["determined_person.contact"] == "staff"
    assert assignees(row)["determined_person.yearly_review"] is None, "that one is not a helper's"
    name(cast, row, cast.director)
    assert assignees(row)["determined_person.contact"] == "director"
    told = AuditRow.objects.filter(act="name_helper").first()
    assert (told.actor, told.restricted, told.detail["name"]) == (cast.secretary, True, "党建办主任")


def test_it_opens_the_next_ones_for_them(cast, row):
    name(cast, row, cast.staff)
    open_dues(TODAY)
    assert assignees(row)["determined_person.contact"] == "staff"


def test_it_leaves_alone_what_is_closed_and_who_else_is_helped(cast, town, row):
    other = enrolled(town.huaishuwan, "帮扶乙", Category.POOR_WEAK, by=cast.staff).enrolments.get()
    open_dues(TODAY)
    row.dues.filter(duty="determined_person.contact").update(closed_on=TODAY)
    name(cast, row, cast.staff)
    assert not Due.objects.filter(enrolment__in=[row, other]).exclude(assignee=None).exclude(closed_on=None).exists()
    assert assignees(other)["determined_person.contact"] is None


def test_without_a_name_it_falls_to_the_secretary(cast, row):
    name(cast, row, cast.staff)
    open_dues(TODAY)
    assert name(cast, row, None).helper is None
    assert set(assignees(row).values()) == {None}


def test_it_tells_nobody_when_nothing_changes(cast, row, monkeypatch):
    told = []
    monkeypatch.setattr(hooks, "helper_named", [lambda pk, *, helper, by: told.append((pk, helper, by))])
    before = name(cast, row, cast.staff).version
    assert name(cast, row, cast.staff).version == before
    assert told == [(row.pk, cast.staff, cast.secretary)]


def test_the_name_does_not_stand_when_the_duties_cannot_move(cast, row, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(hooks, "helper_named", [broken])
    with pytest.raises(RuntimeError):
        name(cast, row, cast.staff)
    row.refresh_from_db()
    assert row.helper is None


@pytest.mark.parametrize("who", ["neighbour", "admin", "reader", "outsider"])
def test_it_names_only_who_may_write_there(cast, row, who):
    with pytest.raises(ValidationError, match="may not write") as refused:
        name(cast, row, getattr(cast, who))
    assert list(refused.value.error_dict) == ["helper"]


def test_it_knows_who_may_today(cast, town, row):
    assert set(possible_helpers(row)) == {cast.secretary, cast.staff, cast.director}
    actions.end_role(by=cast.admin, grant=cast.director.grants.get(), on=TODAY)
    cast.staff.is_active = False
    cast.staff.save()
    actions.grant_role(
        by=None, user=cast.neighbour, role=Role.SECRETARY, unit=town.huaishuwan, from_date=date(2027, 1, 1)
    )
    assert list(possible_helpers(row)) == [cast.secretary]


def test_it_is_for_who_still_stands_there(cast, row):
    actions.end_category(by=cast.staff, enrolment=row, reason="生活好转")
    with pytest.raises(ValidationError, match="already been decided"):
        name(cast, row, cast.staff)
