"""Headings that nobody but the office understands: asked once, remembered, applied to the same upload."""

from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import AuditRow, ColumnMapping, RosterImport, RosterPiece
from members.roster.headings import unpack
from members.roster.mapping import map_columns
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster

from .files import HEADINGS, id_number, someone, table, xlsx_bytes
from .test_pages import url


def strange(*people, more=(), **names):
    """A workbook whose headings are called otherwise: strange(someone(1), 姓名="谁")."""
    rows = table(*people, headings=[*HEADINGS, *more])
    rows[0] = [names.get(heading, heading) for heading in rows[0]]
    return xlsx_bytes({"Sheet1": rows})


@pytest.fixture
def stage(town, cast):
    def stage_file(content, by=cast.staff, unit=town.xitun):
        return stage_roster(by=by, unit=unit, source=BytesIO(content), filename="花名册.xlsx")

    return stage_file


def asked(roster):
    return {heading.text: heading.asked for heading in unpack(roster.headings) if heading.asked}


def test_it_asks_where_the_names_stand_and_judges_the_same_upload(stage, cast, town):
    roster = stage(strange(someone(1), someone(2), 姓名="党内同志"))
    assert (asked(roster), roster.lines.count()) == ({"党内同志": "unknown"}, 0)
    map_columns(by=cast.staff, roster=roster, answers={"党内同志": "name"})
    roster.refresh_from_db()
    assert not roster.asking
    assert list(roster.lines.order_by("number").values_list("name", "effect")) == [("张建二", "new"), ("张建三", "new")]
    row = ColumnMapping.objects.get()
    assert (row.unit, row.heading, row.column, row.recorded_by) == (town.xitun, "党内同志", "name", cast.staff)
    assert AuditRow.objects.get(act="map_columns").detail == {"党内同志": "name"}


def test_it_asks_the_office_once(stage, cast, town):
    content = strange(someone(1), 身份证号="证号码子")
    map_columns(by=cast.staff, roster=stage(content), answers={"证号码子": "id_number"})
    again = stage(content, by=cast.secretary, unit=town.huaishuwan)
    assert not again.asking
    assert again.lines.get().id_hash


def test_it_leaves_other_offices_alone(stage, cast, town):
    map_columns(by=cast.staff, roster=stage(strange(someone(1), 姓名="谁")), answers={"谁": "name"})
    there = stage(strange(someone(1), 姓名="谁"), by=cast.outsider, unit=town.beitun)
    assert there.asking


def test_it_asks_which_of_two_phones(stage, cast):
    person = someone(1) | {"手机": "19900000002"}
    roster = stage(strange(person, more=["手机"]))
    assert asked(roster) == {"联系电话": "twice", "手机": "twice"}
    map_columns(by=cast.staff, roster=roster, answers={"联系电话": "", "手机": "phone"})
    assert roster.lines.get().phone == "19900000002"
    assert not stage(strange(person, more=["手机"])).asking


def test_it_asks_nothing_for_a_column_nobody_needs(stage):
    roster = stage(strange(someone(1) | {"籍贯": "某县", "年龄": "58"}, more=["籍贯", "年龄"]))
    assert not roster.asking
    assert [heading.text for heading in unpack(roster.headings) if heading.unread] == ["籍贯"]


def test_it_supersedes_what_was_said_before(stage, cast):
    content = strange(someone(1) | {"籍贯": "某县"}, more=["籍贯"])
    for column in ("address", "note"):
        map_columns(by=cast.staff, roster=stage(content), answers={"籍贯": column})
    rows = ColumnMapping.objects.order_by("pk")
    assert [(row.column, row.superseded_at is None) for row in rows] == [("address", False), ("note", True)]


@pytest.mark.parametrize("answers", [{"姓名": ""}, {"籍贯": "name"}])
def test_it_refuses_answers_that_make_no_sense(stage, cast, answers):
    roster = stage(strange(someone(1) | {"籍贯": "某县"}, more=["籍贯"]))
    with pytest.raises(ValidationError):
        map_columns(by=cast.staff, roster=roster, answers=answers)
    assert not ColumnMapping.objects.exists()


def test_it_masks_what_it_shows_and_keeps_it_encrypted(stage):
    roster = stage(strange(someone(1), 身份证号="证号码子"))
    shown = str([heading.samples for heading in unpack(roster.headings)])
    assert "张建二" in shown
    assert id_number(order=103)[:6] in shown
    assert id_number(order=103) not in shown
    assert "19912340001" not in shown


def test_it_keeps_the_file_no_longer_than_it_needs(stage, cast):
    roster = stage(strange(someone(1)))
    assert RosterPiece.objects.filter(roster=roster).exists()
    confirm_roster(by=cast.staff, roster=roster)
    roster.refresh_from_db()
    assert not RosterPiece.objects.exists()
    assert roster.headings is None


def test_it_writes_nothing_before_it_is_answered(stage, cast):
    with pytest.raises(ValidationError):
        confirm_roster(by=cast.staff, roster=stage(strange(someone(1), 身份证号="证号码子")))


def test_it_refuses_who_may_not_write(stage, cast):
    with pytest.raises(PermissionDenied):
        map_columns(by=cast.outsider, roster=stage(strange(someone(1), 姓名="谁")), answers={"谁": "name"})


def test_it_leads_from_the_upload_to_the_question_and_back(as_user, cast, town):
    client = as_user(cast.staff)
    file = SimpleUploadedFile("花名册.xlsx", strange(someone(1), 姓名="谁"))
    response = client.post(reverse("roster-import"), {"file": file, "unit": town.xitun.pk, "on": "2026-09-01"})
    roster = RosterImport.objects.get()
    address = url("roster-columns", roster)
    assert response.url == address
    assert client.get(url("roster-preview", roster)).url == address
    page = client.get(address)
    numbers = {heading.text: number for number, heading in enumerate(page.context["form"].headings)}
    name = f"column-{numbers['谁']}"
    sent = {field.html_name: field.value() or "" for field in page.context["form"]}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {name: "x"}).status_code == 422
    assert client.post(address, sent | {name: "name"}).url == url("roster-preview", roster)
    preview = client.get(url("roster-preview", roster)).content.decode()
    assert "谁 → 姓名" in preview
    assert address in preview
    client.post(url("roster-confirm", roster))
    assert client.get(address).status_code == 302
