"""The workbook handed back with its reasons: corrected in Excel and sent again, it is what it was meant to be."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from members.models import AuditRow, Person
from members.roster.marked import hand_back_roster
from members.roster.mend import mend_line, refused
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster

from .files import HEADINGS, Formula, someone, table, xlsx_bytes
from .test_mend import stage  # noqa: F401
from .test_pages import url


@pytest.fixture
def hand_back(cast):
    def marked(roster):
        target = BytesIO()
        hand_back_roster(by=cast.staff, roster=roster, target=target)
        return target

    return marked


def sheet_of(target, number=0):
    rows = CalamineWorkbook.from_filelike(BytesIO(target.getvalue())).get_sheet_by_index(number)
    return rows.to_python(skip_empty_area=False)


def judged(roster):
    lines = roster.lines.order_by("number")
    return list(lines.values_list("line", "name", "outcome", "reasons", "effect", "birth_date", "phone", "category"))


def rows_of_sheet(*people):
    return [["西屯镇党员花名册"], [], *table(*people)]


def stage_sheets(cast, town, sheets, merged=()):
    return stage_roster(by=cast.staff, unit=town.xitun, source=BytesIO(xlsx_bytes(sheets, merged)), filename="一.xlsx")


def test_it_writes_the_reasons_beside_the_cells(cast, town, hand_back):
    people = [someone(1), someone(2, 性别="女"), someone(3, 所在党支部="槐树湾")]
    roster = stage_sheets(cast, town, {"党员": rows_of_sheet(*people), "说明": [["填表说明"], ["一"]]})
    target = hand_back(roster)
    rows = sheet_of(target)
    width = len(HEADINGS)
    assert rows[2][:width] == HEADINGS
    assert all(rows[2][width:])
    assert rows[3][width:] == ["", ""]
    assert "性别" in rows[4][width]
    assert "槐树湾村党支部" in rows[5][width + 1]
    assert [row[2] for row in rows[3:]] == ["张建二", "张建三", "张建四"]
    assert sheet_of(target, 1)[0][0] == "填表说明"
    assert AuditRow.objects.filter(act="hand_back_roster").exists()


def test_it_is_judged_as_before_when_it_comes_back(cast, town, hand_back):
    people = [
        someone(1, 身份证号=6.2e17), someone(2, 姓名=Formula("A1", "某")), someone(3, 出生日期=25024),
        someone(4, 姓名="=1+1"), someone(5, 所在党支部=""), someone(6),
    ]  # fmt: skip
    sheets = {"党员": rows_of_sheet(*people), "第二页": table(someone(7), someone(8, 姓名=""))}
    first = stage_sheets(cast, town, sheets, merged=["B7:B8"])
    target = hand_back(first)
    again = stage_roster(by=cast.staff, unit=town.xitun, source=target, filename="一（标注）.xlsx")
    assert judged(again) == judged(first)
    assert not again.asking
    third = stage_roster(by=cast.staff, unit=town.xitun, source=hand_back(again), filename="一.xlsx")
    assert judged(third) == judged(first)


def test_it_keeps_formulas_dead(cast, town, hand_back):
    target = hand_back(stage_sheets(cast, town, {"一": rows_of_sheet(someone(1, 姓名="=1+1"), someone(2))}))
    book = BytesIO(target.getvalue())
    with zipfile.ZipFile(book) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_it_holds_what_was_mended_in_the_list(cast, town, hand_back, stage):  # noqa: F811
    roster = stage(someone(1, 姓名=""), someone(2))
    mend_line(by=cast.staff, roster=roster, line=refused(roster).get(), mended={"name": "张建一"})
    again = stage_roster(by=cast.staff, unit=town.xitun, source=hand_back(roster), filename="一.xlsx")
    assert [line[1] for line in judged(again)] == ["张建一", "张建三"]


def test_it_leaves_the_right_rows_unchanged_after_the_writing(cast, town, hand_back, stage):  # noqa: F811
    roster = stage(someone(1), someone(2, 性别="女"))
    target = hand_back(roster)
    confirm_roster(by=cast.staff, roster=roster)
    again = stage_roster(by=cast.staff, unit=town.xitun, source=target, filename="一.xlsx")
    assert [line[4] for line in judged(again)] == ["unchanged", ""]
    assert Person.objects.count() == 1


def test_it_is_gone_after_the_writing(cast, hand_back, stage):  # noqa: F811
    roster = stage(someone(1))
    confirm_roster(by=cast.staff, roster=roster)
    with pytest.raises(ValidationError):
        hand_back(roster)


def test_it_comes_from_the_preview(as_user, cast, town):
    client = as_user(cast.staff)
    file = SimpleUploadedFile("一季度.xlsx", xlsx_bytes({"一": table(someone(1), someone(2, 性别="女"))}))
    preview = client.post("/roster/", {"file": file, "unit": town.xitun.pk, "on": "2026-09-01"}, follow=True)
    roster = preview.context["roster"]
    assert url("roster-marked", roster) in preview.content.decode()
    response = client.post(url("roster-marked", roster))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert "%E4%B8%80%E5%AD%A3%E5%BA%A6" in response["Content-Disposition"]
    client.post(url("roster-confirm", roster))
    assert client.post(url("roster-marked", roster)).url == url("roster-preview", roster)
