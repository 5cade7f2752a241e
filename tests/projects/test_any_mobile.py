"""One mobile member, and whatever comes: tries, contacts, promises, searches, moves, records put right, taken back and
brought back. After every act what is owed is what the records say."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from members import actions as members_acts
from members.models import Category, Cause, Enrolment, Person
from projects import actions
from projects.amending import amend_record
from projects.bin import entry_of, restore_record
from projects.counting import check_counts
from projects.joint import facts
from projects.joint.rules import search_opens
from projects.models import Discharge, Due, Record
from projects.stays import stay_ids
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.projects.conftest import FOLLOW_UP, entry

ACTS = (
    "fail fail fail reach reach keep search home leave void void restore restore amend amend sweep waive move".split()
)
SEEDS, LENGTH = 8, 30


class Village:
    """Does one act after another, as chance wills; the same `seed` wills the same. What is refused is refused."""

    def __init__(self, seed, town, cast, person):
        self.chance, self.town, self.by, self.person, self.done = Random(seed), town, cast.staff, person, []

    def act(self):
        name = self.chance.choice(ACTS)
        try:
            with transaction.atomic():
                getattr(self, name)()
            self.done.append(name)
        except (ValidationError, AttributeError):  # refused, or there is none of what it needs
            pass

    def one(self, rows):
        rows = list(rows.order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def day(self):
        return TODAY - timedelta(days=self.chance.randrange(40))

    def stay(self):
        """Mostly the present one; now and then the one before."""
        rows = list(self.person.enrolments.filter(category=Category.MOBILE, superseded_at=None).order_by("pk"))
        return self.chance.choice(rows[-2:]) if self.chance.random() < 0.3 else rows[-1]

    def owed(self, duty, most=None):
        dues = Due.objects.open().filter(person=self.person, duty=f"joint.{duty}").order_by("pk")
        return tuple(dues[:most]) if self.chance.random() < 0.8 else ()

    def save(self, kind, dues=(), on=None, **detail):
        one = entry(f"joint.{kind}", self.stay(), happened_on=on or self.day(), detail=detail, dues=dues)
        actions.save_record(by=self.by, entry=one)

    def fail(self):
        self.save("follow_up", **FOLLOW_UP | {"reached": False})

    def reach(self):
        by_day = TODAY + timedelta(days=self.chance.randrange(9))
        promise = {"promised": "借拖拉机", "promised_by": by_day} if self.chance.random() < 0.5 else {}
        self.save("follow_up", self.owed("follow_up"), **FOLLOW_UP | promise)

    def keep(self):
        self.save("promise_kept", self.owed("promise", 1), done="借了")

    def search(self):
        self.save("search", self.owed("search"), asked_family=True, result="nothing")

    def home(self):
        day = self.day()
        self.save("homecoming", on=day, returned_on=day)

    def leave(self):
        day = self.day()
        self.save("departure", on=day, departs_on=day, destination="新疆")

    def void(self):
        actions.void_record(by=self.by, record=self.one(Record.objects.live()), reason="误录")

    def restore(self):
        gone = Record.objects.filter(voided_at__isnull=False).exclude(void_reason=Cause.AMENDED)
        restore_record(by=self.by, record=self.one(gone))

    def amend(self):
        record = self.one(Record.objects.live())
        old, changes = entry_of(record), ({}, {"reached": False}, {"promised": "", "promised_by": None})
        change = self.chance.choice(changes) if record.kind == "joint.follow_up" else {}
        keeps = change.get("reached", True) and self.chance.random() < 0.7
        new = replace(
            old,
            detail=dict(old.detail) | change,
            dues=tuple(each.due for each in record.discharges.live()) if keeps else (),
            happened_on=self.day() if self.chance.random() < 0.5 else old.happened_on,
            submission_id=uuid.uuid4(),
        )
        amend_record(by=self.by, record=record, entry=new, reason="写错了")

    def sweep(self):
        open_dues(self.chance.choice([TODAY, TODAY - timedelta(days=30)]))

    def waive(self):
        actions.waive_due(by=self.by, due=self.one(Due.objects.open().filter(person=self.person)), reason="免办")

    def move(self):
        person = Person.objects.get(pk=self.person.pk)
        here = person.unit_id == self.town.huaishuwan.pk
        unit = self.town.liulin if here else self.town.huaishuwan
        members_acts.transfer_person(by=self.by, person=person, unit=unit, on=TODAY)


def faults(person):
    """What is doubled, missing or left over."""
    live = Enrolment.objects.live().get(person=person, category=Category.MOBILE)
    owed, discharges = Due.objects.open().filter(person=person), Discharge.objects.live()
    turns = Due.objects.filter(person=person, duty="joint.follow_up", closed_on=None).values_list("occasion", flat=True)
    found = {
        "counts": check_counts(),
        "owed where they left": owed.exclude(enrolment=live).exists(),
        "owed though nobody made it": owed.unmade().exists(),
        "settled by what was taken back": discharges.filter(record__voided_at__isnull=False).exists(),
        "closed and settled": discharges.filter(due__closed_on__isnull=False).exists(),
        "a turn twice": max(Counter(turns).values(), default=0) > 1,
        "search": _search(person, live, owed.filter(duty="joint.search")),
        "promise": any(map(_promise, Record.objects.live().filter(kind="joint.follow_up", subjects__enrolment=live))),
    }
    return {name: value for name, value in found.items() if value}


def _search(person, live, owed):
    tries = search_opens(facts.contacts(live))
    if not tries:
        return "not needed" if owed.exists() else ""
    if owed.count() > 1:
        return "twice"
    dues = Due.objects.filter(person=person, duty="joint.search", enrolment__in=stay_ids([live]))
    by_records = (Cause.NEED_PASSED, Cause.RECORD_VOIDED)
    done = dues.filter(opens_on__gte=tries[0].happened_on).exclude(pk__in=owed).exclude(closed_why__in=by_records)
    return "" if owed.count() == 1 or done.exists() else "missing"


def _promise(record):
    """A promise that stands is owed, kept or let off; what a former branch had promised ended with the move."""
    due = Due.objects.filter(occasion=f"r{record.pk}", duty="joint.promise").first()
    if not record.projects_joint_followup.promised:
        return bool(due) and due in Due.objects.open()
    return due is None or due.closed_why == Cause.RECORD_VOIDED


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_acts_what_is_owed_is_what_the_records_say(seed, town, cast, person):
    village = Village(seed, town, cast, person)
    for _number in range(LENGTH):
        village.act()
        assert faults(person) == {}, village.done[-12:]
    assert len(village.done) > LENGTH / 3
