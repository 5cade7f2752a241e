"""From a record that decides on a stage to the page where the standing is entered: after saving, and suggested."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import Cause, Standing
from members.suggestions import count_suggestions
from projects import hooks
from projects.actions import void_record
from tests.projects.ledger_cells import write

pytestmark = pytest.mark.usefixtures("in_english")
JUNE = date(2026, 6, 20)
DETAIL = {
    "direct.recommendation": {"way": "members"},
    "direct.approval": {"approved": True, "approver": "镇党委"},
    "direct.conversion": {"outcome": "on_time"},
}


def decide(by, person, kind, **detail):
    return write(by, kind, JUNE, person.enrolments.get(), **DETAIL.get(kind, {}) | detail)


def steps(user, record):
    return [step for ask in hooks.next_steps if (step := ask(user, record))]


@pytest.mark.parametrize(
    "standing,kind,leads_to",
    [
        (Standing.APPLICANT, "direct.recommendation", "/people/{}/standing/?on=2026-06-20"),
        (Standing.ACTIVIST, "direct.target", "/people/{}/standing/?on=2026-06-20"),
        (Standing.TARGET, "direct.approval", "/people/{}/standing/"),
        (Standing.PROBATIONARY, "direct.conversion", "/people/{}/conversion/"),
    ],
)
def test_the_town_is_led_on_after_saving(cast, stand, standing, kind, leads_to):
    person = stand(standing)
    record = decide(cast.staff, person, kind)
    assert [url for _words, url in steps(cast.staff, record)] == [leads_to.format(person.pk)]
    assert steps(cast.secretary, record) == [], "who may not enter it"
    person.refresh_from_db()
    assert person.standing == standing, "nothing changes by itself"


def test_a_cancelled_probation_leads_off_the_roll(cast, stand):
    person = stand(Standing.PROBATIONARY)
    record = decide(cast.staff, person, "direct.conversion", outcome="cancelled")
    assert [url for _words, url in steps(cast.staff, record)] == [f"/people/{person.pk}/standing/"]


@pytest.mark.parametrize(
    "standing,kind,detail",
    [
        (Standing.ACTIVIST, "direct.recommendation", {}),
        (Standing.APPLICANT, "direct.target", {}),
        (Standing.TARGET, "direct.approval", {"approved": False}),
        (Standing.APPLICANT, "direct.activist_filing", {}),
    ],
)
def test_other_records_lead_nowhere(cast, stand, standing, kind, detail):
    record = decide(cast.staff, stand(standing), kind, **detail)
    assert steps(cast.staff, record) == []
    assert count_suggestions(cast.staff) == 0


def test_it_is_suggested_to_the_town_until_it_is_entered(as_user, cast, stand):
    person = stand(Standing.APPLICANT)
    decide(cast.secretary, person, "direct.recommendation")
    page = as_user(cast.staff).get("/suggestions/?rule=next_stage").content.decode()
    assert f'href="/people/{person.pk}/standing/?on=2026-06-20"' in page
    for user in (cast.secretary, cast.neighbour, cast.outsider):
        assert count_suggestions(user) == 0
    form = as_user(cast.staff).get(f"/people/{person.pk}/standing/?on=2026-06-20").context["forward"]
    assert form["on"].value() == "2026-06-20"
    members_acts.advance_standing(by=cast.staff, person=person, standing=Standing.ACTIVIST, on=JUNE)
    assert count_suggestions(cast.staff) == 0


def test_a_record_that_was_taken_back_suggests_nothing(cast, stand):
    record = decide(cast.secretary, stand(Standing.ACTIVIST), "direct.target")
    assert count_suggestions(cast.staff) == 1
    void_record(by=cast.secretary, record=record, reason="写错人")
    assert count_suggestions(cast.staff) == 0


def test_a_decision_of_the_former_time_suggests_nothing_to_who_begins_anew(cast, town, stand):
    person, left, again = stand(Standing.APPLICANT), date(2026, 8, 3), {"standing": Standing.APPLICANT}
    record = decide(cast.secretary, person, "direct.recommendation")
    paper = {"reason": "外出", "document": "1号", "document_on": left}
    members_acts.remove_from_roll(by=cast.staff, person=person, cause=Cause.STOPPED, on=left, **paper)
    members_acts.return_to_roll(by=cast.staff, person=person, unit=town.huaishuwan, on=date(2026, 9, 1), **again)
    assert count_suggestions(cast.staff) == 0
    assert steps(cast.staff, record) == [], "nor after a word of the old record was changed"


def test_a_decision_of_the_standings_first_day_is_suggested(cast, stand):
    person = stand(Standing.APPLICANT)
    write(cast.secretary, "direct.recommendation", date(2025, 5, 20), person.enrolments.get(), way="members")
    assert count_suggestions(cast.staff) == 1
