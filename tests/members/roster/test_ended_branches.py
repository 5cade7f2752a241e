"""A roster that names a branch that has ended: nobody comes onto its roll any more, whatever the day of the roster."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse

from members.actions import create_unit, end_unit
from members.models import Person
from members.roster.mend import settle_word, words_of
from members.roster.preview import explain, lines_of
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster

from .files import HEADINGS, roster_of, someone, table, xlsx_bytes

pytestmark = pytest.mark.usefixtures("in_english")
BEFORE, DAY = date(2026, 9, 1), date(2026, 9, 10)


@pytest.fixture
def ended(town, cast):
    """Huaishuwan ended; Liulin stands in its place."""
    end_unit(by=cast.admin, unit=town.huaishuwan, on=DAY, successors=[town.liulin], reason="撤村并组")


@pytest.fixture
def stage(town, cast):
    def stage_people(*people, unit=town.xitun, by=cast.staff, source=None):
        source = source or roster_of(*people)
        return stage_roster(by=by, unit=unit, source=source, filename="花名册.xlsx", on=BEFORE)

    return stage_people


def said(roster):
    (trouble,) = explain(lines_of(roster, "refused"), written=False)[0].troubles
    return str(trouble.title), trouble.read, trouble.hint


@pytest.mark.parametrize("name", ["槐树湾村党支部", "槐树湾村支部", "槐树湾村"])
def test_it_refuses_the_line_and_names_the_successor(stage, ended, name):
    roster = stage(someone(1, 所在党支部=name), someone(2, 所在党支部="柳林村党支部"))
    assert list(roster.lines.values_list("outcome", "reasons")) == [("reject", ["branch_ended"]), ("accept", [])]
    assert said(roster) == ("A branch that has ended", name, "柳林村党支部 stands in its place.")


def test_it_proposes_the_successor_for_all_lines_that_name_it(stage, ended, as_user, cast, town):
    roster = stage(someone(1), someone(2))
    assert words_of(roster) == [("branch_ended", "槐树湾村党支部", 2)]
    page = as_user(cast.staff).get(reverse("roster-preview", args=[roster.pk])).content.decode()
    assert f'<option value="{town.liulin.pk}" selected>' in page
    settle_word(by=cast.staff, roster=roster, code="branch_ended", text="槐树湾村党支部", value=str(town.liulin.pk))
    confirm_roster(by=cast.staff, roster=roster)
    assert [person.unit for person in Person.objects.all()] == [town.liulin] * 2


def test_it_proposes_none_of_several_successors(stage, as_user, cast, town):
    third = create_unit(by=None, kind="branch", name="河口村党支部", parent=town.xitun)
    end_unit(by=cast.admin, unit=town.huaishuwan, on=DAY, successors=[town.liulin, third], reason="撤村并组")
    roster = stage(someone(1))
    assert said(roster)[2] == "柳林村党支部, 河口村党支部 stand in its place."
    page = as_user(cast.staff).get(reverse("roster-preview", args=[roster.pk])).content.decode()
    assert f'<option value="{town.liulin.pk}" selected>' not in page


def test_it_names_who_stands_there_after_two_mergers(stage, ended, cast, town):
    third = create_unit(by=None, kind="branch", name="河口村党支部", parent=town.xitun)
    end_unit(by=cast.admin, unit=town.liulin, on=date(2026, 9, 15), successors=[third], reason="撤村并组")
    assert said(stage(someone(1)))[2] == "河口村党支部 stands in its place."


def test_it_takes_a_branch_that_bears_the_name_anew(stage, ended, town):
    anew = create_unit(by=None, kind="branch", name="槐树湾村党支部", parent=town.xitun)
    assert stage(someone(1)).lines.get().unit == anew


def test_it_knows_an_ended_branch_by_the_sheet_and_for_a_single_branch(stage, ended, cast, town):
    people = table(someone(1), headings=[heading for heading in HEADINGS if heading != "所在党支部"])
    sheet = stage(source=BytesIO(xlsx_bytes({"槐树湾村党支部": people})))
    mine = stage(someone(1), unit=town.liulin, by=cast.neighbour)
    for roster in (sheet, mine):
        assert said(roster) == ("A branch that has ended", "槐树湾村党支部", "柳林村党支部 stands in its place.")


def test_it_says_nothing_of_another_town(stage, cast, town):
    other = create_unit(by=None, kind="branch", name="高山村党支部", parent=town.beitun)
    end_unit(by=cast.admin, unit=town.foreign, on=DAY, successors=[other], reason="撤村并组")
    assert stage(someone(1, 所在党支部="远山村党支部")).lines.get().reasons == ["branch_unknown"]
