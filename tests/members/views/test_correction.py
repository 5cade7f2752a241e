"""Requests for correction: /people/<pk>/corrections/ for the person, /corrections/ for who answers."""

import uuid
from datetime import date

import pytest

from members import actions
from members.models import AuditRow, CorrectionRequest, Person, Role
from tests.conftest import enrolled
from tests.queries import page_queries

QUERIES = 3  # one the list, three the frame's


@pytest.fixture
def member(person, town):
    user = actions.create_user(by=None, username="m", person=person, display_name="张建国")
    actions.grant_role(by=None, user=user, role=Role.MEMBER, unit=town.huaishuwan, from_date=date(2020, 1, 1))
    return user


@pytest.fixture
def row(member):
    return ask(member)


def ask(member, column="phone", right="19900001111", **more):
    sent = {"column": column, "right": right, "submission_id": uuid.uuid4()} | more
    return actions.ask_correction(by=member, person=member.person, **sent)


def answer(client, row, decision, **more):
    sent = {"decision": decision, "version": Person.objects.get(pk=row.person_id).version, "answer": ""} | more
    return client.post(f"/corrections/{row.pk}/", sent)


def test_the_person_asks_and_reads_what_became_of_it(as_user, cast, person, member):
    client, address = as_user(member), f"/people/{person.pk}/corrections/"
    assert f'href="{address}"' in client.get("/").content.decode()
    assert f'href="{address}"' in client.get(f"/people/{person.pk}/").content.decode()
    sent = {"column": "phone", "right": "19900001111", "submission_id": str(uuid.uuid4())}
    assert client.post(address, sent)["Location"] == address
    assert client.post(address, sent)["Location"] == address, "a double tap"
    row = CorrectionRequest.objects.get()
    assert f"/corrections/{row.pk}/withdraw/" in client.get(address).content.decode()
    answer(as_user(cast.secretary), row, "refuse", answer="与身份证不符")
    page = as_user(member).get(address).content.decode()
    assert "与身份证不符" in page
    assert "未同意" in page
    assert "19900001111" not in page


def test_it_says_what_cannot_be(as_user, person, member):
    sent = {"column": "birth_date", "right": "去年", "submission_id": str(uuid.uuid4())}
    response = as_user(member).post(f"/people/{person.pk}/corrections/", sent)
    assert response.status_code == 422
    assert "right" in response.context["form"].errors


def test_it_stands_on_the_home_of_the_branch_and_of_the_town(as_user, cast, row):
    for user, titles in ((cast.secretary, "corrections"), (cast.staff, "exceptions")):
        response = as_user(user).get("/")
        assert titles in response.context
        assert "1 份更正申请" in response.content.decode()
        assert 'href="/corrections/"' in response.content.decode()
    for user in (cast.neighbour, cast.outsider, cast.reader):
        assert "更正申请" not in as_user(user).get("/").content.decode()


def test_accepting_corrects_the_file(as_user, cast, person, row):
    client = as_user(cast.secretary)
    assert list(client.get("/corrections/").context["rows"]) == [row]
    page = client.get(f"/corrections/{row.pk}/").content.decode()
    assert "19900001111" in page
    assert "199****3021" in page
    assert AuditRow.objects.filter(act="reveal_person", person=person, actor=cast.secretary).count() == 1
    assert answer(client, row, "accept")["Location"] == "/corrections/"
    assert Person.objects.get(pk=person.pk).phone == "19900001111"
    assert "19900001111" not in client.get(f"/corrections/{row.pk}/").content.decode(), "masked when answered"


def test_it_shows_both_when_the_file_changed_meanwhile(as_user, cast, person, row):
    actions.correct_person(by=cast.staff, person=person, version=person.version, phone="19900002222")
    response = answer(as_user(cast.secretary), row, "accept", version=person.version)
    assert response.status_code == 409
    assert f"/corrections/{row.pk}/" in response.content.decode()
    row.refresh_from_db()
    assert row.is_waiting


@pytest.mark.parametrize("sent", [{"decision": "refuse", "answer": " "}, {"decision": "x"}, {"version": ""}])
def test_it_refuses_an_answer_without_what_it_needs(as_user, cast, row, sent):
    assert answer(as_user(cast.secretary), row, **({"decision": "accept"} | sent)).status_code == 422
    row.refresh_from_db()
    assert row.is_waiting


def test_nobody_finds_their_own_among_those_to_answer(as_user, cast, person):
    cast.secretary.person = person
    cast.secretary.save()
    row = ask(cast.secretary)
    client = as_user(cast.secretary)
    assert list(client.get("/corrections/").context["rows"]) == []
    assert 'value="accept"' not in client.get(f"/corrections/{row.pk}/").content.decode()
    assert answer(client, row, "accept").status_code == 422


def test_only_the_person_withdraws(as_user, cast, row, member):
    address = f"/corrections/{row.pk}/withdraw/"
    assert as_user(cast.staff).post(address).status_code == 403
    as_user(member).post(address)
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert as_user(member).post(address, follow=True).status_code == 200


def test_the_list_costs_the_same_however_many_wait(as_user, cast, town, row):
    client = as_user(cast.secretary)
    client.get("/corrections/")
    for n in range(4):
        someone = enrolled(town.huaishuwan, f"同志{n}", None, by=cast.staff)
        user = actions.create_user(by=None, username=f"u{n}", person=someone)
        ask(user, right=f"1990000333{n}")
    with page_queries(QUERIES):
        assert len(client.get("/corrections/").context["rows"].rows) == 5
