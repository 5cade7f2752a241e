"""The pages and files of the quarterly report: /reports/."""

from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from assessments.words import PEOPLE_WORDS
from members import actions as members_acts
from members.models import AuditRow, Category
from projects import registry
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import enrolled
from xitun.lib.dates import Quarter
from xitun.summary import Kept

URL = "/reports/2026Q3/"
EXPORT = URL + "export/"


def crowd(unit, category, number, by):
    return [enrolled(unit, f"王{n}", category, by=by) for n in range(number)]


def sheet_of(project_code):
    return str(registry.project(project_code).people)


def sheets(source):
    """{sheet name: rows}."""
    book = CalamineWorkbook.from_filelike(source)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def exported(response):
    assert response.status_code == 200
    return sheets(BytesIO(b"".join(response.streaming_content)))


def test_the_list_names_every_quarter_with_duties_and_the_present_one(as_user, cast, person):
    open_dues(date(2026, 2, 2))
    found = dict(as_user(cast.secretary).get("/reports/").context["quarters"])
    assert [quarter.key for quarter in found] == ["2026Q3", "2026Q2", "2026Q1"]
    assert found[Quarter(2026, 3)] == 0
    mine = found[Quarter(2026, 1)]
    assert dict(as_user(cast.staff).get("/reports/").context["quarters"])[Quarter(2026, 1)] > mine > 0


def test_the_page_shows_the_town_by_branch(as_user, town, cast, person):
    enrolled(town.foreign, "赵某", Category.MOBILE, by=cast.outsider)
    response = as_user(cast.staff).get(URL, {"category": "mobile"})
    report = response.context["report"]
    assert report.unit == town.xitun
    assert report.rows == [town.huaishuwan, town.liulin]
    assert response.context["chosen"].total.people["closing"] == 1
    text = response.content.decode()
    assert "远山村" not in text
    assert "style=" not in text


def test_what_the_home_page_asks_is_what_the_report_asks_with_organisational_life(as_user, cast, person):
    open_dues()
    staff = as_user(cast.staff)
    asked = sum(cell["total"] for cell in Kept(cast.staff, person.unit.get_parent()).by_place(12))
    before = Due.objects.visible_to(cast.staff).overdue(Quarter(2026, 3).start).count()
    response = staff.get(URL)
    report = response.context["report"]
    assert report.total.duties["due"] + report.life_due + before == asked
    assert report.life_due > 0
    assert f"另有组织生活 {report.life_due} 项" in response.content.decode()


def test_the_page_narrows_to_a_unit_in_scope(as_user, town, cast, person):
    client = as_user(cast.secretary)
    assert client.get(URL).context["report"].unit == town.huaishuwan
    for unit in (town.liulin.pk, town.xitun.pk, 10**30, "x"):
        assert client.get(URL, {"unit": unit}).status_code == 404
        assert client.get(EXPORT, {"unit": unit}).status_code == 404


@pytest.mark.parametrize("quarter", ["2026Q4", "2026Q5", "2026", "x", "2026q", "99999Q1"])
def test_it_knows_no_quarter_that_is_none_or_lies_ahead(as_user, cast, quarter):
    assert as_user(cast.staff).get(f"/reports/{quarter}/").status_code == 404


def test_it_is_not_for_members(as_user, cast, person):
    user = members_acts.create_user(by=None, username="member", password="correct horse", person=person)
    members_acts.grant_role(by=None, user=user, role="member", unit=person.unit)
    for url in ("/reports/", URL, EXPORT):
        assert as_user(user).get(url).status_code == 403


def test_it_hides_small_numbers_from_admin_on_the_page_and_in_the_file(as_user, town, cast):
    north = members_acts.create_unit(by=None, kind="branch", name="北沟村党支部", parent=town.xitun)
    for unit, number in ((town.huaishuwan, 3), (town.liulin, 7), (north, 12)):
        crowd(unit, Category.MOBILE, number, cast.staff)
    crowd(town.huaishuwan, Category.BACKWARD, 2, cast.staff)
    client = as_user(cast.admin)
    response = client.get(URL, {"category": "mobile"})
    lines = {line.unit: line.people["closing"] for line in response.context["chosen"].lines}
    assert lines == {town.huaishuwan: "<5", town.liulin: "*", north: 12}
    assert "&lt;5" in response.content.decode()
    file = exported(client.get(EXPORT))
    rows = {row[0]: row[4] for row in file[sheet_of("joint")] if row[0]}
    assert (rows["槐树湾村党支部"], rows["柳林村党支部"], rows["北沟村党支部"]) == ("<5", "*", 12)
    *_headings, header, total = file[sheet_of("key")]
    assert (header[4], total[4]) == (str(PEOPLE_WORDS["closing"]), 2)


def test_the_file_has_a_summary_and_a_sheet_a_category_for_those_with_the_right(as_user, town, cast, person):
    enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    file = exported(as_user(cast.staff).get(EXPORT))
    assert len(file) == 9
    summary = next(iter(file.values()))
    header = next(row for row in summary if sheet_of("joint") in row)
    line = next(row for row in summary if row[0] == "槐树湾村党支部")
    assert dict(zip(header, line, strict=True))[sheet_of("determined_person")] == 1
    assert any(row[0] == "槐树湾村党支部" and row[4] == 1 for row in file[sheet_of("joint")])


def test_every_file_leaves_a_trace(as_user, town, cast, person):
    exported(as_user(cast.admin).get(EXPORT))
    row = AuditRow.objects.get(act="export_report")
    assert (row.actor, row.path, row.detail["quarter"], row.restricted) == (
        cast.admin,
        town.xitun.path,
        "2026Q3",
        False,
    )


def test_the_page_takes_the_same_statements_for_3_people_as_for_60(as_user, town, cast):
    client = as_user(cast.staff)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        return len(captured)

    crowd(town.huaishuwan, Category.MOBILE, 3, cast.staff)
    statements()
    few = statements()
    crowd(town.liulin, Category.MOBILE, 57, cast.staff)
    assert statements() == few


def run(*args):
    out = StringIO()
    call_command("quarter_report", *args, stdout=out)
    return out.getvalue().strip()


def test_the_command_writes_all_numbers_and_prints_the_file(town, cast, tmp_path):
    crowd(town.huaishuwan, Category.BACKWARD, 2, cast.staff)
    path = run("2026Q3", "--branch", "西屯镇", "--out", str(tmp_path / "new"))
    with open(path, "rb") as file:
        found = sheets(BytesIO(file.read()))
    assert any(row[0] == "槐树湾村党支部" and row[4] == 2 for row in found[sheet_of("key")])


@pytest.mark.parametrize("args", [("2026Q9", "--branch", "西屯镇"), ("2026Q3", "--branch", "东屯镇")])
def test_the_command_says_what_is_wrong(town, tmp_path, args):
    with pytest.raises(CommandError, match=args[0] if "Q9" in args[0] else "东屯镇"):
        run(*args, "--out", str(tmp_path))
