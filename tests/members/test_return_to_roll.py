"""Who left comes back to the same file: a new standing and membership, never a second person."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members import actions
from members.models import AuditRow, BranchMembership, Person, Standing, StandingRow
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY

pytestmark = pytest.mark.usefixtures("in_english")
LEFT, BACK = date(2026, 9, 1), date(2026, 9, 15)


@pytest.fixture
def gone(cast, person):
    return actions.change_standing(
        by=cast.staff, person=person, standing=Standing.FORMER, on=LEFT, reason="transferred out"
    )


def back(cast, person, unit, **more):
    said = {"by": cast.neighbour, "unit": unit, "standing": Standing.FULL, "on": BACK} | more
    return actions.return_to_roll(person=person, **said)


@pytest.mark.parametrize("place", ["huaishuwan", "liulin"])
def test_it_continues_the_file(cast, town, gone, place):
    unit = getattr(town, place)
    person = back(cast, gone, unit, came_from="外县某支部", letter_on=date(2026, 9, 10))
    person.refresh_from_db()
    assert (person.unit, person.path, person.standing, person.category) == (unit, unit.path, Standing.FULL, "")
    assert Person.objects.count() == 1
    for model in (BranchMembership, StandingRow):
        row = model.objects.get(person=person, to_date=None, superseded_at=None)
        assert (row.from_date, "外县某支部" in row.reason) == (BACK, True)
    assert person.standings.get(standing=Standing.FORMER).to_date == BACK
    assert AuditRow.objects.filter(act="return_to_roll", person=person).exists()


def test_it_owes_nothing_until_a_category_is_confirmed(cast, town, gone):
    back(cast, gone, town.liulin)
    open_dues(TODAY)
    assert not Due.objects.open().filter(person=gone).exists()


def test_a_second_tap_changes_nothing(cast, town, gone):
    assert back(cast, gone, town.liulin) == back(cast, gone, town.liulin)
    assert gone.standings.count() == 3
    with pytest.raises(ValidationError, match="stands on a roll"):
        back(cast, gone, town.huaishuwan)


def test_it_refuses_the_dead_in_whatever_language_they_were_entered(cast, town, person):
    with translation.override("zh-hans"):
        actions.record_death(by=cast.secretary, person=person, on=LEFT)
    with pytest.raises(ValidationError, match="has died"):
        back(cast, person, town.liulin)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"on": date(2026, 9, 22)}, "lies ahead"),
        ({"on": date(2026, 8, 31)}, "cannot be dated"),
        ({"letter_on": date(2026, 9, 16)}, "before the letter"),
        ({"standing": Standing.FORMER}, "as one who has left"),
    ],
)
def test_it_refuses_what_cannot_be(cast, town, gone, said, words):
    with pytest.raises(ValidationError, match=words):
        back(cast, gone, town.liulin, **said)
    gone.refresh_from_db()
    assert (gone.standing, gone.unit) == (Standing.FORMER, town.huaishuwan)


def test_it_refuses_somebody_on_a_roll(cast, town, person):
    with pytest.raises(ValidationError, match="stands on a roll"):
        back(cast, person, town.liulin)
