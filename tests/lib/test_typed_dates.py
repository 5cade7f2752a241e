from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib.dates import DateError, parse_date

DAY = date(1968, 7, 5)


@pytest.mark.parametrize(
    "typed",
    [
        DAY,
        datetime(1968, 7, 5, 23, 59),
        "1968-07-05",
        "19680705.0",
        "25024.0",
        "1968-7-5",
        "1968.07.05",
        "1968.7.5",
        "1968/7/5",
        "1968年7月5日",
        "1968年07月05日",
        "1968年7月5号",
        "1968年7月5",
        "19680705",
        19680705,
        19680705.0,
        25024,
        25024.0,
        25024.75,
        "25024",
        "１９６８年７月５日",
        " 1968 . 07 . 05 ",
        "1968。7。5",
        "1968、7、5",
        "1968，7，5",
        "1968–07–05",
        "1968－7－5",
        "1968\\7\\5",
        "1968.07.05.",
        "'1968-07-05",
        "1968 7 5",
        "1968-07-05 00:00:00",
        "1968-07-05T08:30",
        "1968/7/5 0:00",
        "1968-07-05T00:00:00+08:00",
        "一九六八年七月五日",
        "一九六八年七月五号",
        "1968年七月五日",
        "\u30001968-07-05\u00a0",
    ],
)
def test_it_reads_the_habits_of_offices(typed):
    assert parse_date(typed) == DAY


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("二〇二四年五月三日", date(2024, 5, 3)),
        ("二○二四年十月十日", date(2024, 10, 10)),
        ("二零二四年十二月二十五日", date(2024, 12, 25)),
        ("一九八六年十一月三十日", date(1986, 11, 30)),
        ("2000年2月29日", date(2000, 2, 29)),
    ],
)
def test_it_reads_chinese_numerals(typed, day):
    assert parse_date(typed) == day


def test_it_reads_serial_numbers_of_both_systems():
    assert parse_date(45292) == date(2024, 1, 1)
    assert parse_date(45292 - 1462, date1904=True) == date(2024, 1, 1)
    assert parse_date(2958) == date(1908, 2, 5)


def test_it_takes_an_aware_moment_to_shanghai():
    assert parse_date(datetime(2026, 3, 31, 16, 30, tzinfo=UTC)) == date(2026, 4, 1)


@pytest.mark.parametrize(
    "typed",
    ["1968.07", "1968年7月", "1968-7", "1968年", "1968", 1968, 1968.0, 1968.07, 196807, "196807", "二〇二四年五月"],
)
def test_it_asks_for_the_missing_day(typed):
    with pytest.raises(DateError) as caught:
        parse_date(typed)
    assert caught.value.partial
    assert caught.value.code == "date_invalid"
    assert "day is missing" in str(caught.value)


@pytest.mark.parametrize(
    "typed",
    [
        "1989年2月30日",
        "1997-02-30",
        "2023-02-29",
        "19890230",
        19890230,
        "1968-13-01",
        "1968-00-10",
        "68.7.5",
        "7/5/1968",
        "05-07-1968",
        "680705",
        680705,
        "不详",
        "农历五月初三",
        "",
        None,
        True,
        False,
        0,
        5,
        -1,
        45.5,
        1e20,
        float("nan"),
        float("inf"),
        "1899-12-31",
        date(1899, 12, 31),
        "2200-01-01",
        110_000,
        "99991231",
        "1968-07-05x",
        "1968-07-0٥x",
        b"1968",
        "1968年7月5日（农历）",
        "\x00",
    ],
)
def test_it_refuses_what_is_no_day(typed):
    with pytest.raises(DateError) as caught:
        parse_date(typed)
    assert not caught.value.partial
    assert "not a real date" in str(caught.value)


FORMS = ["{0.year}-{0.month}-{0.day}", "{0:%Y.%m.%d}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日", "{0:%Y/%m/%d}"]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(FORMS))
def test_it_reads_every_day_in_every_form(day, form):
    assert parse_date(form.format(day)) == day


@given(st.dates(date(1910, 1, 1), date(2199, 12, 31)))
def test_it_reads_every_serial_number(day):
    assert parse_date((day - date(1899, 12, 30)).days) == day


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.text("0123456789年月日-./ 十二", max_size=14)))
def test_it_answers_anything_with_a_day_or_an_error(value):
    try:
        assert 1900 <= parse_date(value).year <= 2199
    except DateError:
        pass
