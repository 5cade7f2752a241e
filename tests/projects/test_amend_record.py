"""Putting a record right: the new version takes the place of the former, which stays readable."""

import uuid
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import actions as members_acts
from members.models import AuditRow, Category
from projects import actions, registry
from projects.amending import Amended, amend_record, newest
from projects.bin import entry_of
from projects.forms_amend import amend_form
from projects.models import Due, PeriodLock, Record
from projects.sweep import open_dues
from projects.targets import Target
from projects.words import due_name
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, due_of, entry, follow_up, state_of

pytestmark = pytest.mark.usefixtures("in_english")
AUGUST = date(2026, 8, 3)


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


@pytest.fixture
def record(cast, mobile, due):
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))


def amended(record, entry, *, by, reason="写错了"):
    return amend_record(by=by, record=record, entry=replace(entry, submission_id=uuid.uuid4()), reason=reason)


def test_it_writes_a_new_version_and_keeps_the_former(cast, mobile, record, due):
    right = follow_up(mobile, dues=(due,), happened_on=AUGUST, detail={**FOLLOW_UP, "needs": "子女入学"})
    new = amended(record, right, by=cast.staff)
    record.refresh_from_db()
    assert (record.voided_by, record.void_reason) == (cast.staff, "#amended")
    assert (new.amends, new.amend_reason, new.author, new.happened_on) == (record, "写错了", cast.staff, AUGUST)
    assert list(Record.objects.live()) == [new]
    assert newest(record) == new
    assert state_of(due) == "on_time"
    assert due.discharges.live().get().record == new
    told = AuditRow.objects.get(act="amend_record")
    assert (told.person, told.purpose, told.detail["was"]) == (mobile.person, "写错了", str(TODAY))


def test_it_opens_again_what_it_does_not_settle_any_more(cast, mobile, record, due):
    amended(record, follow_up(mobile), by=cast.secretary)
    assert state_of(due) == "open"


def test_entered_late_is_who_wrote_late_not_who_puts_right(cast, mobile, record):
    written = timezone.make_aware(datetime.combine(AUGUST, time(12)))
    Record.objects.filter(pk=record.pk).update(entered_at=written, happened_on=AUGUST)
    record.refresh_from_db()
    assert not amended(record, follow_up(mobile, happened_on=AUGUST), by=cast.secretary).entered_late


def test_the_other_of_two_is_told(cast, mobile, record):
    first = amended(record, follow_up(mobile, narrative="甲"), by=cast.secretary)
    with pytest.raises(Amended) as conflict:
        amended(record, follow_up(mobile, narrative="乙"), by=cast.staff)
    assert conflict.value.record == first
    assert [row.narrative for row in Record.objects.live()] == ["甲"]


def test_a_record_taken_back_is_not_put_right(cast, mobile, record):
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    with pytest.raises(Amended):
        amended(record, follow_up(mobile), by=cast.secretary)


def test_two_taps_make_one_version(cast, mobile, record):
    right = follow_up(mobile, narrative="甲")
    first = amend_record(by=cast.secretary, record=record, entry=right, reason="写错")
    assert amend_record(by=cast.secretary, record=record, entry=right, reason="写错") == first
    assert Record.objects.count() == 2


def test_it_asks_for_a_reason_and_refuses_what_save_refuses(town, cast, mobile, record):
    with pytest.raises(ValidationError, match="reason"):
        amended(record, follow_up(mobile), by=cast.secretary, reason=" ")
    with pytest.raises(ValidationError, match="lies ahead"):
        amended(record, follow_up(mobile, happened_on=date(2026, 12, 1)), by=cast.secretary)
    with pytest.raises(ValidationError, match="of its kind"):
        amended(record, entry("joint.family_visit", mobile, detail={}), by=cast.secretary)
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 7, 1), end=date(2026, 10, 1))
    with pytest.raises(ValidationError, match="sealed"):
        amended(record, follow_up(mobile, happened_on=date(2026, 6, 1)), by=cast.secretary)
    record.refresh_from_db()
    assert record.voided_at is None


def test_people_may_come_and_go(cast, town, mobile, record, due):
    other = enrolled(town.huaishuwan, "李四", Category.MOBILE, by=cast.staff).enrolments.get()
    open_dues(TODAY)
    theirs = due_of("joint.follow_up", other)
    new = amended(record, follow_up(mobile, other, dues=(due, theirs)), by=cast.secretary)
    assert (state_of(due), state_of(theirs)) == ("on_time", "on_time")
    assert AuditRow.objects.filter(act="amend_record").count() == 2
    amended(new, follow_up(mobile, dues=(due,)), by=cast.secretary)
    assert (state_of(due), state_of(theirs)) == ("on_time", "open")


def sickness(elder, **changes):
    return entry("transmission_help.sickness", elder, **({"detail": {"place": "镇卫生院"}} | changes))


def test_what_it_had_made_goes_by_its_days(cast, elder):
    record = actions.save_record(by=cast.secretary, entry=sickness(elder))
    due = due_of("transmission_help.condolence_sick", elder)
    new = amended(record, sickness(elder, happened_on=date(2026, 9, 1)), by=cast.secretary)
    due.refresh_from_db()
    assert (due.occasion, due.opens_on) == (f"r{new.pk}", date(2026, 9, 1))
    assert due.due_on < TODAY
    assert Due.objects.filter(duty="transmission_help.condolence_sick").count() == 1


@pytest.mark.parametrize("done", [False, True])
def test_a_sealed_quarter_gets_nothing_it_had_made(cast, town, mobile, done):
    said = {"result": "renew", "next_check": date(2026, 10, 9)}
    check = entry("joint.certificate_check", mobile, detail=said)
    record = actions.save_record(by=cast.secretary, entry=check)
    due = due_of("joint.certificate_again", mobile)
    if done:
        again = replace(check, submission_id=uuid.uuid4(), detail={"result": "in_order"}, dues=(due,))
        actions.save_record(by=cast.secretary, entry=again)
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1))
    amended(record, replace(check, detail=said | {"next_check": date(2026, 6, 10)}), by=cast.secretary)
    due.refresh_from_db()
    assert due.due_on == said["next_check"]


def test_what_was_done_for_it_stays_done(cast, elder):
    record = actions.save_record(by=cast.secretary, entry=sickness(elder))
    due = due_of("transmission_help.condolence_sick", elder)
    actions.save_record(by=cast.secretary, entry=entry("transmission_help.condolence", elder, detail={}, dues=(due,)))
    new = amended(record, sickness(elder, detail={"place": "县医院"}), by=cast.secretary)
    assert state_of(due) == "on_time"
    assert Due.objects.filter(duty="transmission_help.condolence_sick").count() == 1
    actions.void_record(by=cast.secretary, record=new, reason="误传")
    assert state_of(due) == "on_time"


def test_it_owes_nothing_again_to_who_has_died(cast, mobile, record, due):
    members_acts.record_death(by=cast.staff, person=mobile.person, on=TODAY)
    amended(record, follow_up(mobile), by=cast.staff)
    assert state_of(due) == "closed"


@pytest.mark.parametrize("left_first", [True, False])
def test_what_was_unticked_by_mistake_is_ticked_again_though_the_stay_has_ended(
    as_user, cast, mobile, record, due, left_first
):
    """The end alone had closed it; by the page, where it is offered and not ticked."""
    steps = [
        lambda: members_acts.come_home(by=cast.staff, enrolment=mobile, on=TODAY, reason="返乡"),
        lambda: amended(record, follow_up(mobile), by=cast.secretary),
    ]
    for step in steps if left_first else steps[::-1]:
        step()
    assert state_of(due) == "closed"
    client, without = as_user(cast.secretary), newest(record)
    form = client.get(f"/records/{without.pk}/amend/").context["form"]
    assert form.fields["dues"].choices == [(str(due.pk), due_name(due))]
    assert form.fields["dues"].initial == []
    data = {**FOLLOW_UP, "happened_on": TODAY, "submission_id": uuid.uuid4(), "reason": "本已联系"}
    assert client.post(f"/records/{without.pk}/amend/", data | {"dues": [due.pk]}).status_code == 302
    assert state_of(due) == "on_time"
    due.refresh_from_db()
    assert (due.closed_on, due.closed_why) == (None, "")


def test_what_was_let_off_sealed_or_is_done_elsewhere_is_not_ticked_again(as_user, cast, town, mobile, record, due):
    without = amended(record, follow_up(mobile), by=cast.secretary)
    again = follow_up(mobile, dues=(due,))

    def offered():
        form = as_user(cast.secretary).get(f"/records/{without.pk}/amend/").context["form"]
        return [key for key, _name in form.fields["dues"].choices] if "dues" in form.fields else []

    actions.waive_due(by=cast.staff, due=due, reason="住院")
    members_acts.come_home(by=cast.staff, enrolment=mobile, on=TODAY, reason="返乡")
    assert offered() == []
    with pytest.raises(ValidationError):
        amended(without, again, by=cast.secretary)
    Due.objects.filter(pk=due.pk).update(closed_why="返乡")
    assert offered() == [str(due.pk)]
    Due.objects.filter(pk=due.pk).update(due_on=date(2026, 6, 30))
    PeriodLock.objects.create(unit=town.xitun, start=date(2026, 4, 1), end=date(2026, 7, 1))
    assert offered() == []
    with pytest.raises(ValidationError):
        amended(without, again, by=cast.secretary)


