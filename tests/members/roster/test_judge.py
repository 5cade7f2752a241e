"""What becomes of a line: one code, one test, and the combinations that tempt a rule to guess."""

from datetime import date, timedelta

import pytest

from members.roster.branches import Branches
from members.roster.reasons import ORDER, REASONS, REJECT
from xitun.lib.dates import today

from .files import HEADINGS, csv_bytes, id_number, someone, table, xlsx_bytes

MORE = [*HEADINGS, "困难类型", "流入地", "外出时间", "兼类", "党内职务", "备注"]


@pytest.fixture
def judge_one(judged):
    """`judge_one(**changes)` is the judgement of a faultless line with these cells changed."""

    def judge_line(**changes):
        (line,) = judged(xlsx_bytes({"Sheet1": table(someone(1, **changes), headings=MORE)}))
        return line

    return judge_line


def test_it_accepts_a_faultless_line(judge_one):
    line = judge_one()
    assert (line.outcome, line.reasons) == ("accept", [])
    assert line.values["joined_on"] == date(1995, 7, 1)


@pytest.mark.parametrize(
    "code, changes",
    [
        ("name_missing", {"姓名": ""}),
        ("name_missing", {"姓名": "　"}),
        ("name_missing", {"姓名": "/"}),
        ("name_missing", {"姓名": 12}),
        ("name_missing", {"姓名": "张" * 41}),
        ("formula_cell", {"姓名": "=1+1"}),
        ("formula_cell", {"姓名": "＝HYPERLINK(1)"}),
        ("formula_cell", {"身份证号": '="620000196807051232"'}),
        ("formula_cell", {"备注": "=cmd|' /C calc'!A0"}),
        ("branch_unknown", {"所在党支部": "槐树湾"}),
        ("branch_unknown", {"所在党支部": "月亮村党支部"}),
        ("branch_unknown", {"所在党支部": "湾村"}),
        ("branch_unknown", {"所在党支部": ""}),
        ("id_length", {"身份证号": ""}),
        ("id_length", {"身份证号": "无"}),
        ("id_length", {"身份证号": "62000019680705123"}),
        ("id_length", {"身份证号": "6200001968070512345"}),
        ("id_precision_lost", {"身份证号": 620000196807051232.0}),
        ("id_precision_lost", {"身份证号": "6.20000196807051E+17"}),
        ("id_precision_lost", {"身份证号": "620000196807051000"}),
        ("id_check_character", {"身份证号": "620000196807051231"}),
        ("id_check_character", {"身份证号": "62000019680705123A"}),
        ("date_invalid", {"出生日期": "1968年2月30日"}),
        ("date_invalid", {"入党时间": "九十年代"}),
        ("date_invalid", {"入党时间": "1995.07"}),
        ("date_invalid", {"转正时间": "1996-13-01"}),
        ("date_invalid", {"入党时间": "2095-07-01", "转正时间": ""}),
        ("date_invalid", {"转正时间": "2095-07-01"}),
        ("date_invalid", {"外出时间": "2025.02.29"}),
        ("dates_out_of_order", {"转正时间": "1995-06-30"}),
        ("dates_out_of_order", {"入党时间": "1968-07-05"}),
        ("dates_out_of_order", {"入党时间": "1948-07-05", "转正时间": ""}),
        ("dates_out_of_order", {"身份证号": id_number(), "出生日期": "", "入党时间": "1960-07-05", "转正时间": ""}),
        ("date_invalid", {"身份证号": id_number("19681305"), "出生日期": ""}),
        ("birth_id_mismatch", {"出生日期": "1968-07-06"}),
        ("sex_id_mismatch", {"性别": "女"}),
        ("sex_id_mismatch", {"性别": "不详"}),
        ("category_unknown", {"分类": "优秀党员"}),
        ("category_unknown", {"分类": "老年党员、优秀党员"}),
        ("category_unknown", {"人员类别": "群众"}),
        ("category_unknown", {"兼类": "优秀党员"}),
        ("id_first_generation", {"身份证号": "620000680705123"}),
        ("id_first_generation", {"身份证号": 620000680705123.0}),
        ("joined_under_18", {"入党时间": "1986-07-04"}),
        ("cause_not_recorded", {"分类": "贫弱党员", "困难类型": "等靠要思想"}),
        ("cause_not_recorded", {"困难类型": "内生动力不足"}),
        ("phone_unreadable", {"联系电话": "1.99E+10"}),
        ("phone_unreadable", {"联系电话": "1991234302"}),
        ("phone_unreadable", {"联系电话": 1991234302.0}),
        ("phone_unreadable", {"联系电话": "见家属"}),
    ],
)
def test_it_gives_each_fault_its_code(judge_one, code, changes):
    line = judge_one(**changes)
    assert line.reasons == [code]
    assert line.outcome == REASONS[code].outcome


