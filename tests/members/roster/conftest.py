import csv
from io import BytesIO
from pathlib import Path

import pytest

from members.roster import judge_file
from members.roster.branches import Branches
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster

from .files import MORE, roster_of

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="session")
def branches():
    """The eighteen branches of the sample town; a branch's key is its name."""
    with (SAMPLES / "branches.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "branch"]
    return Branches((row["name"], row["name"], row["name_en"]) for row in rows)


@pytest.fixture
def judged(branches):
    """`judged(bytes)` is the list of judged lines; its attribute `skipped` tells the sheets left out."""

    class Lines(list):
        skipped = ()

    def judge_bytes(data, branches=branches, filename=""):
        lines, skipped = judge_file(BytesIO(data), branches, filename)
        result = Lines(lines)
        result.skipped = skipped
        return result

    return judge_bytes


@pytest.fixture
def bring_in(town, cast):
    """`bring_in(people…)` stages and confirms as the town; returns the RosterImport."""

    def stage_and_confirm(*people, by=cast.staff, unit=town.xitun, headings=MORE, on=None):
        source = roster_of(*people, headings=headings)
        return confirm_roster(
            by=by, roster=stage_roster(by=by, unit=unit, source=source, filename="花名册.xlsx", on=on)
        )

    return stage_and_confirm
