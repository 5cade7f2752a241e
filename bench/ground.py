"""What all cases of a run stand on: the county, and its people once they are imported."""

from functools import cached_property

from bench import county
from bench.timing import best, seconds
from members.models import Person

PART = 100_000  # people in one file


class Ground:
    """`n` people are asked for; `folder` takes the files; each act is timed in so many `rounds` at least. Everything is
    made when a case first asks for it."""

    def __init__(self, n, folder, rounds):
        self.n, self.folder, self.rounds = n, folder, rounds
        self.county, self.branches = county.make_units(n)
        self.staff, self.rival = county.make_staff(self.county)

    def best(self, *acts, between=lambda: None):
        """timing.best"""
        return best(*acts, rounds=self.rounds, between=between)

    @cached_property
    def rosters(self):
        """Paths of rosters of all n people, as large as one file may be."""
        return [self.sample_roster(first, min(PART, self.n - first)) for first in range(0, self.n, PART)]

    def sample_roster(self, first, size, suffix="xlsx"):
        return county.write_roster(self.folder / f"roster-{first}.{suffix}", self.branches, first, size)

    def import_all(self):
        for path in self.rosters:
            county.import_people(path, self.county)

    @cached_property
    def seconds_of_settling(self):
        """Of importing everybody into the empty county."""
        return seconds(self.settle)[0]

    def settle(self):
        """Have the n people of the rosters in the database, with fresh statistics."""
        if not Person.objects.exists():
            self.import_all()
            county.fresh_statistics()
            if Person.objects.count() != self.n:
                raise AssertionError(f"{Person.objects.count()} of {self.n} people were imported")
