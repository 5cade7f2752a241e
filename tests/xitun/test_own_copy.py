"""A copy of one's own data: /people/<pk>/copy/, and that nothing about a person is forgotten in it."""

import json
import uuid
import zipfile
from datetime import date
from io import BytesIO

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from members import actions
from members.models import AuditRow, Category, Person, Role
from projects.models import Record, RecordSubject
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries
from xitun.own_copy import copy_own_data
from xitun.own_topics import FILE_COLUMNS, LEFT_OUT, LEFT_OUT_COLUMNS, TOPICS


@pytest.fixture
def poor(town, cast):
    return enrolled(
        town.huaishuwan,
        "李帮扶",
        Category.POOR_WEAK,
        by=cast.staff,
        id_number="620000195003020014",
        phone="19912340000",
    )


@pytest.fixture
def member(poor, town):
    user = actions.create_user(by=None, username="m", person=poor)
    actions.grant_role(by=None, user=user, role=Role.MEMBER, unit=town.huaishuwan, from_date=date(2020, 1, 1))
    return user


def url(person):
    return f"/people/{person.pk}/copy/"


def package(client, person):
    response = client.post(url(person))
    assert response.status_code == 200
    return zipfile.ZipFile(BytesIO(response.content)), response


def data_of(client, person):
    return json.loads(package(client, person)[0].read("data.json"))


def record(cast, people, words, *, kind="joint.follow_up", restricted=False):
    row = Record.objects.create(
        submission_id=uuid.uuid4(), kind=kind, unit=people[0].unit, path=people[0].path, happened_on=TODAY,
        entered_at=timezone.now(), author=cast.secretary, narrative=words, restricted=restricted,
    )  # fmt: skip
    RecordSubject.objects.bulk_create(RecordSubject(record=row, person=person) for person in people)
    return row


def test_every_table_about_a_person_is_in_the_copy_or_left_out_with_a_reason():
    about = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Person
    }
    told = {table for topic in TOPICS for table in topic.tables}
    assert about == told | set(LEFT_OUT)
    assert not told & set(LEFT_OUT)
    columns = {field.name for field in Person._meta.concrete_fields}
    assert columns == set(FILE_COLUMNS) | set(LEFT_OUT_COLUMNS)


def test_it_holds_everything_about_oneself(as_user, cast, poor, member, town):
    open_dues()
    actions.propose_category(by=cast.secretary, person=poor, category="retired", reason="退休", evidence="退休证")
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="文书", person=poor, from_date=date(2026, 1, 1))
    record(cast, [poor], "送去慰问品", kind="determined_person.contact", restricted=True)
    actions.ask_correction(by=member, person=poor, column="phone", right="19900001111", submission_id=uuid.uuid4())
    actions.reveal_person(by=cast.secretary, person=poor, purpose="办理转接")
    client = as_user(member)
    found = data_of(client, poor)
    assert set(found) == {"made_at", *(topic.code for topic in TOPICS)}
    empty = [code for code, rows in found.items() if not rows]
    assert empty == ["identities", "transfers", "absences", "receipts", "attendance", "suggestions"]
    assert found["file"][0]["id_number"] == "620000195003020014"
    assert found["categories"][0]["category"] == "帮扶对象"
    assert found["categories"][-1]["evidence"] == "退休证"
    assert found["records"][0]["narrative"] == "送去慰问品"
    assert found["corrections"][0]["right"] == "19900001111"
    assert "办理转接" in {look["purpose"] for look in found["looks"]}
    traced = AuditRow.objects.filter(act="copy_own_data").get()
    assert (traced.actor, traced.person) == (member, poor)
    assert "620000195003020014" not in str(traced.detail)


def test_it_can_be_read_in_excel(as_user, poor, member):
    book, response = package(as_user(member), poor)
    assert book.namelist() == ["我的档案.xlsx", "data.json"]
    assert "no-store" in response["Cache-Control"]
    sheets = zipfile.ZipFile(BytesIO(book.read("我的档案.xlsx")))
    assert "档案" in sheets.read("xl/workbook.xml").decode()
    assert "620000195003020014" in "".join(
        sheets.read(name).decode() for name in sheets.namelist() if name.endswith(".xml")
    )


def test_it_names_nobody_else(as_user, cast, poor, person, member):
    record(cast, [poor, person], "与张建国一同走访李帮扶")
    record(cast, [poor, person], "张建国的困难", kind="determined_person.contact", restricted=True)
    record(cast, [person], "只谈张建国")
    rows = data_of(as_user(member), poor)["records"]
    assert [row["narrative"] for row in rows] == ["与＊＊一同走访李帮扶"]


def test_a_role_adds_nothing_to_ones_own_copy(as_user, cast, poor, person):
    cast.secretary.person = poor
    cast.secretary.save()
    record(cast, [poor, person], "家里出了变故", kind="determined_person.contact", restricted=True)
    assert data_of(as_user(cast.secretary), poor)["records"] == []


def test_nobody_else_gets_it(cast, poor):
    with pytest.raises(PermissionDenied):
        copy_own_data(by=cast.director, person=poor)


def test_a_get_makes_nothing(as_user, poor, member):
    assert as_user(member).get(url(poor)).status_code == 200
    assert not AuditRow.objects.filter(act="copy_own_data").exists()


def test_it_takes_the_same_queries_for_few_and_for_many(as_user, cast, poor, person, member):
    client = as_user(member)
    record(cast, [poor, person], "一")
    client.post(url(poor))
    with page_queries(QUERIES):
        client.post(url(poor))
    for _number in range(8):
        record(cast, [poor, person], "又")
        actions.reveal_person(by=cast.director, person=poor, purpose="核对")
    with page_queries(QUERIES):
        client.post(url(poor))


QUERIES = 23  # one a topic and kind of record, that of papers, and those of scope, of roles and of the trace
