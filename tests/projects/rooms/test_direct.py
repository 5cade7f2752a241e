"""The rules J1–J15 of developing members (DOMAIN 2.8), each at its edge."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members.models import Category
from projects.direct import rules
from projects.direct.models import AdmissionVote
from tests.conftest import enrolled
from tests.projects.conftest import entry

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    "born,applied,verdict",
    [
        (date(2008, 9, 21), date(2026, 9, 21), ""),
        (date(2008, 9, 22), date(2026, 9, 21), "block"),
        (date(2008, 2, 29), date(2026, 2, 28), ""),  # 18 on 28 February of a common year
    ],
)
def test_j1_asks_for_eighteen_years(born, applied, verdict):
    assert rules.age_to_apply(born, applied) == verdict


@pytest.mark.parametrize(
    "applied,last", [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 9, 21), date(2026, 10, 21))]
)
def test_j2_gives_a_month_for_the_talk(applied, last):
    assert rules.talk_due(applied) == last


@pytest.mark.parametrize(
    "standings,verdict",
    [
        (["full", "full"], ""),
        (["full"], "warn"),
        ([], "block"),
        (["full", "probationary"], "block"),
        (["full", "full", "full"], "block"),
    ],
)
def test_j3_asks_for_one_or_two_full_members(standings, verdict):
    assert rules.contacts(standings) == verdict


def test_j5_asks_for_a_year_as_activist():
    assert rules.target_from(date(2024, 2, 29)) == date(2025, 2, 28)


@pytest.mark.parametrize(
    "standings,verdict", [(["full", "full"], ""), (["full"], "block"), (["full", "probationary"], "block")]
)
def test_j6_asks_for_two_full_introducers(standings, verdict):
    assert rules.introducers(standings) == verdict


@pytest.mark.parametrize("days,hours,verdict", [(3, 0, ""), (0, 24, ""), (2, 23, "block")])
def test_j8_asks_for_three_days_or_twenty_four_hours(days, hours, verdict):
    assert rules.training_enough(days=days, hours=hours) == verdict


@pytest.mark.parametrize("leaves,verdict", [(None, ""), (date(2026, 12, 21), "warn"), (date(2026, 12, 22), "")])
def test_j9_warns_of_a_target_who_leaves_within_three_months(leaves, verdict):
    assert rules.leaves_soon(day=date(2026, 9, 21), leaves_on=leaves) == verdict


@pytest.mark.parametrize(
    "due,present,yes,passes",
    [
        (30, 16, 15, False),  # DOMAIN: yes must exceed half of those due, not of those present
        (30, 16, 16, True),
        (30, 15, 16, False),  # half present is not more than half; a written opinion is a vote, not presence
        (30, 16, 17, True),
        (31, 16, 16, True),
        (1, 1, 1, True),
        (30, 30, 0, False),
    ],
)
def test_j10_counts_the_vote_by_those_due(due, present, yes, passes):
    assert rules.vote_passes(due=due, present=present, yes=yes) is passes


@pytest.mark.parametrize(
    "start,end,verdict",
    [
        (date(2026, 9, 14), date(2026, 9, 18), ""),  # Monday to Friday
        (date(2026, 9, 14), date(2026, 9, 17), "warn"),
        (date(2026, 9, 30), date(2026, 10, 10), "warn"),  # National Day: 30 September, 8, 9 and 10 October
        (date(2026, 9, 30), date(2026, 10, 12), ""),
    ],
)
def test_j11_counts_working_days_of_publicity(start, end, verdict):
    assert rules.published_long_enough(starts_on=start, ends_on=end) == verdict


@pytest.mark.parametrize(
    "approved,verdict",
    [
        (date(2026, 11, 30), ""),
        (date(2026, 12, 1), "warn"),
        (date(2027, 2, 28), "warn"),
        (date(2027, 3, 1), "block"),
    ],
)
def test_j12_asks_for_the_approval_in_time(approved, verdict):
    """Voted on 31 August: three months end on 30 November, six on the last day of February (DOMAIN §6, 16)."""
    assert rules.approval_in_time(voted_on=date(2026, 8, 31), approved_on=approved) == verdict


@pytest.mark.parametrize(
    "voted,extended,ends",
    [
        (date(2024, 2, 29), 0, date(2025, 2, 28)),
        (date(2025, 7, 1), 0, date(2026, 7, 1)),
        (date(2025, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_j13_ends_probation_a_year_after_the_vote(voted, extended, ends):
    assert rules.probation_ends(voted, extended) == ends
    assert rules.full_member_from(voted_on=voted, extended_months=extended) == ends


@pytest.mark.parametrize(
    "months,extensions,verdict", [(6, 0, ""), (12, 0, ""), (5, 0, "block"), (13, 0, "block"), (6, 1, "block")]
)
def test_j14_allows_one_extension(months, extensions, verdict):
    assert rules.may_extend(months=months, extensions=extensions) == verdict


def test_j14_gives_three_months_for_the_conversion():
    assert rules.conversion_approval_due(date(2026, 11, 30)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "born,league,verdict",
    [(date(1998, 9, 22), False, "warn"), (date(1998, 9, 22), True, ""), (date(1998, 9, 21), False, "")],
)
def test_j15_expects_the_league_under_twenty_eight(born, league, verdict):
    assert rules.through_the_league(birth_date=born, applied_on=date(2026, 9, 21), league=league) == verdict


def test_it_blocks_the_application_of_a_minor(town, cast):
    person = enrolled(
        town.huaishuwan, "张三", Category.DEVELOPING, by=cast.staff, standing="applicant", birth_date=date(2009, 1, 2)
    )
    with pytest.raises(ValidationError, match="eighteen"):
        rules.check_record("application", entry("direct.application", person.enrolments.get()))


VOTE = {
    "due": 30,
    "present": 20,
    "written": 2,
    "issued": 20,
    "returned": 19,
    "in_favour": 18,
    "against": 2,
    "abstained": 1,
}


@pytest.mark.parametrize(
    "changes,words",
    [
        ({}, ""),
        ({"present": 29, "written": 2}, "More voters"),
        ({"issued": 21}, "More ballots issued"),
        ({"returned": 21}, "More ballots returned"),
        ({"in_favour": 19}, "More votes"),
    ],
)
def test_it_refuses_a_ballot_whose_sums_disagree(changes, words, db):
    vote = AdmissionVote(**VOTE | changes)
    if not words:
        vote.full_clean(exclude=["record"])
        return
    with pytest.raises(ValidationError, match=words):
        vote.full_clean(exclude=["record"])


def test_it_lists_only_candidates():
    assert [
        s for s in ("applicant", "activist", "target", "probationary", "full", "former") if rules.may_enter(standing=s)
    ] == ["applicant", "activist", "target", "probationary"]
