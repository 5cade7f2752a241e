"""What a branch owes of organisational life: committee and group meetings only where there is a committee or group."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import Setting
from projects.life.models import Attendance
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.django_db
ALWAYS = {"general_meeting", "party_lecture", "theme_day"}


def owed(unit):
    rows = Due.objects.open().filter(unit=unit, duty__startswith="life.")
    return {duty.removeprefix("life.") for duty in rows.values_list("duty", flat=True)}


def test_it_owes_a_small_branch_no_committee_meeting(branch, town):
    open_dues(TODAY)
    assert owed(town.huaishuwan) == ALWAYS
    assert set(Due.objects.filter(duty__startswith="life.").values_list("category", flat=True)) == {""}


def test_it_owes_committee_meetings_from_seven_full_members(branch, town, cast):
    for number in range(3):
        enrolled(town.huaishuwan, f"王{number}", None, by=cast.staff)
    open_dues(TODAY)
    assert owed(town.huaishuwan) == ALWAYS  # six full members and one on probation
    enrolled(town.huaishuwan, "王四", None, by=cast.staff)
    open_dues(TODAY)
    assert owed(town.huaishuwan) == ALWAYS | {"committee_meeting"}


def test_it_follows_the_branch_that_has_one_nevertheless(branch, town):
    Setting.objects.create(unit=town.xitun, key="committee_from", value=3, from_date=date(2026, 1, 1))
    Setting.objects.create(unit=town.liulin, key="committee_from", value=0, from_date=date(2026, 1, 1))
    open_dues(TODAY)
    assert "committee_meeting" in owed(town.huaishuwan)
    assert "committee_meeting" in owed(town.liulin)
    assert "committee_meeting" not in owed(town.foreign)


def test_it_owes_group_meetings_where_there_are_groups(branch, town, cast):
    members_acts.correct_person(by=cast.staff, person=branch.an, version=branch.an.version, group="第一党小组")
    open_dues(TODAY)
    assert "group_meeting" in owed(town.huaishuwan)
    assert "group_meeting" not in owed(town.liulin)


def test_it_owes_nothing_after_the_branch_has_ended(branch, town, cast):
    open_dues(TODAY)
    members_acts.end_unit(by=cast.staff, unit=town.huaishuwan, successors=[town.liulin], on=TODAY, reason="撤并")
    open_dues(TODAY)
    assert owed(town.huaishuwan) == set()


def test_it_settles_a_theme_day_that_was_a_lecture_too(branch, town, hold):
    open_dues(TODAY)
    both = Due.objects.filter(unit=town.huaishuwan, duty__in=("life.theme_day", "life.party_lecture"))
    record = hold("theme_day", dues=list(both))
    assert owed(town.huaishuwan) == {"general_meeting"}
    assert Attendance.objects.filter(record=record).count() == 4


def test_it_is_no_ninth_category(as_user, cast, branch, town):
    """The map of the home page has it beside the eight, so that it adds up; nobody is counted in it."""
    open_dues(TODAY)
    home = as_user(cast.staff).get("/").context
    assert [column["title"] for column in home["columns"][8:]] == ["组织生活"]
    assert len(home["distribution"]["bars"]) == 8
    dues = as_user(cast.secretary).get("/dues/?category=life").context["page"]
    assert {due.duty.partition(".")[0] for due in dues} == {"life"}
