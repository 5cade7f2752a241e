"""Take a post and leave it: /posts/new/, /units/<pk>/posts/new/, /posts/<pk>/leave/."""

from datetime import date

import pytest

from members import actions
from members.models import Category, PostHolding
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

NEW = "/posts/new/"


@pytest.fixture
def cadre(town, cast):
    return enrolled(town.huaishuwan, "安正", Category.IN_SERVICE, by=cast.staff, birth_date=date(1970, 3, 2))


@pytest.fixture
def post(town, cast, cadre):
    return actions.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="文书", person=cadre, from_date=date(2025, 6, 1)
    )


@pytest.fixture
def url(town):
    return f"/units/{town.huaishuwan.pk}/posts/new/"


def filled(**fields):
    return {"title": "村委会主任", "from_date": "2026-09-01", "division": "主持村委会工作", **fields}


def test_somebody_of_the_roll_takes_a_post(as_user, cast, town, cadre, url):
    client = as_user(cast.staff)
    form = client.get(url).context["form"]
    assert "安正 · 1970" in str(form["person"])
    assert client.post(url, filled(person=cadre.pk))["Location"] == f"/people/{cadre.pk}/"
    row = PostHolding.objects.get()
    assert (row.person, row.holder_name, row.title) == (cadre, "安正", "村委会主任")
    assert (row.from_date, row.division, row.unit, row.recorded_by) == (
        date(2026, 9, 1), "主持村委会工作", town.huaishuwan, cast.staff,
    )  # fmt: skip


def test_a_cadre_who_is_not_a_member_takes_one(as_user, cast, url):
    client = as_user(cast.staff)
    page = client.post(url, filled(holder_name="王某某"), follow=True)
    assert page.redirect_chain == [("/projects/post/", 302)]
    assert [str(message) for message in page.context["messages"]] == ["王某某自2026年9月1日起任“村委会主任”。"]
    assert "王某某" in page.content.decode()
    assert PostHolding.objects.get().person is None


def test_a_post_the_list_lacks_is_named_and_known_from_then_on(as_user, cast, url):
    client = as_user(cast.staff)
    assert client.post(url, filled(title="", other_title="乡村振兴专干", holder_name="王某某")).status_code == 302
    assert ("乡村振兴专干", "乡村振兴专干") in client.get(url).context["form"].fields["title"].choices


def test_it_comes_from_the_file_with_the_person_chosen(as_user, cast, cadre, url):
    client = as_user(cast.staff)
    url = f"{url}?person={cadre.pk}"
    assert f'href="{url}"' in client.get(f"/people/{cadre.pk}/").content.decode()
    page = client.get(url)
    assert f'<option value="{cadre.pk}" selected>' in page.content.decode()


def test_the_branch_is_chosen_first(as_user, cast, town, url):
    client = as_user(cast.staff)
    assert f'href="{NEW}"' in client.get("/projects/post/").content.decode()
    form = client.get(NEW).context["form"]
    assert list(form.fields["unit"].queryset) == [town.huaishuwan, town.liulin]
    assert client.get(NEW, {"unit": town.huaishuwan.pk})["Location"] == url
    assert client.get(NEW, {"unit": town.foreign.pk}).context["form"].errors
    assert as_user(cast.outsider).get(NEW)["Location"] == f"/units/{town.foreign.pk}/posts/new/", "the only one"


