"""Who is given a category or a post during the day owes what is theirs within minutes."""

from datetime import UTC, date, datetime

import pytest

from members import actions
from members.models import Category
from projects.models import Due, SweepRun
from projects.tasks import nightly, welcome
from tests.conftest import enrolled

MORNING = date(2026, 8, 10)


@pytest.fixture
def swept(town, on_day):
    on_day(MORNING, nightly)


def owed(person):
    return Due.objects.open().filter(person=person, duty="joint.follow_up").count()


def newcomer(town, cast, name="新人"):
    return enrolled(town.huaishuwan, name, Category.MOBILE, by=cast.staff, since=MORNING)


def test_it_opens_what_a_newcomer_owes(town, cast, swept, on_day):
    person = on_day(MORNING, lambda: newcomer(town, cast))
    assert owed(person) == 0
    assert on_day(MORNING, welcome) > 0
    assert owed(person) == 1


def test_it_opens_each_once(town, cast, swept, on_day):
    person = on_day(MORNING, lambda: newcomer(town, cast))
    assert on_day(MORNING, welcome) > 0
    assert on_day(MORNING, welcome) == 0
    assert owed(person) == 1


def test_it_sees_a_proposal_confirmed_later(town, cast, swept, on_day):
    person = on_day(
        MORNING, lambda: actions.register_person(by=cast.staff, unit=town.huaishuwan, name="新人", on=MORNING)
    )
    row = on_day(
        MORNING,
        lambda: actions.propose_category(
            by=cast.secretary, person=person, category=Category.MOBILE, on=MORNING, reason="外出"
        ),
    )
    on_day(MORNING, welcome)
    assert owed(person) == 0
    on_day(MORNING, lambda: actions.confirm_category(by=cast.staff, enrolment=row))
    on_day(MORNING, welcome)
    assert owed(person) == 1


def test_it_opens_what_goes_with_a_post(town, cast, swept, on_day):
    holding = on_day(
        MORNING,
        lambda: actions.hold_post(
            by=cast.staff, unit=town.huaishuwan, title="主任", holder_name="李某", from_date=date(2026, 7, 1)
        ),
    )
    on_day(MORNING, welcome)
    assert Due.objects.open().filter(post=holding).exists()


def test_it_waits_for_the_nights_sweep(town, cast, on_day):
    person = on_day(MORNING, lambda: newcomer(town, cast))
    assert on_day(MORNING, welcome) == 0
    assert owed(person) == 0


def test_it_costs_four_queries_when_nobody_came(town, cast, swept, on_day, django_assert_num_queries):
    SweepRun.objects.update(welcomed_at=datetime(2026, 8, 10, 12, tzinfo=UTC))
    with django_assert_num_queries(4):  # the run, stays, posts, and the moment kept
        on_day(MORNING, welcome)
