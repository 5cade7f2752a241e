"""Why a category ended may name what is hidden: only those who write there, and the person, read it."""

import pytest

from members import actions
from members.models import Category
from members.models.causes import why_said
from tests.conftest import enrolled


@pytest.fixture
def moved_into_help(town, cast):
    someone = enrolled(town.huaishuwan, "张建国", Category.UNEMPLOYED, by=cast.staff)
    row = someone.enrolments.get()
    actions.end_category(by=cast.staff, enrolment=row, reason="转为帮扶")
    return someone


@pytest.mark.parametrize(("who", "reads"), [("secretary", True), ("staff", True), ("reader", False), ("admin", False)])
def test_it_shows_why_a_category_ended_only_to_those_who_write(who, reads, moved_into_help, cast, as_user):
    page = as_user(getattr(cast, who)).get(f"/people/{moved_into_help.pk}/").content.decode()
    assert ("转为帮扶" in page) is reads


def test_it_says_nothing_of_the_next_category_when_one_replaces_another(town, cast):
    someone = enrolled(town.huaishuwan, "张建国", Category.UNEMPLOYED, by=cast.staff)
    actions.carry_over_category(by=cast.staff, person=someone, category=Category.POOR_WEAK, reason="原有名册")
    row = someone.enrolments.get(category=Category.UNEMPLOYED)
    assert str(why_said(row.decision_reason)) == "主要类别已变更"  # more than that it ended
