"""Somebody takes a village cadre post, and leaves it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, Category, PostHolding, Standing
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")
JUNE = date(2025, 6, 1)


@pytest.fixture
def cadre(town, cast):
    return enrolled(town.huaishuwan, "安正", Category.IN_SERVICE, by=cast.staff)


@pytest.fixture
def take(town, cast):
    def act(**fields):
        return actions.hold_post(by=cast.staff, unit=town.huaishuwan, **{"title": "文书", "from_date": JUNE} | fields)

    return act


def test_it_is_traced(cast, cadre, take):
    row = take(person=cadre)
    told = AuditRow.objects.get(act="hold_post")
    assert (told.actor, told.person, told.object_id) == (cast.staff, cadre, str(row.pk))
    assert told.detail == {"title": "文书", "from": "2025-06-01"}


def test_a_double_tap_makes_one(take, cadre):
    assert take(person=cadre) == take(person=cadre)
    assert take(holder_name="王某") == take(holder_name=" 王某 ")
    assert PostHolding.objects.count() == AuditRow.objects.filter(act="hold_post").count() == 2


@pytest.mark.parametrize("again", [JUNE, date(2026, 1, 1), date(2025, 1, 1)])
def test_nobody_holds_one_post_twice(cast, town, cadre, take, again):
    take(person=cadre)
    with pytest.raises(ValidationError, match="安正 holds this post already, since") as refused:
        actions.hold_post(by=cast.director, unit=town.huaishuwan, title="文书", person=cadre, from_date=again)
    assert list(refused.value.error_dict) == ["title"]
    assert PostHolding.objects.count() == 1


def test_two_may_hold_one_post_and_one_may_hold_two(cadre, take):
    take(person=cadre)
    take(holder_name="王某")
    take(person=cadre, title="会计")
    assert PostHolding.objects.count() == 3


def test_a_post_that_was_left_is_taken_again(cast, cadre, take):
    actions.leave_post(by=cast.staff, holding=take(person=cadre), on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="already"):
        take(person=cadre, from_date=date(2025, 12, 31))
    assert take(person=cadre, from_date=date(2026, 1, 1)).to_date is None


@pytest.mark.parametrize(
    "fields,name",
    [
        ({"from_date": date(2026, 9, 22), "holder_name": "王某"}, "from_date"),
        ({"title": "  ", "holder_name": "王某"}, "title"),
        ({"holder_name": "  "}, "holder_name"),
    ],
)
def test_it_refuses_what_cannot_be(take, fields, name):
    with pytest.raises(ValidationError) as refused:
        take(**fields)
    assert list(refused.value.error_dict) == [name]
    assert not PostHolding.objects.exists()


def test_it_refuses_who_has_left_the_roll(cast, cadre, take):
    actions.change_standing(by=cast.staff, person=cadre, standing=Standing.FORMER, on=TODAY)
    with pytest.raises(ValidationError, match="has left the roll"):
        take(person=cadre)


def test_it_refuses_a_branch_that_has_ended(cast, town, take):
    actions.end_unit(by=cast.admin, unit=town.huaishuwan, on=TODAY, successors=[town.liulin])
    with pytest.raises(ValidationError, match="has ended"):
        take(holder_name="王某")


def test_leaving_closes_what_the_post_owed(cast, cadre, take):
    row = take(person=cadre)
    open_dues()
    assert Due.objects.open().filter(post=row).exists()
    actions.leave_post(by=cast.staff, holding=row, on=date(2026, 9, 10), reason="换届")
    assert not Due.objects.open().filter(post=row).exists()
    told = AuditRow.objects.get(act="leave_post")
    assert (told.person, told.purpose, told.detail) == (cadre, "换届", {"title": "文书", "on": "2026-09-10"})


@pytest.mark.parametrize("on,why", [(date(2026, 9, 22), "lies ahead"), (date(2025, 5, 31), "before the beginning")])
def test_it_is_left_on_a_day_that_can_be(cast, cadre, take, on, why):
    row = take(person=cadre)
    with pytest.raises(ValidationError, match=why) as refused:
        actions.leave_post(by=cast.staff, holding=row, on=on)
    assert list(refused.value.error_dict) == ["on"]


def test_it_is_left_once(cast, cadre, take):
    row = actions.leave_post(by=cast.staff, holding=take(person=cadre))
    with pytest.raises(ValidationError, match="left already"):
        actions.leave_post(by=cast.director, holding=row)
