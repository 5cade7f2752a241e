"""One project: /projects/<project>/."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import AuditRow, Category
from projects import registry
from tests.conftest import enrolled


def test_it_lists_who_stands_in_it_and_what_is_owed(as_user, cast, due):
    response = as_user(cast.secretary).get("/projects/joint/")
    assert "张建国" in response.content.decode()
    row = next(iter(response.context["page"]))
    assert row.next_due is not None
    assert response.context["totals"]["all"] == sum(total for _name, total, _late in response.context["duties"])


@pytest.mark.parametrize(
    ("who", "sees"), [("neighbour", False), ("outsider", False), ("staff", True), ("reader", True)]
)
def test_it_lists_the_own_scope_only(as_user, cast, due, who, sees):
    response = as_user(getattr(cast, who)).get("/projects/joint/")
    assert response.status_code == 200
    assert ("张建国" in response.content.decode()) is sees


@pytest.mark.parametrize("code", ["determined_person", "key"])
def test_it_opens_restricted_projects_with_the_right_only(as_user, cast, town, code):
    category = registry.project(code).category
    enrolled(town.huaishuwan, "帮扶甲", category, by=cast.staff)
    assert "帮扶甲" in as_user(cast.secretary).get(f"/projects/{code}/").content.decode()
    for who in (cast.admin, cast.reader):
        assert as_user(who).get(f"/projects/{code}/").status_code == 403


def test_it_opens_for_every_project(as_user, cast, town):
    members_acts.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", holder_name="非党员")
    for declared in registry.all_projects():
        for slug in {declared.code, declared.code.replace("_", "-")}:
            assert as_user(cast.secretary).get(f"/projects/{slug}/").status_code == 200


def test_it_is_not_found_when_there_is_none(as_user, cast):
    assert as_user(cast.secretary).get("/projects/nowhere/").status_code == 404


def test_it_costs_the_same_however_many_there_are(as_user, cast, town, due):
    client = as_user(cast.staff)
    client.get("/projects/joint/")
    with CaptureQueriesContext(connection) as few:
        client.get("/projects/joint/")
    for n in range(15):
        enrolled(town.liulin, f"党员{n}", Category.MOBILE, by=cast.staff)
    with CaptureQueriesContext(connection) as many:
        client.get("/projects/joint/")
    assert len(many) == len(few)


@pytest.mark.parametrize("code", ["determined_person", "key"])
def test_who_is_helped_is_not_read_without_a_trace(as_user, cast, town, code):
    """As by the people list of that category, and by its ledger."""
    category = registry.project(code).category
    looks = AuditRow.objects.filter(act="view_restricted", restricted=True, actor=cast.staff)
    as_user(cast.staff).get(f"/projects/{code}/")
    assert not looks.exists()  # nobody was shown
    enrolled(town.huaishuwan, "帮扶甲", category, by=cast.staff)
    assert "帮扶甲" in as_user(cast.staff).get(f"/projects/{code}/").content.decode()
    assert (looks.get().path, looks.get().detail["category"]) == (town.xitun.path, category)


def test_what_is_open_to_all_leaves_none(as_user, cast, due):
    as_user(cast.staff).get("/projects/joint/")
    assert not AuditRow.objects.filter(act="view_restricted").exists()
