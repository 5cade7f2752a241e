"""Who is in a restricted category does not show, by whatever a page says or leaves out, to who has not the right."""

import re
from types import SimpleNamespace

import pytest

from tests import scene as scenes
from tests.engines import ours
from tests.routes import all_routes, noted
from tests.scene import sign_in, undone

pytestmark = pytest.mark.django_db
# Their answers are public, change the session, or say it at town level on purpose (DOMAIN §4: reports).
SHOWN = ("people", "dues", "ledgers")
CODES = ("joint", "determined_person", "key")  # an open one, and the two
LEFT_OUT = {"account_logout", "set_language", "api-schema", "api-docs", "healthz", "design", "reports"}


@pytest.fixture(autouse=True)
def _still_disk(monkeypatch):
    """The administrator's home says how much room there is; here it does not change meanwhile."""
    monkeypatch.setattr("xitun.doctor.shutil.disk_usage", lambda path: SimpleNamespace(free=50 << 30))


@pytest.mark.parametrize("role", ours(["admin", "reader"]))
def test_it_does_not_show_who_is_in_a_restricted_category(role):
    """Every page is the same, byte for byte, whether or not these people are in a restricted category: no count, no
    label, no gap tells. Reports say it at town level on purpose (DOMAIN §4), so they are left out."""
    with scenes.standing(restricted=False) as scene:
        client = sign_in(getattr(scene.cast, role))
        without = dict(plain_pages(scene, client))
        scenes.restrict(scene)
        with_them = dict(plain_pages(scene, client))
    assert set(without) == set(with_them)
    different = [url for url in without if without[url] != with_them[url]]
    assert not different, f"{role} can tell from {different}"
    assert len(without) > 30


def test_it_would_be_told_by_who_may():
    """The same pages differ for the town's staff, so that the comparison can fail."""
    with scenes.standing(restricted=False) as scene:
        client = sign_in(scene.cast.staff)
        without = dict(plain_pages(scene, client, SHOWN))
        scenes.restrict(scene)
        with_them = dict(plain_pages(scene, client, SHOWN))
    told = {url.split("?")[0] for url in without if without[url] != with_them[url]}
    assert told >= {"/people/", "/dues/", "/ledgers/"}


def plain_pages(scene, client, only=()):
    """(address, page) of every list, plain and by each filter that it asks for."""
    queries = ["category=poor_weak", "category=backward", "category=none", "q=199", "standing=all", "state=overdue"]
    for route in all_routes():
        if route.name in LEFT_OUT or route.kwargs not in ((), ("project",)) or (only and route.name not in only):
            continue
        for code in CODES if route.kwargs else [None]:
            url = route.url({"project": code} if code else {})
            with undone(), noted() as asked:
                yield url, normal(client.get(url))
            for query in queries:
                if query.partition("=")[0] in asked:
                    with undone():
                        yield f"{url}?{query}", normal(client.get(f"{url}?{query}"))
    for category in ("poor_weak", "backward"):
        url = f"/people/{scene.people['own', category].pk}/"
        yield url, normal(client.get(url))


def normal(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    body = re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ?")[^"]+', b"", body)
    return response.status_code, body
