"""Somebody carried over from an old roster: what is missing is entered, and the town makes it regular."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, Category, Status
from tests.conftest import enrolled

pytestmark = pytest.mark.usefixtures("in_english")
FACT = "3月10日、4月12日、5月9日三次无故缺会，见签到表"
NOTICE, HEARING = date(2026, 9, 2), date(2026, 9, 9)


@pytest.fixture
def helped(town, cast):
    return enrolled(town.huaishuwan, "帮扶甲", Category.POOR_WEAK, by=cast.staff).enrolments.get()


@pytest.fixture
def taught(town, cast):
    return enrolled(town.huaishuwan, "帮教甲", Category.BACKWARD, by=cast.staff).enrolments.get()


def regularise(by, row, **fields):
    actions.regularise_category(by=by, enrolment=row, **fields)
    row.refresh_from_db()
    return row


def test_it_is_regular_once_the_town_has_the_consent(cast, helped):
    row = regularise(cast.staff, helped, consent_on=NOTICE, reason="本人签字")
    assert (row.carried_over, row.consent_on, row.status) == (False, NOTICE, Status.ACTIVE)
    assert (row.decided_by, row.decision_reason) == (cast.staff, "本人签字")
    assert row.decided_at is not None
    told = AuditRow.objects.get(act="regularise_category")
    assert (told.actor, told.restricted, told.person) == (cast.staff, True, row.person)
    assert told.detail == {"category": "poor_weak", "finished": True, "consent_on": "2026-09-02"}


def test_the_branch_enters_the_days_but_does_not_finish(cast, taught):
    row = regularise(cast.secretary, taught, notified_on=NOTICE, heard_on=HEARING, evidence=FACT)
    assert (row.carried_over, row.decided_by, row.heard_on) == (True, None, HEARING)
    assert AuditRow.objects.get(act="regularise_category").detail["finished"] is False
    row = regularise(cast.director, row)
    assert (row.carried_over, row.decided_by) == (False, cast.director)


def test_help_and_education_is_not_regular_without_a_fact(cast, taught):
    row = regularise(cast.staff, taught, notified_on=NOTICE, heard_on=HEARING)
    assert (row.carried_over, row.decided_by) == (True, None)
    with pytest.raises(ValidationError, match="Missing: a dated fact with evidence"):
        regularise(cast.staff, row)
    row = regularise(cast.staff, row, evidence=FACT)
    assert (row.carried_over, row.evidence, row.decided_by) == (False, FACT, cast.staff)
    assert not any(FACT in str(told.detail) + told.purpose for told in AuditRow.objects.filter(person=row.person))


def test_the_town_of_another_place_does_not_finish(cast, helped):
    assert regularise(cast.outsider, helped, consent_on=NOTICE).carried_over


def test_it_keeps_one_day_while_the_other_is_missing(cast, taught):
    row = regularise(cast.staff, taught, notified_on=NOTICE, evidence=FACT)
    assert (row.carried_over, row.notified_on, row.decided_by) == (True, NOTICE, None)
    with pytest.raises(ValidationError, match="Missing: the hearing"):
        regularise(cast.staff, row)
    assert not regularise(cast.staff, row, heard_on=HEARING).carried_over


@pytest.mark.parametrize(
    "fields,name,why",
    [
        ({"notified_on": date(2026, 9, 22)}, "notified_on", "lies ahead"),
        ({"notified_on": HEARING, "heard_on": NOTICE}, "heard_on", "before the notice"),
        ({"consent_on": NOTICE}, "consent_on", "does not ask"),
    ],
)
def test_it_refuses_days_that_cannot_be(cast, taught, fields, name, why):
    with pytest.raises(ValidationError, match=why) as refused:
        regularise(cast.staff, taught, **fields)
    assert list(refused.value.error_dict) == [name]
    taught.refresh_from_db()
    assert (taught.carried_over, taught.notified_on) == (True, None)
    assert not AuditRow.objects.filter(act="regularise_category").exists()


def test_it_measures_the_hearing_against_the_notice_entered_before(cast, taught):
    regularise(cast.secretary, taught, notified_on=HEARING)
    with pytest.raises(ValidationError, match="before the notice"):
        regularise(cast.staff, taught, heard_on=NOTICE)


def test_the_branch_must_enter_something(cast, helped):
    with pytest.raises(ValidationError, match="Missing: the person's consent"):
        regularise(cast.secretary, helped)
    regularise(cast.secretary, helped, consent_on=NOTICE)
    with pytest.raises(ValidationError, match="Missing: the town's decision"):
        regularise(cast.secretary, helped)


def test_it_is_made_regular_once(cast, helped):
    regularise(cast.staff, helped, consent_on=NOTICE)
    with pytest.raises(ValidationError, match="regular already"):
        regularise(cast.director, helped, consent_on=HEARING)


def test_it_is_for_those_carried_over(cast, person):
    with pytest.raises(ValidationError, match="regular already"):
        regularise(cast.staff, person.enrolments.get(), consent_on=NOTICE)


def test_it_is_too_late_when_it_has_ended(cast, helped):
    actions.end_category(by=cast.staff, enrolment=helped, reason="本人不愿")
    with pytest.raises(ValidationError, match="already been decided"):
        regularise(cast.staff, helped, consent_on=NOTICE)
