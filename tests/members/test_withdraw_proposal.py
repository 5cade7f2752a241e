"""A branch takes its own proposal back before the town has decided."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, Category, Enrolment, Role, Status

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def proposal(cast, person):
    return actions.propose_category(by=cast.secretary, person=person, category=Category.RETIRED, reason="办理退休")


def withdraw(by, row, reason="写错了人"):
    return actions.withdraw_proposal(by=by, enrolment=row, reason=reason)


def test_it_is_gone_from_the_queue_with_its_reason(cast, person, proposal):
    row = withdraw(cast.secretary, proposal)
    row.refresh_from_db()
    assert (row.status, row.decided_by, row.decision_reason, row.version) == (
        Status.WITHDRAWN, cast.secretary, "写错了人", 2,
    )  # fmt: skip
    assert row.decided_at is not None
    person.refresh_from_db()
    assert person.category == Category.MOBILE, "what held before holds"


def test_it_leaves_a_trace(cast, proposal):
    withdraw(cast.secretary, proposal)
    told = AuditRow.objects.get(act="withdraw_proposal")
    assert (told.actor, told.person, told.purpose) == (cast.secretary, proposal.person, "写错了人")
    assert told.detail == {"category": "retired"}


def test_it_may_be_proposed_again(cast, person, proposal):
    withdraw(cast.secretary, proposal)
    again = actions.propose_category(by=cast.secretary, person=person, category=Category.RETIRED, reason="已核对")
    assert again.pk != proposal.pk
    assert actions.confirm_category(by=cast.staff, enrolment=again).status == Status.ACTIVE


def test_it_never_held(cast, person, proposal):
    withdraw(cast.secretary, proposal)
    assert [row.category for row in Enrolment.objects.on(date(2026, 9, 21))] == [Category.MOBILE]


def test_it_needs_a_reason(cast, proposal):
    with pytest.raises(ValidationError) as refused:
        withdraw(cast.secretary, proposal, reason="  ")
    assert list(refused.value.error_dict) == ["reason"]
    proposal.refresh_from_db()
    assert proposal.status == Status.PROPOSED


@pytest.mark.parametrize("decide", [actions.confirm_category, actions.return_category])
def test_it_is_too_late_once_the_town_has_decided(cast, proposal, decide):
    decided = decide(by=cast.staff, enrolment=proposal, reason="已看").status
    with pytest.raises(ValidationError, match="already been decided"):
        withdraw(cast.secretary, proposal)
    proposal.refresh_from_db()
    assert proposal.status == decided


def test_it_is_taken_back_once(cast, proposal):
    withdraw(cast.secretary, proposal)
    with pytest.raises(ValidationError, match="already been decided"):
        withdraw(cast.secretary, proposal)


def test_the_town_cannot_confirm_it_any_more(cast, proposal):
    withdraw(cast.secretary, proposal)
    with pytest.raises(ValidationError, match="already been decided"):
        actions.confirm_category(by=cast.staff, enrolment=proposal)


def test_the_successor_takes_back_what_the_predecessor_proposed(cast, town, proposal):
    successor = actions.create_user(by=None, username="next", password="correct horse")
    actions.grant_role(by=None, user=successor, role=Role.SECRETARY, unit=town.huaishuwan, from_date=date(2026, 9, 1))
    assert withdraw(successor, proposal).status == Status.WITHDRAWN


def test_what_the_town_proposed_is_not_the_branchs_to_take_back(cast, person):
    row = actions.propose_category(by=cast.staff, person=person, category=Category.BACKWARD, reason="见事实")
    with pytest.raises(ValidationError, match="The town office proposed this"):
        withdraw(cast.secretary, row)
    assert withdraw(cast.director, row).status == Status.WITHDRAWN
