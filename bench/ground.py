"""What all cases of a run stand on: the county, and its people once they are imported."""

from functools import cached_property

from bench import county
from members.models import Person


class Ground:
    """`n` people are asked for; `folder` takes the files. Everything is made when a case first asks for it."""

    def __init__(self, n, folder):
        self.n, self.folder = n, folder
        self.county, self.branches = county.make_units(n)
        self.staff, self.rival = county.make_staff(self.county)

    @cached_property
    def roster(self):
        """The path of a roster of n people."""
        return county.write_roster(self.folder / "roster.xlsx", self.branches, 0, self.n)

    def sample_roster(self, first, size):
        return county.write_roster(self.folder / f"sample-{first}.xlsx", self.branches, first, size)

    def settle(self):
        """Have the n people of the roster in the database, with fresh statistics."""
        if not Person.objects.exists():
            county.import_people(self.roster, self.county)
            county.fresh_statistics()
            if Person.objects.count() != self.n:
                raise AssertionError(f"{Person.objects.count()} of {self.n} people were imported")
