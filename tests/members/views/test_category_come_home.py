"""A mobile person is back: /enrolments/<pk>/come-home/."""

import pytest

from members.models import Category, Status
from projects.sweep import open_dues


@pytest.fixture
def url(person):
    return f"/enrolments/{person.enrolments.get().pk}/come-home/"


def test_the_branch_enters_it_and_proposes_what_comes_next(as_user, cast, person, url):
    client = as_user(cast.secretary)
    assert f'href="{url}"' in client.get(f"/people/{person.pk}/").content.decode()
    data = {"on": "2026-09-15", "reason": "返乡务农", "category": "unemployed"}
    assert client.post(url, data)["Location"] == f"/people/{person.pk}/"
    assert person.enrolments.get(category=Category.MOBILE).status == Status.ENDED
    assert person.enrolments.get(category=Category.UNEMPLOYED).status == Status.PROPOSED
    assert url not in client.get(f"/people/{person.pk}/").content.decode()
    assert client.post(url, data).status_code == 422


@pytest.mark.parametrize(
    "more", [{"on": "2026-09-22"}, {"on": ""}, {"reason": " "}, {"category": "poor_weak"}, {"category": "mobile"}]
)
def test_it_refuses_what_cannot_be(as_user, cast, person, url, more):
    data = {"on": "2026-09-15", "reason": "返乡务农", "category": ""} | more
    assert as_user(cast.secretary).post(url, data).status_code == 422
    assert person.enrolments.get().status == Status.ACTIVE


def test_it_says_beforehand_what_closes_with_it(as_user, cast, person, url):
    open_dues()
    body = as_user(cast.secretary).get(url).content.decode()
    assert "以下事项尚未办理，将随之关闭：" in body
    assert "季度联系 · 2026年第三季度" in body
