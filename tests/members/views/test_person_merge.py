"""Two files that are one person: /people/<pk>/merge/, and /merges/<pk>/undo/."""

import pytest

from members import actions
from members.models import Category, Merge, Person
from tests.conftest import enrolled
from tests.queries import page_queries

from .test_person_new import id_number


@pytest.fixture
def other(cast, town, person):
    return enrolled(town.liulin, person.name, Category.RETIRED, by=cast.staff, phone="13900005678", occupation="果农")


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/merge/"


def sent(other, **more):
    return {"other": other.pk, "phone": "other", "reason": "同一人两份档案"} | more


def test_it_offers_namesakes_and_whom_a_search_finds(as_user, cast, town, person, other, url):
    far = enrolled(town.foreign, person.name, None, by=cast.outsider)
    third = enrolled(town.huaishuwan, "李四", None, by=cast.staff, id_number=id_number())
    client = as_user(cast.staff)
    assert f'href="{url}"' in client.get(f"/people/{person.pk}/").content.decode()
    response = client.get(url)
    assert [line["person"] for line in response.context["lines"]] == [other]
    found = client.get(url, {"q": "李四"})
    assert [line["person"] for line in found.context["lines"]] == [third]
    assert id_number() not in found.content.decode()
    assert client.get(url, {"other": far.pk}).status_code == 404
    assert client.get(url, {"other": person.pk}).status_code == 404
    assert client.post(url).status_code == 422


def test_it_costs_the_same_however_many_there_are(as_user, cast, town, person, other, url):
    client = as_user(cast.staff)
    client.get(url)
    for _n in range(4):
        enrolled(town.huaishuwan, person.name, None, by=cast.staff)
    with page_queries(5):
        assert len(client.get(url).context["lines"]) == 5


def test_it_shows_both_and_merges(as_user, cast, person, other, url):
    client = as_user(cast.staff)
    page = client.get(url, {"other": other.pk}).content.decode()
    assert "果农" in page
    assert "13900005678" not in page
    assert page.count('type="radio"') == 2
    assert client.post(url, sent(other), follow=True).redirect_chain == [(f"/people/{person.pk}/", 302)]
    person.refresh_from_db()
    assert (person.phone, person.occupation) == ("13900005678", "果农")
    assert client.post(url, sent(other))["Location"] == f"/people/{person.pk}/"  # the other tap of a double tap
    row = Merge.objects.get()
    assert f'action="/merges/{row.pk}/undo/"' in client.get(f"/people/{person.pk}/").content.decode()
    assert "/merges/" not in as_user(cast.secretary).get(f"/people/{person.pk}/").content.decode()


def test_the_old_address_leads_to_the_kept_file(as_user, cast, town, person, other):
    third = enrolled(town.huaishuwan, "李四", None, by=cast.staff)
    actions.merge_people(by=cast.staff, keep=person, other=other, reason="x")
    actions.merge_people(by=cast.staff, keep=third, other=person, reason="x")
    for user in (cast.staff, cast.secretary):
        assert as_user(user).get(f"/people/{other.pk}/")["Location"] == f"/people/{third.pk}/"
    for user in (cast.neighbour, cast.outsider):
        assert as_user(user).get(f"/people/{other.pk}/").status_code == 404


@pytest.mark.parametrize("more", [{"reason": " "}, {"reason": "长" * 201}, {"phone": "both"}])
def test_it_refuses_what_it_does_not_know(as_user, cast, other, url, more):
    assert as_user(cast.staff).post(url, sent(other, **more)).status_code == 422
    assert not Merge.objects.exists()


def test_two_numbers_are_never_taken_for_granted(as_user, cast, town, url):
    pk = url.split("/")[2]
    actions.correct_person(by=cast.staff, person=Person.objects.get(pk=pk), version=1, id_number=id_number())
    other = enrolled(town.huaishuwan, "张三", None, by=cast.staff, id_number=id_number(birth="19680706"))
    client = as_user(cast.staff)
    response = client.post(url, sent(other))
    assert response.status_code == 422
    assert "id_number" in response.context["form"].errors
    assert id_number() not in response.content.decode()


def test_who_does_not_decide_at_both_is_refused(as_user, cast, town, person, other, url):
    assert as_user(cast.secretary).get(url).status_code == 403
    actions.grant_role(by=None, user=cast.reader, role="town_staff", unit=town.huaishuwan, from_date="2020-01-01")
    assert as_user(cast.reader).get(url).status_code == 200
    assert as_user(cast.reader).post(url, sent(other)).status_code == 403


def test_undo_makes_two_files_again(as_user, cast, person, other):
    row = actions.merge_people(by=cast.staff, keep=person, other=other, reason="x")
    client = as_user(cast.staff)
    assert client.post(f"/merges/{row.pk}/undo/")["Location"] == f"/people/{person.pk}/"
    assert client.get(f"/people/{other.pk}/").status_code == 200
    assert "/merges/" not in client.get(f"/people/{person.pk}/").content.decode()
    assert client.post(f"/merges/{row.pk}/undo/").status_code == 302


def test_undo_says_who_has_worked_on_it_since(as_user, cast, person, other):
    row = actions.merge_people(by=cast.staff, keep=person, other=other, reason="x")
    person.refresh_from_db()
    actions.correct_person(by=cast.secretary, person=person, version=person.version, education="高中")
    response = as_user(cast.staff).post(f"/merges/{row.pk}/undo/")
    assert response.status_code == 409
    assert "槐树湾书记" in response.content.decode()
    assert as_user(cast.secretary).post(f"/merges/{row.pk}/undo/").status_code == 403
    assert as_user(cast.outsider).post(f"/merges/{row.pk}/undo/").status_code == 404
