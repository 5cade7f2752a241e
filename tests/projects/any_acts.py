"""An office that does whatever comes: for what must hold after any acts."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from django.core.exceptions import ValidationError
from django.db import transaction

from members import actions as members_acts
from members.models import Category, Enrolment, Merge, Person
from projects import actions
from projects.amending import amend_record
from projects.counting import fold_counts
from projects.models import Due, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import follow_up

OFTEN = "arrive sweep record record record amend correct"
ACTS = f"{OFTEN} {OFTEN} void waive leave move die merge part fold".split()


class Office:
    """Does one act after another, as chance wills; the same `seed` wills the same. What is refused is refused."""

    def __init__(self, seed, town, cast):
        self.chance, self.town, self.by = Random(seed), town, cast.staff
        for _person in range(4):
            self.arrive()

    def one(self, rows):
        rows = list(rows.order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def day(self):
        return TODAY - timedelta(days=self.chance.randrange(120))

    def person(self):
        return self.one(Person.objects.on_roll())

    def act(self):
        name = self.chance.choice(ACTS)
        try:
            with transaction.atomic():
                getattr(self, name)()
        except (ValidationError, AttributeError):  # refused, or there is none of what it needs
            pass
        return name

    def arrive(self):
        unit = self.chance.choice([self.town.huaishuwan, self.town.liulin])
        category = self.chance.choice([Category.MOBILE] * 8 + list(Category))
        since = self.chance.choice([date(2025, 5, 20), self.day()])
        enrolled(unit, "新人", category, by=self.by, since=since)

    def sweep(self):
        open_dues(self.day())

    def record(self):
        due = self.one(Due.objects.open().filter(duty="joint.follow_up"))
        day = self.chance.choice([due.opens_on, TODAY])
        entry = follow_up(due.enrolment, dues=(due,), happened_on=day)
        actions.save_record(by=self.by, entry=entry)

    def void(self):
        actions.void_record(by=self.by, record=self.one(Record.objects.live()), reason="误录")

    def amend(self):
        record = self.one(Record.objects.live())
        rows = tuple(subject.enrolment for subject in record.subjects.all())
        dues = tuple(d.due for d in record.discharges.live()) if self.chance.random() < 0.7 else ()
        entry = replace(follow_up(*rows, dues=dues, happened_on=self.day()), submission_id=uuid.uuid4())
        amend_record(by=self.by, record=record, entry=entry, reason="写错了")

    def waive(self):
        actions.waive_due(by=self.by, due=self.one(Due.objects.open()), reason="免办")

    def leave(self):
        row = self.one(Enrolment.objects.on(TODAY))
        members_acts.end_category(by=self.by, enrolment=row, on=TODAY, reason="退出")

    def correct(self):
        row = self.one(Enrolment.objects.on(TODAY))
        members_acts.correct_stay(by=self.by, row=row, from_date=self.day(), reason="证明")

    def move(self):
        unit = self.chance.choice([self.town.huaishuwan, self.town.liulin])
        members_acts.transfer_person(by=self.by, person=self.person(), unit=unit, on=TODAY)

    def die(self):
        members_acts.record_death(by=self.by, person=self.person(), on=self.day())

    def merge(self):
        members_acts.merge_people(by=self.by, keep=self.person(), other=self.person(), reason="重复")

    def part(self):
        members_acts.undo_merge(by=self.by, merge=self.one(Merge.objects.filter(undone_at=None)))

    def fold(self):
        fold_counts()
