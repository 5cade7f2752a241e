"""Two files of one person, as known before they were put together, between, and after they were taken apart again."""

from datetime import date, timedelta

import pytest

from members import actions as members_acts
from members.models import Category, Person
from members.roll import PastRoll
from projects.models import Due
from projects.past import Past
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.projects.ledger_cells import table, write

FEBRUARY, MARCH, MAY, JULY, AUGUST = (date(2026, month, 10) for month in (2, 3, 5, 7, 8))
KNOWN = (MARCH, MAY, None)


@pytest.fixture(params=["huaishuwan", "liulin"])
def files(request, town, cast, on_day):
    """王建业 and, at the same or another branch, 王健业; each away since February, to another place."""
    units, found = (town.huaishuwan, getattr(town, request.param)), []
    for unit, name, place in zip(units, ("王建业", "王健业"), ("兰州", "石河子"), strict=True):
        make = {"unit": unit, "name": name, "category": Category.MOBILE, "by": cast.staff, "since": FEBRUARY}
        row = on_day(FEBRUARY, lambda make=make: enrolled(**make)).enrolments.get()
        said = {"departs_on": FEBRUARY, "destination": place}
        on_day(MARCH, lambda row=row, said=said: write(cast.staff, "joint.departure", FEBRUARY, row, **said))
        found.append(row.person)
    return found


@pytest.fixture
def merged(files, cast, on_day):
    keep, other = (Person.objects.get(pk=row.pk) for row in files)
    merge = {"by": cast.staff, "keep": keep, "other": other, "reason": "重复建档"}
    return on_day(MAY, lambda: members_acts.merge_people(**merge))


@pytest.fixture
def apart(merged, cast, on_day):
    on_day(MAY + timedelta(days=9), lambda: members_acts.undo_merge(by=cast.staff, merge=merged))


BOTH, ONE = [("王健业", "石河子"), ("王建业", "兰州")], [("王建业", "兰州")]


def ledger(cast, town, on, known):
    rows = table("joint", cast.staff, town.xitun, on, known=known)
    return sorted((row["name"], row["destination"]) for row in rows)


def names(cast, on, known):
    return sorted(PastRoll(on, known).people(cast.staff).values_list("name", flat=True))


def test_a_ledger_shows_both_as_they_were_known_and_one_since(cast, town, merged):
    assert ledger(cast, town, MARCH, MARCH) == ledger(cast, town, JULY, MARCH) == BOTH
    for on in (MARCH, MAY, JULY):
        assert [name for name, _place in ledger(cast, town, on, MAY)] == ["王建业"]
        assert [name for name, _place in ledger(cast, town, on, None)] == ["王建业"]


def test_taken_apart_each_stands_there_once_whatever_was_known(cast, town, apart):
    for known in KNOWN:
        assert ledger(cast, town, MARCH, known) == ledger(cast, town, JULY, known) == BOTH


def test_the_roll_shows_both_as_they_were_known_and_one_since(cast, town, merged):
    seen = [names(cast, on, known) for on in (MARCH, JULY) for known in KNOWN]
    assert seen == [["王健业", "王建业"], ["王建业"], ["王建业"]] * 2


def test_taken_apart_the_roll_shows_both(cast, town, apart):
    assert {tuple(names(cast, on, known)) for on in (MARCH, JULY) for known in KNOWN} == {("王健业", "王建业")}


def test_the_category_is_of_each(cast, merged):
    rows = PastRoll(MARCH, MARCH).enrolments(cast.staff).values_list("person__name", "category")
    assert sorted(rows) == [("王健业", "mobile"), ("王建业", "mobile")]


def test_what_each_owed_is_known_and_counted_once(cast, town, files, on_day):
    on_day(MARCH, lambda: open_dues(MARCH))
    keep, other = (Person.objects.get(pk=row.pk) for row in files)
    on_day(MAY, lambda: members_acts.merge_people(by=cast.staff, keep=keep, other=other, reason="重复建档"))
    turns = Due.objects.filter(duty="joint.follow_up", occasion="2026Q1")
    assert [Past(on, known).open(turns).count() for on, known in ((MARCH, MARCH), (MAY, MAY), (MAY, MARCH))] == [
        2,
        1,
        2,
    ]
