"""/find/: one box for people, pages and acts, each only for who may open it."""

import pytest

from members import actions

pytestmark = pytest.mark.django_db


def found(client, text):
    groups = client.get("/find/", {"q": text}).context["groups"]
    return {entry.url: entry for _heading, entries in groups for entry in entries}


def test_it_finds_a_person_by_initials_and_leads_to_the_record(as_user, cast, person):
    entries = found(as_user(cast.secretary), "zjg")
    assert entries[f"/people/{person.pk}/"].also == f"/records/new/?person={person.pk}"


@pytest.mark.parametrize("text", ["台账", "tz"])
def test_it_finds_pages_by_a_word_or_its_initials(as_user, cast, text):
    assert "/ledgers/joint/" in found(as_user(cast.secretary), text)


def test_it_finds_own_filters_only(as_user, cast):
    actions.save_filter(by=cast.staff, page="/people/", name="高龄独居", query="age=80")
    assert "/people/?age=80" in found(as_user(cast.staff), "高龄")
    assert found(as_user(cast.secretary), "高龄") == {}


def test_it_offers_acts_to_who_may_do_them(as_user, cast, person):
    assert "/users/new/" not in found(as_user(cast.secretary), "")
    assert "/users/new/" in found(as_user(cast.admin), "")
    reader = found(as_user(cast.reader), "张建国")
    assert reader[f"/people/{person.pk}/"].also == ""


@pytest.mark.parametrize("who", ["admin", "director"])
def test_each_act_opens(as_user, cast, who):
    client = as_user(getattr(cast, who))
    assert {url for url in found(client, "") if client.get(url).status_code != 200} == set()


def test_it_names_no_restricted_project_to_who_may_not_know(as_user, cast):
    assert "/ledgers/key/" in found(as_user(cast.secretary), "帮教")
    assert found(as_user(cast.reader), "帮教") == {}


def test_it_finds_nobody_of_another_branch(as_user, cast, person):
    assert not any(url.startswith("/people/") for url in found(as_user(cast.neighbour), "张建国"))


def test_it_answers_the_box_with_what_it_found_alone(as_user, cast, person):
    answer = as_user(cast.secretary).get("/find/?q=zjg", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    assert f"/people/{person.pk}/" in answer
