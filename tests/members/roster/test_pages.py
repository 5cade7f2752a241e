"""The roster's pages: upload, preview, confirm, result; for whom, and against what."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from members.actions import correct_person
from members.models import Enrolment, Person, RosterImport, Status
from members.roster.staging import stage_roster
from projects.models import PeriodLock

from .files import HEADINGS, csv_bytes, someone, table, xlsx_bytes

UPLOAD = "/roster/"


def file_of(*people, name="花名册.xlsx"):
    return SimpleUploadedFile(name, xlsx_bytes({"Sheet1": table(*people)}))


@pytest.fixture
def upload(as_user, cast, town):
    """`upload(people…, by=…)` posts the file; returns the response."""

    def post(*people, by=cast.staff, unit=None, file=None, extra=()):
        data = {"file": file or file_of(*people), "unit": (unit or town.xitun).pk, "on": "2026-09-01"}
        return as_user(by).post(UPLOAD, data | dict(extra))

    return post


@pytest.fixture
def staged(upload):
    def stage(*people, **options):
        response = upload(*people, **options)
        assert response.status_code == 302, response.content.decode()
        return RosterImport.objects.latest("created_at")

    return stage


def url(name, roster):
    return reverse(name, args=[roster.pk])


def test_it_shows_the_form_to_whoever_may_write(as_user, cast, town):
    for user in (cast.staff, cast.secretary, cast.director):
        assert as_user(user).get(UPLOAD).status_code == 200
    for user in (cast.reader, cast.admin):
        assert as_user(user).get(UPLOAD).status_code == 403


def test_it_asks_strangers_to_sign_in(client, db):
    assert client.get(UPLOAD).status_code == 302
    assert client.get(reverse("roster-preview", args=[uuid4()])).status_code == 302


def test_it_previews_without_writing(client, staged):
    roster = staged(someone(1), someone(2, 所在党支部="槐树湾"), someone(3, 入党时间="1980-01-01"))
    page = client.get(url("roster-preview", roster)).content.decode()
    assert not Person.objects.exists()
    assert "张建三" in page
    assert "槐树湾村党支部" in page
    assert "张建二" not in page
    assert "张建二" in client.get(url("roster-preview", roster) + "?show=new").content.decode()
    assert "张建四" in client.get(url("roster-preview", roster) + "?show=warned").content.decode()


def test_it_writes_after_the_confirmation_and_shows_the_result(client, staged):
    roster = staged(someone(1), someone(2, 姓名=""))
    response = client.post(url("roster-confirm", roster), follow=True)
    assert response.redirect_chain == [(url("roster-preview", roster), 302)]
    assert list(Person.objects.values_list("name", flat=True)) == ["张建二"]
    assert Enrolment.objects.get().status == Status.ACTIVE
    assert str(Enrolment.objects.get().from_date) == "2026-09-01"
    assert url("roster-confirm", roster) not in response.content.decode()


@pytest.mark.parametrize("who, opens", [("staff", True), ("secretary", False)])
def test_it_says_what_comes_next(as_user, upload, cast, town, who, opens):
    user = getattr(cast, who)
    upload(someone(1), someone(2, 姓名=""), by=user, unit=town.huaishuwan)
    client, roster = as_user(user), RosterImport.objects.get()
    assert reverse("open-duties") not in client.get(url("roster-preview", roster)).content.decode()
    page = client.post(url("roster-confirm", roster), follow=True).content.decode()
    assert (reverse("open-duties") in page) is opens
    assert "?show=refused" in page


def test_it_shows_what_changes_and_masks_the_phone(client, staged, upload):
    client.post(url("roster-confirm", staged(someone(1))))
    roster = staged(someone(1, 姓名="李天明", 联系电话="19900000001", 分类="流动党员"))
    page = client.get(url("roster-preview", roster) + "?show=changed").content.decode()
    assert "李天明" in page
    assert "199****0001" in page
    assert "19900000001" not in page
    client.post(url("roster-confirm", roster))
    assert client.get(url("roster-preview", roster) + "?show=changed").status_code == 200


def test_it_never_writes_on_get(client, staged):
    roster = staged(someone(1))
    for name in ("roster-confirm", "roster-discard", "roster-undo"):
        assert client.get(url(name, roster)).status_code == 405
    assert RosterImport.objects.filter(confirmed_at=None).exists()


def test_it_throws_an_upload_away(client, staged):
    roster = staged(someone(1))
    assert client.post(url("roster-discard", roster)).status_code == 302
    assert not RosterImport.objects.exists()


def test_it_keeps_what_was_written_from_being_thrown_away(client, staged):
    roster = staged(someone(1))
    client.post(url("roster-confirm", roster))
    client.post(url("roster-discard", roster))
    assert RosterImport.objects.exists()


@pytest.mark.parametrize(
    "name", ["roster-preview", "roster-confirm", "roster-discard", "roster-undo", "roster-troubles"]
)
def test_it_hides_an_upload_from_everybody_else(as_user, cast, staged, name):
    roster = staged(someone(1))
    for other in (cast.director, cast.secretary, cast.reader, cast.admin, cast.outsider):
        client = as_user(other)
        ask = client.get if name in ("roster-preview", "roster-troubles") else client.post
        assert ask(url(name, roster)).status_code == 404
    assert not Person.objects.exists()


def test_it_offers_a_secretary_only_their_own_branch(upload, cast, town):
    assert upload(someone(1), by=cast.secretary, unit=town.liulin).status_code == 422
    assert upload(someone(1), by=cast.secretary, unit=town.huaishuwan).status_code == 302
    assert RosterImport.objects.get().direct is False


@pytest.mark.parametrize(
    "content, name",
    [
        (b"", "a.xlsx"),
        (b"%PDF-1.7 not a table", "a.pdf"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"\x00\x01\x02\xff\xfe" * 100, "a.xls"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls"),
        (csv_bytes([["支部", "人数"], ["柳林村", 43]]), "a.csv"),
        (csv_bytes([HEADINGS]), "a.csv"),
        ("姓名\n张\x00建".encode(), "a.csv"),
    ],
)
def test_it_refuses_what_is_no_roster_with_words(upload, content, name):
    response = upload(file=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert "the file" not in response.content.decode()  # every word is the reader's
    assert not RosterImport.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"unit": "x"}, {"unit": "0"}, {"on": "2026-13-01"}, {"on": "2999-01-01"}, {"on": ""}]
)
def test_it_refuses_a_form_that_makes_no_sense(upload, changes):
    assert upload(someone(1), extra=changes).status_code == 422


def test_it_survives_strange_parameters(client, staged):
    roster = staged(someone(1))
    for query in ("?show=x", "?after=x", "?before=99999999999999999999", "?show=new&after=-1"):
        assert client.get(url("roster-preview", roster) + query).status_code == 200


def test_it_pages_through_many_lines_with_as_many_queries(client, staged, django_assert_max_num_queries):
    roster = staged(*[someone(n, 姓名=f"王{chr(0x4E00 + n)}") for n in range(1, 121)])
    with django_assert_max_num_queries(20):
        page = client.get(url("roster-preview", roster) + "?show=new")
    assert 'rel="next"' in page.content.decode()


def test_it_hands_out_the_lines_to_mend(client, staged):
    roster = staged(someone(1), someone(2, 姓名="=1+1"), someone(3, 所在党支部="槐树湾"))
    response = client.get(url("roster-troubles", roster))
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert [row[1] for row in rows[2:]] == [3, 4]
    assert "槐树湾村党支部" in rows[3][5]


def test_it_previews_the_command_lines_rosters_to_nobody(as_user, cast, town):
    roster = stage_roster(by=None, unit=town.xitun, source=BytesIO(xlsx_bytes({"一": table(someone(1))})))
    assert as_user(cast.staff).get(url("roster-preview", roster)).status_code == 404


def test_it_mends_a_line_in_the_list(client, staged):
    roster = staged(someone(1), someone(2, 姓名=""))
    page = client.get(url("roster-preview", roster)).content.decode()
    assert 'name="cell-name"' in page
    address = reverse("roster-mend", args=[roster.pk, 2])
    response = client.post(address, {"cell-name": "张建二", "cell-id_number": "not asked for"})
    assert response.status_code == 302
    line = roster.lines.get(number=2)
    assert (line.name, line.effect) == ("张建二", "new")
    assert client.post(address, {"cell-name": "张建三"}).status_code == 302  # mended already: a message, nothing more
    assert roster.lines.get(number=2).name == "张建二"


def test_it_swaps_only_the_line(client, staged):
    roster = staged(someone(1, 姓名=""))
    address = reverse("roster-mend", args=[roster.pk, 1])
    refused = client.post(address, {"cell-name": "12"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="line-1"' in refused
    assert 'value="12"' in refused
    mended = client.post(address, {"cell-name": "张建一"}, headers={"HX-Request": "true"}).content.decode()
    assert "cell-name" not in mended
    assert 'id="roster-counts"' in mended
    assert "<html" not in mended


def test_it_calls_nothing_mended_that_is_written_already(client, staged):
    roster = staged(someone(1), someone(2, 姓名=""))
    client.post(url("roster-confirm", roster))
    address = reverse("roster-mend", args=[roster.pk, 2])
    body = client.post(address, {"cell-name": "张建二"}, headers={"HX-Request": "true"}).content.decode()
    assert "已改正" not in body
    assert "tag-green" not in body


def test_it_settles_a_word_once_for_all(client, staged, town):
    roster = staged(someone(1, 所在党支部="槐树湾"), someone(2, 所在党支部="槐树湾"))
    assert "槐树湾" in client.get(url("roster-preview", roster)).content.decode()
    address = url("roster-word", roster)
    assert client.post(address, {"code": "branch_unknown", "text": "槐树湾", "value": "x"}).status_code == 302
    assert roster.lines.filter(outcome="reject").count() == 2
    client.post(address, {"code": "branch_unknown", "text": "槐树湾", "value": town.huaishuwan.pk})
    assert not roster.lines.filter(outcome="reject").exists()


def test_it_asks_a_constant_number_of_queries_for_the_worklist(client, staged, django_assert_num_queries):
    roster = staged(*(someone(n, 姓名="") for n in range(1, 40)))
    few = staged(someone(1, 姓名=""), someone(2, 姓名=""))
    address = url("roster-preview", few)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    with django_assert_num_queries(len(queries)):
        client.get(url("roster-preview", roster))


def test_it_takes_an_import_back(client, staged):
    roster = staged(someone(1), someone(2))
    client.post(url("roster-confirm", roster))
    assert url("roster-undo", roster) in client.get(url("roster-preview", roster)).content.decode()
    assert client.post(url("roster-undo", roster)).status_code == 302
    assert not Person.objects.exists()
    page = client.get(url("roster-preview", roster)).content.decode()
    assert url("roster-undo", roster) not in page
    assert "本次导入已撤回" in page
    assert "已写入" not in page
    assert client.post(url("roster-undo", roster)).status_code == 302  # the other tap of a double tap


def test_it_says_who_worked_on_it_since_and_takes_back_the_rest(client, staged, cast):
    roster = staged(someone(1), someone(2))
    client.post(url("roster-confirm", roster))
    touched, other = Person.objects.order_by("pk")
    correct_person(by=cast.secretary, person=touched, version=touched.version, occupation="养殖")
    answer = client.post(url("roster-undo", roster))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert touched.name in page
    assert "槐树湾书记" in page
    assert other.name not in page
    client.post(url("roster-undo", roster), {"spare": "1"})
    assert list(Person.objects.all()) == [touched]


def test_it_names_the_branch_sealed_since_and_takes_back_the_rest(client, staged, town):
    roster = staged(someone(1), someone(2, 所在党支部="柳林村党支部"))
    client.post(url("roster-confirm", roster))
    PeriodLock.objects.create(unit=town.liulin, start=date(2026, 7, 1), end=date(2026, 10, 1))
    answer = client.post(url("roster-undo", roster))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "柳林村党支部" in page
    assert "槐树湾村党支部" not in page
    client.post(url("roster-undo", roster), {"spare": "1"})
    assert [person.unit for person in Person.objects.all()] == [town.liulin]
