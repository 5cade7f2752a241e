"""Filters by id: what is out of sight looks like what is not there."""

import pytest

from projects import actions
from tests.conftest import enrolled

IDS = {
    "people": ("unit",),
    "enrolments": ("person", "unit"),
    "dues": ("unit", "person", "enrolment"),
    "records": ("unit", "subjects__person"),
}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in IDS.items() for name in names])
def test_it_gives_no_rows_for_the_foreign_and_the_missing(as_user, cast, town, person, path, name):
    foreign = enrolled(town.foreign, "李某", "mobile", by=cast.outsider)
    actions.open_duties(by=None)
    mine = {"unit": person.unit_id, "enrolment": person.enrolments.get().pk}.get(name, person.pk)
    theirs = {"unit": foreign.unit_id, "enrolment": foreign.enrolments.get().pk}.get(name, foreign.pk)
    client = as_user(cast.secretary)
    for wanted in (theirs, 987654321, 2**63 - 1):
        answer = client.get(f"/api/v1/{path}/", {name: wanted})
        assert (answer.status_code, answer.json().get("results")) == (200, []), wanted
    for wanted in (2**63, "1.5", "x"):
        assert client.get(f"/api/v1/{path}/", {name: wanted}).status_code == 400, wanted
    if path != "records":
        assert client.get(f"/api/v1/{path}/", {name: mine}).json()["results"]
