"""A meeting entered on the phone: everybody preset as come, only who did not is touched; one POST writes it all."""

from datetime import date, timedelta

import pytest

from members import actions as members_acts
from projects.life.models import Attendance
from projects.models import Discharge, Due, Record
from projects.sweep import open_dues
from tests.conftest import TODAY

from .conftest import sent

pytestmark = pytest.mark.django_db


def states():
    return dict(Attendance.objects.values_list("person__name", "state"))


def test_it_presets_everybody_as_come_and_who_lives_away_as_on_leave(as_user, cast, branch, form_url):
    form = as_user(cast.secretary).get(form_url("theme_day")).context["form"]
    assert {line.name: (line.state, line.why) for line in form.lines} == {
        "安正": ("present", ""), "白玉": ("present", ""), "曹远": ("leave", "away"), "邓新": ("present", ""),
    }  # fmt: skip
    assert [person.name for person, _ticked in form.guests] == ["尔来"]


def test_it_saves_a_meeting_in_one_post(as_user, cast, branch, form_url, town):
    open_dues(TODAY)
    due = Due.objects.get(duty="life.theme_day", unit=town.huaishuwan)
    data = sent(came=[branch.an, branch.deng], leave=[branch.bai], absent=[branch.cao], guest=branch.er.pk, dues=due.pk)
    data |= {f"why_{branch.bai.pk}": "sick", f"note_{branch.bai.pk}": "住院", f"why_{branch.an.pk}": "sick"}
    client = as_user(cast.secretary)
    assert client.post(form_url("theme_day"), data).status_code == 302
    assert client.post(form_url("theme_day"), data).status_code == 302  # a double tap
    record = Record.objects.get()
    assert states() == {"安正": "present", "邓新": "present", "白玉": "leave", "曹远": "absent", "尔来": "present"}
    rows = {row.person.name: row for row in record.attendance.select_related("person")}
    assert (rows["白玉"].why, rows["白玉"].note, rows["白玉"].hours) == ("sick", "住院", 0)
    assert (rows["安正"].why, rows["安正"].hours, rows["安正"].due) == ("", 4, True)
    assert rows["尔来"].due is False
    assert Discharge.objects.live().get().due == due


def test_it_asks_about_who_was_on_the_roll_of_that_day(as_user, cast, branch, form_url):
    """Somebody who has left since was due that day; whoever came later was not."""
    members_acts.record_death(by=cast.staff, person=branch.bai, on=TODAY - timedelta(days=1))
    client, day = as_user(cast.secretary), (TODAY - timedelta(days=3)).isoformat()
    today = client.get(form_url("theme_day")).context["form"]
    assert "白玉" not in [line.name for line in today.lines]
    others = [branch.an, branch.cao, branch.deng]
    page = client.post(form_url("theme_day"), sent(came=others, happened_on=day))
    assert page.status_code == 422
    assert len(page.context["form"].non_field_errors()) == 1
    assert [line.name for line in page.context["form"].lines if line.new] == ["白玉"]
    assert client.post(form_url("theme_day"), sent(came=[*others, branch.bai], happened_on=day)).status_code == 302
    assert len(states()) == 4


def test_it_leaves_other_duties_to_whoever_enters_it(as_user, cast, branch, form_url, town):
    """A theme day may have been a lecture too: offered, not ticked."""
    open_dues(TODAY)
    due = Due.objects.get(duty="life.theme_day", unit=town.huaishuwan)
    form = as_user(cast.secretary).get(form_url("theme_day", due=due.pk)).context["form"]
    offered = {due.duty: str(due.pk) in form.fields["dues"].initial for due in form.open_dues}
    assert offered == {"life.theme_day": True, "life.party_lecture": False, "life.general_meeting": False}


def test_it_asks_who_is_on_the_committee(as_user, cast, branch, form_url):
    client = as_user(cast.secretary)
    form = client.get(form_url("committee_meeting")).context["form"]
    assert {line.name: line.state for line in form.lines if line.state != "not"} == {"安正": "present"}
    nobody = sent() | {f"who_{person.pk}": "not" for person in (branch.an, branch.bai, branch.cao, branch.deng)}
    assert client.post(form_url("committee_meeting"), nobody).status_code == 422
    two = nobody | {f"who_{branch.an.pk}": "present", f"who_{branch.bai.pk}": "absent"}
    assert client.post(form_url("committee_meeting"), two).status_code == 302
    assert states() == {"安正": "present", "白玉": "absent"}


def test_it_asks_only_the_party_group(as_user, cast, branch, form_url):
    for person, group in ((branch.an, "第一党小组"), (branch.bai, "第二党小组")):
        members_acts.correct_person(by=cast.staff, person=person, version=person.version, group=group)
    client = as_user(cast.secretary)
    form = client.get(form_url("group_meeting"), {"group": "第二党小组"}).context["form"]
    assert [line.name for line in form.lines] == ["白玉"]
    assert client.post(form_url("group_meeting"), sent(came=[branch.bai], group="第二党小组")).status_code == 302
    assert Record.objects.get().projects_life_meeting.group == "第二党小组"


def test_it_tells_namesakes_apart(as_user, cast, branch, form_url, town):
    members_acts.register_person(
        by=cast.staff, unit=town.huaishuwan, name="安正", standing="full", on=date(2025, 6, 1),
        birth_date=date(1991, 1, 1),
    )  # fmt: skip
    form = as_user(cast.secretary).get(form_url("study")).context["form"]
    assert [line.name for line in form.lines][:2] == ["安正 1980", "安正 1991"]


def test_it_survives_whatever_is_sent_of_a_person(as_user, cast, branch, form_url):
    everybody = [branch.an, branch.bai, branch.cao, branch.deng]
    odd = sent(leave=everybody, **{f"why_{branch.an.pk}": "=1+1", f"note_{branch.an.pk}": "长" * 900})
    client = as_user(cast.secretary)
    assert client.post(form_url("study"), odd).status_code == 302
    row = Attendance.objects.get(person=branch.an)
    assert (row.why, len(row.note)) == ("", 60)
    assert client.post(form_url("study"), sent(came=everybody) | {f"who_{branch.an.pk}": "drop"}).status_code == 422
