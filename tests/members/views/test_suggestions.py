"""Suggestions: /suggestions/ and /people/<pk>/suggestions/<code>/."""

from datetime import date

import pytest

from members import actions
from members.models import Category, DismissedSuggestion, Enrolment
from tests.conftest import enrolled
from tests.queries import page_queries

BORN = date(1960, 5, 4)
QUERIES = 12  # one a rule, the ages, the towns, three the frame's


@pytest.fixture
def old(town, cast):
    return enrolled(town.huaishuwan, "李老", Category.RETIRED, by=cast.staff, birth_date=BORN)


def test_it_says_why_and_opens_the_usual_form(as_user, cast, old):
    client = as_user(cast.secretary)
    assert 'href="/suggestions/"' in client.get("/").content.decode()
    assert 'href="/suggestions/"' in as_user(cast.staff).get("/").content.decode()
    client = as_user(cast.secretary)
    [(_rule, rows)] = client.get("/suggestions/").context["groups"]
    [row] = rows
    assert "2025年5月4日年满65岁" in row.said
    form = client.get(row.url).context["form"]
    assert (form["reason"].value(), form["category"].value(), form["primary"].value()) == (row.said, "elderly", "")
    assert not Enrolment.objects.filter(category="elderly").exists(), "nothing acts by itself"
    form = client.get(f"/people/{old.pk}/categories/propose/?category=backward").context["form"]
    assert form["category"].value() is None


def test_it_is_set_aside_with_a_reason(as_user, cast, old):
    client, address = as_user(cast.secretary), f"/people/{old.pk}/suggestions/turned_elderly/"
    sent = {"fact_on": client.get(address).context["form"]["fact_on"].value(), "reason": "本人不愿"}
    for _tap in range(2):
        assert client.post(address, sent)["Location"] == "/suggestions/"
    assert DismissedSuggestion.objects.get().reason == "本人不愿"
    assert client.get("/suggestions/").context["groups"] == []
    assert client.post(address, {"fact_on": "2020-01-01"}).status_code == 422
    assert client.get(f"/people/{old.pk}/suggestions/to_regularise/").status_code == 404


def test_it_takes_the_same_queries_for_few_and_for_many(as_user, cast, town, old):
    client = as_user(cast.secretary)
    client.get("/suggestions/")
    with page_queries(QUERIES):
        client.get("/suggestions/")
    for number in range(25):
        actions.register_person(by=None, unit=town.huaishuwan, name=f"老{number}", standing="full", birth_date=BORN)
    with page_queries(QUERIES):
        [(rule, rows)] = client.get("/suggestions/").context["groups"]
    assert len(rows.rows) == 20
    assert len(client.get(f"/suggestions/?rule={rule.code}").context["groups"][0][1].rows) == 26
