"""A town in which acts follow each other, in whatever order, and what must hold after each of them."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, run_state_machine_as_test

from members import actions
from members.edits import Edited
from members.models import (
    Absence,
    BranchMembership,
    Enrolment,
    Person,
    Role,
    RoleGrant,
    Standing,
    StandingRow,
    Status,
    Transfer,
    Unit,
)
from members.models.enrolments import LIVE, NEVER_HELD
from tests.conftest import make_town
from xitun.lib.dates import frozen

FIRST = date(2026, 3, 2)
back = st.integers(0, 20)  # days before today that an act is dated
which = st.integers(0, 7)  # one of those there are


class TownLife(RuleBasedStateMachine):
    """Its rules are the subclasses'."""

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
        """Do it nine days after the last, or let it be refused: a refusal leaves nothing behind. What the act answers,
        None when refused."""
        self.day += timedelta(days=9)
        with frozen(self.day):
            try:
                with transaction.atomic():
                    done = getattr(actions, name)(by=None, **arguments)
            except (ValidationError, Edited):
                return None
        self.shown.append((timezone.now(), self.day, self.facts()))
        return done

    def facts(self):
        return {pk: (unit, standing) for pk, unit, standing in Person.objects.values_list("pk", "unit", "standing")}

    def one(self, rows, number):
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def branches(self):
        return Unit.objects.branches().current(self.day).filter(path__startswith=self.town.xitun.path)

    def dated(self, days):
        return self.day - timedelta(days=days)

    def end_a_unit(self, number, days, several):
        unit, new = self.one(self.branches(), number), {"kind": "branch", "parent": self.town.xitun}
        self.act("create_unit", name=f"新{len(self.shown)}村党支部", on=self.dated(days), **new)
        others = list(self.branches().exclude(pk=unit.pk).order_by("-pk")[: 1 + several])
        people = Person.objects.on_roll().filter(unit=unit)
        assignment = {person.pk: others[-1] for person in people if person.pk % 2}
        self.act("end_unit", unit=unit, on=self.dated(days), successors=others, assignment=assignment)

    @invariant()
    def what_waits_is_where_the_person_is(self):
        """Proposals and transfers of whoever stands on a roll are kept there; who has left has none; nobody stands on
        the roll of a branch that has ended."""
        if not hasattr(self, "atomic"):
            return
        left = {"person__standing": Standing.FORMER}
        proposed = Enrolment.objects.filter(status=Status.PROPOSED).select_related("person")
        waiting = Transfer.objects.waiting().select_related("person")
        assert not Absence.objects.open().filter(**left).exists()
        for rows in (proposed, waiting):
            assert not rows.filter(**left).exists()
            assert all((row.path, row.unit_id) == (row.person.path, row.person.unit_id) for row in rows)
        assert all(row.to_unit_id != row.person.unit_id for row in waiting)
        assert not Person.objects.on_roll().filter(unit__ends_on__lte=self.day).exists()
        own = RoleGrant.objects.filter(role=Role.MEMBER, to_date=None, user__person__isnull=False)
        assert all(grant.unit_id == grant.user.person.unit_id for grant in own.select_related("user__person"))

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


def hold(machine, **more):
    """Run `machine`; `more`: settings of hypothesis, such as max_examples."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # to shrink a failure takes minutes: do it by hand
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )
