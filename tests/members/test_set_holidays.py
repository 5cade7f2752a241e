"""The holidays of a year that the library does not know: entered once, due days follow."""

from datetime import date
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members import actions
from members.calendar import year_asked_for
from members.models import AuditRow, Holiday
from projects import registry
from projects.actions import save_record
from projects.counting import check_counts
from projects.models import Due, PeriodLock
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.projects.conftest import entry, state_of
from tests.projects.test_every_project import sample_detail
from xitun.lib.dates import frozen
from xitun.lib.holiday_notice import read_notice
from xitun.lib.workdays import MissingCalendarYear, add_workdays, is_workday, knows_year

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.django_db]

# made up: nobody has published 2027 yet
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）上班。"""


def entered(by=None, text=NOTICE, year=2027):
    return actions.set_holidays(by=by, year=year, days=read_notice(text, year))


def test_due_days_know_the_holidays_entered(cast):
    assert not knows_year(2027)
    assert entered(by=cast.admin) == 23
    assert knows_year(2027)
    assert (is_workday(date(2027, 2, 8)), is_workday(date(2027, 2, 14))) == (False, True)
    assert add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 4)
    trace = AuditRow.objects.get(act="set_holidays")
    assert (trace.actor, trace.detail["year"]) == (cast.admin, "2027")


def test_what_was_entered_is_replaced_and_kept(cast):
    entered(by=cast.admin)
    entered(by=cast.director, text=NOTICE.replace("9月26日（周日）上班。", ""))
    assert Holiday.objects.filter(superseded_at=None).count() == 22
    assert Holiday.objects.exclude(superseded_at=None).count() == 23
    assert not is_workday(date(2027, 9, 26))


NEXT = """国务院办公厅关于2028年部分节假日安排的通知
一、元旦：2027年12月31日（周五）至2028年1月2日（周日）放假，共3天。
二、春节：1月26日（周三）至2月1日（周二）放假调休，共7天。
三、国庆节：10月1日（周日）至7日（周六）放假调休，共7天。"""


def test_the_last_of_december_is_free_by_the_notice_of_the_next_year(cast):
    entered(by=cast.admin)
    assert is_workday(date(2027, 12, 31))
    entered(by=cast.admin, text=NEXT, year=2028)
    assert not is_workday(date(2027, 12, 31))
    entered(by=cast.admin)  # the year's own notice, once more, does not speak of it
    assert not is_workday(date(2027, 12, 31))
    later = NEXT.replace("2027年12月31日（周五）至2028年1月2日（周日）放假，共3天", "1月1日（周六）放假，共1天")
    entered(by=cast.admin, text=later, year=2028)
    assert is_workday(date(2027, 12, 31))


def test_the_last_of_december_of_a_published_year_stays_as_published(cast):
    entered(
        by=cast.admin,
        text=NOTICE.replace("1月1日（周五）", "2026年12月31日（周四）、2027年1月1日（周五）").replace(
            "共3天。\n二", "共4天。\n二"
        ),
    )
    assert is_workday(date(2026, 12, 31))
    assert not Holiday.objects.filter(day__year=2026).exists()


def test_it_refuses_what_is_not_the_whole_and_what_is_known():
    with pytest.raises(ValidationError, match="Spring Festival or National Day"):
        entered(text="一、元旦：1月1日（周五）至3日（周日）放假，共3天。")
    assert not Holiday.objects.exists()
    with pytest.raises(ValidationError, match="2026 are known"):
        entered(text="2026-10-01 休", year=2026)


def test_open_due_days_are_put_right(town, cast):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="主任", holder_name="白甲", from_date=date(2025, 1, 1))
    with frozen(date(2027, 6, 2)), pytest.warns(MissingCalendarYear):
        open_dues(date(2027, 6, 2))
    before = dict(Due.objects.values_list("pk", "due_on"))
    stretch = "、".join(f"{day}日" for day in range(3, 30))
    entered(by=cast.admin, text=f"{NOTICE}\n五、端午节：6月{stretch}放假，共27天。")
    moved = {due.duty: due.due_on for due in Due.objects.all() if due.due_on != before[due.pk]}
    in_lieu = date(2027, 1, 31)  # a Sunday that is worked: the plan is due then, not the Monday after
    assert moved == {
        "post.monthly_plan": date(2027, 6, 30), "post.annual_plan": in_lieu, "post.commitment": in_lieu
    }  # fmt: skip


def test_settled_dues_stay_as_they_were(town, cast):
    enrolled(town.huaishuwan, "张建国", "mobile", by=cast.staff)
    with frozen(date(2027, 6, 2)):
        open_dues(date(2027, 6, 2))
    due = Due.objects.filter(due_on__year=2027).first()
    Due.objects.filter(pk=due.pk).update(closed_on=date(2027, 6, 1), due_on=date(2027, 6, 29))
    entered(by=cast.admin)
    due.refresh_from_db()
    assert due.due_on == date(2027, 6, 29)


def plan(unit, by, due, day):
    save_record(by=by, entry=entry("post.monthly_plan", unit=unit, happened_on=day, dues=(due,), narrative="计划"))


def test_what_was_done_in_time_by_the_notice_is_in_time_also_when_entered_before_it(town, cast):
    day = date(2027, 10, 8)  # the first working day after the holidays
    with frozen(day):
        with pytest.warns(MissingCalendarYear):
            open_dues(day)
        first, second = Due.objects.filter(duty="post.monthly_plan", unit__in=[town.huaishuwan, town.liulin])
        plan(first.unit, cast.staff, first, day)
        assert state_of(first) == "late"
        entered(by=cast.admin)
        plan(second.unit, cast.staff, second, day)
    assert [state_of(due) for due in (first, second)] == ["on_time", "on_time"]
    assert not check_counts()


def test_what_was_done_by_the_day_that_was_shown_is_not_late_by_the_notice(town, cast):
    day = date(2027, 2, 1)  # a Monday; by the notice the Sunday before is worked
    with frozen(day):
        with pytest.warns(MissingCalendarYear):
            open_dues(date(2027, 1, 31))
        due = Due.objects.get(duty="post.annual_plan", unit=town.huaishuwan)
        kind = registry.project("post").kind("annual_plan")
        detail = sample_detail(registry.project("post"), kind)
        one = entry("post.annual_plan", unit=due.unit, happened_on=day, dues=(due,), detail=detail, narrative="计划")
        save_record(by=cast.staff, entry=one)
        entered(by=cast.admin)
    assert state_of(due) == "on_time"


def test_it_is_asked_for_from_november_on(cast):
    assert year_asked_for(date(2026, 10, 31)) is None
    assert year_asked_for(date(2026, 11, 1)) == 2027
    assert year_asked_for(date(2027, 3, 1)) == 2027
    entered(by=cast.admin)
    assert year_asked_for(date(2026, 11, 1)) is None
    assert year_asked_for(date(2027, 12, 1)) == 2028


def test_due_days_of_a_sealed_quarter_stay(town, cast):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="主任", holder_name="白甲", from_date=date(2025, 1, 1))
    with frozen(date(2027, 6, 2)), pytest.warns(MissingCalendarYear):
        open_dues(date(2027, 6, 2))
    sealed = {"start": date(2027, 4, 1), "end": date(2027, 7, 1)}
    PeriodLock.objects.create(unit=town.xitun, locked_by=cast.director, **sealed)
    plans = Due.objects.filter(duty="post.monthly_plan", path__startswith=town.xitun.path)
    before = dict(plans.values_list("pk", "due_on"))
    stretch = "、".join(f"{day}日" for day in range(3, 30))
    entered(by=cast.admin, text=f"{NOTICE}\n五、端午节：6月{stretch}放假，共27天。")
    assert dict(plans.all().values_list("pk", "due_on")) == before


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_after_the_other(cast):
    """A double tap: the second replaces the first, and nothing fails."""
    failed = []

    def enter():
        try:
            entered(by=cast.admin)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    taps = [Thread(target=enter) for _tap in range(4)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert failed == []
    assert Holiday.objects.filter(superseded_at=None).count() == 23
