"""The way to membership stage by stage, and off the roll by a decision."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.access import WRITE, scope_of
from members.actions.stages import NEXT
from members.models import AuditRow, Category, Cause, PostHolding, Standing, Status, User
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.projects.ledger_cells import table

pytestmark = pytest.mark.usefixtures("in_english")
JUNE = date(2026, 6, 20)
PAPER = {"document": "西组发〔2026〕12号", "document_on": date(2026, 9, 18), "reason": "六个月不交纳党费"}


def advance(by, person, to, on=JUNE, **fields):
    return actions.advance_standing(by=by, person=person, standing=to, on=on, **fields)


def remove(by, person, cause, on=date(2026, 9, 18), **fields):
    return actions.remove_from_roll(by=by, person=person, cause=cause, on=on, **PAPER | fields)


@pytest.mark.parametrize(
    "now,then",
    [
        (Standing.APPLICANT, Standing.ACTIVIST),
        (Standing.ACTIVIST, Standing.TARGET),
        (Standing.TARGET, Standing.PROBATIONARY),
    ],
)
def test_it_goes_on_to_the_next_stage(cast, stand, now, then):
    person = advance(cast.staff, stand(now), then, reason="支委会记录")
    person.refresh_from_db()
    assert person.standing == then
    rows = person.standings.filter(superseded_at=None).order_by("pk").values_list("standing", "from_date", "to_date")
    assert list(rows) == [(now, date(2025, 5, 20), JUNE), (then, JUNE, None)]
    told = AuditRow.objects.get(act="advance_standing")
    assert (told.actor, told.person, told.purpose) == (cast.staff, person, "支委会记录")
    assert told.detail == {"standing": then, "on": "2026-06-20"}
    assert person.enrolments.get().status == Status.ACTIVE, "the category goes on"


@pytest.mark.parametrize("now", Standing.values)
def test_it_takes_no_other_step(cast, stand, now):
    if now == Standing.FORMER:
        person = actions.change_standing(by=cast.staff, person=stand(Standing.FULL), standing=now, on=JUNE)
    else:
        person = stand(now)
    for other in set(Standing.values) - {NEXT.get(now)}:
        with pytest.raises(ValidationError, match="Only the next stage"):
            advance(cast.staff, person, other, on=TODAY)


def test_a_probationary_member_joins_on_the_day_of_the_vote(cast, stand):
    person = advance(cast.staff, stand(Standing.TARGET), Standing.PROBATIONARY)
    person.refresh_from_db()
    assert (person.joined_on, person.is_member) == (JUNE, True)


@pytest.mark.parametrize("on,why", [(date(2026, 9, 22), "lies ahead"), (date(2025, 5, 19), "cannot be dated")])
def test_it_refuses_days_that_cannot_be(cast, stand, on, why):
    person = stand(Standing.APPLICANT)
    with pytest.raises(ValidationError, match=why):
        advance(cast.staff, person, Standing.ACTIVIST, on=on)


def test_what_is_owed_to_an_activist_is_owed_from_then_on(cast, town, stand):
    person = stand(Standing.APPLICANT)
    open_dues(TODAY)
    assert not Due.objects.filter(duty="direct.contact_note", person=person).exists()
    advance(cast.staff, person, Standing.ACTIVIST)
    open_dues(TODAY)
    assert Due.objects.filter(duty="direct.contact_note", person=person).exists()
    assert table("direct", cast.secretary, town.huaishuwan)[0]["standing"] == "activist"


@pytest.mark.parametrize(
    "standing,cause",
    [
        (Standing.APPLICANT, Cause.STOPPED),
        (Standing.PROBATIONARY, Cause.CANCELLED),
        (Standing.PROBATIONARY, Cause.EXPELLED),
        (Standing.FULL, Cause.REMOVED),
        (Standing.FULL, Cause.WITHDREW),
    ],
)
def test_a_decision_takes_off_the_roll(cast, stand, standing, cause):
    person = stand(standing)
    open_dues(TODAY)
    remove(cast.staff, person, cause)
    person.refresh_from_db()
    row = person.standings.get(to_date=None, superseded_at=None)
    assert (person.standing, person.category) == (Standing.FORMER, "")
    assert (row.standing, row.from_date, row.reason) == (Standing.FORMER, date(2026, 9, 18), cause)
    stay = person.enrolments.get()
    assert (stay.status, stay.to_date, stay.decision_reason) == (Status.ENDED, date(2026, 9, 18), cause)
    assert not Due.objects.open().filter(person=person).exists()
    told = AuditRow.objects.get(act="remove_from_roll")
    assert (told.actor, told.person, told.purpose) == (cast.staff, person, "六个月不交纳党费")
    assert told.detail == {
        "cause": cause, "on": "2026-09-18", "document": "西组发〔2026〕12号", "document_on": "2026-09-18",
    }  # fmt: skip


@pytest.mark.parametrize(
    "standing,cause",
    [
        (Standing.FULL, Cause.CANCELLED),
        (Standing.FULL, Cause.STOPPED),
        (Standing.FULL, Cause.DIED),
        (Standing.ACTIVIST, Cause.REMOVED),
        (Standing.PROBATIONARY, "whatever"),
    ],
)
def test_a_decision_is_about_whom_it_can_be(cast, stand, standing, cause):
    with pytest.raises(ValidationError, match="none about them") as refused:
        remove(cast.staff, stand(standing), cause)
    assert list(refused.value.error_dict) == ["cause"]


@pytest.mark.parametrize(
    "fields,name",
    [
        ({"reason": " "}, "reason"),
        ({"document": " "}, "document"),
        ({"document_on": date(2026, 9, 22)}, "document_on"),
        ({"on": date(2026, 9, 22)}, "on"),
    ],
)
def test_nobody_is_taken_off_without_reason_and_paper(cast, stand, fields, name):
    person = stand(Standing.FULL)
    with pytest.raises(ValidationError) as refused:
        remove(cast.staff, person, Cause.REMOVED, **fields)
    assert list(refused.value.error_dict) == [name]
    person.refresh_from_db()
    assert person.standing == Standing.FULL


def test_only_the_posts_that_are_named_are_left_with_it(cast, town, stand):
    person = stand(Standing.FULL, Category.IN_SERVICE)
    party, village = (
        actions.hold_post(by=cast.staff, unit=town.huaishuwan, title=title, person=person, from_date=JUNE)
        for title in ("党支部副书记", "村委会主任")
    )
    remove(cast.staff, person, Cause.EXPELLED, posts=[party])
    ends = PostHolding.objects.order_by("pk").values_list("to_date", flat=True)
    assert list(ends) == [date(2026, 9, 18), None]
    assert village.person == person


def test_nobody_is_taken_off_twice(cast, stand):
    person = remove(cast.staff, stand(Standing.FULL), Cause.REMOVED)
    with pytest.raises(ValidationError, match="none about them"):
        remove(cast.director, person, Cause.EXPELLED)


def test_who_comes_again_comes_back_to_the_same_file(cast, town, stand):
    person = remove(cast.staff, stand(Standing.PROBATIONARY), Cause.CANCELLED, on=JUNE)
    again = {"unit": town.huaishuwan, "standing": Standing.APPLICANT, "on": TODAY}
    assert actions.return_to_roll(by=cast.staff, person=person, **again).standing == Standing.APPLICANT


def test_who_is_taken_off_the_roll_holds_no_office(cast, town, stand):
    person = stand(Standing.FULL, Category.IN_SERVICE)
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    remove(cast.staff, person, Cause.EXPELLED)
    user = User.objects.get(pk=cast.secretary.pk)
    assert not scope_of(user).can(WRITE, town.huaishuwan.path)
    assert user.grants.get().to_date == date(2026, 9, 18)
    assert user.is_active, "who lives may still read their own file"
    actions.never_left(by=cast.staff, person=person, reason="弄错人")
    assert not User.objects.get(pk=cast.secretary.pk).grants.filter(to_date=None).exists(), "granted anew, or not"


def test_nobody_is_taken_off_who_holds_an_office_above(cast, town, stand):
    person = stand(Standing.FULL, Category.IN_SERVICE)
    User.objects.filter(pk=cast.director.pk).update(person=person)
    cast.director.grants.update(unit=town.county)
    with pytest.raises(ValidationError, match="an office that you cannot end"):
        remove(cast.staff, person, Cause.EXPELLED)
    person.refresh_from_db()
    assert person.standing == Standing.FULL
