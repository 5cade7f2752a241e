"""Writing a record: what it settles, what it opens, what it refuses, and that nothing is written twice."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from members import actions as members_acts
from members.models import AuditRow, Category
from projects import actions
from projects.amending import amend_record
from projects.bin import entry_of
from projects.models import Discharge, Due, PeriodLock, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, due_of, entry, follow_up, state_of
from xitun.lib.dates import frozen

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


def test_it_settles_the_due_it_names(cast, mobile, due):
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    assert state_of(due) == "on_time"
    assert (record.author, record.unit, record.path) == (cast.secretary, mobile.unit, mobile.path)
    assert [s.person for s in record.subjects.all()] == [mobile.person]
    discharge = record.discharges.get()
    assert (discharge.due, discharge.by, discharge.undone_at) == (due, cast.secretary, None)
    row = AuditRow.objects.get(act="save_record")
    assert (row.actor, row.person, row.detail["dues"]) == (cast.secretary, mobile.person, [due.pk])


def test_it_tells_of_it_in_everybodys_file(cast, town, mobile):
    """Each sees in their own file that somebody wrote about them, and nothing of what was owed to the others."""
    others = [enrolled(town.huaishuwan, name, Category.MOBILE, by=cast.staff).enrolments.get() for name in "李王"]
    open_dues(TODAY)
    dues = {row.person_id: due_of("joint.follow_up", row) for row in (mobile, *others)}
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, *others, dues=tuple(dues.values())))
    rows = AuditRow.objects.filter(act="save_record")
    assert {row.person_id: row.detail["dues"] for row in rows} == {who: [due.pk] for who, due in dues.items()}
    assert {(row.actor, row.object_id, row.path) for row in rows} == {
        (cast.secretary, str(Record.objects.get().pk), town.huaishuwan.path)
    }
    reader = members_acts.create_user(by=None, username="lisi", password="correct horse", person=others[0].person)
    assert AuditRow.objects.about_own_file(reader).filter(act="save_record").count() == 1


def test_it_tells_of_it_in_the_file_of_who_holds_the_post(cast, person):
    held = {"unit": person.unit, "title": "主任", "person": person, "from_date": date(2025, 1, 4)}
    post = members_acts.hold_post(by=cast.staff, **held)
    score = {"detail": {"total": "91.5"}, "narrative": "任务完成"}
    actions.save_record(by=cast.secretary, entry=entry("post.self_score", post=post, **score))
    assert AuditRow.objects.get(act="save_record").person == person


def test_it_tells_of_a_record_about_nobody_once(cast, town):
    actions.save_record(
        by=cast.secretary, entry=entry("post.weekly_arrangement", unit=town.huaishuwan, narrative="环境整治")
    )
    assert AuditRow.objects.get(act="save_record").person is None


def test_it_keeps_the_narrative_out_of_the_trace(cast, mobile):
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, narrative="母亲住院"))
    assert "母亲住院" not in str(AuditRow.objects.get(act="save_record").detail)


def test_it_settles_nothing_unless_told(cast, mobile, due):
    actions.save_record(by=cast.secretary, entry=follow_up(mobile))
    assert due in Due.objects.open()


def test_it_writes_a_double_tap_once(cast, mobile, due):
    tap = follow_up(mobile, dues=(due,))
    first = actions.save_record(by=cast.secretary, entry=tap)
    assert actions.save_record(by=cast.secretary, entry=tap) == first
    assert (
        Record.objects.count() == Discharge.objects.count() == AuditRow.objects.filter(act="save_record").count() == 1
    )


def test_it_refuses_the_number_of_somebody_elses_form(cast, mobile):
    tap = follow_up(mobile)
    actions.save_record(by=cast.secretary, entry=tap)
    with pytest.raises(ValidationError, match="Somebody else"):
        actions.save_record(by=cast.staff, entry=tap)
    assert Record.objects.count() == 1


def test_it_survives_the_race_of_two_taps(cast, mobile, monkeypatch):
    """The second tap has looked before the first was saved: the unique number decides, and the first is returned."""
    tap = follow_up(mobile)
    first = actions.save_record(by=cast.secretary, entry=tap)
    looks = iter([None, first])
    monkeypatch.setattr(actions, "sent_before", lambda entry, by: next(looks))
    assert actions.save_record(by=cast.secretary, entry=tap) == first
    assert Record.objects.count() == 1


def test_it_settles_a_due_only_once(cast, mobile, due):
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    with pytest.raises(ValidationError, match="settled or closed already"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    assert Record.objects.count() == 1
    assert due.discharges.live().count() == 1


def test_it_refuses_the_due_of_another_branch(town, cast, mobile, due):
    other = enrolled(town.liulin, "李四", Category.MOBILE, by=cast.staff).enrolments.get()
    open_dues(TODAY)
    theirs = due_of("joint.follow_up", other)
    with pytest.raises(ValidationError, match="cannot settle"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due, theirs)))
    assert Record.objects.count() == 0


def test_it_refuses_the_due_of_another_person(town, cast, mobile):
    other = enrolled(town.huaishuwan, "李四", Category.MOBILE, by=cast.staff).enrolments.get()
    open_dues(TODAY)
    with pytest.raises(ValidationError, match="cannot settle"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due_of("joint.follow_up", other),)))


def test_it_refuses_a_duty_of_another_kind(cast, mobile, due):
    visit = due_of("joint.family_visit", mobile)
    with pytest.raises(ValidationError, match="cannot settle"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(visit,)))


def test_it_refuses_the_unit_due_of_another_branch(town, cast):
    open_dues(TODAY)
    theirs = Due.objects.get(duty="post.weekly_arrangement", unit=town.liulin)
    with pytest.raises(ValidationError, match="cannot settle"):
        actions.save_record(
            by=cast.secretary,
            entry=entry("post.weekly_arrangement", unit=town.huaishuwan, narrative="环境整治", dues=(theirs,)),
        )


def test_it_refuses_the_due_of_another_post(town, cast, holding):
    other = members_acts.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="妇联主席", holder_name="周某", from_date=date(2025, 1, 4)
    )
    open_dues(TODAY)
    theirs = Due.objects.get(duty="post.self_score", post=other)
    score = {"detail": {"total": "91.5"}, "narrative": "任务完成"}
    with pytest.raises(ValidationError, match="cannot settle"):
        actions.save_record(by=cast.secretary, entry=entry("post.self_score", post=holding, dues=(theirs,), **score))
    mine = Due.objects.get(duty="post.self_score", post=holding)
    actions.save_record(by=cast.secretary, entry=entry("post.self_score", post=holding, dues=(mine,), **score))
    assert state_of(mine) == "on_time"


def test_it_asks_which_post(town, cast, holding):
    with pytest.raises(ValidationError, match="which post"):
        actions.save_record(by=cast.secretary, entry=entry("post.commitment", unit=town.huaishuwan))
    with pytest.raises(ValidationError, match="which post"):
        actions.save_record(by=cast.staff, entry=entry("post.commitment", unit=town.liulin, post=holding))


def test_it_asks_whom_it_concerns(town, cast):
    with pytest.raises(ValidationError, match="whom it concerns"):
        actions.save_record(by=cast.secretary, entry=entry("joint.follow_up", unit=town.huaishuwan, detail=FOLLOW_UP))


def test_it_refuses_people_of_another_project_or_branch(town, cast, mobile, elder):
    with pytest.raises(ValidationError, match="do not all stand"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, elder))
    with pytest.raises(ValidationError, match="do not all stand"):
        actions.save_record(by=cast.staff, entry=follow_up(mobile, unit=town.liulin))


def test_it_settles_for_a_whole_round(town, cast, mobile, django_assert_max_num_queries):
    others = [enrolled(town.huaishuwan, "李四", Category.MOBILE, by=cast.staff).enrolments.get() for _n in range(20)]
    open_dues(TODAY)
    everybody = (mobile, *others)
    dues = tuple(due_of("joint.learning", row) for row in everybody)
    pushed = {"channel": "group", "title": "条例学习"}
    with django_assert_max_num_queries(21):
        actions.save_record(by=cast.secretary, entry=entry("joint.learning_push", *everybody, detail=pushed, dues=dues))
    assert AuditRow.objects.filter(act="save_record").count() == 21
    assert not Due.objects.open().filter(duty="joint.learning").exists()
    assert Record.objects.get().subjects.count() == 21


def test_it_settles_two_duties_at_once(cast, mobile):
    open_dues(date(2026, 2, 10))
    dues = tuple(Due.objects.filter(enrolment=mobile, duty__in=("joint.family_visit", "joint.festival_visit")))
    assert len(dues) == 2
    actions.save_record(
        by=cast.secretary,
        entry=entry("joint.family_visit", mobile, happened_on=date(2026, 2, 12), detail={"elderly": 2}, dues=dues),
    )
    assert not Due.objects.open().filter(pk__in=[d.pk for d in dues]).exists()


def test_it_counts_a_try_as_a_try(cast, mobile, due):
    unreached = {**FOLLOW_UP, "reached": False}
    with pytest.raises(ValidationError, match="Nobody was reached"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, detail=unreached, dues=(due,)))
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, detail=unreached))
    assert due in Due.objects.open()


def test_it_refuses_what_lies_ahead(cast, mobile):
    with pytest.raises(ValidationError, match="lies ahead"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 9, 22)))


def test_it_takes_the_day_in_shanghai(cast, mobile):
    """2026-03-31 16:30 UTC is 1 April there: the record belongs to the second quarter (DOMAIN §6, 1)."""
    from datetime import UTC, datetime

    with frozen(datetime(2026, 3, 31, 16, 30, tzinfo=UTC)):
        open_dues()
        actions.save_record(
            by=cast.secretary,
            entry=follow_up(
                mobile, happened_on=date(2026, 4, 1), dues=(due_of("joint.follow_up", mobile, occasion="2026Q2"),)
            ),
        )
    assert not Due.objects.open().filter(duty="joint.follow_up").exists()


def test_it_does_not_settle_this_quarter_by_the_last(cast, mobile, due):
    with pytest.raises(ValidationError, match="leave that duty unticked"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 6, 30), dues=(due,)))
    assert Record.objects.count() == 0


def test_it_settles_late_what_was_done_late(cast, mobile):
    open_dues(date(2026, 6, 1))
    late = due_of("joint.follow_up", mobile, occasion="2026Q2")
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(late,)))
    assert state_of(late) == "late"


def test_it_is_on_time_although_entered_late(cast, mobile, due):
    """On time means happened_on ≤ due; entered more than five working days later is another mark (DOMAIN §2)."""
    with frozen(date(2026, 10, 20)):
        record = actions.save_record(
            by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 9, 30), dues=(due,))
        )
    assert state_of(due) == "on_time"
    assert record.entered_late


@pytest.mark.parametrize("entered,late", [(date(2026, 10, 13), False), (date(2026, 10, 14), True)])
def test_it_marks_what_is_entered_after_five_working_days(entered, late, cast, mobile, monkeypatch):
    """From 30 September the holiday does not count; 8, 9, 10 (made up), 12, 13 October do."""
    from xitun.lib.dates import now

    with frozen(entered):
        monkeypatch.setattr(timezone, "now", now)
        record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 9, 30)))
    assert record.entered_late is late


def test_it_refuses_a_sealed_quarter(town, cast, mobile):
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1), locked_by=cast.director)
    with pytest.raises(ValidationError, match="sealed"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 6, 30)))
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=date(2026, 7, 1)))


def test_it_refuses_what_the_columns_do_not_allow(cast, mobile):
    with pytest.raises(ValidationError):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, detail={**FOLLOW_UP, "method": "telepathy"}))
    with pytest.raises(ValidationError):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, detail={}))
    assert Record.objects.count() == 0


def test_it_carries_the_restriction(town, cast):
    row = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff).enrolments.get()
    open_dues(TODAY)
    due = due_of("determined_person.contact", row)
    record = actions.save_record(
        by=cast.secretary,
        entry=entry("determined_person.contact", row, detail={"method": "phone", "reached": True}, dues=(due,)),
    )
    assert record.restricted
    assert AuditRow.objects.get(act="save_record").restricted
    assert record in Record.objects.visible_to(cast.secretary)
    for other in (cast.reader, cast.admin, cast.neighbour, cast.outsider):
        assert record not in Record.objects.visible_to(other)


def test_it_opens_a_due_for_each_sickness(cast, elder):
    """Two sicknesses in one quarter are two dues (DOMAIN §2)."""
    for day in (date(2026, 9, 1), date(2026, 9, 15)):
        actions.save_record(
            by=cast.secretary,
            entry=entry("transmission_help.sickness", elder, happened_on=day, detail={"place": "镇卫生院"}),
        )
    dues = Due.objects.filter(duty="transmission_help.condolence_sick", enrolment=elder).order_by("due_on")
    assert [d.due_on for d in dues] == [date(2026, 9, 8), date(2026, 9, 22)]


def test_it_opens_a_due_on_the_day_a_column_names(cast, mobile):
    detail = {"departs_on": date(2026, 10, 3), "destination": "兰州市"}
    record = actions.save_record(by=cast.secretary, entry=entry("joint.departure", mobile, detail=detail))
    briefing = due_of("joint.briefing", mobile)
    assert (briefing.occasion, briefing.due_on) == (f"r{record.pk}", date(2026, 10, 3))
    before = entry(
        "joint.briefing", mobile, happened_on=date(2026, 9, 18), detail={"explained": "注意事项"}, dues=(briefing,)
    )
    actions.save_record(by=cast.secretary, entry=before)
    assert state_of(briefing) == "on_time", "the briefing may have come before its registration"


def test_it_opens_a_due_months_later(town, cast):
    row = enrolled(town.huaishuwan, "张三", Category.DEVELOPING, by=cast.staff, standing="applicant").enrolments.get()
    actions.save_record(
        by=cast.secretary,
        entry=entry("direct.application", row, happened_on=date(2026, 8, 31), detail={"source": "veteran"}),
    )
    assert due_of("direct.application_talk", row).due_on == date(2026, 9, 30)


def test_it_opens_the_report_of_a_cadres_task(cast, holding):
    detail = {"area": "environment", "title": "清理河道", "due_on": date(2026, 9, 28)}
    actions.save_record(by=cast.secretary, entry=entry("post.month_task", post=holding, detail=detail))
    due = Due.objects.get(duty="post.task_report")
    assert (due.post, due.enrolment, due.person, due.due_on) == (holding, None, None, date(2026, 9, 28))


def test_it_needs_no_user_on_the_command_line(mobile):
    entry_ = follow_up(mobile, submission_id=uuid.uuid4())
    record = actions.save_record(by=None, entry=entry_)
    assert record.author is None
    assert actions.save_record(by=None, entry=entry_) == record


def test_it_is_the_same_however_often_it_is_sent(cast, mobile):
    """Also when it was put right or taken back since."""
    first = follow_up(mobile)
    record = actions.save_record(by=cast.secretary, entry=first)
    assert actions.save_record(by=cast.secretary, entry=replace(first, narrative="又写一遍")) == record
    put_right = amend_record(by=cast.staff, record=record, entry=follow_up(mobile), reason="写错了")
    assert actions.save_record(by=cast.secretary, entry=first) == record
    actions.void_record(by=cast.staff, record=put_right, reason="记错了人")
    assert actions.save_record(by=cast.secretary, entry=first) == record
    assert Record.objects.count() == 2


def test_it_refuses_what_is_sent_under_the_number_of_something_else(town, cast, mobile, holding):
    """It would be lost, and called written: another kind, other people, another branch, another post."""
    number = uuid.uuid4()
    first = follow_up(mobile, submission_id=number)
    actions.save_record(by=cast.secretary, entry=first)
    other = enrolled(town.huaishuwan, "王海", Category.MOBILE, by=cast.staff).enrolments.get()
    there = enrolled(town.liulin, "钱某", Category.MOBILE, by=cast.staff).enrolments.get()
    left_behind = {"children": 1, "elderly": 0, "women": 0}
    for unlike in (
        entry("joint.family_visit", mobile, detail=left_behind, submission_id=number),
        follow_up(other, submission_id=number),
        follow_up(mobile, other, submission_id=number),
        follow_up(there, submission_id=number),
    ):
        with pytest.raises(ValidationError, match="sent already, for something else"):
            actions.save_record(by=cast.secretary, entry=unlike)
    second = members_acts.hold_post(by=cast.staff, unit=town.huaishuwan, title="治保主任", holder_name="赵某")
    task = {"area": "environment", "title": "清理河道", "due_on": TODAY}
    one = entry("post.month_task", post=holding, detail=task)
    actions.save_record(by=cast.secretary, entry=one)
    with pytest.raises(ValidationError, match="sent already, for something else"):
        actions.save_record(by=cast.secretary, entry=replace(one, post=second))
    assert Record.objects.count() == 2


ENDED = TODAY - timedelta(days=10)
ENDS = {
    "death": lambda cast, town, row: members_acts.record_death(by=cast.staff, person=row.person, on=ENDED),
    "transfer": lambda cast, town, row: members_acts.transfer_person(
        by=cast.staff, person=row.person, unit=town.liulin, on=ENDED
    ),
    "merger": lambda cast, town, row: members_acts.end_unit(
        by=cast.admin, unit=town.huaishuwan, on=ENDED, successors=[town.liulin]
    ),
    "homecoming": lambda cast, town, row: members_acts.come_home(
        by=cast.secretary, enrolment=row, on=ENDED, reason="返乡"
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_nobody_is_called_after_the_stay_has_ended(end, cast, town, mobile):
    ENDS[end](cast, town, mobile)
    mobile.refresh_from_db()
    with pytest.raises(ValidationError, match="stood here until"):
        actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=ENDED + timedelta(days=1)))
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, happened_on=ENDED))  # of the last day, noted late


def test_what_follows_a_death_a_promise_or_an_end_comes_after_it(cast, town, mobile, elder):
    members_acts.record_death(by=cast.staff, person=elder.person, on=ENDED)
    ENDS["homecoming"](cast, town, mobile)
    for row in (mobile, elder):
        row.refresh_from_db()
    gift = {"place": "家中", "needs": "", "brought": "慰问金"}
    for one in (
        entry("transmission_help.family_condolence", elder, detail=gift),
        entry("joint.homecoming", mobile, detail={"returned_on": ENDED}),
        entry("joint.promise_kept", mobile, detail={"done": "借了"}),
    ):
        actions.save_record(by=cast.secretary, entry=one)


def test_nothing_is_done_for_a_post_that_was_left_or_by_a_branch_that_has_ended(cast, town, holding):
    members_acts.leave_post(by=cast.staff, holding=holding, on=ENDED, reason="换届")
    holding.refresh_from_db()
    with pytest.raises(ValidationError, match="held this post until"):
        actions.save_record(by=cast.staff, entry=entry("post.commitment", post=holding, detail={"goals": "修渠"}))
    members_acts.end_unit(by=cast.admin, unit=town.huaishuwan, on=ENDED, successors=[town.liulin])
    town.huaishuwan.refresh_from_db()
    with pytest.raises(ValidationError, match="ended on"):
        plan = entry("post.monthly_plan", unit=town.huaishuwan, narrative="计划")
        actions.save_record(by=cast.staff, entry=plan)


def test_what_was_done_before_the_end_was_known_is_put_right_on_its_day(cast, town, mobile):
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile))
    ENDS["transfer"](cast, town, mobile)
    right = replace(entry_of(record), submission_id=uuid.uuid4(), narrative="在外务工")
    new = amend_record(by=cast.secretary, record=record, entry=right, reason="补充")
    assert new.narrative == "在外务工"
    later = replace(right, submission_id=uuid.uuid4(), happened_on=TODAY - timedelta(days=1))
    with pytest.raises(ValidationError, match="until"):
        amend_record(by=cast.secretary, record=new, entry=later, reason="日期")
