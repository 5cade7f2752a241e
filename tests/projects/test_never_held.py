"""A proposal that waits, was returned or taken back: nobody stood in the category, and nothing says so."""

import pytest
from django.http import Http404

from assessments.counts import count_people
from members import actions
from members.models import Category, Enrolment
from members.models.enrolments import NEVER_HELD
from members.roll import PastRoll
from projects import registry
from projects.ledgers import Ledger
from projects.models import Due
from projects.sweep import open_dues
from projects.targets import find_target
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import Quarter


@pytest.fixture(params=NEVER_HELD)
def row(request, cast, town):
    someone = enrolled(town.huaishuwan, "张三", None, by=cast.staff)
    row = actions.propose_category(by=cast.secretary, person=someone, category=Category.ELDERLY, reason="年满")
    if request.param == "returned":
        actions.return_category(by=cast.staff, enrolment=row, reason="未满")
    elif request.param == "withdrawn":
        actions.withdraw_proposal(by=cast.secretary, enrolment=row, reason="写错了人")
    row.refresh_from_db()
    assert row.status == request.param
    return row


def test_it_is_not_in_force(row):
    assert not Enrolment.objects.on(TODAY).exists()
    assert not Enrolment.objects.live().exists()


def test_it_is_not_in_the_ledger(cast, town, row):
    project = registry.project_of(Category.ELDERLY)
    assert not Ledger(project, cast.secretary, town.huaishuwan, TODAY).count


def test_it_is_not_in_the_report(town, row):
    of = {town.huaishuwan.pk: town.huaishuwan.pk}
    assert count_people(Quarter.of(TODAY), town.xitun, of) == {}


def test_it_is_not_in_the_list_of_a_past_day(cast, row):
    assert not PastRoll(TODAY).enrolments(cast.staff).exists()
    assert not PastRoll(TODAY, TODAY).enrolments(cast.staff).exists()


def test_it_owes_nothing_and_takes_no_record(cast, row):
    open_dues(TODAY)
    assert not Due.objects.filter(enrolment=row).exists()
    with pytest.raises(Http404):
        find_target(cast.secretary, "transmission-help", "enrolments", row.pk, "visit")


def test_it_takes_no_record_by_program_either(as_user, cast, row):
    sent = {
        "kind": "transmission_help.visit", "happened_on": "2026-09-21", "enrolments": [row.pk],
        "submission_id": "7c9f0c8e-5f0f-4c0c-9f43-2f3a1f6f7b10", "detail": {},
    }  # fmt: skip
    response = as_user(cast.secretary).post("/api/v1/records/", sent, content_type="application/json")
    assert response.status_code == 404
