"""The decisions of the other rooms: pure functions, each at its edge, and what their records refuse."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from members.suggestions import ELDERLY_AGE
from projects import registry
from projects.determined_person import rules as determined_person
from projects.determined_person.models import Profile
from projects.guidance import rules as guidance
from projects.joint import rules as joint
from projects.key import rules as key
from projects.key.models import HelpTerm
from projects.post import rules as post
from projects.transmission_help import rules as transmission_help
from projects.visit import rules as visit

pytestmark = pytest.mark.usefixtures("in_english")

DAY = date(2026, 9, 21)


@pytest.mark.parametrize(
    "away,transferred,day,enters",
    [
        (date(2026, 3, 21), False, DAY, True),
        (date(2026, 3, 22), False, DAY, False),
        (date(2026, 3, 21), True, DAY, False),
        (date(2025, 8, 31), False, date(2026, 2, 28), True),  # six months end on February's last day (DOMAIN §6, 16)
        (date(2025, 8, 31), False, date(2026, 2, 27), False),
    ],
)
def test_a_member_is_mobile_after_six_months(away, transferred, day, enters):
    assert joint.may_enter(away_since=away, membership_transferred=transferred, day=day) is enters


@pytest.mark.parametrize(
    "tries,suggested",
    [
        ([(date(2026, 9, 3), False), (date(2026, 9, 2), False), (date(2026, 9, 1), False)], True),
        ([(date(2026, 9, 3), False), (date(2026, 9, 3), False), (date(2026, 9, 1), False)], False),
        (
            [(date(2026, 9, 3), False), (date(2026, 9, 2), True), (date(2026, 9, 1), False), (date(2026, 8, 1), False)],
            False,
        ),
        ([], False),
    ],
)
def test_a_search_opens_after_three_failed_days(tries, suggested):
    contacts = [(str(number), *one) for number, one in enumerate(reversed(tries))]
    assert bool(joint.search_opens(contacts)) is suggested


def test_unemployed_means_a_member_without_a_post():
    assert guidance.may_enter(is_member=True, holds_post=False)
    assert not guidance.may_enter(is_member=True, holds_post=True)
    assert not guidance.may_enter(is_member=False, holds_post=False)
    assert [guidance.promises_enough(n) for n in (2, 3, 5, 6)] == [False, True, True, False]
    assert post.may_enter(holds_post=True)
    assert not post.may_enter(holds_post=False)


def test_help_begins_with_consent_and_ends_after_two_stable_quarters():
    assert determined_person.may_enter(consent_on=DAY)
    assert not determined_person.may_enter(consent_on=None)
    assert determined_person.may_exit(changes=["stable", "better", "harder"], member_signed=True)
    assert not determined_person.may_exit(changes=["stable", "harder", "better"], member_signed=True)
    assert not determined_person.may_exit(changes=["stable"], member_signed=True)
    assert not determined_person.may_exit(changes=["stable", "stable"], member_signed=False)


@pytest.mark.parametrize(
    "born,frail,agrees,enters",
    [
        (date(1961, 9, 21), False, True, True),
        (date(1961, 9, 22), False, True, False),
        (date(1980, 1, 1), True, True, True),
        (date(1950, 1, 1), False, False, False),
        (None, False, True, False),
    ],
)
def test_elderly_is_sixty_five_or_frail_and_agrees(born, frail, agrees, enters):
    assert transmission_help.may_enter(birth_date=born, day=DAY, frail=frail, agrees=agrees) is enters


@pytest.mark.parametrize("joined,due", [(date(1976, 9, 21), True), (date(1976, 9, 22), False), (None, False)])
def test_a_medal_comes_after_fifty_years(joined, due):
    assert transmission_help.medal_due(joined_on=joined, day=DAY) is due


def test_retired_is_what_the_survey_says():
    assert visit.may_enter(retired_on=DAY, day=DAY)
    assert not visit.may_enter(retired_on=date(2026, 9, 22), day=DAY)
    assert not visit.may_enter(retired_on=None, day=DAY)


def test_help_and_education_needs_facts_then_notice_then_hearing():
    notice, hearing = date(2026, 9, 1), date(2026, 9, 8)
    assert key.may_enter(facts=["fact"], notified_on=notice, heard_on=hearing)
    assert not key.may_enter(facts=[], notified_on=notice, heard_on=hearing)
    assert not key.may_enter(facts=["fact"], notified_on=None, heard_on=hearing)
    assert not key.may_enter(facts=["fact"], notified_on=hearing, heard_on=notice)


def test_help_and_education_has_a_term():
    start = date(2026, 8, 31)
    assert key.term_ends(start) == date(2027, 2, 28)
    assert key.term_ends(start, 18) == date(2027, 8, 31)
    assert key.may_extend(starts_on=start, until=date(2027, 8, 31), extensions=0)
    assert not key.may_extend(starts_on=start, until=date(2027, 9, 1), extensions=0)
    assert not key.may_extend(starts_on=start, until=date(2027, 3, 1), extensions=1)


def check(kind, happened_on=DAY, dues=(), **detail):
    project, code = kind.split(".")
    entry = SimpleNamespace(detail=detail, happened_on=happened_on, dues=dues, enrolments=())
    registry.rules(project).check_record(code, entry)


@pytest.mark.parametrize(
    "kind,detail,words",
    [
        ("post.annual_plan", {"year": 2026, "industry": "  "}, "at least one area"),
        ("post.month_task", {"due_on": date(2026, 9, 20)}, "before it is given"),
        ("guidance.card_promise", {"due_on": date(2026, 9, 20)}, "before it is made"),
        ("guidance.team_entry", {"entity": "cooperative", "entity_name": " "}, "Name the entity"),
        ("key.fact", {"occurred_on": date(2026, 9, 22)}, "after the day"),
        ("key.help_term", {"starts_on": DAY, "ends_on": date(2027, 9, 22)}, "twelve months"),
        ("key.plan_task", {"due_on": date(2026, 9, 20)}, "before it is given"),
        ("key.statement", {"position": "appeals", "words": ""}, "what the member says"),
    ],
)
def test_it_refuses_a_record_that_cannot_be(kind, detail, words):
    with pytest.raises(ValidationError, match=words):
        check(kind, **detail)


@pytest.mark.parametrize(
    "kind,detail",
    [
        ("post.annual_plan", {"year": 2026, "industry": "发展苹果产业"}),
        ("post.month_task", {"due_on": DAY}),
        ("guidance.team_entry", {"entity": "none", "entity_name": ""}),
        ("key.fact", {"occurred_on": DAY}),
        ("key.help_term", {"starts_on": DAY, "ends_on": date(2027, 9, 21)}),
        ("key.statement", {"position": "silent", "words": ""}),
    ],
)
def test_it_takes_a_record_at_the_edge(kind, detail):
    check(kind, **detail)


def test_a_contact_that_reached_nobody_settles_nothing():
    with pytest.raises(ValidationError, match="Nobody was reached"):
        check("determined_person.contact", reached=False, dues=("due",))
    check("determined_person.contact", reached=False)


def test_the_tables_refuse_what_cannot_be(db):
    with pytest.raises(ValidationError, match="More people able to work"):
        Profile(cause="labour", household=2, workers=3).full_clean(exclude=["record"])
    with pytest.raises(ValidationError, match="before the beginning"):
        HelpTerm(starts_on=DAY, ends_on=DAY).full_clean(exclude=["record"])


def test_the_elderly_are_of_the_age_that_is_suggested():
    born = date(2026, 9, 21).replace(year=2026 - ELDERLY_AGE.default)
    asked = {"birth_date": born, "agrees": True}
    assert transmission_help.may_enter(day=date(2026, 9, 21), **asked)
    assert not transmission_help.may_enter(day=date(2026, 9, 20), **asked)
    assert transmission_help.may_enter(day=date(2026, 9, 20), frail=True, **asked)
