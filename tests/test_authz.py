"""The table tests/authz.yml against the URLconf: every route has a row, every role gets what its row says."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml
from django.core.cache import cache
from django.urls import reverse

from tests import scene as scenes
from tests.engines import ours
from tests.routes import all_routes
from tests.scene import ROLES, sign_in, thing, undone, user_of

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LET_IN_UNSAFE = (400, 409, 422)  # the right was there, what was sent was not
TABLE = yaml.safe_load(Path(__file__).with_name("authz.yml").read_text(encoding="utf-8"))
ROWS = TABLE["routes"]
ROUTES = {route.name or f"unnamed {route.pattern}": route for route in all_routes()}
MISSING = {"pk": "none", "token": "secret"}


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), scenes.standing() as found:
        yield found


@pytest.fixture(scope="module")
def clients(scene):
    return {role: sign_in(user_of(scene, role)) for role in ROLES}


def test_it_has_a_row_for_every_route():
    missing = sorted(set(ROUTES) - set(ROWS))
    assert not missing, f"tests/authz.yml lacks a row for {missing}: say per method what each role gets"


def test_it_has_a_route_for_every_row():
    left = sorted(set(ROWS) - set(ROUTES))
    assert not left, f"tests/authz.yml has rows for routes that are gone: {left}"


@pytest.mark.parametrize("name", sorted(ROWS))
def test_it_names_every_role_once(name):
    row = ROWS[name]
    assert set(row) <= {*METHODS, "kwargs", "query", "send"}
    assert set(row) & set(METHODS), "a row says what a method gives"
    for method in set(row) & set(METHODS):
        named = [role for roles in row[method].values() for role in roles]
        assert sorted(named) == sorted(ROLES), f"{name} {method} must name each role once, has {named}"


@pytest.mark.parametrize("name", ours(sorted(set(ROWS) & set(ROUTES))))
def test_it_gives_every_role_what_the_table_says(name, scene, clients):
    row, route = ROWS[name], ROUTES[name]
    kwargs = {key: thing(scene, word) for key, word in row.get("kwargs", {}).items()}
    assert set(kwargs) == set(route.kwargs), f"the row must give {route.kwargs}"
    sent = meant(scene, row.get("send", {}))
    url = route.url(kwargs) + query_of(scene, row)
    wrong = []
    for method in METHODS:
        expected = row.get(method) or {405: let_in_somewhere(row)}
        for outcome, roles in expected.items():
            for role in roles:
                response = ask(clients[role], method, url, sent, api=name.startswith("api:"))
                got = outcome_of(response, method)
                if got != outcome:
                    wrong.append(f"{role} {method} {url}: {got}, the table says {outcome}")
                elif outcome == 404 and (method == "GET" or role == roles[0]):  # the others ask the same view
                    wrong += unlike_missing(clients[role], method, response, route, kwargs, sent, scene)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ours(name for name in sorted(ROWS) if "GET" in ROWS[name] and name in ROUTES))
def test_it_answers_head_like_get(name, scene, clients):
    row, route = ROWS[name], ROUTES[name]
    url = route.url({key: thing(scene, word) for key, word in row.get("kwargs", {}).items()}) + query_of(scene, row)
    client = clients[row["GET"].get("ok", ["staff"])[-1]]
    with undone():
        assert client.head(url).status_code == client.get(url).status_code


def let_in_somewhere(row):
    """A role whom some method lets in: only they can learn that another method is not there."""
    return [row[method]["ok"][-1] for method in METHODS if row.get(method, {}).get("ok")][:1]


def query_of(scene, row):
    words = row.get("query", {})
    return "?" + urlencode({key: thing(scene, word) for key, word in words.items()}) if words else ""


def meant(scene, words):
    if isinstance(words, dict):
        return {key: meant(scene, word) for key, word in words.items()}
    return [thing(scene, word) for word in words] if isinstance(words, list) else thing(scene, words)


def ask(client, method, url, sent, *, api):
    cache.clear()  # allauth counts tries there
    with undone(client):
        if api:
            response = client.generic(method, url, _json(sent) if method != "GET" else "", "application/json")
        elif method == "GET":
            response = client.get(url)
        elif method == "POST":
            response = client.post(url, sent)
        else:
            response = client.generic(method, url)
        if response.streaming:
            list(response.streaming_content)
    return response


def _json(sent):
    return json.dumps(sent, default=str)


def outcome_of(response, method):
    code = response.status_code
    if code == 401 or (code == 302 and response["Location"].startswith("/accounts/login/")):
        return "login"
    if code == 403 and response.get("Content-Type", "").startswith("application/json") and not signed_in(response):
        return "login"
    if code < 400 or (method != "GET" and code in LET_IN_UNSAFE):
        return "ok"
    return code


def signed_in(response):
    return response.wsgi_request.user.is_authenticated


def unlike_missing(client, method, response, route, kwargs, sent, scene):
    """What tells this 404 from the one of an object that does not exist; nothing when they are byte-like."""
    missing = {
        key: thing(scene, "none_uuid" if "uuid" in route.pattern else "none") if key == "pk" else value
        for key, value in kwargs.items()
    }
    api = route.name.startswith("api:")
    if missing == kwargs:
        sent = {key: thing(scene, "none") if isinstance(value, int) else value for key, value in sent.items()}
        sent |= {key: [thing(scene, "none")] for key, value in sent.items() if isinstance(value, list)}
    query = query_of(scene, {"query": dict.fromkeys(ROWS[route.name].get("query", {}), "none")})
    other = ask(client, method, route.url(missing) + query, sent, api=api)
    mine, theirs = plain(response, kwargs), plain(other, missing)
    if mine == theirs:
        return []
    return [f"{method} {route.url(kwargs)}: its 404 differs from a missing object's\n{mine}\n--- missing:\n{theirs}"]


def plain(response, kwargs):
    """Status, headers and body without what differs from request to request."""
    body = response.content.decode()
    body = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1…", body)
    body = re.sub(r'("X-CSRFToken": ?")[^"]+', r"\1…", body)
    body = re.sub(r"((?:act|parent|person)(?:=|%3D))\w+", r"\1…", body)
    for value in kwargs.values():
        body = body.replace(f"/{value}/", "/…/").replace(f"%2F{value}%2F", "%2F…%2F")
    headers = {key: value for key, value in response.headers.items() if key not in ("Content-Length", "Set-Cookie")}
    return response.status_code, headers, body


def test_it_can_fail(scene, clients):
    """A body that betrays an object is told from a missing one's, and a page that opens is not taken for a refusal."""
    response = clients["staff"].get(reverse("person", args=[thing(scene, "person")]))
    assert outcome_of(response, "GET") == "ok"
    assert outcome_of(clients["anonymous"].get(reverse("home")), "GET") == "login"
    missing = clients["staff"].get(reverse("person", args=[thing(scene, "none")]))
    assert plain(response, {}) != plain(missing, {})
