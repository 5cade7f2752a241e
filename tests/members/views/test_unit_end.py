"""/units/<pk>/end/: a branch ends, its people go on in others."""

import pytest

from members import actions
from members.models import Category, Person
from tests.conftest import enrolled
from tests.queries import page_queries

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def third(town):
    return actions.create_unit(by=None, kind="branch", name="河口村党支部", parent=town.xitun)


def url(town):
    return f"/units/{town.huaishuwan.pk}/end/"


def query(*successors, **more):
    return {"on": "2026-08-10", "to": [unit.pk for unit in successors], "reason": "撤村并组"} | more


def test_it_offers_the_other_branches_of_the_town(as_user, cast, town, third):
    form = as_user(cast.admin).get(url(town)).context["form"]
    assert set(form.near) == {town.liulin, third}


def test_it_shows_what_follows_before_anything_is_done(as_user, cast, town, person):
    response = as_user(cast.admin).get(url(town), query(town.liulin))
    assert response.context["follows"][0]["value"] == 1
    assert cast.secretary in [grant.user for grant in response.context["held"]]
    town.huaishuwan.refresh_from_db()
    assert town.huaishuwan.ends_on is None


def test_it_moves_everybody_to_the_only_successor_and_names_them(as_user, cast, town, person):
    client = as_user(cast.admin)
    response = client.post(url(town), query(town.liulin), follow=True)
    assert response.context["went"] == [(town.liulin, [person])]
    assert cast.secretary in [grant.user for grant in response.context["held"]]
    assert person.name in response.content.decode()


def test_it_sends_a_group_here_and_an_exception_there(as_user, cast, town, third):
    people = [
        enrolled(town.huaishuwan, f"某{number}", Category.ELDERLY, by=cast.staff, group=group)
        for number, group in enumerate(("一组", "一组", "二组"))
    ]
    sent = query(town.liulin, third) | {"group-0": third.pk, "group-1": town.liulin.pk}
    sent |= {f"person-{people[1].pk}": town.liulin.pk}
    page = as_user(cast.admin).get(url(town), query(town.liulin, third)).context["form"]
    first = page.groups[0][1][0].group  # the order is the database's
    if first == "二组":
        sent |= {"group-0": town.liulin.pk, "group-1": third.pk}
    assert as_user(cast.admin).post(url(town), sent).status_code == 302
    assert [Person.objects.get(pk=p.pk).unit for p in people] == [third, town.liulin, town.liulin]


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"to": []}, "to"), ({"on": "2026-09-22"}, "on"), ({"reason": ""}, "reason"), ({"on": "2020-01-01"}, "on")],
)
def test_it_refuses(as_user, cast, town, person, sent, field):
    response = as_user(cast.admin).post(url(town), query(town.liulin) | sent)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    town.huaishuwan.refresh_from_db()
    assert town.huaishuwan.ends_on is None


def test_it_refuses_a_branch_of_another_town(as_user, cast, town, person):
    response = as_user(cast.admin).post(url(town), query(town.foreign))
    assert "to" in response.context["form"].errors


def test_it_asks_as_often_for_many_as_for_one(as_user, cast, town, person, third):
    client = as_user(cast.admin)
    for number in range(20):
        enrolled(town.huaishuwan, f"某{number}", Category.ELDERLY, by=cast.staff, group=str(number % 3))
    with page_queries(11):
        client.get(url(town), query(town.liulin, third))
