"""/records/bin/ and /records/<pk>/restore/."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Category
from projects import actions
from projects.models import Record
from tests.conftest import enrolled
from tests.projects.conftest import follow_up
from tests.queries import page_queries

QUERIES = 4


@pytest.fixture
def record(cast, mobile):
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile))


def test_it_lists_who_took_what_back_and_why_and_brings_it_back(as_user, cast, record):
    client = as_user(cast.secretary)
    client.post(f"/records/{record.pk}/void/", {"reason": "写错人了"})
    body = client.get("/records/bin/").content.decode()
    assert "张建国" in body
    assert "写错人了" in body
    assert f"/records/{record.pk}/restore/" in body
    page = client.post(f"/records/{record.pk}/restore/", follow=True).content.decode()
    assert "记录已恢复" in page
    assert Record.objects.live().get() == record


def test_after_ten_minutes_it_is_the_towns(as_user, cast, record):
    actions.void_record(by=cast.secretary, record=record, reason="x")
    Record.objects.update(voided_at=timezone.now() - timedelta(minutes=11))
    client = as_user(cast.secretary)
    assert "/restore/" not in client.get("/records/bin/").content.decode()
    assert "/restore/" not in client.get(f"/records/{record.pk}/").content.decode()
    assert client.post(f"/records/{record.pk}/restore/").status_code == 403
    assert f"/records/{record.pk}/restore/" in as_user(cast.staff).get("/records/bin/").content.decode()


def test_it_shows_neither_other_branches_nor_former_versions_nor_confidential_words(as_user, town, cast, record):
    actions.void_record(by=cast.secretary, record=record, reason="困难原因")
    assert "张建国" not in as_user(cast.neighbour).get("/records/bin/").content.decode()
    client = as_user(cast.secretary)
    Record.objects.update(restricted=True)
    assert "困难原因" not in client.get("/records/bin/").content.decode()
    Record.objects.update(void_reason="#amended")
    assert f"/records/{record.pk}/" not in client.get("/records/bin/").content.decode()
    assert client.post(f"/records/{record.pk}/restore/").status_code == 302
    assert not Record.objects.live().exists()


def test_it_asks_as_much_for_one_as_for_many(as_user, town, cast, record):
    client = as_user(cast.secretary)
    actions.void_record(by=cast.secretary, record=record, reason="x")
    with page_queries(QUERIES):
        client.get("/records/bin/")
    for name in ("甲", "乙"):
        other = enrolled(town.huaishuwan, name, Category.MOBILE, by=cast.staff).enrolments.get()
        more = actions.save_record(by=cast.secretary, entry=follow_up(other))
        actions.void_record(by=cast.secretary, record=more, reason="x")
    with page_queries(QUERIES):
        client.get("/records/bin/")
