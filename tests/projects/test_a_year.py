"""The tracking project through a year of faults (tests/projects/year.py): nothing is missing, doubled or wrong."""

from datetime import date

import pytest

from projects.models import Message
from tests.projects.ledger_cells import table
from tests.projects.year import LAST, Life


@pytest.fixture(params=[20260217])
def lived(request, town, cast):
    life = Life(town, cast, request.param)
    life.run()
    return life


def test_a_year_of_mobile_members_ends_as_it_should(lived, town, cast):
    assert lived.differences() == []
    assert len(lived.records) > 100, "a year in which little happens proves little"
    assert lived.deaths_after_sending
    _nothing_is_told_twice(lived)
    _the_ledger_has_every_contact(lived, town)


def _nothing_is_told_twice(lived):
    assert Message.objects.filter(state=Message.State.SENT).count() > 20
    assert sum(n - 1 for n in lived.told.values()) <= lived.deaths_after_sending


def _the_ledger_has_every_contact(lived, town):
    with lived.at(LAST, hour=12):
        rows = table("joint", None, town.xitun, LAST)
    assert len(rows) == sum(stays[-1].ends is None for stays in lived.stays.values())
    days = [day for row in rows for quarter in (1, 2, 3, 4) for day in _days(row[f"contacts_q{quarter}"])]
    assert sorted(days) == sorted(lived.contacts())


def _days(cell):
    return [date.fromisoformat(str(day)) for day in str(cell).split("、") if day]
