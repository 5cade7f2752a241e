"""A ledger as an Excel file: /ledgers/<project>/export/."""

from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook

from members import actions as members_acts
from members.models import AuditRow, Category
from tests.conftest import enrolled

URL = "/ledgers/joint/export/"
HARDSHIP = "/ledgers/determined_person/export/"
HEAD = 3  # title, days, header
FOOT = 2  # an empty line, the signatures


def workbook(response):
    assert response.status_code == 200
    return CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))


def sheets(response):
    """{sheet of a branch: rows between header and signatures, without their numbers}."""
    book = workbook(response)
    names = [name for name in book.sheet_names if name not in ("汇总", "Overview")]
    return {name: [row[1:] for row in book.get_sheet_by_name(name).to_python()[HEAD:-FOOT]] for name in names}


def test_it_writes_the_rows_of_the_page_one_sheet_a_branch(as_user, town, cast, person):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff, birth_date=date(1980, 5, 6))
    client = as_user(cast.staff)
    found = sheets(client.get(URL))
    assert set(found) == {"槐树湾村", "柳林村"}
    page = [[str(cell) for cell in line["row"].cells] for line in client.get("/ledgers/joint/").context["lines"]]
    assert [[str(cell) for cell in row] for rows in found.values() for row in rows] == page
    assert found["柳林村"][0][2] == date(1980, 5, 6)


def test_it_keeps_text_as_text_and_masks_the_phone(as_user, town, cast):
    enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff, phone="19912343021", occupation="=1+1")
    person = enrolled(town.huaishuwan, "=1+1", Category.MOBILE, by=cast.staff)
    cells = [cell for row in sheets(as_user(cast.secretary).get(URL))["槐树湾村"] for cell in row]
    assert person.name in cells
    assert "199****3021" in cells
    assert not any("19912343021" in str(cell) for cell in cells)


def test_it_never_holds_a_neighbour(as_user, town, cast, person):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    assert set(sheets(as_user(cast.secretary).get(URL))) == {"槐树湾村"}
    assert as_user(cast.secretary).get(URL, {"unit": town.liulin.pk}).status_code == 404


def test_it_is_for_who_may_export(as_user, cast, person):
    for user in (cast.admin, cast.reader):
        assert as_user(user).get(URL).status_code == 403
        assert as_user(user).get(HARDSHIP).status_code == 403
        assert as_user(user).post(HARDSHIP, {"purpose": "核对"}).status_code == 403


def test_it_traces_every_file(as_user, town, cast, person):
    workbook(as_user(cast.secretary).get(URL))
    row = AuditRow.objects.get(act="export_ledger")
    assert (row.actor, row.restricted, row.detail["project"]) == (cast.secretary, False, "joint")


def test_it_asks_for_the_purpose_of_a_restricted_file_and_keeps_it(as_user, town, cast):
    enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    client = as_user(cast.secretary)
    response = client.get(HARDSHIP)
    assert "王某" not in response.content.decode()
    assert client.post(HARDSHIP, {"purpose": "  "}).status_code == 422
    assert AuditRow.objects.filter(act="export_ledger").count() == 0
    assert sheets(client.post(HARDSHIP, {"purpose": "年度慰问"}))["槐树湾村"][0][0] == "王某"
    row = AuditRow.objects.get(act="export_ledger")
    assert (row.purpose, row.restricted) == ("年度慰问", True)


def test_it_makes_a_sheet_with_a_header_when_nobody_stands_in_it(as_user, town, cast):
    book = workbook(as_user(cast.staff).get(URL))
    assert book.sheet_names == ["西屯镇"]
    rows = book.get_sheet_by_name("西屯镇").to_python()
    assert not any(rows[HEAD])
    assert all(rows[HEAD - 1])


def test_it_says_what_to_do_about_a_wrong_day(as_user, cast, person):
    assert as_user(cast.staff).get(URL, {"on": "31.31.2026"}).status_code == 400


def test_it_holds_the_ledger_of_an_earlier_day(as_user, town, cast, person):
    members_acts.end_category(by=cast.staff, enrolment=person.enrolments.get(), on=date(2026, 9, 1), reason="返乡")
    assert sheets(as_user(cast.staff).get(URL, {"on": "2026-08-31"}))["槐树湾村"][0][0] == "张建国"
