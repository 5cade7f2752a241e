"""/papers/… and /records/<pk>/papers/: photos and files are served, added and taken off."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import AuditRow, Category
from projects import actions
from projects.models import Paper, Record
from tests.conftest import enrolled
from tests.lib.photos import bomb, located, office, photo
from tests.projects.conftest import entry, follow_up


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def record(cast, mobile):
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile))


def file(content, name="a.jpg"):
    return SimpleUploadedFile(name, content)


def add(client, record, *files, **more):
    data = {"submission_id": str(uuid.uuid4()), "files": list(files)} | more
    return client.post(f"/records/{record.pk}/papers/", data)


def test_it_saves_photos_with_the_record_form(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    sent = filled | {"photos": [file(located()), file(photo())], "files": [file(b"%PDF-1.4", "证明.pdf")]}
    assert client.post(f"{form_url}?due={due.pk}", sent).status_code == 302
    record = Record.objects.get()
    assert [p.kind for p in record.papers.order_by("pk")] == ["photo", "photo", "pdf"]
    body = client.get(f"/records/{record.pk}/").content.decode()
    assert "证明.pdf" in body
    paper = record.papers.first()
    assert f'src="/papers/{paper.pk}/small/"' in body
    assert f'src="/papers/{paper.pk}/small/"' in client.get(f"/people/{due.person_id}/").content.decode()
    shown = client.get(f"/papers/{paper.pk}/")
    assert shown["Content-Type"] == "image/jpeg"
    assert b"Handy" not in shown.content
    assert client.get(f"/papers/{paper.pk}/small/").content[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(b"<svg onload='alert(1)'/>", id="svg"),
        pytest.param(b"<html>", id="html"),
        pytest.param(b"\x00" * 99, id="nul"),
        pytest.param(photo()[:300], id="cut"),
        pytest.param(bomb(), id="bomb"),
        pytest.param(b"x" * (16 << 20), id="large"),
    ],
)
def test_it_says_what_is_wrong_with_a_photo_and_keeps_the_words(as_user, cast, form_url, filled, wrong):
    sent = filled | {"narrative": "写了很久的话", "photos": [file(wrong, "门口.jpg")]}
    page = as_user(cast.secretary).post(form_url, sent)
    body = page.content.decode()
    assert page.status_code == 422
    assert "写了很久的话" in body
    assert "门口.jpg：" in body
    assert "。 " not in body  # the gap is English
    assert not Record.objects.exists()
    assert not Paper.objects.exists()


def test_it_takes_so_many_at_once_and_no_more(as_user, cast, form_url, filled):
    sent = filled | {"photos": [file(photo()) for _ in range(4)], "files": [file(b"%PDF-1") for _ in range(3)]}
    assert as_user(cast.secretary).post(form_url, sent).status_code == 422
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"), [(b"%PDF-1.7 /JS (app.alert(1))", "application/pdf"), (office(), "application/vnd.openxml")]
)
def test_it_serves_a_document_as_a_download_in_which_nothing_runs(as_user, cast, record, content, kind):
    client = as_user(cast.secretary)
    assert add(client, record, file(content, '<b>"证明".html')).status_code == 302
    shown = client.get(f"/papers/{record.papers.get().pk}/")
    assert shown.content == content
    assert shown["Content-Type"].startswith(kind)
    assert shown["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Cache-Control"] == "no-store, private"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_it_adds_once_however_often_it_is_sent(as_user, cast, record):
    client, number = as_user(cast.secretary), str(uuid.uuid4())
    for _tap in range(2):
        assert add(client, record, file(photo()), submission_id=number).url == f"/records/{record.pk}/"
    assert Paper.objects.count() == 1


def test_it_refuses_an_empty_sending_in_its_place(as_user, cast, record):
    page = add(as_user(cast.secretary), record)
    assert page.status_code == 422
    assert page.context["adding"].non_field_errors()


def test_it_takes_a_paper_off_and_shows_it_no_more(as_user, cast, record):
    client = as_user(cast.secretary)
    add(client, record, file(photo(), "门口.jpg"))
    paper = record.papers.get()
    assert client.post(f"/papers/{paper.pk}/off/", {"reason": ""}).status_code == 422
    assert client.post(f"/papers/{paper.pk}/off/", {"reason": "拍错了"}).status_code == 302
    assert client.get(f"/papers/{paper.pk}/").status_code == 404
    assert client.get(f"/papers/{paper.pk}/small/").status_code == 404
    assert "拍错了" in client.get(f"/records/{record.pk}/").content.decode()
    assert "拍错了" not in as_user(cast.reader).get(f"/records/{record.pk}/").content.decode()


def test_a_restricted_photo_is_opened_one_by_one_with_a_trace(as_user, town, cast):
    poor = enrolled(town.huaishuwan, "马文海", Category.POOR_WEAK, by=cast.staff)
    record = actions.write_record(by=cast.secretary, entry=follow_up(poor.enrolments.get()))
    Record.objects.filter(pk=record.pk).update(restricted=True)
    client = as_user(cast.secretary)
    add(client, record, file(photo()))
    paper = record.papers.get()
    assert "/small/" not in client.get(f"/records/{record.pk}/").content.decode()
    assert client.get(f"/papers/{paper.pk}/small/").status_code == 404
    assert client.get(f"/papers/{paper.pk}/").status_code == 200
    assert AuditRow.objects.get(act="view_paper").person == poor
    assert as_user(cast.reader).get(f"/papers/{paper.pk}/").status_code == 404


def test_who_may_not_write_is_offered_nothing_and_refused(as_user, cast, record):
    client = as_user(cast.reader)
    assert f"/records/{record.pk}/papers/" not in client.get(f"/records/{record.pk}/").content.decode()
    assert add(client, record, file(photo())).status_code == 403


def test_the_papers_of_a_decision_are_the_towns(as_user, cast, mobile):
    decided = actions.save_record(by=cast.staff, entry=entry("joint.out_of_contact", mobile, detail={"reason": "查找"}))
    assert add(as_user(cast.staff), decided, file(photo())).status_code == 302
    paper = decided.papers.get()
    client = as_user(cast.secretary)
    assert client.get(f"/papers/{paper.pk}/").status_code == 200
    assert add(client, decided, file(photo())).status_code == 403
    assert client.post(f"/papers/{paper.pk}/off/", {"reason": "不要了"}).status_code == 403
    sent = {"submission_id": str(uuid.uuid4()), "files": file(photo())}
    assert client.post(f"/api/v1/records/{decided.pk}/papers/", sent).status_code == 403


def test_the_photo_of_a_record_taken_back_is_for_those_who_write_there(as_user, cast, record):
    assert add(as_user(cast.secretary), record, file(photo(), "身份证.jpg")).status_code == 302
    paper = record.papers.get()
    actions.void_record(by=cast.secretary, record=record, reason="别人的照片，传错了")
    addresses = [f"/papers/{paper.pk}/", f"/papers/{paper.pk}/small/"]
    for who, status in (("reader", 404), ("admin", 404), ("secretary", 200), ("staff", 200)):
        client = as_user(getattr(cast, who))
        assert {client.get(address).status_code for address in addresses} == {status}, who
