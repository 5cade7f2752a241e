"""What was missed is made up for by a record of its own; it follows the meeting's new version."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from members import actions as members_acts
from members.models import Person
from projects import actions, registry
from projects.amending import amend_record
from projects.bin import entry_of, restore_record
from projects.ledgers import Ledger
from projects.life.counts import studied, year_of
from projects.life.models import Attendance
from projects.links import record_link
from projects.models import Record
from projects.workflow import Subject
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import Year

from .conftest import sent

pytestmark = pytest.mark.django_db


def missed(record):
    return set(Attendance.objects.missed().filter(record=record).values_list("person__name", flat=True))


def test_it_lists_who_missed_a_meeting_until_they_made_up(branch, hold, make_up):
    meeting = hold(leave=[branch.bai], absent=[branch.cao])
    assert missed(meeting) == {"白玉", "曹远"}
    record = make_up(meeting, [branch.bai])
    assert missed(meeting) == {"曹远"}
    actions.void_record(by=record.author, record=record, reason="记错")
    assert missed(meeting) == {"白玉", "曹远"}


def test_it_takes_only_who_missed_it(branch, hold, make_up, cast, town):
    meeting = hold(leave=[branch.bai])
    other = enrolled(town.liulin, "刘邻", None, by=cast.staff)
    for somebody in (branch.an, branch.er, other):
        with pytest.raises(ValidationError):
            make_up(meeting, [somebody])
    make_up(meeting, [branch.bai])
    with pytest.raises(ValidationError):  # twice would count the hours twice
        make_up(meeting, [branch.bai])
    with pytest.raises(ValidationError):
        make_up(hold(absent=[branch.cao]), [branch.cao], on=TODAY - timedelta(days=1))


def test_it_takes_no_meeting_of_another_branch(branch, hold, make_up, as_user, cast, form_url, town):
    someone = enrolled(town.liulin, "刘邻", None, by=cast.staff)
    meeting = hold(leave=[branch.bai])
    Attendance.objects.filter(record=meeting).exclude(person=branch.bai).delete()
    Attendance.objects.filter(record=meeting).update(person=someone)
    Record.objects.filter(pk=meeting.pk).update(unit=town.liulin, path=town.liulin.path)
    meeting.refresh_from_db()
    for person in (branch.bai, someone):
        with pytest.raises(ValidationError, match="本支部没有这条记录"):
            make_up(meeting, [person])
    page = as_user(cast.secretary).get(form_url("make_up"), {"meeting": meeting.pk})
    assert page.context["form"].missed_meeting is None


@pytest.fixture
def gone_over(branch, hold, cast, town):
    """A theme day that 曹远 and 白玉 missed; then the branch went into Liulin."""
    meeting = hold(on=date(2026, 8, 20), leave=[branch.cao, branch.bai])
    members_acts.end_unit(by=cast.admin, unit=town.huaishuwan, on=date(2026, 9, 1), successors=[town.liulin])
    return meeting


def made(meeting, *people):
    keys = [person.pk for person in people]
    return {"meeting": meeting.pk, "made": keys, "how": "home", "hours": "4", "happened_on": TODAY.isoformat()}


def test_the_branch_where_they_are_now_notes_what_they_missed_before(branch, gone_over, as_user, cast, town):
    client = as_user(cast.neighbour)
    [(row, _kind, link), *_others] = client.get("/life/", {"unit": town.liulin.pk}).context["missed"]
    assert row.person in (branch.cao, branch.bai)
    assert f"units/{town.liulin.pk}/" in link
    assert "槐树湾村" in client.get(link).content.decode()
    chosen = '<b>学习条例</b><div class="note">2026年8月20日 · 槐树湾村</div>'
    assert chosen in client.get(record_link("life.make_up", Subject.UNIT, town.liulin.pk)).content.decode()
    sent = made(gone_over, branch.cao) | {"submission_id": str(uuid4())}
    assert client.post(link, sent).status_code == 302
    record = Record.objects.get(kind="life.make_up")
    assert (record.unit, missed(gone_over)) == (town.liulin, {"白玉"})
    right = made(gone_over, branch.cao) | {"hours": "2", "reason": "学时写错", "submission_id": str(uuid4())}
    assert client.post(f"/records/{record.pk}/amend/", right).status_code == 302
    assert year_of(branch.cao, Year.of(TODAY), cast.neighbour)["studied"] == 2


def test_who_was_transferred_makes_up_there_and_nobody_else_for_them(branch, hold, as_user, cast, town):
    meeting = hold(on=TODAY - timedelta(days=9), leave=[branch.cao, branch.bai])
    members_acts.transfer_person(by=cast.staff, person=branch.cao, unit=town.liulin, on=TODAY)
    client = as_user(cast.neighbour)
    assert [row.person for row, _kind, _link in client.get("/life/").context["missed"]] == [branch.cao]
    form = client.get(record_link("life.make_up", Subject.UNIT, town.liulin.pk), {"meeting": meeting.pk}).context[
        "form"
    ]
    assert [person for person, _ticked in form.lines] == [branch.cao]
    entry = actions.Entry(
        kind="life.make_up", unit=town.liulin, happened_on=TODAY, submission_id=uuid4(),
        detail={"meeting": meeting, "how": "home", "hours": 2},
        rows=({"person_id": branch.bai.pk, "state": "present", "hours": 2},),
    )  # fmt: skip
    with pytest.raises(ValidationError):
        actions.save_record(by=cast.neighbour, entry=entry)
    own = as_user(cast.secretary).get("/life/").context["missed"]
    assert [row.person for row, _kind, _link in own] == [branch.bai]


def test_it_keeps_make_ups_when_the_attendance_is_put_right(branch, hold, make_up, as_user, cast):
    """By the page: the former states are on the form, one is changed, the make-up stays."""
    meeting = hold(leave=[branch.bai], absent=[branch.cao])
    make_up(meeting, [branch.bai])
    client = as_user(cast.secretary)
    form = client.get(f"/records/{meeting.pk}/amend/").context["form"]
    assert {line.name: line.state for line in form.lines} == {
        "安正": "present", "白玉": "leave", "曹远": "absent", "邓新": "present",
    }  # fmt: skip
    data = sent(leave=[branch.bai], came=[branch.an, branch.cao, branch.deng], reason="曹远后来到了")
    assert client.post(f"/records/{meeting.pk}/amend/", data).status_code == 302
    new = Record.objects.get(amends=meeting)
    assert missed(new) == set()
    assert missed(meeting) == set()
    assert year_of(branch.bai, Year.of(TODAY), cast.secretary)["made_up"] == 1
    assert year_of(branch.cao, Year.of(TODAY), cast.secretary)["came"] == 1


def test_it_counts_once_who_came_after_all(branch, hold, make_up, as_user, cast, town):
    meeting = hold(leave=[branch.bai], absent=[branch.cao], hours=4)
    make_up(meeting, [branch.bai, branch.cao], hours=2)
    client = as_user(cast.secretary)
    data = sent(absent=[branch.cao], came=[branch.an, branch.bai, branch.deng], reason="白玉后来到了")
    assert client.post(f"/records/{meeting.pk}/amend/", data).status_code == 302
    year = Year.of(TODAY)
    hours = {row.person.name: row.hours for row in studied(town.huaishuwan, year, TODAY)}
    assert (hours["白玉"], hours["曹远"]) == (4, 2)
    assert year_of(branch.bai, year, cast.secretary) == {
        "times": 1, "came": 1, "leave": 0, "absent": 0, "made_up": 0, "studied": 4,
    }  # fmt: skip
    page = client.get(f"/life/people/{branch.bai.pk}/")
    assert [row.doubled for row in page.context["rows"]] == [False, True]
    [line] = Ledger(project=registry.project("life"), user=None, unit=town.huaishuwan).rows()
    assert line.record.made_up == 1


def test_it_is_entered_for_several_in_one_post(branch, hold, as_user, cast, form_url):
    meeting = hold(leave=[branch.bai], absent=[branch.cao])
    client = as_user(cast.secretary)
    url = f"{form_url('make_up')}?meeting={meeting.pk}"
    assert [person.name for person, _t in client.get(url).context["form"].lines] == ["白玉", "曹远"]
    data = {"meeting": meeting.pk, "how": "home", "hours": "2", "happened_on": TODAY, "submission_id": str(uuid4())}
    assert client.post(url, data).status_code == 422  # nobody ticked
    assert client.post(url, data | {"made": [branch.bai.pk, branch.cao.pk]}).status_code == 302
    assert missed(meeting) == set()


def test_it_names_who_made_up_and_leads_back(branch, hold, as_user, cast):
    meeting = hold(leave=[branch.bai])
    client = as_user(cast.secretary)
    link = client.get(f"/records/{meeting.pk}/").context["panel"]["make_up_url"]
    url = f"{link}&person={branch.bai.pk}"
    assert "<b>白玉</b>" in client.get(url).content.decode()
    data = {"meeting": meeting.pk, "how": "home", "hours": "2", "happened_on": TODAY, "submission_id": str(uuid4())}
    answer = client.post(url, data | {"made": [branch.bai.pk]}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/records/{meeting.pk}/"
    assert "已保存：白玉" in answer.content.decode()


def test_it_goes_with_the_file_that_is_kept(branch, hold, cast, town):
    """A meeting with both files counts the person once; taken apart again each has their own."""
    twin = enrolled(town.huaishuwan, "安正", None, by=cast.staff)
    first, second = hold(), hold(who=None)
    Attendance.objects.filter(record=second, person=branch.an).delete()
    Person.objects.filter(pk=twin.pk).update(birth_date=branch.an.birth_date)
    twin.refresh_from_db()
    merge = members_acts.merge_people(by=cast.staff, keep=branch.an, other=twin, reason="重复建档")
    there = Attendance.objects.filter(person=branch.an)
    assert set(there.values_list("record", flat=True)) == {first.pk, second.pk}
    members_acts.undo_merge(by=cast.staff, merge=merge)
    assert set(Attendance.objects.filter(person=twin).values_list("record", flat=True)) == {first.pk, second.pk}


def test_it_asks_of_everybody_on_the_roll(branch, hold):
    with pytest.raises(ValidationError):
        hold(who=[branch.an, branch.bai])
    with pytest.raises(ValidationError):  # a candidate is never due
        hold(who=[branch.an, branch.bai, branch.cao, branch.deng, branch.er])


def test_it_follows_the_roll_of_the_new_day(branch, hold, cast):
    """Put right to a day when somebody was still on the roll: they must be accounted for too."""
    members_acts.record_death(by=cast.staff, person=branch.bai, on=TODAY - timedelta(days=1))
    meeting = hold()
    rows = tuple({"person_id": r.person_id, "state": r.state, "hours": r.hours} for r in meeting.attendance.all())
    entry = actions.Entry(
        kind=meeting.kind, unit=meeting.unit, happened_on=TODAY - timedelta(days=4), submission_id=uuid4(), rows=rows,
        detail={"topic": "学习条例", "hours": 4},
    )  # fmt: skip
    with pytest.raises(ValidationError):
        amend_record(by=cast.secretary, record=meeting, entry=entry, reason="日期")
    added = {"person_id": branch.bai.pk, "state": "present", "hours": 4}
    amend_record(by=cast.secretary, record=meeting, entry=replace(entry, rows=(*rows, added)), reason="日期")


def test_a_meeting_is_not_put_on_a_later_day_than_it_was_made_up_for(branch, hold, make_up, as_user, cast):
    days = [TODAY - timedelta(days=n) for n in (5, 3, 1)]
    meeting = hold(leave=[branch.bai], on=days[0])
    record = make_up(meeting, [branch.bai], on=days[1])
    client = as_user(cast.secretary)
    came = [branch.an, branch.cao, branch.deng]
    data = sent(leave=[branch.bai], came=came, reason="日期记错", happened_on=days[2].isoformat())
    refused = client.post(f"/records/{meeting.pk}/amend/", data)
    assert refused.status_code == 422
    assert "补课" in str(refused.context["form"].errors["happened_on"])
    meeting.refresh_from_db()
    assert meeting.voided_at is None
    actions.void_record(by=record.author, record=record, reason="记错")
    assert client.post(f"/records/{meeting.pk}/amend/", data).status_code == 302


def test_one_of_a_meeting_that_was_taken_back_is_put_right(branch, hold, make_up, as_user, cast):
    """The hours stay studied, and so does what was written down wrongly of them."""
    meeting = hold(leave=[branch.bai, branch.cao], on=TODAY - timedelta(days=3))
    record = make_up(meeting, [branch.bai, branch.cao])
    actions.void_record(by=meeting.author, record=meeting, reason="没有开成")
    client = as_user(cast.secretary)
    page = client.get(f"/records/{record.pk}/amend/")
    assert page.status_code == 200
    assert [(person.name, ticked) for person, ticked in page.context["form"].lines] == [("白玉", True), ("曹远", True)]
    assert "学习条例 · 已撤回" in page.content.decode()
    data = {"meeting": meeting.pk, "how": "home", "hours": "1", "happened_on": TODAY, "submission_id": str(uuid4())}
    data |= {"made": [branch.bai.pk], "reason": "只有一人"}
    early = data | {"happened_on": TODAY - timedelta(days=4)}
    assert client.post(f"/records/{record.pk}/amend/", early).status_code == 422
    assert client.post(f"/records/{record.pk}/amend/", data).status_code == 302
    new = Record.objects.get(amends=record)
    assert [(row.person, row.hours) for row in new.attendance.all()] == [(branch.bai, 1)]
    actions.void_record(by=new.author, record=new, reason="也没有补")
    restore_record(by=cast.staff, record=new)
    assert Record.objects.live().filter(pk=new.pk).exists()


def test_nobody_begins_to_make_up_for_a_meeting_that_was_taken_back(branch, hold, make_up, as_user, cast, form_url):
    meeting = hold(leave=[branch.bai, branch.cao])
    record = make_up(meeting, [branch.bai])
    actions.void_record(by=meeting.author, record=meeting, reason="没有开成")
    with pytest.raises(ValidationError):
        make_up(meeting, [branch.cao])
    rows = tuple({"person_id": someone.pk, "state": "present", "hours": 2} for someone in (branch.bai, branch.cao))
    entry = replace(entry_of(record), submission_id=uuid4(), rows=rows)
    with pytest.raises(ValidationError):
        amend_record(by=cast.secretary, record=record, entry=entry, reason="补上")
    page = as_user(cast.secretary).get(form_url("make_up"), {"meeting": meeting.pk})
    assert page.context["form"].missed_meeting is None


def test_the_page_says_for_which_meeting_or_offers_them(branch, hold, as_user, cast, form_url):
    meeting = hold(leave=[branch.bai])
    client = as_user(cast.secretary)
    assert "为“学习条例”" in client.get(form_url("make_up"), {"meeting": meeting.pk}).content.decode()
    body = client.get(form_url("make_up")).content.decode()
    assert f"meeting={meeting.pk}" in body
    assert "请先选择" in body
