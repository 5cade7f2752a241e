"""Whatever happens to people, in whatever order: one branch, one standing and at most one primary category at any
moment, no overlap, today's columns as the dated rows have them, and what was shown once can be shown again."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from members import actions
from members.models import (
    BranchMembership,
    Category,
    Enrolment,
    Person,
    PostHolding,
    Standing,
    StandingRow,
    Status,
    Unit,
)
from members.models.enrolments import LIVE, NEVER_HELD, RESTRICTED_CATEGORIES
from tests.conftest import make_town
from xitun.lib.dates import frozen

FIRST = date(2026, 3, 2)
OPEN = [category for category in Category if category not in RESTRICTED_CATEGORIES]
back = st.integers(0, 20)  # days before today that an act is dated
which = st.integers(0, 7)  # one of those there are


class Life(RuleBasedStateMachine):
    """A town in which people come, move, rise, die, change category and post, and in which branches end."""

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day, self.shown = FIRST, []
        town = make_town()
        self.town = SimpleNamespace(xitun=town.xitun)
        for unit in (town.huaishuwan, town.liulin):
            self.act("register_person", unit=unit, name="某人", on=FIRST)

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def act(self, name, /, **arguments):
        """Do it nine days after the last, or let it be refused: a refusal leaves nothing behind."""
        self.day += timedelta(days=9)
        with frozen(self.day):
            try:
                with transaction.atomic():
                    getattr(actions, name)(by=None, **arguments)
            except ValidationError:
                return
        self.shown.append((timezone.now(), self.day, self.facts()))

    def facts(self):
        return {pk: (unit, standing) for pk, unit, standing in Person.objects.values_list("pk", "unit", "standing")}

    def one(self, rows, number):
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def branches(self):
        return Unit.objects.branches().current(self.day).filter(path__startswith=self.town.xitun.path)

    def dated(self, days):
        return self.day - timedelta(days=days)

    @rule(number=which, days=back, standing=st.sampled_from(Standing.values))
    def register(self, number, days, standing):
        unit = self.one(self.branches(), number)
        self.act("register_person", unit=unit, name="某甲", standing=standing, on=self.dated(days))

    @rule(number=which, name=st.sampled_from(["某乙", "单某", "某丙"]))
    def correct(self, number, name):
        person = self.one(Person.objects, number)
        self.act("correct_person", person=person, version=person.version, name=name)

    @rule(number=which, to=which, days=back)
    def transfer(self, number, to, days):
        person, unit = self.one(Person.objects, number), self.one(self.branches(), to)
        self.act("transfer_person", person=person, unit=unit, on=self.dated(days), reason="随迁")

    @rule(number=which, days=back, standing=st.sampled_from(Standing.values))
    def change_standing(self, number, days, standing):
        person = self.one(Person.objects, number)
        self.act("change_standing", person=person, standing=standing, on=self.dated(days), reason="变更")

    @rule(number=which, days=back)
    def die(self, number, days):
        self.act("record_death", person=self.one(Person.objects, number), on=self.dated(days))

    @rule(number=which, days=back, category=st.sampled_from(OPEN), primary=st.booleans())
    def propose(self, number, days, category, primary):
        given = {"category": category, "primary": primary, "on": self.dated(days), "reason": "名册"}
        self.act("propose_category", person=self.one(Person.objects, number), **given)

    @rule(number=which, days=back, category=st.sampled_from(OPEN[:3]), primary=st.booleans())
    def place(self, number, days, category, primary):
        """Proposed and confirmed at once, so that much happens to few."""
        person = self.one(Person.objects, number)
        self.propose(number=number, days=days, category=category, primary=primary)
        if row := Enrolment.objects.filter(person=person, category=category, status=Status.PROPOSED).first():
            self.act("confirm_category", enrolment=row)

    @rule(number=which, days=back, category=st.sampled_from(RESTRICTED_CATEGORIES))
    def carry_over(self, number, days, category):
        given = {"category": category, "on": self.dated(days), "reason": "名册"}
        self.act("carry_over_category", person=self.one(Person.objects, number), **given)

    @rule(number=which, name=st.sampled_from(["confirm_category", "confirm_category", "return_category"]))
    def decide(self, number, name):
        if row := self.one(Enrolment.objects.filter(status=Status.PROPOSED), number):
            self.act(name, enrolment=row, reason="研究")

    @rule(number=which, name=st.sampled_from(["propose_exit", "decline_exit"]))
    def ask_to_let_go(self, number, name):
        if row := self.one(Enrolment.objects.filter(status__in=LIVE), number):
            self.act(name, enrolment=row, reason="变化")

    @rule(number=which, days=back, again=back)
    def end_and_begin_again(self, number, days, again):
        if row := self.one(Enrolment.objects.filter(status__in=LIVE), number):
            self.act("end_category", enrolment=row, on=self.dated(days), reason="变化")
            given = {"category": row.category, "primary": row.primary, "on": self.dated(again), "reason": "又起"}
            self.act("propose_category", person=row.person, **given)

    @rule(number=which, days=back)
    def hold_post(self, number, days):
        person = self.one(Person.objects, number)
        self.act("hold_post", unit=person.unit, title="文书", person=person, from_date=self.dated(days))

    @rule(number=which, days=back)
    def leave_post(self, number, days):
        if holding := self.one(PostHolding.objects.filter(to_date=None), number):
            self.act("leave_post", holding=holding, on=self.dated(days))

    @rule(number=which, days=back, several=st.booleans())
    def end_unit(self, number, days, several):
        unit, new = self.one(self.branches(), number), {"kind": "branch", "parent": self.town.xitun}
        self.act("create_unit", name=f"新{len(self.shown)}村党支部", on=self.dated(days), **new)
        others = list(self.branches().exclude(pk=unit.pk).order_by("-pk")[: 1 + several])
        people = Person.objects.on_roll().filter(unit=unit)
        assignment = {person.pk: others[-1] for person in people if person.pk % 2}
        self.act("end_unit", unit=unit, on=self.dated(days), successors=others, assignment=assignment)

    @invariant()
    def each_has_one_of_each(self):
        if not hasattr(self, "atomic"):
            return
        live = defaultdict(list)
        for row in Enrolment.objects.filter(status__in=LIVE, to_date=None, primary=True):
            live[row.person_id].append(row)
        memberships, standings = (self.rows_of(model) for model in (BranchMembership, StandingRow))
        for person in Person.objects.select_related("unit"):
            (place,), (rank,) = ([r for r in rows[person.pk] if not r.to_date] for rows in (memberships, standings))
            assert (place.unit_id, rank.standing) == (person.unit_id, person.standing)
            assert person.path == person.unit.path
            assert [row.category for row in live[person.pk]] == ([person.category] if person.category else [])
            assert all(row.path == person.path for row in live[person.pk])

    def rows_of(self, model):
        found = defaultdict(list)
        for row in model.objects.filter(superseded_at=None):
            found[row.person_id].append(row)
        return found

    @invariant()
    def nothing_overlaps(self):
        if not hasattr(self, "atomic"):
            return
        kinds = defaultdict(list)
        for model in (BranchMembership, StandingRow):
            for row in model.objects.filter(superseded_at=None):
                kinds[model, row.person_id].append(row)
        for row in Enrolment.objects.exclude(status__in=NEVER_HELD).filter(superseded_at=None):
            kinds[row.category, row.person_id].append(row)
            if row.primary:
                kinds["primary", row.person_id].append(row)
        for rows in kinds.values():
            rows = sorted((r for r in rows if r.from_date != r.to_date), key=lambda r: r.from_date)
            for one, other in pairwise(rows):
                assert (one.to_date or date.max) <= other.from_date, rows

    @invariant()
    def what_was_shown_can_be_shown_again(self):
        for moment, day, facts in getattr(self, "shown", ())[-12:]:
            units, standings = (as_known(model, moment, day) for model in (BranchMembership, StandingRow))
            for pk, (unit, standing) in facts.items():
                assert [row.unit_id for row in units[pk]] == [unit]
                assert [row.standing for row in standings[pk]] == [standing]


def as_known(model, moment, day):
    """{person pk: rows true on `day`, as known at `moment`}."""
    every, found = defaultdict(list), defaultdict(list)
    for row in model.objects.order_by("pk"):
        every[row.person_id].append(row)
    for pk, rows in every.items():
        for row in rows:
            known = row.recorded_at <= moment and not (row.superseded_at and row.superseded_at <= moment)
            end = _known_end(row, rows, moment)
            if known and row.from_date <= day and (end is None or end > day):
                found[pk].append(row)
    return found


def _known_end(row, rows, moment):
    """An end is known since the next row was written, which begins there."""
    next_ones = [other for other in rows if other.pk > row.pk and other.from_date == row.to_date]
    unknown = next_ones and all(other.recorded_at > moment for other in next_ones)
    return None if unknown else row.to_date


@pytest.mark.django_db
def test_it_holds_after_any_sequence_of_acts():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # to shrink a failure takes minutes: do it by hand
            suppress_health_check=list(HealthCheck),
        ),
    )
