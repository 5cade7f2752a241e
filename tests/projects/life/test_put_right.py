"""A meeting that is put right, taken back or brought back when the branch is no longer what it was then."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from members import actions as members_acts
from members.models import Person
from projects import actions, registry
from projects.amending import amend_record
from projects.bin import entry_of, restore_record
from projects.ledgers import Ledger
from projects.life.counts import studied
from projects.models import Due, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import state_of
from tests.projects.life.conftest import sent
from xitun.lib.dates import Year

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def of_the_group(branch, town, cast):
    """The meeting of 一组, at which both its members were."""
    both = (branch.an, branch.bai)
    Person.objects.filter(pk__in=[person.pk for person in both]).update(group="一组")
    rows = tuple({"person_id": person.pk, "state": "present", "hours": 1} for person in both)
    entry = actions.Entry(
        kind="life.group_meeting", unit=town.huaishuwan, happened_on=TODAY, submission_id=uuid4(), rows=rows,
        detail={"topic": "学习条例", "hours": 1, "group": "一组"},
    )  # fmt: skip
    return actions.save_record(by=cast.secretary, entry=entry)


def test_a_group_meeting_comes_back_though_somebody_has_changed_the_group(branch, cast, of_the_group):
    actions.void_record(by=cast.secretary, record=of_the_group, reason="记错")
    Person.objects.filter(pk=branch.bai.pk).update(group="二组")
    assert restore_record(by=cast.staff, record=of_the_group)[0].voided_at is None


def test_a_group_meeting_put_right_stays_with_its_group(branch, cast, of_the_group, as_user):
    Person.objects.filter(pk__in=[branch.an.pk, branch.bai.pk]).update(group="二组")
    Person.objects.filter(pk=branch.cao.pk).update(group="一组")
    form = as_user(cast.secretary).get(f"/records/{of_the_group.pk}/amend/").context["form"]
    assert form.group == "一组"
    assert {line.name: line.state for line in form.lines} == {"安正": "present", "白玉": "present", "曹远": "not"}


def test_a_branch_that_has_ended_owes_no_meeting_again(branch, hold, town, cast):
    open_dues(TODAY)
    due = Due.objects.get(duty="life.theme_day", unit=town.huaishuwan)
    meeting = hold(on=YESTERDAY, dues=[due])
    members_acts.end_unit(by=cast.director, unit=town.huaishuwan, on=TODAY, successors=[town.liulin], reason="合并")
    actions.void_record(by=cast.director, record=meeting, reason="记错")
    assert state_of(due) == "closed"
    restore_record(by=cast.director, record=meeting)
    assert state_of(due) == "on_time"


def test_the_ledger_counts_make_ups_by_its_two_days(branch, hold, make_up, town, on_day):
    ago = TODAY - timedelta(days=10)
    make_up(on_day(ago, lambda: hold(on=ago, leave=[branch.bai])), [branch.bai])
    assert (made_up(town), made_up(town, on=YESTERDAY), made_up(town, known=YESTERDAY)) == (1, 0, 0)


def made_up(town, **days):
    ledger = Ledger(project=registry.project("life"), user=None, unit=town.huaishuwan, **days)
    [row] = ledger.rows()
    return dict(zip([column.key for column in ledger.columns], row.cells, strict=True))["made_up"]


def test_the_ledger_knows_make_ups_of_a_version_put_right_since(branch, cast, hold, make_up, town, on_day):
    ago, then = TODAY - timedelta(days=10), TODAY - timedelta(days=5)
    meeting = on_day(ago, lambda: hold(on=ago, leave=[branch.bai, branch.cao]))
    on_day(ago, lambda: make_up(meeting, [branch.bai, branch.cao], on=ago))
    for day, came in ((then, branch.bai), (YESTERDAY, None)):
        entry = replace(entry_of(meeting), submission_id=uuid4())
        rows = [{**row, "state": "present"} if came and row["person_id"] == came.pk else row for row in entry.rows]
        entry = replace(entry, rows=tuple(rows))
        act = partial(amend_record, by=cast.secretary, record=meeting, entry=entry, reason="后来核实")
        meeting = on_day(day, act)
    assert [made_up(town, known=day) for day in (ago, then, YESTERDAY, None)] == [2, 1, 1, 1]


def put_right(client, record, **said):
    return client.post(f"/records/{record.pk}/amend/", sent(**{"reason": "记错了"} | said))


def test_two_who_put_a_meeting_right_choose_person_by_person(branch, hold, cast, as_user):
    meeting = hold()
    an, bai, cao, deng = branch.an, branch.bai, branch.cao, branch.deng
    put_right(as_user(cast.staff), meeting, came=[an, deng], absent=[bai, cao], guest=[branch.er.pk])
    client = as_user(cast.secretary)
    page = put_right(client, meeting, came=[an, bai], leave=[cao], absent=[deng])
    assert page.status_code == 409
    changes = {change.label: (change.yours, change.theirs) for change in page.context["changes"]}
    assert changes == {"曹远": ("请假", "缺席")}
    assert {(part.label, part.words) for part, theirs in page.context["together"] if theirs} == {
        ("白玉", "缺席"), ("列席的发展培养对象（不计入应到）", "尔来"),
    }  # fmt: skip
    chosen = dict(page.context["same"]) | {f"take-who_{cao.pk}": "mine", "reason": "记错了"}
    assert client.post(page.context["retry_url"], chosen).status_code == 302
    held = Record.objects.live().get().attendance
    assert dict(held.filter(due=True).values_list("person__name", "state")) == {
        "安正": "present", "白玉": "absent", "曹远": "leave", "邓新": "absent",
    }  # fmt: skip
    assert held.get(due=False).person == branch.er


def test_who_has_come_onto_the_roll_since_stands_as_the_first_one_said(branch, hold, cast, town, as_user):
    meeting = hold()
    everybody = [branch.an, branch.bai, branch.cao, branch.deng]
    fan = enrolled(town.huaishuwan, "范来", None, by=cast.staff)
    put_right(as_user(cast.staff), meeting, came=everybody, absent=[fan])
    page = put_right(as_user(cast.secretary), meeting, came=everybody, topic="乙")
    assert {part.label: part.words for part, theirs in page.context["together"] if theirs} == {"范来": "缺席"}


def test_two_who_put_a_make_up_right_choose_who_made_it_up(branch, hold, make_up, cast, as_user):
    meeting = hold(absent=[branch.an, branch.bai, branch.cao])
    record = make_up(meeting, [branch.an])
    same = {"meeting": meeting.pk, "how": "home"}
    put_right(as_user(cast.staff), record, made=[branch.an.pk, branch.bai.pk], hours=2, **same)
    client = as_user(cast.secretary)
    page = put_right(client, record, made=[branch.cao.pk], hours=2, **same)
    assert [(change.yours, change.theirs) for change in page.context["changes"]] == [("曹远", "安正、白玉")]
    form = {name: value for name, value in page.context["same"] if name != "made"}
    form |= {"made": [branch.cao.pk], "take-made": "theirs", "reason": "记错了"}
    assert client.post(page.context["retry_url"], form).status_code == 302
    latest = Record.objects.live().get(kind="life.make_up")
    assert set(latest.attendance.values_list("person__name", flat=True)) == {"安正", "白玉"}


def test_a_roll_marked_anew_after_back_waits_as_a_correction(branch, cast, form_url, as_user):
    client, url = as_user(cast.secretary), form_url("theme_day")
    said = sent(came=[branch.an, branch.cao, branch.deng], leave=[branch.bai], guest=[branch.er.pk])
    said |= {f"note_{branch.an.pk}": "来了，不用写"}
    assert client.post(url, said).status_code == 302
    assert "amend" not in client.post(url, said).url
    again = client.post(url, said | {f"who_{branch.bai.pk}": "absent"})
    assert again.url == f"/records/{Record.objects.get().pk}/amend/"
    form = client.get(again.url).context["form"]
    assert {line.name: line.state for line in form.lines}["白玉"] == "absent"
    assert "amend" in client.post(url, said | {"guest": []}).url


def test_a_make_up_ticked_anew_after_back_waits_as_a_correction(branch, hold, cast, form_url, as_user):
    meeting, client, url = hold(absent=[branch.an, branch.bai]), as_user(cast.secretary), form_url("make_up")
    said = sent(meeting=meeting.pk, made=[branch.an.pk], how="home")
    assert client.post(url, said).status_code == 302
    assert "amend" not in client.post(url, said).url
    again = client.post(url, said | {"made": [branch.an.pk, branch.bai.pk]})
    assert [ticked for _person, ticked in client.get(again.url).context["form"].lines] == [True, True]


def test_hours_put_right_by_the_api_are_those_people_are_credited_with(branch, hold, make_up, town, cast, as_user):
    """As by the page, also where nothing is said of who came."""
    meeting = hold(hours=4, leave=[branch.bai])
    for record in (meeting, make_up(meeting, [branch.bai], hours=4)):
        right = {"submission_id": str(uuid4()), "reason": "学时写错", "detail": {"hours": "2"}}
        answer = as_user(cast.secretary).post(f"/api/v1/records/{record.pk}/amend/", right, "application/json")
        assert answer.status_code == 201, answer.content
    hours = {row.person.name: row.hours for row in studied(town.huaishuwan, Year.of(TODAY), TODAY)}
    assert (hours["安正"], hours["白玉"]) == (2, 2)
    states = Record.objects.live().get(kind="life.theme_day").attendance.values_list("person__name", "state")
    assert dict(states)["白玉"] == "leave"
