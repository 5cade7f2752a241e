"""What a proposal rests on may be sent by a program; it is read on the page, never back over HTTP or in a file."""

import json

import pytest

from members import actions
from members.models import Enrolment
from tests.canaries import texts_of

WORDS = "支部会议记录第七号"


def propose(client, person, **more):
    data = {"person": person.pk, "category": "elderly", "primary": False, "reason": "年满", **more}
    return client.post("/api/v1/enrolments/", json.dumps(data), content_type="application/json")


def test_it_is_kept_and_not_read_back(as_user, cast, person):
    client = as_user(cast.secretary)
    answer = propose(client, person, evidence=WORDS)
    assert answer.status_code == 201
    row = Enrolment.objects.get(category="elderly")
    assert row.evidence == WORDS
    for read in (answer, client.get("/api/v1/enrolments/"), client.get(f"/api/v1/enrolments/{row.pk}/")):
        assert WORDS not in json.dumps(read.json(), ensure_ascii=False)
        assert "evidence" not in json.dumps(read.json())


def test_it_may_be_left_out(as_user, cast, person):
    assert propose(as_user(cast.secretary), person).status_code == 201


def test_it_has_a_limit(as_user, cast, person):
    answer = propose(as_user(cast.secretary), person, evidence="据" * 1001)
    assert answer.status_code == 400
    assert list(answer.json()) == ["evidence"]


def test_a_day_the_category_does_not_ask_for_is_refused(as_user, cast, person):
    answer = propose(as_user(cast.secretary), person, consent_on="2026-09-01")
    assert answer.status_code == 400
    assert list(answer.json()) == ["consent_on"]


@pytest.mark.parametrize("url", ["/people/export/", "/ledgers/transmission_help/export/"])
def test_it_is_in_no_file(as_user, cast, person, url):
    propose(as_user(cast.secretary), person, evidence=WORDS)
    actions.confirm_category(by=cast.staff, enrolment=Enrolment.objects.get(category="elderly"))
    said = list(texts_of(as_user(cast.staff).post(url, {"purpose": "核对"})))
    assert any("张建国" in text for text in said)
    assert not any(WORDS in text for text in said)
