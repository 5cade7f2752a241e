"""The town's queue: what is doubtful is not ticked beforehand and says why. /decisions/"""

from datetime import date

import pytest

from members import actions
from members.models import Category, Status
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries


def propose(by, person, category=Category.ELDERLY, **more):
    more.setdefault("on", TODAY)
    return actions.propose_category(by=by, person=person, category=category, reason="年满", **more)


@pytest.fixture
def free(town, cast):
    """Somebody of the branch who stands in no category."""
    return enrolled(town.huaishuwan, "李新民", None, by=cast.staff)


def line(client, row):
    return next(r for r in client.get("/decisions/").context["rows"] if r.pk == row.pk)


def ticked(client, row):
    body = client.get("/decisions/").content.decode()
    return f'id="tick-{row.pk}" checked' in body


def test_the_harmless_is_ticked(as_user, cast, free):
    client, row = as_user(cast.staff), propose(cast.secretary, free)
    assert (line(client, row).doubts, line(client, row).ends) == ([], None)
    assert ticked(client, row)


@pytest.mark.parametrize("doubt", ["ends", "earlier", "second", "own"])
def test_the_doubtful_is_not(as_user, cast, person, free, doubt):
    row = {
        "ends": lambda: propose(cast.secretary, person),
        "earlier": lambda: propose(cast.secretary, free, on=date(2026, 6, 30)),
        "second": lambda: propose(cast.secretary, free),
        "own": lambda: propose(cast.staff, free),
    }[doubt]()
    if doubt == "second":
        propose(cast.secretary, free, Category.RETIRED, primary=False)
    client = as_user(cast.staff)
    assert len(line(client, row).doubts) == 1
    assert not ticked(client, row)


def test_it_says_what_will_end(as_user, cast, person):
    client, row = as_user(cast.staff), propose(cast.secretary, person)
    assert line(client, row).ends == person.enrolments.get(status=Status.ACTIVE)
    further = propose(cast.secretary, person, Category.RETIRED, primary=False)
    assert line(client, further).ends is None


def test_it_costs_one_query_however_many_wait(as_user, cast, town, free):
    propose(cast.secretary, free)
    client = as_user(cast.staff)
    client.get("/decisions/")
    counts = []
    for more in (0, 4):
        for n in range(more):
            propose(cast.secretary, enrolled(town.huaishuwan, f"同志{n}", Category.RETIRED, by=cast.staff))
        with page_queries(11):
            counts.append(len(list(client.get("/decisions/").context["rows"])))
    assert counts == [1, 5]


def test_it_names_whom_it_confirmed(as_user, cast, free):
    row = propose(cast.secretary, free)
    response = as_user(cast.staff).post("/decisions/", {"enrolment": [row.pk]}, follow=True)
    assert "李新民" in " ".join(str(m) for m in response.context["messages"])