@pytest.mark.parametrize(
    "fields,name",
    [
        ({"from_date": "2026-09-22"}, "from_date"),
        ({"from_date": ""}, "from_date"),
        ({"title": "皇帝"}, "title"),
        ({"title": ""}, "title"),
        ({"other_title": "会计"}, "title"),
        ({"holder_name": ""}, "person"),
        ({"person": "none"}, "person"),
        ({"holder_name": "王" * 41}, "holder_name"),
        ({"title": "", "other_title": "长" * 41}, "other_title"),
    ],
)
def test_it_shows_what_is_wrong(as_user, cast, url, fields, name):
    response = as_user(cast.staff).post(url, filled(holder_name="王某某") | fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    assert not PostHolding.objects.exists()


def test_it_offers_and_takes_nobody_of_another_branch(as_user, cast, town, url):
    near = enrolled(town.liulin, "柳某", Category.UNEMPLOYED, by=cast.staff)
    client = as_user(cast.staff)
    assert "柳某" not in client.get(url).content.decode()
    assert client.post(url, filled(person=near.pk)).status_code == 422


def test_it_refuses_a_post_held_already(as_user, cast, cadre, post, url):
    response = as_user(cast.director).post(url, filled(title="文书", person=cadre.pk))
    assert response.status_code == 422
    assert response.context["form"].errors["title"] == ["安正自2025年6月1日起已任此职。"]


def test_it_lists_who_holds_what_now(as_user, cast, post, url):
    page = as_user(cast.staff).get(url).content.decode()
    assert f'href="/posts/{post.pk}/leave/"' in page


def test_a_post_is_left(as_user, cast, post):
    open_dues()
    url, client = f"/posts/{post.pk}/leave/", as_user(cast.staff)
    page = client.get(url)
    assert page.context["closes"], "what closes with it, though not done"
    page = client.post(url, {"on": "2026-09-10", "reason": "换届"}, follow=True)
    assert page.redirect_chain == [(f"/people/{post.person_id}/", 302)]
    assert [str(message) for message in page.context["messages"]] == ["安正已于2026年9月10日离任“文书”。"]
    post.refresh_from_db()
    assert post.to_date == date(2026, 9, 10)


def test_the_other_tap_changes_nothing(as_user, cast, post):
    url, client = f"/posts/{post.pk}/leave/", as_user(cast.staff)
    client.post(url, {"on": "2026-09-10"})
    assert client.post(url, {"on": "2026-09-11"}).status_code == 302
    assert client.get(url).status_code == 302
    post.refresh_from_db()
    assert post.to_date == date(2026, 9, 10)


@pytest.mark.parametrize("on", ["", "2026-09-22", "2025-05-31", "昨天"])
def test_it_is_left_on_a_day_that_can_be(as_user, cast, post, on):
    response = as_user(cast.staff).post(f"/posts/{post.pk}/leave/", {"on": on})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["on"]


def test_it_is_reached_from_the_file_and_the_correction(as_user, cast, cadre, post):
    client = as_user(cast.staff)
    pages = [f"/people/{cadre.pk}/", f"/people/{cadre.pk}/history/post/{post.pk}/"]
    for page in pages:
        assert f'href="/posts/{post.pk}/leave/"' in client.get(page).content.decode()
    actions.leave_post(by=cast.staff, holding=post, on=TODAY)
    for page in pages:
        assert f'href="/posts/{post.pk}/leave/"' not in client.get(page).content.decode()


def test_of_a_cadre_without_a_file_it_is_reached_from_the_project(as_user, cast, town, post):
    row = actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="文书", holder_name="王某某")
    page = as_user(cast.staff).get("/projects/post/").content.decode()
    assert f'href="/posts/{row.pk}/leave/"' in page
    assert f'href="/posts/{post.pk}/leave/"' not in page
    assert "/leave/" not in as_user(cast.secretary).get("/projects/post/").content.decode()


def test_the_branch_itself_enters_neither(as_user, cast, cadre, post, url):
    client = as_user(cast.secretary)
    for page in (f"/people/{cadre.pk}/", "/projects/post/"):
        assert "/posts/" not in client.get(page).content.decode()
    assert client.get(NEW).status_code == 403
    for address in (url, f"/posts/{post.pk}/leave/"):
        assert client.get(address).status_code == 403
        assert client.post(address, filled(holder_name="王某某", on="2026-09-10")).status_code == 403
    assert PostHolding.objects.get().to_date is None


@pytest.mark.parametrize("who", ["x", "²", "0x1", "987654321"])
def test_an_address_that_names_nobody_chooses_nobody(as_user, cast, url, who):
    page = as_user(cast.staff).get(f"{url}?person={who}")
    assert (page.status_code, page.context["person"]) == (200, None)


def test_only_branches_have_posts(as_user, cast, town):
    assert as_user(cast.staff).get(f"/units/{town.xitun.pk}/posts/new/").status_code == 404


def test_taking_and_leaving_are_suggested_as_changes_of_category(as_user, cast, town, url):
    idle = enrolled(town.huaishuwan, "闲某", Category.UNEMPLOYED, by=cast.staff)
    cadre = enrolled(town.huaishuwan, "安正", Category.IN_SERVICE, by=cast.staff)
    client = as_user(cast.staff)
    client.post(url, filled(person=idle.pk))
    client.post(url, filled(person=cadre.pk, title="文书"))
    client.post(f"/posts/{cadre.posts.get().pk}/leave/", {"on": "2026-09-10"})
    page = as_user(cast.secretary).get("/suggestions/").content.decode()
    for words in ("闲某", "2026年9月1日任职", "安正", "2026年9月10日离任"):
        assert words in page


def test_it_costs_the_same_however_many_posts_there_are(as_user, cast, town, url, django_assert_max_num_queries):
    for number in range(12):
        enrolled(town.huaishuwan, f"李{number}", None, by=cast.staff)
        actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="委员", holder_name=f"王{number}")
    client = as_user(cast.staff)
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url)
