"""Taking a record back: /records/<pk>/void/."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from members import actions as members_acts
from members.models import AuditRow
from projects import actions
from projects.amending import amend_record
from projects.bin import entry_of
from projects.models import Due, PeriodLock, Record
from tests.conftest import TODAY


@pytest.fixture
def record(as_user, cast, due, form_url, filled):
    as_user(cast.secretary).post(form_url, filled)
    return Record.objects.get()


def void(client, record, **data):
    headers = data.pop("headers", None)
    return client.post(f"/records/{record.pk}/void/", data, headers=headers)


def test_it_takes_back_with_a_reason_and_opens_the_due_again(as_user, cast, due, record):
    assert void(as_user(cast.staff), record, reason="记错了人").status_code == 302
    record.refresh_from_db()
    assert record.voided_by == cast.staff
    assert record.void_reason == "记错了人"
    assert Due.objects.open().filter(pk=due.pk).exists()
    assert AuditRow.objects.filter(act="void_record", purpose="记错了人").exists()


def test_it_asks_for_the_reason(as_user, cast, record):
    for reason in ("", "   ", "长" * 201):
        assert void(as_user(cast.secretary), record, reason=reason).status_code == 422
    record.refresh_from_db()
    assert record.voided_at is None


def test_it_undoes_at_once_for_its_author(as_user, cast, due, record):
    response = void(as_user(cast.secretary), record, undo="1")
    assert response["Location"] == "/dues/"
    assert 'href="/records/bin/"' in as_user(cast.secretary).get("/dues/").content.decode()
    record.refresh_from_db()
    assert record.voided_at
    assert record.void_reason


def test_it_undoes_for_nobody_else(as_user, cast, record):
    assert void(as_user(cast.staff), record, undo="1").status_code == 422


def test_it_undoes_for_ten_minutes_only(as_user, cast, record):
    Record.objects.filter(pk=record.pk).update(entered_at=timezone.now() - timedelta(minutes=11))
    assert void(as_user(cast.secretary), record, undo="1").status_code == 422


def test_it_swaps_the_line_back_with_htmx(as_user, cast, due, record):
    headers = {"HX-Request": "true", "HX-Target": f"due-{due.pk}"}
    response = void(as_user(cast.secretary), record, undo="1", due=str(due.pk), headers=headers)
    text = response.content.decode()
    assert f'id="due-{due.pk}"' in text
    assert "<html" not in text
    assert "/records/follow-up/new/" in text


def test_it_leaves_a_sealed_quarter_alone(as_user, cast, town, record):
    PeriodLock.objects.create(unit=town.xitun, start="2026-07-01", end="2026-10-01")
    response = void(as_user(cast.secretary), record, reason="记错了")
    assert response.status_code == 422
    assert response.context["form"].non_field_errors()


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)])
def test_it_refuses_others(as_user, cast, record, who, status):
    assert void(as_user(getattr(cast, who)), record, reason="不该").status_code == status
    record.refresh_from_db()
    assert record.voided_at is None


def test_it_changes_nothing_by_get(as_user, cast, record):
    assert as_user(cast.secretary).get(f"/records/{record.pk}/void/?undo=1&reason=x").status_code == 405


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("staff", 200), ("reader", 404), ("admin", 404), ("neighbour", 404)]
)
def test_what_was_taken_back_is_for_those_who_write_there(as_user, town, cast, record, who, status):
    person = record.subjects.get().person
    actions.void_record(by=cast.secretary, record=record, reason="写错人了")
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=TODAY)
    assert as_user(getattr(cast, who)).get(f"/records/{record.pk}/").status_code == status


def test_and_for_oneself(as_user, cast, record):
    person = record.subjects.get().person
    member = members_acts.create_user(by=None, username="member", password="correct horse", person=person)
    actions.void_record(by=cast.secretary, record=record, reason="写错了")
    assert list(Record.objects.visible_to(member)) == [record]


def test_a_reader_is_told_of_a_former_version_and_not_led_to_it(as_user, cast, record):
    former, said = f'href="/records/{record.pk}/"', entry_of(record)
    said = replace(said, narrative="改后的话", submission_id=uuid4())
    new = amend_record(by=cast.secretary, record=record, entry=said, reason="写错了")
    assert former in as_user(cast.secretary).get(f"/records/{new.pk}/").content.decode()
    page = as_user(cast.reader).get(f"/records/{new.pk}/").content.decode()
    assert (former in page, "写错了" in page) == (False, True)
    assert as_user(cast.reader).get(f"/records/{record.pk}/").status_code == 404
