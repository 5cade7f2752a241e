"""One unbroken stay in a category, over transfers: what was written at one branch holds at the next."""

import pytest

from members import actions as members_acts
from members.models import Category
from projects.stays import stay_ids
from tests.conftest import TODAY
from tests.projects.ledger_cells import table
from tests.projects.rooms.test_joint import DEPARTURE, day, moved, wrote

pytestmark = pytest.mark.usefixtures("in_english")


def test_it_goes_on_when_somebody_is_transferred_by_mistake_and_back_that_day(cast, town, person, mobile):
    wrote(cast.secretary, "departure", mobile, **DEPARTURE)
    wrong = moved(cast, person, town.liulin, day(3))
    back = moved(cast, person, town.huaishuwan, day(3))
    assert table("joint", cast.secretary, town.huaishuwan)[0]["left_on"] == DEPARTURE["departs_on"]
    assert stay_ids([back]) == [mobile.pk, wrong.pk, back.pk]


def test_it_is_another_one_for_who_ends_it_and_begins_it_anew_in_the_same_branch(cast, town, person, mobile):
    there = moved(cast, person, town.liulin, day(3))
    assert stay_ids([there]) == [mobile.pk, there.pk]
    members_acts.come_home(by=cast.staff, enrolment=there, on=TODAY, reason="返乡")
    members_acts.propose_category(by=cast.staff, person=person, category=Category.MOBILE, on=TODAY, reason="外出")
    again = members_acts.confirm_category(by=cast.staff, enrolment=person.enrolments.get(status="proposed"))
    assert stay_ids([again]) == [again.pk]