def test_what_happened_after_the_end_settles_nothing_that_closed_with_it(cast, mobile, record, due):
    without = amended(record, follow_up(mobile), by=cast.secretary)
    members_acts.come_home(by=cast.staff, enrolment=mobile, on=AUGUST, reason="返乡")
    with pytest.raises(ValidationError, match="settled or closed already"):
        amended(without, follow_up(mobile, dues=(due,)), by=cast.secretary)
    new = amended(without, follow_up(mobile, dues=(due,), happened_on=AUGUST), by=cast.secretary)
    assert (state_of(due), due.discharges.live().get().record) == ("on_time", new)


def test_it_takes_what_it_made_along_in_a_constant_number_of_queries(cast, town, mobile):
    def statements(rows):
        said = {"promised": "修房顶", "promised_by": TODAY}
        visit = entry("joint.family_visit", *rows, detail=said)
        record = actions.save_record(by=cast.secretary, entry=visit)
        later = replace(visit, detail=said | {"promised_by": date(2026, 10, 9)})
        with CaptureQueriesContext(connection) as captured:
            new = amended(record, later, by=cast.secretary)
        made = Due.objects.filter(occasion=f"r{new.pk}", due_on=date(2026, 10, 9))
        assert set(made.values_list("enrolment", flat=True)) == {row.pk for row in rows}
        return len(captured)

    others = [enrolled(town.huaishuwan, f"王{n}", Category.MOBILE, by=cast.staff).enrolments.get() for n in range(3)]
    assert statements([mobile, *others]) == statements([mobile])


def test_the_second_of_two_writes_on_top_of_the_first(cast, mobile, record, due):
    """Both versions before stay readable, and the duty that the first one had left open is settled again."""
    first = amended(record, follow_up(mobile, narrative="甲"), by=cast.secretary)
    second = amended(first, follow_up(mobile, narrative="乙", dues=(due,)), by=cast.staff)
    assert (second.amends, second.origin) == (first, record)
    assert [row.narrative for row in record.versions().order_by("pk")][1:] == ["甲", "乙"]
    assert state_of(due) == "on_time"


def test_a_former_version_still_says_what_it_settled(cast, mobile, record, due):
    """What both found when they began: it is compared with what each of them settles."""
    amended(record, follow_up(mobile), by=cast.staff)
    record.refresh_from_db()
    target = Target(*registry.kinds()[record.kind], record.unit, mobile)
    form = amend_form(record.kind)(record=record, target=target, user=cast.secretary)
    assert form.parts()["dues"].sent == {"dues": [str(due.pk)]}


def test_two_who_are_one_by_now_stand_there_once_and_settle_what_both_had(cast, town):
    rows = [enrolled(town.huaishuwan, "甲某", Category.MOBILE, by=cast.staff).enrolments.get() for _turn in range(2)]
    open_dues()
    dues = tuple(Due.objects.open().filter(duty="joint.family_visit"))
    assert len(dues) == 2
    visit = {"detail": {"children": 0, "elderly": 0, "women": 0, "place": "家"}, "dues": dues}
    first = actions.save_record(by=cast.secretary, entry=entry("joint.family_visit", *rows, **visit))
    members_acts.merge_people(by=cast.staff, keep=rows[0].person, other=rows[1].person, reason="重复")
    again = replace(entry_of(first), narrative="改", dues=dues, submission_id=uuid.uuid4())
    new = amend_record(by=cast.secretary, record=first, entry=again, reason="补充")
    assert new.subjects.get().person == rows[0].person
    assert {row.due for row in new.discharges.live()} == set(dues)


def test_who_came_home_and_left_again_is_offered_once_with_that_stay(as_user, cast, town, mobile):
    other = enrolled(town.huaishuwan, "乙某", Category.MOBILE, by=cast.staff).enrolments.get()
    push = entry("joint.learning_push", other, mobile, detail={"channel": "group", "title": "学习", "text": ""})
    first = actions.save_record(by=cast.secretary, entry=push)
    members_acts.come_home(by=cast.staff, enrolment=mobile, on=TODAY, reason="返乡")
    again = {"category": Category.MOBILE, "on": TODAY, "reason": "外出"}
    row = members_acts.propose_category(by=cast.secretary, person=mobile.person, **again)
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    page = as_user(cast.secretary).get(f"/records/{first.pk}/amend/")
    assert [pk for pk, _name in page.context["form"].fields["together"].choices] == [str(mobile.pk)]


def test_a_program_that_names_a_person_with_two_stays_names_one(cast, mobile):
    members_acts.come_home(by=cast.staff, enrolment=mobile, on=date(2026, 8, 1), reason="返乡")
    again = {"category": Category.MOBILE, "on": date(2026, 8, 10), "reason": "外出"}
    row = members_acts.propose_category(by=cast.secretary, person=mobile.person, **again)
    now = members_acts.confirm_category(by=cast.staff, enrolment=row)
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, now))
    assert record.subjects.get().enrolment == now
