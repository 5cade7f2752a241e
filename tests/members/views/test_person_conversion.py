"""The end of probation: /people/<pk>/conversion/."""

from datetime import date

import pytest

from members.models import Standing
from tests.conftest import enrolled


@pytest.fixture
def someone(cast, town):
    return enrolled(
        town.huaishuwan, "周新", None, by=cast.staff, standing=Standing.PROBATIONARY, since=date(2025, 8, 20),
        joined_on=date(2025, 8, 20),
    )  # fmt: skip


@pytest.fixture
def url(someone):
    return f"/people/{someone.pk}/conversion/"


def test_the_town_converts_and_goes_on_to_the_category(as_user, cast, someone, url):
    client = as_user(cast.staff)
    assert f'href="{url}"' in client.get(f"/people/{someone.pk}/").content.decode()
    assert "2026年8月20日" in client.get(url).content.decode()
    response = client.post(url, {"decision": "convert", "decided_on": "2026-09-10"})
    assert response["Location"] == f"/people/{someone.pk}/categories/propose/"
    someone.refresh_from_db()
    assert (someone.standing, someone.full_member_on) == (Standing.FULL, date(2026, 8, 20))
    assert url not in client.get(f"/people/{someone.pk}/").content.decode()
    assert client.post(url, {"decision": "convert", "decided_on": "2026-09-10"}).status_code == 422


def test_the_town_extends_once(as_user, cast, someone, url):
    client, data = (
        as_user(cast.staff),
        {"decision": "extend", "decided_on": "2026-09-10", "months": 6, "reason": "不足"},
    )
    assert client.post(url, data)["Location"] == f"/people/{someone.pk}/"
    assert "2027年2月20日" in client.get(url).content.decode()
    assert "延长 6 个月" in client.get(f"/people/{someone.pk}/history/").content.decode()
    assert client.post(url, data).status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"decision": "banish", "decided_on": "2026-09-10"},
        {"decision": "convert", "decided_on": "2026-09-22"},
        {"decision": "extend", "decided_on": "2026-09-10", "reason": "x"},
        {"decision": "extend", "decided_on": "2026-09-10", "months": 13, "reason": "x"},
        {"decision": "extend", "decided_on": "2026-09-10", "months": 6, "reason": " "},
    ],
)
def test_it_refuses_what_cannot_be(as_user, cast, someone, url, data):
    assert as_user(cast.staff).post(url, data).status_code == 422
    someone.refresh_from_db()
    assert (someone.standing, someone.standings.count()) == (Standing.PROBATIONARY, 1)


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 403), ("reader", 403), ("neighbour", 404), ("director", 200)]
)
def test_it_is_for_the_town(as_user, cast, url, who, status):
    assert as_user(getattr(cast, who)).get(url).status_code == status
