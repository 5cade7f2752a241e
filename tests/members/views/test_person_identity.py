"""A new name or ID number: /people/<pk>/identity/."""

import pytest

from tests.conftest import enrolled

from .test_person_new import id_number


@pytest.fixture
def someone(cast, town):
    return enrolled(town.huaishuwan, "王小宝", None, by=cast.staff, id_number=id_number())


@pytest.fixture
def url(someone):
    return f"/people/{someone.pk}/identity/"


def sent(**more):
    return {"name": "王建业", "on": "2026-09-15", "evidence": "card", "reason": "户籍更名"} | more


def test_the_history_tells_the_old_name_and_masks_the_old_number(as_user, cast, someone, url):
    client, new = as_user(cast.secretary), id_number(birth="19680706")
    assert f'href="{url}"' in client.get(f"/people/{someone.pk}/").content.decode()
    for _tap in range(2):
        assert client.post(url, sent(id_number=new))["Location"] == f"/people/{someone.pk}/"
    page = client.get(f"/people/{someone.pk}/history/").content.decode()
    assert "王小宝" in page
    assert "户籍更名" in page
    assert id_number() not in page
    assert "户籍更名" not in as_user(cast.reader).get(f"/people/{someone.pk}/history/").content.decode()


@pytest.mark.parametrize(
    "more", [{"name": ""}, {"on": "2026-09-22"}, {"on": ""}, {"evidence": "x"}, {"reason": " "}, {"id_number": "12"}]
)
def test_it_refuses_what_cannot_be(as_user, cast, someone, url, more):
    assert as_user(cast.secretary).post(url, sent(**more)).status_code == 422
    assert not someone.former_identities.exists()
