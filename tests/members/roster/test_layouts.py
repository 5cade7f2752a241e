"""Rosters in the shapes offices send. Every test is one small file that no rule has seen before."""

from datetime import date

import pytest

from .conftest import SAMPLES
from .files import HEADINGS, Formula, csv_bytes, id_number, someone, table, xlsx_bytes

TWO = (someone(1), someone(2, 所在党支部="柳林村党支部"))
TITLE = ["西屯镇党员花名册"]


def accepted(lines):
    assert [(line.line, line.reasons) for line in lines if line.reasons] == []
    return lines


def without(heading):
    return [h for h in HEADINGS if h != heading]


def renamed(**new):
    """HEADINGS with some called otherwise, and TWO under them."""
    return [[new.get(heading, heading) for heading in HEADINGS], *table(*TWO)[1:]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"])
def test_it_reads_csv_in_every_encoding(judged, encoding):
    lines = accepted(judged(csv_bytes(table(*TWO), encoding)))
    assert [(line.sheet, line.line, line.name) for line in lines] == [(None, 2, "张建二"), (None, 3, "张建三")]
    assert [line.values["branch"] for line in lines] == ["槐树湾村党支部", "柳林村党支部"]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_it_reads_every_separator(judged, separator):
    assert len(accepted(judged(csv_bytes(table(*TWO), separator=separator)))) == 2


def test_it_reads_titles_above_and_a_total_below(judged):
    rows = [TITLE, ["填报单位：西屯镇党建办", "", "", "", "", "", "填报日期：2026年9月30日"], [], *table(*TWO)]
    rows += [["合计", "", "2人"], ["制表人：", "", "审核人："], ["备注：1.此表一式两份"]]
    lines = accepted(judged(xlsx_bytes({"花名册": rows}, merged=["A1:K1"])))
    assert [line.line for line in lines] == [5, 6]


@pytest.mark.parametrize("total", ["合计", "总 计", "小计", "共2人", "合计：2人", "槐树湾村党支部小计", "Total"])
def test_it_leaves_out_totals(judged, total):
    rows = [*table(*TWO), [total, "", 2], [*list(someone(3).values())]]
    assert [line.line for line in accepted(judged(xlsx_bytes({"Sheet1": rows})))] == [2, 3, 5]


def test_it_leaves_out_a_total_that_stands_in_the_name_column(judged):
    rows = [*table(*TWO), ["", "", "合计", "", "2"]]
    assert len(accepted(judged(xlsx_bytes({"Sheet1": rows})))) == 2


def test_it_finds_columns_in_any_order(judged):
    headings = HEADINGS[::-1]
    lines = accepted(judged(xlsx_bytes({"Sheet1": table(*TWO, headings=headings)})))
    assert lines[0].values["phone"] == "19912340001"


def test_it_passes_over_blank_and_unknown_columns(judged):
    rows = [[*row[:3], "", *row[3:], "民主评议等次"] for row in table(*TWO)]
    rows[1][3] = "涂改"
    assert len(accepted(judged(xlsx_bytes({"Sheet1": rows})))) == 2


def test_it_reads_a_table_that_begins_in_the_middle(judged):
    rows = [[], [], *[["", "", *row] for row in table(*TWO)]]
    assert [line.line for line in accepted(judged(xlsx_bytes({"Sheet1": rows})))] == [4, 5]


@pytest.mark.parametrize(
    "heading", ["公民身份号码", "居民身份证号", "身份证号码（18位）", "＊证件号码", "身份\n证号", "ID number"]
)
def test_it_knows_the_id_number_by_its_synonyms(judged, heading):
    lines = accepted(judged(xlsx_bytes({"Sheet1": renamed(身份证号=heading)})))
    assert lines[0].values["id_number"] == TWO[0]["身份证号"]


@pytest.mark.parametrize(
    "old, new, field, value",
    [
        ("入党时间", "入党日期", "joined_on", date(1995, 7, 1)),
        ("入党时间", "加入党组织日期", "joined_on", date(1995, 7, 1)),
        ("入党时间", "入党年月", "joined_on", date(1995, 7, 1)),
        ("转正时间", "转为正式党员日期", "full_member_on", date(1996, 7, 1)),
        ("联系电话", "手 机 号 码", "phone", "19912340001"),
        ("联系电话", "联系方式（必填）", "phone", "19912340001"),
        ("所在党支部", "支部名称", "branch", "槐树湾村党支部"),
        ("所在党支部", "所属党组织", "branch", "槐树湾村党支部"),
        ("所在党支部", "单位", "branch", "槐树湾村党支部"),
        ("分类", "管理类别", "category", "unemployed"),
        ("分类", "党员类别", "category", "unemployed"),
        ("分类", "类别", "category", "unemployed"),
        ("人员类别", "党员类别", "standing", "full"),
        ("人员类别", "发展阶段", "standing", "full"),
        ("姓名", "党员姓名", "name", "张建二"),
        ("姓名", "姓  名 Name", "name", "张建二"),
        ("出生日期", "出生年月日", "birth_date", date(1968, 7, 5)),
    ],
)
def test_it_knows_headings_by_their_synonyms(judged, old, new, field, value):
    lines = accepted(judged(xlsx_bytes({"Sheet1": renamed(**{old: new})})))
    assert lines[0].values[field] == value


def test_it_reads_english_headings_and_words(judged):
    rows = [
        ["No.", "Name", "Sex", "ID number", "Date of birth", "Branch", "Category", "Standing", "Joined on", "Mobile"],
        [1, "Tenzin Wangdu", "male", id_number(), date(1968, 7, 5), "Huaishuwan Village Branch", "mobile",
         "full member", "1995-07-01", 19912340001],
    ]  # fmt: skip
    (line,) = accepted(judged(xlsx_bytes({"Roster": rows})))
    assert (line.values["branch"], line.values["category"]) == ("槐树湾村党支部", "mobile")
    assert line.values["phone"] == "19912340001"


def test_it_tells_standing_from_category_by_the_values(judged):
    """党员类别 holds 正式党员 in one town and 流动党员 in the next, and some have both columns."""
    headings = [*HEADINGS[:8], "党员类别", "联系电话", "人员类别"]
    rows = [headings, *[[*list(p.values())[:8], "预备党员", p["联系电话"], "流动党员"] for p in TWO]]
    lines = accepted(judged(xlsx_bytes({"Sheet1": rows})))
    assert (lines[0].values["standing"], lines[0].values["category"]) == ("probationary", "mobile")


def test_it_reads_one_sheet_a_branch(judged):
    headings = without("所在党支部")
    sheets = {
        "槐树湾村": table(someone(1), headings=headings),
        "柳林村支部": table(someone(2), headings=headings),
        "填表说明": [["姓名", "必填"], ["身份证号", "必填，18位"]],
        "汇总": [["支部", "人数"], ["槐树湾村党支部", 1]],
        "Sheet4": [],
    }
    lines = judged(xlsx_bytes(sheets))
    found = [(line.sheet, line.line, line.values["branch"]) for line in accepted(lines)]
    assert found == [("槐树湾村", 2, "槐树湾村党支部"), ("柳林村支部", 2, "柳林村党支部")]
    assert [skipped.sheet for skipped in lines.skipped] == ["填表说明", "汇总", "Sheet4"]
    assert all(str(skipped.why) for skipped in lines.skipped)


@pytest.mark.parametrize(
    "title", ["单位：柳林村党支部", "西屯镇柳林村党支部党员花名册", "柳 林 村 党 支 部 党 员 花 名 册"]
)
def test_it_takes_the_branch_from_the_title(judged, title):
    rows = [[title], *table(someone(1), headings=without("所在党支部"))]
    (line,) = accepted(judged(xlsx_bytes({"Sheet1": rows})))
    assert line.values["branch"] == "柳林村党支部"


def test_it_takes_the_branch_from_banners_between_the_rows(judged):
    headings = without("所在党支部")
    first, second, third = (list(row) for row in table(someone(1), someone(2), someone(3), headings=headings)[1:])
    rows = [TITLE, headings, ["槐树湾村党支部"], first, ["柳林村党支部"], second, third]
    lines = accepted(judged(xlsx_bytes({"Sheet1": rows}, merged=["A3:J3", "A5:J5"])))
    assert [line.values["branch"] for line in lines] == ["槐树湾村党支部", "柳林村党支部", "柳林村党支部"]


def test_it_refuses_a_sheet_named_after_an_unknown_branch(judged):
    headings = without("所在党支部")
    (line,) = judged(xlsx_bytes({"槐树村": table(someone(1), headings=headings)}))
    assert line.reasons == ["branch_unknown"]
    assert line.suggestions["branch_unknown"] == ["槐树湾村党支部"]


def test_it_refuses_when_nothing_names_the_branch(judged):
    (line,) = judged(csv_bytes(table(someone(1), headings=without("所在党支部"))))
    assert line.reasons == ["branch_unknown"]


def test_it_takes_the_only_branch_when_importing_into_one(judged):
    from members.roster.branches import Branches

    (line,) = accepted(
        judged(csv_bytes(table(someone(1), headings=without("所在党支部"))), Branches([(7, "柳林村党支部", "")]))
    )
    assert line.values["branch"] == 7


def test_it_fills_merged_branch_cells_down(judged):
    rows = table(someone(1), someone(2, 所在党支部=""), someone(3, 所在党支部=""), someone(4, 所在党支部="柳林村"))
    lines = accepted(judged(xlsx_bytes({"Sheet1": rows}, merged=["B2:B4"])))
    assert [line.values["branch"] for line in lines] == ["槐树湾村党支部"] * 3 + ["柳林村党支部"]


def test_it_does_not_fill_down_what_was_not_merged(judged):
    rows = table(someone(1), someone(2), someone(3, 所在党支部=""))
    assert [line.reasons for line in judged(xlsx_bytes({"Sheet1": rows}))] == [[], [], ["branch_unknown"]]


def test_it_reads_a_branch_written_once_a_block_in_csv(judged):
    people = [
        someone(1),
        *[someone(n, 所在党支部="") for n in (2, 3)],
        someone(4, 所在党支部="柳林村"),
        someone(5, 所在党支部=""),
    ]
    lines = accepted(judged(csv_bytes(table(*people))))
    assert [line.values["branch"] for line in lines] == ["槐树湾村党支部"] * 3 + ["柳林村党支部"] * 2


def test_it_reads_two_heading_rows_with_merged_cells(judged):
    upper = ["序号", "姓名", "基本情况", "", "", "入党情况", "", "流动情况", "", "培养联系人", "", "所在支部"]
    lower = [
        "",
        "",
        "性别",
        "公民身份号码",
        "联系电话",
        "入党时间",
        "转正时间",
        "流入地",
        "外出时间",
        "姓名",
        "联系电话",
        "",
    ]
    row = [
        1,
        "扎西·多吉",
        "男",
        id_number(),
        19912340001,
        "1995.07.01",
        35247,
        "兰州市",
        "2025年3月1日",
        "李四",
        "0931-1",
        "柳林村",
    ]
    merged = ["A1:L1", "A2:A3", "B2:B3", "C2:E2", "F2:G2", "H2:I2", "J2:K2", "L2:L3"]
    (line,) = accepted(judged(xlsx_bytes({"Sheet1": [TITLE, upper, lower, row]}, merged)))
    assert line.line == 4
    assert line.values["phone"] == "19912340001"
    assert (line.values["joined_on"], line.values["full_member_on"]) == (date(1995, 7, 1), date(1996, 7, 1))
    assert (line.values["away_to"], line.values["away_from"]) == ("兰州市", date(2025, 3, 1))


def test_it_reads_two_heading_rows_that_read_together(judged):
    upper = ["姓名", "身份证号", "所在支部", "入党", "", "转正", ""]
    lower = ["", "", "", "时间", "介绍人", "时间", "介绍人"]
    row = ["扎西多吉", id_number(), "柳林村", "1995.7.1", "李四", "1996.7.1", "王五"]
    (line,) = accepted(judged(csv_bytes([upper, lower, row])))
    assert (line.values["joined_on"], line.values["full_member_on"]) == (date(1995, 7, 1), date(1996, 7, 1))


def test_it_passes_over_headings_and_titles_repeated_on_each_page(judged):
    head, first, second = table(*TWO)
    lines = accepted(judged(xlsx_bytes({"Sheet1": [TITLE, head, first, TITLE, head, second]})))
    assert [line.line for line in lines] == [3, 6]


def test_it_passes_over_examples_numbering_and_prepared_rows(judged):
    head, first, second = table(*TWO)
    example = ["例", *list(someone(9).values())[1:]]
    numbering = [str(n) for n in range(1, 12)]
    prepared = [3, "柳林村党支部"]
    lines = accepted(judged(xlsx_bytes({"Sheet1": [head, numbering, example, first, second, prepared, [4]]})))
    assert [line.line for line in lines] == [4, 5]


def test_it_accepts_people_without_a_category_when_there_is_no_such_column(judged):
    lines = accepted(judged(xlsx_bytes({"Sheet1": table(*TWO, headings=without("分类"))})))
    assert "category" not in lines[0].values


def test_it_takes_the_category_from_a_sheet_of_its_own(judged):
    headings = ["姓名", "身份证号", "所在支部"]
    sheets = {
        "流动党员": table(someone(1, 所在支部="柳林村"), headings=headings),
        "Sheet2": [["西屯镇离退休党员花名册"], *table(someone(2, 所在支部="柳林村"), headings=headings)],
        "党员名册": table(someone(3, 所在支部="柳林村"), headings=headings),
    }
    lines = accepted(judged(xlsx_bytes(sheets)))
    assert [line.values.get("category") for line in lines] == ["mobile", "retired", None]


def test_it_accepts_people_without_a_number_when_there_is_no_such_column(judged):
    lines = accepted(judged(xlsx_bytes({"Sheet1": table(*TWO, headings=without("身份证号"))})))
    assert "id_number" not in lines[0].values
    assert lines[0].values["birth_date"] == date(1968, 7, 5)


def test_it_finds_the_same_number_on_another_sheet(judged):
    sheets = {"一": table(someone(1)), "二": table(someone(2, 身份证号=TWO[0]["身份证号"]))}
    lines = judged(xlsx_bytes(sheets))
    assert [line.reasons for line in lines] == [[], ["duplicate_in_file"]]
    assert lines[1].suggestions["duplicate_in_file"] == [("一", 2)]


def test_it_counts_a_formula_with_a_stored_value_as_that_value(judged):
    born = Formula("DATE(1968,7,5)", "25024")
    rows = table(
        someone(1, 序号=Formula("ROW()-1"), 姓名=Formula("A9", "李四"), 出生日期=born, 性别=Formula("IF(1,2)"))
    )
    (line,) = accepted(judged(xlsx_bytes({"Sheet1": rows})))
    assert (line.name, line.values["sex"]) == ("李四", "M")


@pytest.mark.parametrize("heading", ["姓名", "身份证号", "所在党支部", "分类"])
def test_it_refuses_a_formula_without_a_value_where_one_is_required(judged, heading):
    (line,) = judged(xlsx_bytes({"Sheet1": table(someone(1, **{heading: Formula("VLOOKUP(A1,B:C,2)")}))}))
    assert line.reasons == ["formula_cell"]


def test_it_says_that_a_table_without_names_is_no_roster(judged):
    lines = judged(xlsx_bytes({"Sheet1": [["支部", "党员数"], ["柳林村党支部", 43]]}))
    assert lines == []
    assert len(lines.skipped) == 1


def test_it_reads_an_old_xls_with_merged_branch_cells(judged):
    lines = accepted(judged((SAMPLES / "roster-old.xls").read_bytes()))
    assert [(line.sheet, line.line) for line in lines] == [("党员花名册", n) for n in (4, 5, 6)]
    assert [line.values["branch"] for line in lines] == ["槐树湾村党支部"] * 2 + ["柳林村党支部"]
    assert lines[0].values["joined_on"] == date(1995, 7, 1)
    assert lines[0].values["phone"] == "19912340001"


def test_it_passes_over_formulas_drawn_down_and_words_on_how_to_fill(judged):
    hints = ["", "填全称", "", "男/女", "18位", "YYYY-MM-DD", "", "", "", "11位手机号", ""]
    drawn = [Formula("ROW()-1"), "", "", Formula("IF(1,2)", "女"), "", Formula("MID(E9,7,8)"), "", "", "", "", ""]
    head, first, second = table(*TWO)
    lines = accepted(judged(xlsx_bytes({"Sheet1": [head, hints, first, second, drawn, drawn]})))
    assert [line.line for line in lines] == [3, 4]


@pytest.mark.parametrize("sheet", ["党员信息统计表", "全镇党员汇总", "2026年党员登记表"])
def test_it_reads_sheets_that_are_rosters_by_their_headings_not_their_names(judged, sheet):
    assert len(accepted(judged(xlsx_bytes({sheet: table(*TWO)})))) == 2


def test_it_reads_a_roster_of_candidates_who_are_no_members_yet(judged):
    headings = ["姓名", "身份证号", "所在支部", "政治面貌", "类别"]
    people = [
        someone(1, 所在支部="柳林村", 政治面貌="群众", 类别="入党积极分子"),
        someone(2, 所在支部="柳林村", 政治面貌="共青团员", 类别="发展培养对象"),
        someone(3, 所在支部="柳林村", 政治面貌="中共预备党员", 类别="发展培养对象"),
        someone(4, 所在支部="柳林村", 政治面貌="群众", 类别="无职党员"),
    ]
    lines = judged(xlsx_bytes({"Sheet1": table(*people, headings=headings)}))
    assert [line.reasons for line in lines] == [[], [], [], ["category_unknown"]]
    assert [line.values["standing"] for line in lines[:3]] == ["activist", "applicant", "probationary"]
