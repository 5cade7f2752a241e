import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib.dates import (
    KINDS,
    Half,
    Month,
    Quarter,
    Week,
    Year,
    add_months,
    add_years,
    age_on,
    business_date,
    days_left,
    frozen,
    now,
    parse_period,
    periods,
    today,
)

DAYS = st.dates(date(1901, 1, 1), date(2190, 12, 31))


def test_it_stops_the_clock_and_lets_it_go():
    with frozen(date(2026, 9, 30)):
        assert today() == date(2026, 9, 30)
        with frozen(datetime(2026, 3, 31, 16, 30, tzinfo=UTC)):
            assert today() == date(2026, 4, 1)
        assert now().isoformat() == "2026-09-30T12:00:00+08:00"
        with frozen(None):
            assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_takes_today_from_the_settings(settings):
    settings.XITUN_TODAY = "2026-05-04"
    with frozen(None):
        assert today() == date(2026, 5, 4)
    with frozen(date(2025, 1, 1)):
        assert today() == date(2025, 1, 1)


def test_it_dates_a_moment_by_shanghai():
    assert business_date(datetime(2026, 3, 31, 16, 30, tzinfo=UTC)) == date(2026, 4, 1)
    assert business_date(datetime(2026, 3, 31, 15, 59, tzinfo=UTC)) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 5, 20), 0, date(2026, 5, 20)),
    ],
)
def test_it_adds_months(day, months, result):
    assert add_months(day, months) == result


def test_it_adds_years():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_it_counts_an_age():
    assert age_on(date(1961, 9, 30), date(2026, 9, 29)) == 64
    assert age_on(date(1961, 9, 30), date(2026, 9, 30)) == 65
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 18


def test_it_counts_the_days_left():
    assert days_left(date(2026, 9, 30), date(2026, 8, 31)) == 30
    with frozen(date(2026, 10, 2)):
        assert days_left(date(2026, 9, 30)) == -2


@given(DAYS, st.sampled_from(list(KINDS)))
def test_it_puts_every_day_into_exactly_one_period(day, kind):
    period = KINDS[kind].of(day)
    assert day in period
    assert period.start <= day <= period.last_day
    assert day not in period.next()
    assert day not in period.prev()
    assert period.next().start == period.end
    assert period.next().prev() == period
    assert parse_period(period.key) == period == KINDS[kind].parse(str(period))
    assert period.prev() < period < period.next()
    assert period.prev().key < period.key < period.next().key


@given(DAYS, st.integers(0, 500), st.sampled_from(list(KINDS)))
def test_it_covers_a_span_without_gap(start, length, kind):
    end = start + timedelta(days=length)
    found = list(periods(kind, start, end))
    if not length:
        assert found == []
        return
    assert found[0].start <= start
    assert found[-1].end >= end > found[-1].start
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


def test_it_knows_a_quarter():
    quarter = Quarter.parse("2026Q3")
    assert (quarter.start, quarter.last_day, quarter.end) == (date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1))
    assert quarter == Quarter(2026, 3) == Quarter.of(date(2026, 8, 8))
    assert hash(quarter) == hash(Quarter(2026, 3))
    assert (quarter.kind, quarter.key, str(quarter)) == ("quarter", "2026Q3", "2026Q3")
    assert Quarter(2026, 4).next() == Quarter(2027, 1)
    assert Quarter.parse(" 2026q3 ") == quarter


def test_it_knows_the_other_periods():
    assert Half(2026, 2).start == date(2026, 7, 1)
    assert Half(2026, 2).key == "2026H2"
    assert Year(2026).last_day == date(2026, 12, 31)
    assert Year(2026).key == "2026"
    assert Month(2028, 2).last_day == date(2028, 2, 29)
    assert Month(2028, 2).key == "2028-02"
    assert Week.of(date(2027, 1, 1)).key == "2026-W53"
    assert Week(2026, 53).start == date(2026, 12, 28)


@pytest.mark.parametrize(
    "key", ["2026Q5", "2026Q0", "26Q3", "2026Q03", "2026-13", "2026-W54", "", "Q3", "20263", "1066Q4"]
)
def test_it_refuses_what_is_no_period(key):
    with pytest.raises(ValueError, match="write it like"):
        parse_period(key)


@pytest.mark.parametrize("number", [0, 5])
def test_it_refuses_a_fifth_quarter(number):
    with pytest.raises(ValueError, match="no such quarter"):
        Quarter(2026, number)


def test_it_names_periods_in_english():
    with override("en"):
        assert [KINDS[kind].of(date(2026, 7, 1)).label for kind in ("quarter", "half", "year", "month", "week")] == [
            "Q3 2026",
            "Second half of 2026",
            "Year 2026",
            "July 2026",
            "Week 27 of 2026",
        ]


def test_it_names_months_in_chinese():
    with override("zh-hans"):
        assert Month(2026, 7).label == "2026年7月"
