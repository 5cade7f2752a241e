"""A few files that are merged and taken apart while whatever else happens: on any day somebody stands in a category
once, a turn is owed once in a stay, nothing is owed by a file that is no more, and what is taken apart is as before."""

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from members import actions as members_acts
from members.edits import Edited
from members.models import Cause, Enrolment, Merge, Person
from members.models.enrolments import NEVER_HELD
from projects.bin import restore_record
from projects.models import Discharge, Due, Record
from projects.stays import stays
from projects.workflow import DEATH
from tests.members.test_merge_people import digest
from tests.projects.any_acts import Office
from tests.projects.rooms.test_joint import tried

ACTS = "sweep sweep record record tried void restore waive leave correct move merge part both both die".split()
SEEDS, LENGTH = 5, 30


class Registry(Office):
    def act(self):
        name = self.chance.choice(ACTS)
        try:
            with transaction.atomic():
                getattr(self, name)()
        except (ValidationError, Edited, AttributeError):  # refused, or there is none of what it needs
            return ""
        return name

    def pair(self):
        while Person.objects.on_roll().count() < 4:
            self.arrive()
        return self.chance.sample(list(Person.objects.on_roll().order_by("pk")), 2)

    def merge(self):
        keep, other = self.pair()
        members_acts.merge_people(by=self.by, keep=keep, other=other, reason="重复")

    def tried(self):
        tried(self.by, self.one(Enrolment.objects.live().filter(category="mobile")), self.day())

    def restore(self):
        gone = Record.objects.filter(voided_at__isnull=False).exclude(void_reason=Cause.AMENDED)
        restore_record(by=self.by, record=self.one(gone))

    def part(self):
        members_acts.undo_merge(by=self.by, merge=Merge.objects.filter(undone_at=None).order_by("pk").last())

    def both(self):
        keep, other = self.pair()
        before = digest(keep, other)
        merge = members_acts.merge_people(by=self.by, keep=keep, other=other, reason="重复")
        assert faults() == {}
        members_acts.undo_merge(by=self.by, merge=merge)
        assert digest(keep, other) == before


def faults():
    """What is doubled or left over."""
    owed, rows = Due.objects.open().filter(enrolment__isnull=False), defaultdict(list)
    for row in Enrolment.objects.filter(superseded_at=None).exclude(status__in=NEVER_HELD):
        rows[row.person_id, row.category].append(row)
    found = {
        "two on a day": [key for key, each in rows.items() if _overlap(each)],
        "owed by nobody": list(owed.filter(person__voided_at__isnull=False)),
        "owed where it ended": list(owed.filter(enrolment__to_date__isnull=False).exclude(occasion=DEATH)),
        "somebody else's": [
            due for due in owed.select_related("enrolment") if due.person_id != due.enrolment.person_id
        ],
        "a turn twice": [key for each in rows.values() for key in _twice(each)],
        "settled by what was taken back": list(Discharge.objects.live().filter(record__voided_at__isnull=False)),
    }
    return {name: value for name, value in found.items() if value}


def _overlap(rows):
    rows = sorted((row for row in rows if row.from_date != row.to_date), key=lambda row: row.from_date)
    return any((one.to_date or date.max) > other.from_date for one, other in pairwise(rows))


def _twice(rows):
    """Turns that are owed more than once in a stay, or beside one that is settled there."""
    for row, stay in stays(rows).items():
        dues = Due.objects.filter(enrolment__in=stay)
        settled = Counter(
            dues.filter(discharges__undone_at=None, discharges__isnull=False).values_list("duty", "occasion")
        )
        turns = Counter(dues.open().values_list("duty", "occasion"))
        yield from ((row, *turn) for turn, number in turns.items() if number > 1 or turn in settled)
        if turns and sum(number for (duty, _occasion), number in turns.items() if duty == "joint.search") > 1:
            yield row, "joint.search"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_acts(seed, town, cast):
    office, done = Registry(seed, town, cast), []
    for _step in range(LENGTH):
        done.append(office.act())
        assert faults() == {}, " ".join(done)
    assert {"merge", "both"} & set(done)
