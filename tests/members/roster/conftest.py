import csv
from io import BytesIO
from pathlib import Path

import pytest

from members.roster import judge_file
from members.roster.branches import Branches

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
