"""A homecoming ends being away that day, with what was owed; the next category is only proposed."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, Category, Status
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")
HOME = date(2026, 9, 15)


def come(cast, row, on=HOME, **more):
    return actions.come_home(by=cast.secretary, enrolment=row, on=on, reason="返乡务农", **more)


@pytest.fixture
def row(person):
    return person.enrolments.get()


def test_it_ends_being_away_and_what_was_owed(cast, person, row):
    open_dues(TODAY)
    ended = come(cast, row)
    person.refresh_from_db()
    assert (ended.status, ended.to_date, person.category) == (Status.ENDED, HOME, "")
    assert not Due.objects.open().filter(person=person).exists()
    assert set(Due.objects.filter(person=person).values_list("closed_on", flat=True)) == {HOME}
    assert AuditRow.objects.filter(act="come_home", person=person, actor=cast.secretary).exists()


def test_it_only_proposes_what_comes_next(cast, person, row):
    come(cast, row, category=Category.UNEMPLOYED)
    person.refresh_from_db()
    proposed = person.enrolments.get(category=Category.UNEMPLOYED)
    assert (proposed.status, proposed.from_date, proposed.primary) == (Status.PROPOSED, HOME, True)
    assert person.category == ""


def test_a_refused_proposal_leaves_the_person_away(cast, person, row):
    actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, primary=False, reason="年满")
    with pytest.raises(ValidationError, match="already stands"):
        come(cast, row, category=Category.ELDERLY)
    row.refresh_from_db()
    assert row.status == Status.ACTIVE


@pytest.mark.parametrize(("on", "words"), [(date(2026, 9, 22), "lies ahead"), (date(2025, 5, 19), "before the begin")])
def test_it_refuses_a_day_that_cannot_be(cast, row, on, words):
    with pytest.raises(ValidationError, match=words):
        come(cast, row, on)
    row.refresh_from_db()
    assert row.status == Status.ACTIVE


def test_it_refuses_a_second_tap_another_category_and_who_has_left(cast, town, person, row):
    come(cast, row)
    with pytest.raises(ValidationError, match="already been decided"):
        come(cast, row)
    retired = enrolled(town.huaishuwan, "甲", Category.RETIRED, by=cast.staff).enrolments.get()
    with pytest.raises(ValidationError, match="Only who is away"):
        come(cast, retired)
    away = enrolled(town.huaishuwan, "乙", Category.MOBILE, by=cast.staff)
    actions.record_death(by=cast.staff, person=away, on=HOME)
    with pytest.raises(ValidationError, match="already been decided"):
        come(cast, away.enrolments.get())


def test_a_transfer_on_its_way_goes_on(cast, town, person, row):
    sent = actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=HOME)
    come(cast, row)
    actions.receive_transfer(by=cast.neighbour, transfer=sent, on=TODAY)
    person.refresh_from_db()
    assert (person.unit, person.category) == (town.liulin, "")
