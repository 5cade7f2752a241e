"""Two files of one person on the rolls of the same meetings: who came in one of them came, and is counted once; taken
apart again, each has its own."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from members import actions as members_acts
from members.models import Category
from projects import actions
from projects.bin import restore_record
from projects.ledgers import Ledger
from projects.life.counts import studied, year_of
from projects.life.models import Attendance
from projects.registry import project
from tests.conftest import TODAY, enrolled
from tests.projects.life.conftest import sent
from xitun.lib.dates import Year

pytestmark = pytest.mark.usefixtures("in_english")
YEAR = Year.of(TODAY)


@pytest.fixture
def twin(branch, town, cast):
    """A second file of 安正."""
    return enrolled(town.huaishuwan, "安政", None, by=cast.staff, birth_date=branch.an.birth_date)


@pytest.fixture
def merge(branch, twin, cast):
    return lambda: members_acts.merge_people(by=cast.staff, keep=branch.an, other=twin, reason="重复建档")


def rows():
    names = [field.attname for field in Attendance._meta.concrete_fields]
    return list(Attendance._base_manager.order_by("pk").values(*names))


def hours(town, person):
    return next(row.hours for row in studied(town.huaishuwan, YEAR, TODAY) if row.person == person)


def listed(town):
    (row,) = Ledger(project=project("life"), user=None, unit=town.huaishuwan).rows()
    return {name: getattr(row.record, name) for name in ("due", "came", "leave", "absent", "made_up")}


def test_who_came_in_either_file_came_once(branch, hold, twin, merge, cast, town):
    hold(absent=[branch.an])
    before = rows()
    merged = merge()
    assert hours(town, branch.an) == 4
    assert listed(town) == {"due": 4, "came": 4, "leave": 0, "absent": 0, "made_up": 0}
    assert year_of(branch.an, YEAR, cast.secretary)["came"] == 1
    members_acts.undo_merge(by=cast.staff, merge=merged)
    assert rows() == before
    assert listed(town) == {"due": 5, "came": 4, "leave": 0, "absent": 1, "made_up": 0}


def test_of_two_that_came_the_one_with_more_hours_counts(branch, hold, twin, merge, cast, town):
    meeting = hold()
    Attendance.objects.filter(record=meeting, person=branch.an).update(hours=Decimal("1.5"))
    before = rows()
    merged = merge()
    assert hours(town, branch.an) == 4
    members_acts.undo_merge(by=cast.staff, merge=merged)
    assert rows() == before


def test_the_kept_file_says_why_where_neither_came(branch, hold, twin, merge, town):
    hold(leave=[branch.an], absent=[twin])
    merge()
    assert listed(town) == {"due": 4, "came": 3, "leave": 1, "absent": 0, "made_up": 0}


def test_hours_made_up_in_both_files_count_once(branch, hold, make_up, twin, merge, town):
    meeting = hold(leave=[branch.an, twin])
    make_up(meeting, [branch.an])
    make_up(meeting, [twin], hours=1)
    merge()
    assert hours(town, branch.an) == 2
    assert listed(town)["made_up"] == 1


def test_the_page_of_a_meeting_names_nobody_twice(branch, hold, twin, merge, as_user, cast):
    meeting = hold(absent=[twin])
    merge()
    panel = as_user(cast.secretary).get(f"/records/{meeting.pk}/").context["panel"]
    assert (panel["due"], [row.person for row in panel["missing"]]) == (4, [])


def test_a_meeting_taken_back_before_comes_back_with_the_kept_person(branch, hold, twin, merge, cast, town):
    meeting = hold(absent=[branch.an])
    actions.void_record(by=cast.secretary, record=meeting, reason="误录")
    merge()
    restore_record(by=cast.staff, record=meeting)
    assert hours(town, branch.an) == 4
    assert listed(town)["due"] == 4


@pytest.fixture
def elsewhere(town, cast):
    """(a second file of 安正 at Liulin, with a meeting there)"""
    other = enrolled(town.liulin, "安正", Category.UNEMPLOYED, by=cast.staff)
    there = ({"person_id": other.pk, "state": "present", "hours": 4},)
    entry = actions.Entry(
        kind="life.theme_day", unit=town.liulin, happened_on=TODAY, submission_id=uuid4(), rows=there,
        detail={"topic": "学习条例", "hours": 4},
    )  # fmt: skip
    return other, actions.save_record(by=cast.neighbour, entry=entry)


def test_a_meeting_of_another_branch_comes_back_with_the_kept_person(branch, elsewhere, cast, town):
    """On the roll of that branch, as it is known now, nobody of the name stood."""
    other, meeting = elsewhere
    actions.void_record(by=cast.neighbour, record=meeting, reason="误录")
    members_acts.merge_people(by=cast.staff, keep=branch.an, other=other, reason="重复建档")
    assert hours(town, branch.an) == 0
    restore_record(by=cast.staff, record=meeting)
    assert hours(town, branch.an) == 4


def test_who_came_there_stays_when_that_meeting_is_put_right(branch, elsewhere, as_user, cast, town):
    other, meeting = elsewhere
    members_acts.merge_people(by=cast.staff, keep=branch.an, other=other, reason="重复建档")
    client = as_user(cast.neighbour)
    form = client.get(f"/records/{meeting.pk}/amend/").context["form"]
    assert [(line.person, line.state) for line in form.lines] == [(branch.an, "present")]
    data = sent(came=[branch.an], topic="学习章程", reason="写错了")
    assert client.post(f"/records/{meeting.pk}/amend/", data).status_code == 302
    assert hours(town, branch.an) == 4


def test_as_known_before_both_files_count_at_a_meeting(branch, hold, twin, merge):
    hold(absent=[twin])
    before = timezone.now()
    merge()
    assert [Attendance.objects.known(moment).count() for moment in (before, None)] == [5, 4]


def test_a_meeting_comes_back_though_a_day_on_the_roll_was_put_right(branch, hold, cast, town):
    """Who stood on the roll of that day by what is known now does not matter: the meeting stands as it was written."""
    meeting = hold()
    actions.void_record(by=cast.secretary, record=meeting, reason="误录")
    row = branch.deng.memberships.get()
    members_acts.transfer_person(by=cast.staff, person=branch.deng, unit=town.liulin, on=TODAY)
    assert row.to_date is None
    enrolled(town.huaishuwan, "冯来", None, by=cast.staff)
    restore_record(by=cast.staff, record=meeting)
    assert hours(town, branch.an) == 4


def test_a_talk_with_who_was_not_on_the_roll_comes_back(branch, cast, town):
    other = enrolled(town.liulin, "安正", None, by=cast.staff)
    entry = actions.Entry(
        kind="life.flexible_study", unit=town.liulin, happened_on=TODAY, people=(other,), detail={"year": 2026},
        submission_id=uuid4(),
    )  # fmt: skip
    record = actions.save_record(by=cast.neighbour, entry=entry)
    actions.void_record(by=cast.neighbour, record=record, reason="误录")
    members_acts.merge_people(by=cast.staff, keep=branch.an, other=other, reason="重复建档")
    restore_record(by=cast.staff, record=record)
    assert next(row for row in studied(town.huaishuwan, YEAR, TODAY) if row.person == branch.an).flexible


def test_the_branchs_page_counts_them_once(branch, hold, merge, cast, as_user):
    hold(absent=[branch.an])
    merge()
    ((record, _kind),) = as_user(cast.secretary).get("/life/").context["held"]
    assert (record.n_due, record.n_came) == (4, 4)
