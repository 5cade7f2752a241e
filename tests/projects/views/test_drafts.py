"""Half-written records: kept, gone on with, thrown away, and not lost when the sign-in runs out."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from members import actions as members_acts
from members.models import AuditRow, Category
from projects import registry
from projects.drafts import drafts_of, expire_drafts, keep_draft, signed_writer
from projects.models import Draft, Record
from projects.targets import Target
from projects.tasks import nightly
from projects.views import records
from tests.conftest import enrolled

WORDS = "说到一半的话"


def writer_of(client, url):
    return re.search(r'name="writer" value="([^"]+)"', client.get(url).content.decode())[1]


@pytest.fixture
def half(cast, as_user, form_url, due):
    """What the form sends when it is not finished, with whose it is."""
    writer = writer_of(as_user(cast.secretary), form_url)
    return {"writer": writer, "narrative": WORDS, "method": "phone", "happened_on": "2026-09-20", "submission_id": "x"}


@pytest.fixture
def draft(as_user, cast, form_url, half):
    as_user(cast.secretary).post(form_url, half | {"draft": "1"})
    return Draft.objects.get()


def test_it_keeps_a_draft_and_shows_it_again(as_user, cast, form_url, half, due):
    client = as_user(cast.secretary)
    answer = client.post(f"{form_url}?due={due.pk}&next=/", half | {"draft": "1", "next": "/"})
    assert (answer.status_code, answer.url) == (302, "/")
    assert not Record.objects.exists()
    said = client.get("/").content.decode()
    assert "在首页或“记一笔”里接着写" in said
    for page in ("/", "/records/new/"):
        body = client.get(page).content.decode()
        assert f"{form_url}?due={due.pk}&amp;next=%2F" in body
    form = client.get(form_url).context["form"]
    assert (form["narrative"].value(), form["method"].value()) == (WORDS, "phone")
    assert not form.is_bound


def test_there_is_one_of_a_form_and_it_is_encrypted(as_user, cast, form_url, half, draft):
    as_user(cast.secretary).post(form_url, half | {"draft": "1", "narrative": "后来的话"})
    assert "后来的话" in Draft.objects.get().words
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM projects_draft")
        assert "后来" not in cursor.fetchone()[0]


def test_nobody_else_sees_it(as_user, cast, form_url, draft):
    client = as_user(cast.staff)
    assert WORDS not in client.get(form_url).content.decode()
    assert not client.get("/records/new/").context["drafts"]
    assert client.post(f"/records/drafts/{draft.pk}/discard/").status_code == 404
    assert Draft.objects.exists()


def test_saving_spends_it(as_user, cast, form_url, filled, draft):
    as_user(cast.secretary).post(form_url, filled)
    assert Record.objects.count() == 1
    assert not Draft.objects.exists()


def test_throwing_it_away_spends_it(as_user, cast, form_url, draft):
    client = as_user(cast.secretary)
    assert client.post(f"/records/drafts/{draft.pk}/discard/").url == "/records/new/"
    assert WORDS not in client.get(form_url).content.decode()


def test_what_was_refused_is_kept_too(as_user, cast, form_url, half):
    client = as_user(cast.secretary)
    assert client.post(form_url, half | {"happened_on": "2027-01-01"}).status_code == 422
    assert client.get(form_url).context["form"]["narrative"].value() == WORDS


def test_an_empty_form_that_was_refused_is_not(as_user, cast, form_url, half):
    as_user(cast.secretary).post(form_url, half | {"happened_on": "2027-01-01", "narrative": ""})
    assert not Draft.objects.exists()


def test_what_is_sent_after_the_sign_in_has_run_out_waits_for_its_author_alone(as_user, cast, form_url, half, due):
    answer = Client().post(f"{form_url}?due={due.pk}", half)
    assert answer.url == f"/accounts/login/?next={form_url}%3Fdue%3D{due.pk}"
    assert Draft.objects.get().author == cast.secretary
    assert WORDS not in as_user(cast.staff).get(form_url).content.decode()
    assert as_user(cast.secretary).get(form_url).context["form"]["narrative"].value() == WORDS


def test_the_form_in_a_line_leaves_the_page_to_sign_in(form_url, half):
    answer = Client().post(form_url, half, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/login/?next=")
    assert Draft.objects.exists()


@pytest.mark.parametrize("writer", ["", "x", None])
def test_nobody_leaves_a_draft_without_a_form_of_ours(form_url, half, writer):
    sent = half | {"writer": half["writer"][:-3] + "abc" if writer is None else writer}
    assert Client().post(form_url, sent).status_code == 302
    assert not Draft.objects.exists()


def test_a_flood_of_words_is_not_kept(form_url, half):
    Client().post(form_url, half | {"narrative": "x" * 70_000})
    assert not Draft.objects.exists()


def test_what_the_page_keeps_by_itself_is_said_to_be_kept_only_when_it_is(as_user, cast, form_url, half):
    client, quietly = as_user(cast.secretary), {"X-Keep": "1"}
    sent = half | {"draft": "1"}
    assert client.post(form_url, sent, headers=quietly).status_code == 204
    assert Draft.objects.get().author == cast.secretary
    for wrong in ({"narrative": "长" * 61_000}, {"writer": "x"}):
        assert client.post(form_url, sent | wrong, headers=quietly).status_code == 422
    assert WORDS in Draft.objects.get().words


@pytest.mark.parametrize("within_the_moment", [False, True])
def test_nothing_is_kept_of_the_form_of_a_saved_record(
    as_user, cast, form_url, half, filled, monkeypatch, within_the_moment
):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    if within_the_moment:  # it was looked for before it was saved
        monkeypatch.setattr(records, "sent_before", lambda request, target: None)
    sent = half | {"draft": "1", "submission_id": filled["submission_id"]}
    assert client.post(form_url, sent, headers={"X-Keep": "1"}).status_code == 409
    assert not Draft.objects.exists()


def test_a_page_open_since_another_sign_in_comes_back_filled(cast, form_url, half):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.secretary, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(form_url, half)
    assert (answer.status_code, answer.url) == (302, form_url)
    assert not Record.objects.exists()
    assert client.get(form_url).context["form"]["narrative"].value() == WORDS
    assert client.post(form_url, half | {"writer": ""}).status_code == 403


def test_going_on_with_it_and_sending_it_twice_makes_one_record(as_user, cast, form_url, half, filled):
    client, number = as_user(cast.secretary), str(uuid.uuid4())
    client.post(form_url, half | {"draft": "1", "submission_id": number})
    assert str(client.get(form_url).context["form"]["submission_id"].value()) == number
    for _tap in range(2):
        client.post(form_url, filled | {"submission_id": number})
    assert Record.objects.count() == 1


def test_it_is_destroyed_after_thirty_days_in_the_night(draft):
    assert expire_drafts() == 0
    Draft.objects.update(kept_at=timezone.now() - timedelta(days=31))
    nightly()
    assert not Draft.objects.exists()
    assert AuditRow.objects.get(act="expire_drafts").detail == {"drafts": 1}


def test_what_was_written_to_put_a_record_right_follows_to_the_version_that_holds(as_user, cast, form_url, filled):
    client = as_user(cast.secretary)
    client.post(form_url, filled)
    record = Record.objects.get()
    url = f"/records/{record.pk}/amend/"
    half = filled | {"writer": writer_of(client, url), "narrative": WORDS, "submission_id": str(uuid.uuid4())}
    Client().post(url, half)
    right = filled | {"reached": "on", "reason": "x", "needs": "别人的话", "submission_id": str(uuid.uuid4())}
    assert as_user(cast.staff).post(url, right).status_code == 302
    new = Record.objects.live().get()
    client = as_user(cast.secretary)
    assert client.get(url).url == f"/records/{new.pk}/amend/"
    form = client.get(f"/records/{new.pk}/amend/").context["form"]
    assert (form["narrative"].value(), form["needs"].value()) == (WORDS, "别人的话")


def test_a_closed_case_of_help_and_education_is_not_named_any_more(town, cast):
    case = enrolled(town.huaishuwan, "某某", Category.BACKWARD, by=cast.staff).enrolments.get()
    target = Target(*registry.kinds()["key.talk"], case.unit, case)
    sent = QueryDict(mutable=True)
    sent.update({"writer": signed_writer(cast.secretary, target, "/x/"), "narrative": WORDS})
    keep_draft(sent=sent, query={})
    assert [draft.name for draft in drafts_of(cast.secretary, 5)] == ["某某"]
    members_acts.end_category(by=cast.staff, enrolment=case, reason="期满")
    assert drafts_of(cast.secretary, 5) == []
