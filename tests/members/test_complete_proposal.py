"""What a proposal still lacks is entered before the town decides."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members import actions
from members.models import AuditRow, Category, Enrolment, Status

pytestmark = pytest.mark.usefixtures("in_english")
NOTICE, HEARING = date(2026, 9, 2), date(2026, 9, 9)


@pytest.fixture
def helped(cast, person):
    return actions.propose_category(by=cast.secretary, person=person, category=Category.POOR_WEAK, reason="大病")


@pytest.fixture
def taught(cast, person):
    return actions.propose_category(by=cast.secretary, person=person, category=Category.BACKWARD, reason="缺会六次")


def complete(by, row, **fields):
    actions.complete_proposal(by=by, enrolment=row, **fields)
    row.refresh_from_db()
    return row


def test_the_town_can_confirm_once_nothing_is_missing(cast, helped):
    with pytest.raises(ValidationError, match="Missing: the person's consent"):
        actions.confirm_category(by=cast.staff, enrolment=helped)
    row = complete(cast.secretary, helped, consent_on=NOTICE)
    assert (row.consent_on, row.status, row.version) == (NOTICE, Status.PROPOSED, 2)
    assert actions.confirm_category(by=cast.staff, enrolment=row).status == Status.ACTIVE


def test_the_town_entering_a_day_does_not_decide(cast, helped):
    assert complete(cast.staff, helped, consent_on=NOTICE).status == Status.PROPOSED


def test_it_keeps_one_day_while_the_other_is_missing(cast, taught):
    complete(cast.secretary, taught, notified_on=NOTICE)
    row = complete(cast.secretary, taught, heard_on=HEARING)
    assert (row.notified_on, row.heard_on) == (NOTICE, HEARING)


def test_it_leaves_a_trace_without_the_words(cast, taught):
    complete(cast.secretary, taught, notified_on=NOTICE, evidence="支部会议记录")
    told = AuditRow.objects.get(act="complete_proposal")
    assert (told.actor, told.person, told.restricted) == (cast.secretary, taught.person, True)
    assert told.detail == {"category": "backward", "notified_on": "2026-09-02"}


@pytest.mark.parametrize(
    "fields,name,why",
    [
        ({"notified_on": date(2026, 9, 22)}, "notified_on", "lies ahead"),
        ({"notified_on": HEARING, "heard_on": NOTICE}, "heard_on", "before the notice"),
        ({"consent_on": NOTICE}, "consent_on", "does not ask"),
        ({"evidence": "据" * 1001}, "evidence", "1000"),
    ],
)
def test_it_refuses_what_cannot_be(cast, taught, fields, name, why):
    with pytest.raises(ValidationError, match=why) as refused:
        complete(cast.secretary, taught, **fields)
    assert list(refused.value.error_dict) == [name]
    taught.refresh_from_db()
    assert (taught.notified_on, taught.evidence) == (None, None)


def test_the_hearing_is_measured_against_the_notice_known(cast, taught):
    complete(cast.secretary, taught, notified_on=HEARING)
    with pytest.raises(ValidationError, match="before the notice"):
        complete(cast.secretary, taught, heard_on=NOTICE)


def test_it_says_so_when_nothing_is_new(cast, helped):
    complete(cast.secretary, helped, consent_on=NOTICE, evidence="本人签字")
    for fields in ({}, {"consent_on": NOTICE}, {"evidence": " 本人签字 "}):
        with pytest.raises(ValidationError, match="nothing new"):
            complete(cast.secretary, helped, **fields)


def test_it_is_too_late_once_decided(cast, helped):
    complete(cast.secretary, helped, consent_on=NOTICE)
    actions.confirm_category(by=cast.staff, enrolment=helped)
    with pytest.raises(ValidationError, match="already been decided"):
        complete(cast.secretary, helped, evidence="后补")


def test_what_it_rests_on_is_encrypted_in_the_database(cast, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, reason="退休", evidence=" 退休证复印件 \n"
    )
    assert Enrolment.objects.get(pk=row.pk).evidence == "退休证复印件"
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence FROM members_enrolment WHERE id = %s", [row.pk])
        (stored,) = cursor.fetchone()
    assert "退休证" not in stored


@pytest.mark.parametrize(
    "fields,name",
    [
        ({"category": Category.RETIRED, "consent_on": NOTICE}, "consent_on"),
        ({"category": Category.BACKWARD, "notified_on": HEARING, "heard_on": NOTICE}, "heard_on"),
        ({"category": Category.BACKWARD, "notified_on": date(2026, 9, 22)}, "notified_on"),
        ({"category": Category.RETIRED, "evidence": "据" * 1001}, "evidence"),
    ],
)
def test_proposing_refuses_the_same(cast, person, fields, name):
    with pytest.raises(ValidationError) as refused:
        actions.propose_category(by=cast.secretary, person=person, reason="名册", **fields)
    assert list(refused.value.error_dict) == [name]
    assert not person.enrolments.filter(status=Status.PROPOSED).exists()


def test_it_goes_along_to_another_branch(cast, town, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, reason="退休", evidence="退休证"
    )
    actions.confirm_category(by=cast.staff, enrolment=row)
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 20))
    assert person.enrolments.get(unit=town.liulin).evidence == "退休证"
    actions.end_unit(by=cast.staff, unit=town.liulin, successors=[town.huaishuwan], on=date(2026, 9, 21), reason="合并")
    assert person.enrolments.live().get().evidence == "退休证"
