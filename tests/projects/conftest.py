"""What the tests of the engine share: an enrolment, its dues, and an entry that settles them."""

import uuid
from datetime import date

import pytest

from members import actions as members_acts
from members.models import Category
from projects import actions
from projects.models import Due
from tests.conftest import TODAY, enrolled


@pytest.fixture
def mobile(person):
    """The enrolment of the cast's mobile member of Huaishuwan."""
    return person.enrolments.get(category=Category.MOBILE)


@pytest.fixture
def elder(town, cast):
    someone = enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff, birth_date=date(1950, 4, 9))
    return someone.enrolments.get(category=Category.ELDERLY)


@pytest.fixture
def holding(town, cast):
    """A cadre of Huaishuwan who is on no roll."""
    return members_acts.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="村文书", holder_name="李某", from_date=date(2025, 1, 4)
    )


FOLLOW_UP = {"method": "phone", "reached": True, "work_and_life": "在建筑工地务工", "needs": "", "promised": ""}


def entry(kind, *enrolments, unit=None, **changes):
    """An Entry of `kind` on TODAY; the unit is that of the first enrolment or post."""
    post = changes.get("post")
    unit = unit or (enrolments[0].unit if enrolments else post.unit)
    values = {"happened_on": TODAY, "submission_id": uuid.uuid4(), "enrolments": tuple(enrolments)}
    return actions.Entry(kind=kind, unit=unit, **(values | changes))


def follow_up(*enrolments, **changes):
    return entry("joint.follow_up", *enrolments, **({"detail": FOLLOW_UP} | changes))


def due_of(duty, subject, **more):
    """The one due of this duty for an enrolment."""
    return Due.objects.get(duty=duty, enrolment=subject, **more)


def state_of(due):
    return Due.objects.with_state().get(pk=due.pk).state


def left_again(cast, person, row, *, home, again):
    """Home on one day, among those away once more from another: a second enrolment."""
    members_acts.come_home(by=cast.secretary, enrolment=row, on=home, reason="返乡")
    new = members_acts.propose_category(
        by=cast.secretary, person=person, category=Category.MOBILE, on=again, reason="外出"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=new)
    new.refresh_from_db()
    return new
