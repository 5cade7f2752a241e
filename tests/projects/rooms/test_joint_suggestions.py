"""What is suggested of mobile members: a transfer after six months in a fixed place, and that somebody came home."""

import uuid
from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

from members import actions as members_acts
from members.models import Category
from members.suggestions import rule_of
from projects.joint.absences import absence_on
from projects.joint.models import Departure, Homecoming
from projects.models import Record, RecordSubject
from tests.conftest import TODAY, enrolled
from tests.projects.rooms.test_joint import DEPARTURE, day, left_again, moved, undone, wrote

pytestmark = pytest.mark.usefixtures("in_english")


def found(code, user, on=TODAY):
    return [(row.pk, row.fact_on) for row in rule_of(code).standing(user, on)]


def test_it_suggests_a_transfer_after_six_months_in_a_fixed_place(cast, mobile):
    last = date(2026, 2, 28)
    wrote(cast.secretary, "departure", mobile, TODAY, **DEPARTURE | {"departs_on": date(2025, 8, 31)})
    assert found("fixed_place", cast.secretary, last) == [(mobile.pk, date(2025, 8, 31))]
    assert found("fixed_place", cast.secretary, last - timedelta(days=1)) == []
    wrote(cast.secretary, "homecoming", mobile, returned_on=day(1))
    assert found("fixed_place", cast.secretary) == []


def test_it_suggests_none_to_who_moves_about_or_is_being_transferred(cast, town, person, mobile):
    record = wrote(cast.secretary, "departure", mobile, **DEPARTURE | {"fixed": False})
    rule = rule_of("fixed_place")
    assert not rule.standing(cast.secretary, TODAY).exists()
    undone(cast.secretary, record)
    wrote(cast.secretary, "departure", mobile, **DEPARTURE)
    [row] = rule.standing(cast.secretary, TODAY)
    assert rule.address(row, "").startswith(f"/people/{person.pk}/")
    members_acts.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=TODAY)
    assert not rule.standing(cast.secretary, TODAY).exists()


def gone_on(cast, town, person, how):
    """The enrolment in the next branch."""
    if how == "merger":
        members_acts.end_unit(by=cast.staff, unit=town.huaishuwan, on=TODAY, successors=[town.liulin], reason="撤并")
        return person.enrolments.live().get()
    there = moved(cast, person, town.liulin)
    return there if how == "transfer" else moved(cast, person, town.huaishuwan)


@pytest.mark.parametrize("how", ["transfer", "merger", "there and back"])
def test_it_suggests_the_same_after_a_change_of_branch(cast, town, person, mobile, how):
    wrote(cast.secretary, "departure", mobile, **DEPARTURE)
    new = gone_on(cast, town, person, how)
    assert found("fixed_place", cast.staff) == [(new.pk, DEPARTURE["departs_on"])]
    wrote(cast.staff, "homecoming", mobile, returned_on=day(1))  # written where it was told, at the old branch
    assert (found("fixed_place", cast.staff), found("came_home", cast.staff)) == ([], [(new.pk, day(1))])


def test_it_asks_nothing_of_an_earlier_stay(cast, person, mobile):
    wrote(cast.secretary, "departure", mobile, **DEPARTURE)
    left_again(cast, person, mobile, home=day(9), again=day(9))
    assert not found("fixed_place", cast.staff)
    wrote(cast.secretary, "homecoming", mobile, day(9), returned_on=day(9))
    assert not found("came_home", cast.staff)


def test_it_says_what_the_panel_and_the_ledger_say(cast, town):
    """Whatever was written on three days: nothing, going out, coming home, or both."""
    days = [date(2025, 5, 20) + timedelta(days=number) for number in range(3)]
    home, fixed = {}, {}
    for number, told in enumerate(product(("", "out", "back", "both"), repeat=3)):
        row = enrolled(town.huaishuwan, f"某{number}", Category.MOBILE, by=cast.staff).enrolments.get()
        at = list(zip(days, told, strict=True))
        left = [
            said(row, Departure, on, **DEPARTURE | {"departs_on": on}) for on, what in at if what in ("out", "both")
        ]
        back = [said(row, Homecoming, on, returned_on=on) for on, what in at if what in ("back", "both")]
        absence = absence_on(TODAY, left, back)
        if absence and not absence.returned_on:
            fixed[row.pk] = absence.place.detail.departs_on
        elif back:
            home[row.pk] = back[-1].detail.returned_on
    assert dict(found("fixed_place", cast.staff)) == fixed
    assert dict(found("came_home", cast.staff)) == home


def said(row, model, on, **detail):
    """A Record with its `detail`, written to the tables alone."""
    kind = f"joint.{model._meta.model_name}"
    spine = {"submission_id": uuid.uuid4(), "unit": row.unit, "path": row.path, "entered_at": timezone.now()}
    record = Record.objects.create(kind=kind, happened_on=on, **spine)
    RecordSubject.objects.create(record=record, person_id=row.person_id, enrolment=row)
    record.detail = model.objects.create(record=record, **detail)
    return record
