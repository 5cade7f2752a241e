"""记一笔: /records/new/."""

import pytest

from members import actions as members_acts
from members.models import Category
from projects.models import Record
from tests.conftest import enrolled


def names(response):
    return [person.name for person in response.context["people"]]


@pytest.mark.parametrize("text", ["zj", "ZJG", "zhangjian", "张", "建国", "3021"])
def test_it_finds_by_two_letters_a_character_or_the_phone_tail(as_user, cast, person, text):
    assert names(as_user(cast.secretary).get("/records/new/", {"q": text})) == ["张建国"]


@pytest.mark.parametrize("text", ["zz", "李", "9999", "'; --", "%", "😀", "x" * 5000])
def test_it_finds_nobody_quietly(as_user, cast, person, text):
    response = as_user(cast.secretary).get("/records/new/", {"q": text})
    assert response.status_code == 200
    assert names(response) == []


def test_it_finds_only_people_of_the_own_branch(as_user, cast, town, person):
    enrolled(town.liulin, "张建业", Category.MOBILE, by=cast.staff)
    assert names(as_user(cast.secretary).get("/records/new/?q=张")) == ["张建国"]
    assert len(names(as_user(cast.staff).get("/records/new/?q=张"))) == 2


def test_it_takes_four_taps_from_home_to_saved(as_user, cast, due, filled):
    """Record, the person, the kind, Save."""
    client = as_user(cast.secretary)
    found = client.get("/records/new/?q=zjg").content.decode()
    assert f'href="?person={due.person_id}"' in found
    kinds = client.get(f"/records/new/?person={due.person_id}")
    url = f"/projects/joint/enrolments/{due.enrolment_id}/records/follow-up/new/"
    assert f'href="{url}"' in kinds.content.decode()
    assert client.post(url, filled).status_code == 302
    assert Record.objects.count() == 1


def test_it_offers_what_is_due_first_without_a_search(as_user, cast, due):
    text = as_user(cast.secretary).get("/records/new/").content.decode()
    assert f"due={due.pk}" in text


def test_it_offers_first_what_is_ones_own_to_do(as_user, cast, due):
    """The yearly check of the certificate is the town's: the village is not asked first for it."""
    own = [line.due.responsible for line in as_user(cast.secretary).get("/records/new/").context["soon"]]
    theirs = [line.due.responsible for line in as_user(cast.staff).get("/records/new/").context["soon"]]
    assert set(own) <= {"secretary", "helper"}
    assert set(theirs) <= {"town_staff"}


def test_it_offers_the_kinds_of_every_project_one_stands_in(as_user, cast, person):
    row = members_acts.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, primary=False, reason="退休"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    groups = as_user(cast.secretary).get(f"/records/new/?person={person.pk}").context["groups"]
    assert len(groups) == 3  # and the talks of the branch


def test_it_sends_those_without_category_to_the_proposal(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "李秀兰", None, by=cast.staff)
    text = as_user(cast.secretary).get(f"/records/new/?person={someone.pk}").content.decode()
    assert f"/people/{someone.pk}/categories/propose/" in text


def test_it_offers_every_branch_of_a_town(as_user, cast, town):
    for n in range(16):  # a town has 14 to 20 (DOMAIN 7)
        members_acts.create_unit(by=None, kind="branch", name=f"第{n}村党支部", parent=town.xitun)
    assert len(as_user(cast.staff).get("/records/new/").context["units"]) == 18


def test_it_offers_the_kinds_of_a_branch(as_user, cast, town):
    response = as_user(cast.secretary).get(f"/records/new/?unit={town.huaishuwan.pk}")
    assert response.status_code == 200
    for group in response.context["groups"]:
        for kind in group["kinds"]:
            assert as_user(cast.secretary).get(kind["url"]).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("reader", 403)]
)
def test_it_opens_a_person_in_scope_only(as_user, cast, person, who, status):
    assert as_user(getattr(cast, who)).get(f"/records/new/?person={person.pk}").status_code == status


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_it_is_for_those_who_write(as_user, cast, who):
    assert as_user(getattr(cast, who)).get("/records/new/").status_code == 403


@pytest.mark.parametrize("query", ["person=abc", "unit=x", "person=-1", "person=99999999999999999999999"])
def test_it_ignores_numbers_that_are_none(as_user, cast, query):
    assert as_user(cast.secretary).get(f"/records/new/?{query}").status_code == 200


def test_it_is_not_found_for_somebody_elses_branch(as_user, cast, town):
    assert as_user(cast.secretary).get(f"/records/new/?unit={town.liulin.pk}").status_code == 404
    assert as_user(cast.secretary).get("/records/new/?unit=99999999").status_code == 404