@pytest.mark.parametrize(
    "column, value",
    [
        ("姓名", "张　建国"),
        ("姓名", "扎西•多吉"),
        ("身份证号", "620000 19680705 1232"),
        ("身份证号", "６２００００１９６８０７０５１２３２"),
        ("身份证号", "'620000196807051232"),
        ("身份证号", "62000019680705123２\t"),
        ("出生日期", date(1968, 7, 5)),
        ("出生日期", "1968.07.05"),
        ("出生日期", "1968/7/5"),
        ("出生日期", "1968年7月5日"),
        ("出生日期", "19680705"),
        ("出生日期", 19680705),
        ("出生日期", 25024),
        ("出生日期", "25024"),
        ("出生日期", "１９６８．７．５"),
        ("出生日期", "1968-07-05 00:00:00"),
        ("出生日期", ""),
        ("性别", ""),
        ("性别", "1"),
        ("入党时间", ""),
        ("转正时间", "/"),
        ("转正时间", "无"),
        ("所在党支部", "槐树湾村支部"),
        ("所在党支部", "槐树湾村"),
        ("所在党支部", " 槐树湾村 党支部 "),
        ("联系电话", ""),
        ("分类", ""),
        ("困难类型", "无"),
    ],
)
def test_it_takes_the_habits_of_the_office(judge_one, column, value):
    line = judge_one(**{"身份证号": "620000196807051232", column: value})
    assert line.reasons == []
    assert line.values["birth_date"] == date(1968, 7, 5)
    assert line.values["sex"] == "M"
    assert line.values["branch"] == "槐树湾村党支部"


@pytest.mark.parametrize(
    "word, code",
    [
        ("在职党员", "in_service"), ("无职", "unemployed"), ("外出流动党员", "mobile"), ("帮扶对象", "poor_weak"),
        ("困难党员", "poor_weak"), ("老党员", "elderly"), ("帮教对象", "backward"), ("离退休", "retired"),
        ("发展培养对象", "developing"), ("入党积极分子", "developing"), ("3.流动党员", "mobile"),
        ("流动党员类", "mobile"), ("定人管理", "poor_weak"), ("走访（上门）管理", "retired"), 
        ("余热工程", "elderly"), ("receiving help", "poor_weak"),
    ],
)  # fmt: skip
def test_it_knows_the_words_for_categories(judge_one, word, code):
    assert judge_one(分类=word).values["category"] == code


@pytest.mark.parametrize(
    "word, code",
    [
        ("正式党员", "full"), ("正式", "full"), ("中共党员", "full"), ("预备党员", "probationary"),
        ("中共预备党员", "probationary"), ("发展对象", "target"), ("积极分子", "activist"), ("入党申请人", "applicant"),
        ("已转出", "former"), ("病故", "former"),
    ],
)  # fmt: skip
def test_it_knows_the_words_for_standings(judge_one, word, code):
    assert judge_one(人员类别=word).values["standing"] == code


def test_it_reads_several_categories_from_one_cell_and_from_their_own_column(judge_one):
    line = judge_one(分类="老年党员、贫弱党员", 兼类="流动党员")
    assert line.values["category"] == "elderly"
    assert line.values["more_categories"] == ["poor_weak", "mobile"]


def test_it_keeps_the_causes_it_knows(judge_one):
    line = judge_one(分类="贫弱党员", 困难类型="缺技术、年老多病")
    assert line.values["causes"] == ["lacks_skill", "old_or_sick"]
    line = judge_one(分类="贫弱党员", 困难类型="缺劳力、等靠要思想")
    assert (line.reasons, line.values["causes"]) == (["cause_not_recorded"], ["lacks_labour"])


def test_it_implies_a_standing_only_from_words_and_dates(judged):
    headings = [h for h in MORE if h != "人员类别"]
    recent = (today() - timedelta(days=90)).isoformat()
    people = [
        someone(1),
        someone(2, 转正时间=""),
        someone(3, 入党时间=recent, 转正时间=""),
        someone(4, 分类="发展培养对象", 入党时间="", 转正时间=""),
        someone(5, 分类="入党积极分子", 入党时间="", 转正时间=""),
    ]
    lines = judged(xlsx_bytes({"Sheet1": table(*people, headings=headings)}))
    assert [line.values["standing"] for line in lines] == ["full", "full", "probationary", "applicant", "activist"]


