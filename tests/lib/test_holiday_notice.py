"""The notice of a year's holidays, as it is published and as people write it."""

from datetime import date, timedelta

import pytest
from chinese_calendar.constants import holidays, workdays

from xitun.lib.holiday_notice import Day, NoticeError, notice_year, read_notice

pytestmark = pytest.mark.usefixtures("in_english")

# the notice for 2026, whose days the library carries: they must agree
NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
国务院办公厅
2025年11月4日"""


def test_it_reads_the_notice_as_it_is_published():
    days = read_notice(NOTICE, 2026)
    free = {row.day for row in days if not row.works}
    assert {day for day in free if day.weekday() < 5} == {d for d in holidays if d.year == 2026 and d.weekday() < 5}
    assert {row.day for row in days if row.works} == {day for day in workdays if day.year == 2026}
    assert next(row.name for row in days if row.day == date(2026, 2, 17)) == "春节"
    assert notice_year(NOTICE) == 2026


def test_it_reads_a_notice_in_one_line_and_with_other_marks():
    flat = NOTICE.replace("\n", " ").replace("（", "(").replace("）", ")").replace("：", ":")
    assert read_notice(flat, 2026) == read_notice(NOTICE, 2026)


def test_it_reads_one_day_a_line():
    text = "2027-01-01 休 元旦\n2027年1月2日，休，元旦\n\n2027.1.3 上班\n2027/2/6 春节 休"
    assert read_notice(text, 2027) == [
        Day(date(2027, 1, 1), False, "元旦"),
        Day(date(2027, 1, 2), False, "元旦"),
        Day(date(2027, 1, 3), True, ""),
        Day(date(2027, 2, 6), False, "春节"),
    ]


def test_a_stretch_may_cross_a_month():
    text = "一、国庆节、中秋节：9月29日（周五）至10月6日（周五）放假调休，共8天。"
    days = read_notice(text, 2023)
    assert {row.name for row in days} == {"国庆节、中秋节"}
    assert [row.day for row in days] == [date(2023, 9, 29) + timedelta(days=n) for n in range(8)]


def test_a_stretch_may_begin_in_the_year_before():
    days = read_notice("一、元旦：2022年12月31日（周六）至2023年1月2日（周一）放假调休，共3天。", 2023)
    assert [row.day for row in days] == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No day was found"),
        ("天气很好", "Line 1 cannot be read"),
        (NOTICE.replace("2026", "2025"), "notice for 2025"),
        (NOTICE.replace("关于2026年部分节假日安排的通知", "").replace("周四）至3日", "周三）至3日"), "is no 周三"),
        (NOTICE.replace("共9天", "共8天"), "says 8 days, but 9"),
        ("一、元旦：2月30日放假，共1天。", "no such day"),
        ("一、元旦：1月3日至1日放假，共3天。", "Not a stretch"),
        ("2027-01-01 休\n2027-01-01 上班", "free and to be worked"),
        ("2027-13-01 休", "Line 1 cannot be read"),
        ("字" * 20_001, "too long"),
    ],
)
def test_it_says_what_it_cannot_read(text, words):
    with pytest.raises(NoticeError, match=words):
        read_notice(text, 2026)
