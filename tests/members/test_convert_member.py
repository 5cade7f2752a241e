"""The end of probation: J13 and J14."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.actions.conversion import probation_of
from members.models import AuditRow, Standing
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")


def novice(cast, town, *, joined, since=None):
    return enrolled(
        town.huaishuwan, "周新", None, by=cast.staff, standing=Standing.PROBATIONARY, since=since or joined,
        joined_on=joined,
    )  # fmt: skip


@pytest.fixture
def someone(cast, town):
    return novice(cast, town, joined=date(2025, 8, 20))


def convert(cast, person, on=date(2026, 9, 10), **more):
    return actions.convert_member(by=cast.staff, person=person, decided_on=on, **more)


def extend(cast, person, months=6, on=date(2026, 8, 21), reason="培养教育不够"):
    return actions.extend_probation(by=cast.staff, person=person, decided_on=on, months=months, reason=reason)


@pytest.mark.parametrize("meeting", [date(2026, 8, 15), date(2026, 8, 20), TODAY])
def test_it_counts_from_the_end_of_probation_whatever_the_meeting_day(cast, someone, meeting):
    person = convert(cast, someone, meeting)
    person.refresh_from_db()
    assert (person.standing, person.full_member_on) == (Standing.FULL, date(2026, 8, 20))
    row = person.standings.get(to_date=None, superseded_at=None)
    assert (row.standing, row.from_date) == (Standing.FULL, date(2026, 8, 20))
    assert AuditRow.objects.filter(act="convert_member", person=person).exists()


def test_a_leap_day_ends_on_the_28th(cast, town):
    person = novice(cast, town, joined=date(2024, 2, 29))
    assert convert(cast, person).full_member_on == date(2025, 2, 28)


def test_a_roll_that_began_later_keeps_its_first_day(cast, town):
    person = novice(cast, town, joined=date(2025, 8, 20), since=date(2026, 9, 1))
    person = convert(cast, person)
    assert person.full_member_on == date(2026, 8, 20)
    assert person.standings.get(to_date=None, superseded_at=None).from_date == date(2026, 9, 1)


def test_it_refuses_before_probation_has_ended(cast, town):
    with pytest.raises(ValidationError, match="lasts until"):
        convert(cast, novice(cast, town, joined=date(2025, 9, 22)))


def test_an_extension_moves_the_end_once(cast, someone):
    person = extend(cast, someone, 12)
    assert probation_of(person).ends == date(2027, 8, 20)
    assert person.standings.get(to_date=None, superseded_at=None).standing == Standing.PROBATIONARY
    with pytest.raises(ValidationError, match="second time"):
        extend(cast, someone, 6)
    with pytest.raises(ValidationError, match="lasts until"):
        convert(cast, someone)


def test_it_converts_at_the_end_of_the_extension(cast, town):
    person = novice(cast, town, joined=date(2025, 1, 10))
    extend(cast, person, 6, on=date(2026, 1, 20))
    assert convert(cast, person).full_member_on == date(2026, 7, 10)


@pytest.mark.parametrize("months", [0, 5, 13])
def test_it_refuses_an_extension_of_other_lengths(cast, someone, months):
    with pytest.raises(ValidationError, match="six to twelve"):
        extend(cast, someone, months)
    assert probation_of(someone).extended == 0


@pytest.mark.parametrize(("on", "words"), [(date(2026, 9, 22), "lies ahead"), (date(2025, 8, 19), "before probation")])
@pytest.mark.parametrize("act", [convert, extend])
def test_it_refuses_a_meeting_that_cannot_be(cast, someone, act, on, words):
    with pytest.raises(ValidationError, match=words):
        act(cast, someone, on=on)
    assert someone.standings.count() == 1


@pytest.mark.parametrize("act", [convert, extend])
def test_it_refuses_a_second_tap_and_who_has_left(cast, someone, act):
    convert(cast, someone)
    with pytest.raises(ValidationError, match="not on probation"):
        act(cast, someone)
    actions.record_death(by=cast.staff, person=someone, on=TODAY)
    with pytest.raises(ValidationError, match="not on probation"):
        act(cast, someone)


def test_a_transfer_on_its_way_goes_on(cast, town, someone):
    row = actions.propose_transfer(by=cast.secretary, person=someone, unit=town.liulin, letter_on=date(2026, 9, 1))
    convert(cast, someone)
    row = actions.receive_transfer(by=cast.neighbour, transfer=row, on=TODAY)
    assert (row.person.unit, row.person.standing) == (town.liulin, Standing.FULL)
