"""The contract: every line of the sample roster is judged as its key says, by general rules."""

import json
from collections import Counter

from members.roster.reasons import REJECT

from .conftest import SAMPLES


def _key():
    return json.loads((SAMPLES / "roster-town.expected.json").read_text(encoding="utf-8"))


def test_it_judges_every_line_as_the_key_does(judged):
    lines = judged((SAMPLES / "roster-town.xlsx").read_bytes())
    found = {(line.sheet, line.line): (line.outcome, line.reasons) for line in lines}
    expected = {(line["sheet"], line["line"]): (line["outcome"], line["reasons"]) for line in _key()["lines"]}
    assert {place: found.get(place) for place in expected if found.get(place) != expected[place]} == {}
    assert found.keys() == expected.keys()


def test_it_reads_who_each_accepted_line_is(judged):
    lines = {line.line: line for line in judged((SAMPLES / "roster-town.xlsx").read_bytes())}
    key = [line for line in _key()["lines"] if line["outcome"] != REJECT]
    standings = {"正式党员": "full", "预备党员": "probationary", "发展对象": "target", "入党积极分子": "activist"}
    for expected in key:
        values = lines[expected["line"]].values
        assert values["name"] == expected["name"]
        assert values["id_number"] == expected["id"]
        assert values["branch"] == expected["branch"]
        assert values["category"] == expected["category"]
        assert values["standing"] == standings.get(expected["standing"], "applicant")
    assert Counter(lines[e["line"]].values["category"] for e in key) == _key()["accepted_by_category"]
    assert len(key) == 753


def test_it_never_keeps_an_attitude_as_a_cause(judged):
    lines = judged((SAMPLES / "roster-town.xlsx").read_bytes())
    warned = [line for line in lines if "cause_not_recorded" in line.reasons]
    assert len(warned) == 8
    assert not any("causes" in line.values for line in warned)


def test_it_suggests_the_nearest_branch(judged):
    unknown = [line for line in judged((SAMPLES / "roster-town.xlsx").read_bytes()) if "branch_unknown" in line.reasons]
    assert ["西岭村党支部"] in [line.suggestions["branch_unknown"] for line in unknown]
    assert not any("branch" in line.values for line in unknown)
