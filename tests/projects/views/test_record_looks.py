"""Whatever page or answer shows what a restricted record says: the look leaves a trace."""

import json
import uuid

import pytest

from members.models import AuditRow, Category, Cause
from projects.actions import save_record, void_record, waive_due
from projects.models import Due
from projects.papers import Sending, add_papers
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import entry
from xitun.lib.papers import Prepared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def record(town, cast):
    poor = enrolled(town.huaishuwan, "马文海", Category.POOR_WEAK, by=cast.staff)
    said = {"detail": {"method": "phone", "reached": True, "needs": ""}, "narrative": "家里的难处"}
    return save_record(by=cast.secretary, entry=entry("determined_person.contact", poor.enrolments.get(), **said))


def looks(record):
    return list(AuditRow.objects.filter(act="view_restricted", restricted=True).values_list("person", "object_id"))


@pytest.mark.parametrize("place", ["void", "papers", "receipts"])
def test_it_is_traced_when_a_form_of_its_page_is_refused(as_user, cast, record, place):
    page = as_user(cast.secretary).post(f"/records/{record.pk}/{place}/", {})
    assert (page.status_code, "家里的难处" in page.content.decode()) == (422, True)
    assert looks(record) == [(record.subjects.get().person_id, str(record.pk))]


def test_it_is_traced_when_it_is_to_be_put_right(as_user, cast, record):
    assert "家里的难处" in as_user(cast.secretary).get(f"/records/{record.pk}/amend/").content.decode()
    assert looks(record) == [(record.subjects.get().person_id, str(record.pk))]


@pytest.mark.parametrize("address", ["/api/v1/records/{}/", "/api/v1/records/?kind=determined_person.contact&not={}"])
def test_it_is_traced_over_http(as_user, cast, record, address):
    answer = as_user(cast.secretary).get(address.format(record.pk))
    assert "家里的难处" in json.dumps(answer.json(), ensure_ascii=False)
    assert looks(record) == [(record.subjects.get().person_id, str(record.pk))]


def test_it_is_traced_when_http_says_that_somebody_was_quicker(as_user, cast, record):
    client, sent = as_user(cast.secretary), {"reason": "写错了", "narrative": "改后的话"}
    for _time in range(2):
        sent["submission_id"] = str(uuid.uuid4())
        answer = client.post(f"/api/v1/records/{record.pk}/amend/", sent, "application/json")
    assert (answer.status_code, answer.json()["theirs"]["narrative"]) == (409, "改后的话")
    assert len(looks(record)) == 1


def test_it_is_traced_what_hangs_on_it(as_user, cast, record):
    sending = Sending(uuid.uuid4(), (Prepared("诊断书.pdf", "pdf", b"%PDF-1.4"),))
    add_papers(by=cast.secretary, record=record, sending=sending)
    answer = as_user(cast.staff).get(f"/api/v1/records/{record.pk}/papers/")
    assert [paper["name"] for paper in answer.json()] == ["诊断书.pdf"]
    assert looks(record) == [(record.subjects.get().person_id, str(record.pk))]


@pytest.mark.parametrize("address", ["/api/v1/dues/{}/", "/api/v1/dues/?category=poor_weak&not={}"])
def test_it_is_traced_why_a_restricted_duty_was_closed(as_user, cast, record, address):
    open_dues()
    due, other = Due.objects.filter(restricted=True).open()[:2]
    waive_due(by=cast.staff, due=due, reason="住院化疗")
    Due.objects.filter(pk=other.pk).close(on=TODAY, why=Cause.NEED_PASSED)  # says nothing of anybody
    answer = as_user(cast.secretary).get(address.format(due.pk))
    assert "住院化疗" in json.dumps(answer.json(), ensure_ascii=False)
    assert looks(record) == [(due.person_id, str(due.pk))]
    assert as_user(cast.secretary).get(f"/api/v1/dues/{other.pk}/").status_code == 200
    assert len(looks(record)) == 1


def test_it_is_traced_that_somebody_read_of_it_in_the_bin(as_user, cast, record):
    void_record(by=cast.secretary, record=record, reason="误录")
    assert "马文海" in as_user(cast.secretary).get("/records/bin/").content.decode()
    assert looks(record) == [(record.subjects.get().person_id, str(record.pk))]