def test_it_takes_a_month_from_a_column_that_declares_months(judged):
    headings = ["姓名", "身份证号", "所在支部", "出生年月", "入党年月"]
    row = ["张建国", id_number(), "柳林村", "1968.07", "1995年7月"]
    (line,) = judged(xlsx_bytes({"Sheet1": [headings, row]}))
    assert line.reasons == []
    assert (line.values["birth_date"], line.values["joined_on"]) == (date(1968, 7, 5), date(1995, 7, 1))
    row[3] = "1968.08"
    (line,) = judged(xlsx_bytes({"Sheet1": [headings, row]}))
    assert line.reasons == ["birth_id_mismatch"]


def test_it_takes_who_became_a_full_member_at_once(judged, judge_one):
    """Between 1969 and 1977 nobody was on probation."""
    assert (
        judge_one(身份证号=id_number("19500705"), 出生日期="", 入党时间="1970-07-15", 转正时间="1970-07-15").reasons
        == []
    )
    headings = ["姓名", "身份证号", "所在支部", "入党时间", "转正年月"]
    row = ["张建国", id_number("19500705"), "柳林村", "1970-07-15", "1970.07"]
    (line,) = judged(xlsx_bytes({"Sheet1": [headings, row]}))
    assert (line.reasons, line.values["full_member_on"]) == ([], date(1970, 7, 15))
    row[4] = "1970.06"
    (line,) = judged(xlsx_bytes({"Sheet1": [headings, row]}))
    assert (line.reasons, line.columns) == (["dates_out_of_order"], ["full_member_on", "joined_on"])


def test_it_lists_every_fault_of_a_refused_line_in_one_order_without_mere_warnings(judge_one):
    line = judge_one(姓名="", 所在党支部="西岭", 分类="优秀党员", 困难类型="等靠要思想", 入党时间="1980-01-01")
    assert line.reasons == ["name_missing", "branch_unknown", "category_unknown"]
    assert line.outcome == REJECT
    assert line.reasons == sorted(line.reasons, key=ORDER.__getitem__)


def test_it_finds_a_repeated_number_in_its_old_and_new_form(judged):
    people = [someone(1, 身份证号="620000680705123"), someone(2, 身份证号=id_number(order=123)), someone(3)]
    lines = judged(xlsx_bytes({"Sheet1": table(*people)}))
    assert [line.reasons for line in lines] == [["id_first_generation"], ["duplicate_in_file"], []]


def test_it_does_not_take_namesakes_for_one_person(judged):
    lines = judged(csv_bytes(table(someone(1, 姓名="张建国"), someone(2, 姓名="张建国"))))
    assert [line.reasons for line in lines] == [[], []]


def test_it_cuts_what_a_field_cannot_hold_and_survives_strange_characters(judge_one):
    line = judge_one(备注="长" * 100_000, 党内职务="支部\x07书记", 联系电话="0931-1234567 / 19912340001")
    assert line.reasons == []
    assert len(line.values["note"]) == 200
    assert line.values["post"] == "支部书记"
    assert line.values["phone"] == "19912340001"


@pytest.mark.parametrize("cell", [19912343021.0, "19912343021.0", "１９９１２３４３０２１"])
def test_it_reads_a_phone_however_it_was_kept(judge_one, cell):
    line = judge_one(联系电话=cell)
    assert (line.reasons, line.values["phone"]) == ([], "19912343021")


def test_it_takes_no_phone_it_cannot_read_and_says_none_of_its_digits(judge_one):
    line = judge_one(联系电话="1991234302")
    assert "phone" not in line.values
    assert line.read == {}


def test_it_never_takes_a_name_that_two_branches_share():
    branches = Branches([(1, "柳林村党支部", ""), (2, "柳林村支部", ""), (3, "大柳林村党支部", "")])
    assert branches.recognise("柳林村") is None
    assert branches.recognise("大柳林村") == 3
    assert branches.named_in("关于大柳林村党支部的花名册") is None
    assert branches.named_in("西屯镇大柳林村党员花名册") == 3


def test_it_explains_every_code():
    for reason in REASONS.values():
        assert str(reason.title)
        assert str(reason.remedy)[-1] in ".。"


def test_it_says_which_words_it_did_not_understand(judge_one):
    line = judge_one(所在党支部="西岭", 分类="优秀党员", 入党时间="九十年代")
    assert line.read == {"branch_unknown": "西岭", "category_unknown": "优秀党员", "date_invalid": "九十年代"}
