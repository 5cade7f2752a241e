"""What a program may not read is what a page would not show; what it reads of the restricted leaves its trace."""

import pytest

from members import actions
from members.models import AuditRow, Category, Role
from tests.conftest import TODAY, enrolled

WHY = "因家庭困难转为帮扶对象"


@pytest.fixture
def ended(town, cast):
    person = enrolled(town.huaishuwan, "王五", Category.MOBILE, by=cast.staff)
    row = person.enrolments.get()
    return actions.end_category(by=cast.staff, enrolment=row, reason=WHY)


def test_a_reason_is_told_to_who_writes_there(as_user, cast, ended):
    for user, told in ((cast.reader, False), (cast.admin, False), (cast.staff, True), (cast.secretary, True)):
        (row,) = as_user(user).get(f"/api/v1/enrolments/?person={ended.person_id}").json()["results"]
        one = as_user(user).get(f"/api/v1/enrolments/{ended.pk}/").json()
        assert row["decision_reason"] == one["decision_reason"] == (WHY if told else "")
        assert bool(one["reason"]) == told


def looks():
    return AuditRow.objects.filter(act="view_restricted", restricted=True)


def test_who_is_helped_is_not_read_without_a_trace(as_user, town, cast):
    person = enrolled(town.huaishuwan, "王五", Category.POOR_WEAK, by=cast.staff)
    staff = as_user(cast.staff)
    assert staff.get("/api/v1/enrolments/?category=poor_weak").json()["results"]
    assert looks().get().person == person
    staff.get(f"/api/v1/enrolments/{person.enrolments.get().pk}/")
    assert looks().count() == 2
    staff.get("/api/v1/people/?category=poor_weak")
    assert "王五" in staff.get("/people/?category=poor_weak").content.decode()
    lists = looks().filter(person=None)
    assert [(row.actor, row.path, row.detail["category"]) for row in lists] == [
        (cast.staff, town.xitun.path, "poor_weak")
    ] * 2
    as_user(cast.reader).get("/api/v1/people/?category=poor_weak")
    assert looks().count() == 4


def test_a_ledger_opens_where_the_right_to_it_is_held(as_user, town, cast):
    enrolled(town.huaishuwan, "王五", Category.POOR_WEAK, by=cast.staff)
    actions.grant_role(by=cast.admin, user=cast.reader, role=Role.SECRETARY, unit=town.huaishuwan, from_date=TODAY)
    answer = as_user(cast.reader).get("/api/v1/ledgers/determined_person/")
    assert [row[0] for row in answer.json()["rows"]] == ["王五"]


def test_there_is_no_ledger_of_a_day_to_come(as_user, cast):
    answer = as_user(cast.staff).get("/api/v1/ledgers/joint/", {"on": "2030-01-01"})
    assert (answer.status_code, list(answer.json())) == (400, ["on"])
