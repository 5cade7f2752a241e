"""What was half written of a meeting comes back with its roll."""

import re

import pytest

from members.models import Person
from projects.models import Draft
from tests.projects.life.conftest import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep(cast, as_user):
    """`keep(url, **sent)` opens the form and keeps what was written; the form once more, at `again`."""

    def act(url, *, again="", **said):
        client = as_user(cast.secretary)
        writer = re.search(r'name="writer" value="([^"]+)"', client.get(url).content.decode())[1]
        client.post(url, sent(**said) | {"writer": writer, "draft": "1"})
        assert Draft.objects.count() == 1
        answer = client.get(again or url.partition("?")[0])
        assert answer.status_code == 200
        return answer.context["form"]

    return act


def states(form):
    return {line.name: line.state for line in form.lines if not line.new}


def test_the_roll_comes_back_as_it_was_marked(branch, form_url, keep):
    form = keep(form_url("theme_day"), came=[branch.an, branch.cao], absent=[branch.bai], guest=[branch.er.pk])
    assert states(form) == {"安正": "present", "白玉": "absent", "曹远": "present"}
    assert [line.name for line in form.lines if line.new] == ["邓新"]
    assert form.guests == [(branch.er, True)]
    assert form.preset_away == 0


@pytest.mark.parametrize("day", ["", "不是日期", "2026-02-30", "9" * 6000])
def test_a_day_that_is_none_does_not_lock_one_out(branch, form_url, keep, day):
    form = keep(form_url("theme_day"), came=[branch.an], happened_on=day)
    assert states(form) == {"安正": "present"}
    assert form["happened_on"].value() == day


def test_a_meeting_that_is_put_right_comes_back_as_it_was_marked(branch, hold, keep):
    record = hold(absent=[branch.an])
    form = keep(f"/records/{record.pk}/amend/", came=[branch.an, branch.bai], absent=[branch.cao], happened_on="x")
    assert states(form) == {"安正": "present", "白玉": "present", "曹远": "absent"}


def test_a_group_meeting_comes_back_with_its_group(branch, form_url, keep):
    Person.objects.filter(pk=branch.an.pk).update(group="一组")
    Person.objects.filter(pk=branch.bai.pk).update(group="二组")
    url = form_url("group_meeting")
    form = keep(f"{url}?group=二组", absent=[branch.bai], group="二组")
    assert (form.group, form["group"].value(), states(form)) == ("二组", "二组", {"白玉": "absent"})
    form = keep(f"{url}?group=二组", absent=[branch.bai], group="二组", again=f"{url}?group=一组")
    assert (form.group, form["group"].value(), states(form)) == ("一组", "一组", {})


def test_a_make_up_comes_back_with_its_meeting(branch, hold, form_url, keep):
    first, second = hold(absent=[branch.an, branch.bai]), hold("general_meeting", absent=[branch.an])
    url, said = form_url("make_up"), {"meeting": first.pk, "made": [branch.an.pk], "how": "home"}
    form = keep(f"{url}?meeting={first.pk}", **said)
    assert (form.missed_meeting, form["meeting"].value()) == (first, first.pk)
    assert form.lines == [(branch.an, True), (branch.bai, False)]
    form = keep(f"{url}?meeting={first.pk}", **said, again=f"{url}?meeting={second.pk}")
    assert (form.missed_meeting, form["meeting"].value(), form.lines) == (second, second.pk, [(branch.an, False)])
