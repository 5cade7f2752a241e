"""Records over HTTP: put right, taken back, and their papers; a version that no longer holds is a conflict."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import AuditRow
from projects import actions
from projects.models import Record
from projects.sweep import open_dues
from tests.conftest import TODAY
from tests.lib.photos import photo
from tests.projects.conftest import due_of, elder, entry, follow_up, mobile, state_of  # noqa: F401

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def due(mobile):  # noqa: F811
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


@pytest.fixture
def record(cast, mobile, due):  # noqa: F811
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,), narrative="原话"))


def url(record, act=""):
    return f"/api/v1/records/{record.pk}/{act}"


def right(**changes):
    return {"submission_id": str(uuid.uuid4()), "reason": "写错了"} | changes


def test_it_puts_a_record_right_and_what_is_not_sent_stays(as_user, cast, record, due):
    client, sent = as_user(cast.secretary), right(detail={"needs": "子女入学"})
    answer = client.post(url(record, "amend/"), sent, JSON)
    assert answer.status_code == 201
    new = Record.objects.live().get()
    assert (answer.json()["id"], new.amends, new.narrative, new.amend_reason) == (new.pk, record, "原话", "写错了")
    assert (new.projects_joint_followup.needs, new.projects_joint_followup.reached) == ("子女入学", True)
    assert state_of(due) == "on_time"
    assert client.post(url(record, "amend/"), sent, JSON).json()["id"] == new.pk
    assert Record.objects.count() == 2


def test_days_of_the_detail_stay_as_they_were(as_user, cast, mobile):  # noqa: F811
    left = {"departs_on": date(2026, 9, 3), "destination": "兰州市"}
    record = actions.save_record(by=cast.secretary, entry=entry("joint.departure", mobile, detail=left))
    answer = as_user(cast.secretary).post(url(record, "amend/"), right(narrative="改后"), JSON)
    assert answer.status_code == 201, answer.json()
    assert Record.objects.live().get().projects_joint_departure.departs_on == date(2026, 9, 3)


def test_what_nobody_may_send_stays_as_it_was(as_user, cast, mobile):  # noqa: F811
    said = {"method": "link", "reached": True, "feedback": "每月参加学系"}
    record = actions.save_record(by=cast.secretary, entry=entry("joint.host_liaison", mobile, detail=said))
    client = as_user(cast.secretary)
    answer = client.post(url(record, "amend/"), right(detail={"feedback": "每月参加学习"}), JSON)
    assert answer.status_code == 201, answer.json()
    new = Record.objects.live().get()
    assert new.projects_joint_hostliaison.method == "link"
    client.post(url(new, "amend/"), right(detail={"method": "phone"}), JSON)
    by_phone = Record.objects.live().get()
    assert client.post(url(by_phone, "amend/"), right(detail={"method": "link"}), JSON).status_code == 400


@pytest.mark.parametrize("act", ["amend/", "void/"])
def test_a_version_that_no_longer_holds_is_a_conflict_with_both(as_user, cast, record, act):
    client = as_user(cast.secretary)
    new = client.post(url(record, "amend/"), right(narrative="别人的话"), JSON).json()["id"]
    sent = right(narrative="我的话")
    answer = client.post(url(record, act), sent, JSON)
    assert answer.status_code == 409
    assert (answer.json()["theirs"]["id"], answer.json()["theirs"]["narrative"]) == (new, "别人的话")
    assert answer.json()["yours"] == sent
    assert Record.objects.live().get().pk == new


def test_it_refuses_what_the_page_refuses(as_user, cast, record):
    client = as_user(cast.secretary)
    assert client.post(url(record, "amend/"), right(reason=""), JSON).status_code == 400
    assert client.post(url(record, "amend/"), right(happened_on="2027-01-01"), JSON).status_code == 400
    assert client.post(url(record, "amend/"), right(enrolments=[987654]), JSON).status_code == 404
    assert as_user(cast.reader).post(url(record, "amend/"), right(), JSON).status_code == 403
    assert Record.objects.live().get() == record


def test_it_takes_lists_and_gives_papers(as_user, cast, record):
    client = as_user(cast.secretary)
    sent = {"submission_id": str(uuid.uuid4()), "files": [SimpleUploadedFile(n, photo()) for n in ("a.jpg", "b.jpg")]}
    answer = client.post(url(record, "papers/"), sent)
    assert answer.status_code == 201
    assert client.get(url(record, "papers/")).json() == answer.json()
    first = answer.json()[0]
    assert (first["name"], first["kind"], first["record"]) == ("a.jpg", "photo", record.pk)
    assert client.get(f"/api/v1/papers/{first['id']}/content/")["Content-Type"] == "image/jpeg"
    wrong = {"submission_id": str(uuid.uuid4()), "files": [SimpleUploadedFile("a.jpg", b"<html>")]}
    assert client.post(url(record, "papers/"), wrong).status_code == 400
    assert as_user(cast.neighbour).get(f"/api/v1/papers/{first['id']}/content/").status_code == 404
    assert AuditRow.objects.filter(act="add_papers").count() == 1


def test_what_was_taken_back_is_listed_to_those_who_write_there(as_user, cast, record):
    actions.void_record(by=cast.secretary, record=record, reason="写错人了")
    for user, number in ((cast.reader, 0), (cast.admin, 0), (cast.secretary, 1), (cast.staff, 1)):
        assert len(as_user(user).get("/api/v1/records/").json()["results"]) == number
        assert as_user(user).get(url(record)).status_code == (200 if number else 404)


def test_a_used_number_is_never_answered_as_written(as_user, cast, record, mobile):  # noqa: F811
    client = as_user(cast.secretary)
    sent = {
        "kind": "joint.family_visit", "happened_on": TODAY.isoformat(), "enrolments": [mobile.pk],
        "detail": {"children": 1, "elderly": 0, "women": 0}, "submission_id": str(record.submission_id),
    }  # fmt: skip
    answer = client.post("/api/v1/records/", sent, JSON)
    assert (answer.status_code, list(answer.json())) == (400, ["submission_id"])
    sent["submission_id"] = str(uuid.uuid4())
    first, again = (client.post("/api/v1/records/", sent, JSON) for _time in range(2))
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    change = {"submission_id": sent["submission_id"], "reason": "写错了", "narrative": "改过的话"}
    assert client.post(url(record, "amend/"), change, JSON).status_code == 400
