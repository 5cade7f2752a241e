"""The sample's people as other offices would keep them: other columns, headings, sheets and files. Whom the key accepts
is accepted, whom it refuses is refused, for the same reasons."""

import json
import random
from collections import defaultdict

import pytest

from xitun.lib.readers import FORMULA, read_workbook

from .conftest import SAMPLES
from .files import Formula, csv_bytes, xlsx_bytes

TITLES = [["西屯镇党员花名册"], ["填报单位：西屯镇党建办", "", "", "填报日期：2026年9月30日"]]
OTHER_WORDS = {
    "所在党支部": "所属党组织", "姓名": "姓  名", "性别": "性别（男/女）", "身份证号": "公民身份号码*",
    "出生日期": "出生年月日", "入党时间": "加入党组织日期", "转正时间": "转为正式党员日期", "人员类别": "党员身份",
    "联系电话": "手机号码", "现居住地": "现住址", "分类": "党员分类管理类别", "流入地": "流动去向",
    "外出时间": "外出日期", "困难类型": "致困原因", "党内职务": "职务", "从业状况": "从业情况", "学历": "文化程度",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    """(headings, {line: (expected, cells)}) of the sample; a formula stands as one."""
    (sheet,) = read_workbook(SAMPLES / "roster-town.xlsx")
    rows = dict(sheet.rows)
    key = json.loads((SAMPLES / "roster-town.expected.json").read_text("utf-8"))["lines"]
    lines = {
        e["line"]: (e, [Formula("=A1") if cell is FORMULA else cell for cell in rows[e["line"]]]) for e in key
    }  # fmt: skip
    return list(rows[3]), lines


def outcomes(lines):
    return [(line.outcome, line.reasons) for line in lines]


def expected_of(sample, lines=None):
    return [(e["outcome"], e["reasons"]) for line, (e, _cells) in sample[1].items() if lines is None or line in lines]


def people(sample):
    return [cells for _expected, cells in sample[1].values()]


def columns_in(order, rows):
    return [[row[place] for place in order] for row in rows]


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_columns(sample, judged, seed):
    headings = sample[0]
    order = list(range(len(headings)))
    random.Random(seed).shuffle(order)
    rows = columns_in(order, [headings, *people(sample)])
    assert outcomes(judged(xlsx_bytes({"名册": rows}))) == expected_of(sample)


def test_under_other_words(sample, judged):
    headings = [OTHER_WORDS.get(heading, heading) for heading in sample[0]]
    rows = [*TITLES, [], headings, *people(sample), ["合计", "", "864人"]]
    assert outcomes(judged(xlsx_bytes({"名册": rows}))) == expected_of(sample)


def test_with_columns_nobody_asked_for(sample, judged):
    """Blank ones, a photo, somebody else's phone."""
    headings = ["", "照片", *sample[0], "介绍人姓名", "家属电话", "是否脱贫户"]
    rows = [headings, *(["", "", *cells, "王介绍", "19900000000", "否"] for cells in people(sample))]
    assert outcomes(judged(xlsx_bytes({"名册": rows}))) == expected_of(sample)


@pytest.mark.parametrize("named", ["sheet", "title", "banner"])
def test_a_sheet_or_a_title_for_each_branch(sample, judged, named):
    """The branch is written once, over its people; who belongs to an unknown one stays where a column says it."""
    headings, lines = sample
    place = headings.index("所在党支部")
    by_branch = defaultdict(list)
    for number, (expected, cells) in lines.items():
        if "branch_unknown" not in expected["reasons"] and "duplicate_in_file" not in expected["reasons"]:
            by_branch[expected["branch"]].append((number, [cell for n, cell in enumerate(cells) if n != place]))
    short = [heading for heading in headings if heading != "所在党支部"]
    sheets, body = {}, []
    for branch, found in by_branch.items():
        rows = [cells for _number, cells in found]
        if named == "sheet":
            sheets[branch] = [short, *rows]
        elif named == "title":
            sheets[f"第{len(sheets)}张"] = [[f"{branch}党员花名册"], short, *rows, ["合计", "", f"{len(rows)}人"]]
        else:
            body += [[f"单位：{branch}"], *rows]
    if named == "banner":
        sheets["名册"] = [short, *body]
    expected = [(lines[n][0]["outcome"], lines[n][0]["reasons"]) for found in by_branch.values() for n, _cells in found]
    found = judged(xlsx_bytes(sheets))
    assert outcomes(found) == expected
    branches = [branch for branch, rows in by_branch.items() for _row in rows]
    assert [line.values.get("branch") for line in found if line.outcome != "reject"] == [
        branch for branch, (outcome, _why) in zip(branches, expected, strict=True) if outcome != "reject"
    ]


def test_under_a_heading_of_two_rows(sample, judged):
    """Groups above, merged; 时间 and the like below."""
    headings = sample[0]
    upper, lower = list(headings), [""] * len(headings)
    place = headings.index("流入地")
    assert headings[place + 1] == "外出时间"
    upper[place], upper[place + 1] = "流动情况", ""
    lower[place], lower[place + 1] = "流入地", "外出时间"
    merged = [f"{column}1:{column}2" for column in "ABCDEFGHIJKLMNOP"] + ["Q1:R1", "S1:S2", "T1:T2"]
    rows = [upper, lower, *people(sample)]
    assert outcomes(judged(xlsx_bytes({"名册": rows}, merged))) == expected_of(sample)


@pytest.mark.parametrize(("encoding", "separator"), [("gb18030", ","), ("utf-8-sig", "\t"), ("utf-16", "\t")])
def test_as_text(sample, judged, encoding, separator):
    """A formula is lost in a text, and a precise number never was one there."""
    kept = {
        n for n, (e, cells) in sample[1].items() if not any(isinstance(cell, Formula) for cell in cells)
    }  # fmt: skip
    rows = [["" if cell is None else cell for cell in sample[1][n][1]] for n in sorted(kept)]
    found = judged(csv_bytes([sample[0], *rows], encoding, separator), filename="名册.csv")
    assert outcomes(found) == expected_of(sample, kept)
