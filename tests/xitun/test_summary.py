"""The town's numbers, read from the counts: those that counting the dues gives, for every role and on every day."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import Category, Person
from projects.models import DueCount
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.any_acts import Office
from xitun.lib.dates import Quarter, frozen
from xitun.summary import Kept, Live, quarter_at

STEP = 4


def in_order(cells):
    return sorted(cells, key=lambda cell: (cell["place"], cell["category"]))


def both(user, root):
    """[(numbers read, numbers counted)] of the map at each width, and of what is overdue."""
    user.__dict__.pop("_scope", None)
    kept, live = Kept(user, root), Live(user, root)
    for width in (len(root.path), len(root.path) + STEP):
        yield [in_order(q.by_place(width)) for q in (kept, live)]
    for limit in (1, 5, 100):
        yield [q.overdue_by_duty(limit) for q in (kept, live)]


@pytest.mark.parametrize("seed", [1, 3])
def test_it_gives_the_numbers_that_counting_gives(seed, town, cast):
    office = Office(seed, town, cast)
    for _step in range(45):
        office.act()
    told = 0
    for day in (date(2026, 6, 20), TODAY, date(2026, 9, 30), date(2026, 10, 8)):
        with frozen(day):
            for user in (cast.staff, cast.director, cast.reader, cast.secretary, cast.outsider):
                for root in (town.county, town.xitun, town.huaishuwan, town.beitun):
                    for read, counted in both(user, root):
                        assert read == counted
                        told += len(read)
    assert told > 100


def test_it_is_of_the_quarter_asked_for(person, cast, town):
    with frozen(date(2026, 6, 1)):
        open_dues()
    open_dues()
    quarter = Quarter.of(date(2026, 6, 1))
    read, counted = (of(cast.staff, town.xitun, quarter).by_place(8) for of in (Kept, Live))
    assert read
    assert in_order(read) == in_order(counted)


def test_it_counts_the_dues_themselves_for_who_sees_their_own_restricted_ones(cast, town):
    poor = enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    open_dues()
    assert isinstance(quarter_at(cast.reader, town.xitun), Kept)
    cast.reader.person = Person.objects.get(pk=poor.pk)
    cast.reader.save(update_fields=["person"])
    cast.reader.__dict__.pop("_scope", None)
    found = quarter_at(cast.reader, town.xitun)
    assert isinstance(found, Live)
    assert Category.POOR_WEAK in {cell["category"] for cell in found.by_place(len(town.liulin.path))}


def test_the_page_reads_the_counts(as_user, cast, town, person):
    """A number written into the counts alone appears."""
    open_dues()
    client = as_user(cast.staff)
    before = int(client.get("/").context["stats"][0]["value"])
    row = DueCount.objects.filter(duty="joint.follow_up")
    row.update(open=41)
    assert int(client.get("/").context["stats"][0]["value"]) == before + 40
    row.update(open=1)


def test_a_branch_that_owes_nothing_any_more_leaves_the_map(as_user, cast, town, person):
    open_dues()
    members_acts.end_category(by=cast.staff, enrolment=person.enrolments.get(), on=TODAY, reason="返乡")
    context = as_user(cast.staff).get("/").context
    joint = [column["url"] for column in context["columns"]].index("/projects/joint/")
    assert {row["cells"][joint]["percent"] for row in context["rows"]} == {None}
