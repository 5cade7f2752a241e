"""Filters kept under a name: whose they are, what of an address is kept, and dropping one with an Undo."""

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import SavedFilter

pytestmark = pytest.mark.django_db
SENT = {"page": "/people/", "query": "category=mobile&sex=m&q=%E5%BC%A0&after=9&unit=", "name": "流动男党员"}


def test_it_keeps_the_filters_and_opens_the_list_with_them(as_user, cast, person):
    client = as_user(cast.secretary)
    answer = client.post("/filters/", SENT)
    assert answer.url == "/people/?category=mobile&sex=m"  # neither the word searched for nor the page of the list
    page = client.get(answer.url).content.decode()
    assert "流动男党员" in page
    assert 'aria-current="page">流动男党员' in page


def test_it_shows_them_to_nobody_else(as_user, cast, person):
    actions.save_filter(by=cast.secretary, **SENT)
    assert "流动男党员" not in as_user(cast.staff).get("/people/").content.decode()


def test_it_replaces_what_bore_the_name(cast):
    for query in ("sex=m", "sex=f"):
        actions.save_filter(by=cast.secretary, page="/people/", name="一", query=query)
    assert [row.query for row in SavedFilter.objects.of(cast.secretary)] == ["sex=f"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "长" * 31},
        {"query": "q=张"},
        {"query": "sex=" + "m" * 700},
        {"page": "/audit/"},
        {"page": f"/ledgers/{'a' * 100}/"},  # PostgreSQL would fail
    ],
)
def test_it_refuses_what_is_no_filter(cast, wrong):
    with pytest.raises(ValidationError):
        actions.save_filter(by=cast.secretary, **(SENT | wrong))


def test_it_refuses_the_twenty_first(cast):
    for number in range(20):
        actions.save_filter(by=cast.secretary, page="/people/", name=str(number), query="sex=m")
    with pytest.raises(ValidationError):
        actions.save_filter(by=cast.secretary, page="/people/", name="20", query="sex=m")


def test_it_drops_one_and_offers_it_back(as_user, cast, person):
    client = as_user(cast.secretary)
    client.post("/filters/", SENT)
    row = SavedFilter.objects.get()
    page = client.post(f"/filters/{row.pk}/drop/", follow=True).content.decode()
    assert not SavedFilter.objects.exists()
    assert f'name="query" value="{row.query.replace("&", "&amp;")}"' in page  # the form of the Undo
