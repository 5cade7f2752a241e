"""Whatever stands in the cells, a line is judged and nothing raises."""

import json
from datetime import date, datetime, time
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.roster.judge import judge
from members.roster.layout import read_lines
from members.roster.reasons import ORDER
from xitun.lib.readers import FORMULA

from .files import HEADINGS, someone

NASTY = [
    "合计", "姓名", "例", "无", "/", "=1+1", "6.2E+17", "62000019680705123X", "620000680705123", "1968.07", "小计：3人",
    "老年党员、贫弱党员", "槐树湾村党支部", "\x00", "\ud800", "１２３", "张" * 5000, "9" * 5000, "一九六八年七月五日",
    "A\u0301", float("inf"), float("nan"), -1.0, 1e300, 10**400, True, time(8), date(1, 1, 1), datetime(9999, 12, 31),
]  # fmt: skip
WORDS = st.sampled_from(NASTY)
CELLS = st.one_of(
    st.none(), WORDS, st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.just(FORMULA), st.just(time(8)), st.just(date(1, 1, 1)), st.just(datetime(9999, 12, 31)),
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, max_size=14), max_size=8)
MORE = [*HEADINGS, "流入地", "外出时间", "困难类型", "兼类", "党内职务", "备注"]
MERGED = st.lists(st.tuples(*[st.integers(1, 12)] * 4), max_size=4)


@given(before=ROWS, rows=ROWS, merged=MERGED, name=st.one_of(st.none(), st.text(max_size=10)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_judges_whatever_stands_in_the_cells(branches, before, rows, merged, name):
    rows = [*before, HEADINGS, list(someone(1).values()), *rows]
    sheet = SimpleNamespace(name=name, rows=list(enumerate(rows, start=1)), merged=merged, hidden=False, date1904=False)
    for line in judge(read_lines([sheet], branches), branches):
        assert line.outcome in ("accept", "warn", "reject")
        assert set(line.reasons) <= ORDER.keys()
        assert (line.outcome == "accept") == (not line.reasons)
        assert len(line.name) <= 40
        if line.outcome != "reject":
            assert line.values["name"]


@pytest.mark.parametrize("heading", MORE)
def test_it_judges_every_nasty_value_in_every_column(branches, heading):
    rows = [MORE, *[[(someone(1) | {heading: value}).get(column) for column in MORE] for value in NASTY]]
    sheet = SimpleNamespace(name="一", rows=list(enumerate(rows, start=1)), merged=[], hidden=False, date1904=False)
    lines = list(judge(read_lines([sheet], branches), branches))
    assert len(lines) >= len(NASTY) - 6  # totals, examples and empty rows are no lines
    json.dumps([(line.name, line.reasons, line.read) for line in lines]).encode()
