"""Whatever is sent, to any address, in any parameter and field: a clear answer, never a server error.

Nothing is listed by hand. The routes come from the URLconf; the parameters are those that a view asks for, noted while
it runs; the fields are those of the forms it answers with, and of the serializers behind the API."""

import json
import traceback
import uuid

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception

from members.models import Enrolment, PostHolding
from projects import registry
from projects.workflow import Subject
from tests import scene as scenes
from tests.engines import ours
from tests.routes import noted
from tests.scene import sign_in, thing, undone
from tests.test_authz import ROUTES, ROWS, meant

pytestmark = pytest.mark.django_db
FORMULA = "=cmd|' /C calc'!A0"
BIG = 10**30
TEXTS = {
    "nul": "a\x00b",
    "formula": FORMULA,
    "at": "@SUM(1+1)",
    "huge": "文" * 20_000,  # longer than any column, short enough to arrive
    "odd": "\u202e\ufeff\u200d🏳️‍🌈\U0010ffff\ufffe",
    "surrogate": "\ud800",
    "negative": "-1",
    "big": str(BIG),
    "sixty-four": str(2**63),
    "float": "1e309",
    "nan": "NaN",
    "date-zero": "0000-00-00",
    "date-far": "99999-12-31",
    "date-old": "0001-01-01",
    "markup": "<script>alert(1)</script>{{ 7 }}{% x %}",
    "digits": "٣²①",
    "blank": "\u3000 \t\r\n",
    "like": "%_\\'\"--;",
}
ALWAYS = ("nul", "surrogate", "big", "date-zero")  # to every parameter; the others in turn


def turns(number, count=1, always=ALWAYS):
    """The texts for field `number`: over a few fields every text has had its turn."""
    others = [label for label in TEXTS if label not in always]
    return [*always, *(others[(number * count + offset) % len(others)] for offset in range(count))]


def squares(fields, rounds, first=0):
    """`rounds` times a text for every field, all at once: no field gets the same twice, and neighbours differ. A form
    judges each field by itself, so none hides another."""
    labels = list(TEXTS)
    for turn in range(rounds):
        yield {field: labels[(first + number * 5 + turn * 7) % len(labels)] for number, field in enumerate(fields)}


DEEP = {"needs": "\ud800", "method": "\x00"}
WRONG_TYPES = [None, True, -1, BIG, 1.5e308, [], [[]], {}, {"a": {"b": []}}, ["\x00"], {"\x00": 1}]


def wrong_types(number, count=4):
    """Values that are no texts, for field `number` of an object: over three fields every one has had its turn."""
    return [WRONG_TYPES[(number * count + offset) % len(WRONG_TYPES)] for offset in range(count)]


# Not asked: they end sign-ins or are plain Django, and each has tests of its own.
SKIPPED = {"account_logout", "sign-out-everywhere", "api-docs", "api-schema", "healthz"}


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), scenes.standing() as found:
        yield found


@pytest.fixture(scope="module")
def client(scene):
    return sign_in(scene.cast.staff)


@pytest.fixture(scope="module")
def administrator(scene):
    return sign_in(scene.cast.admin)


@pytest.fixture(autouse=True)
def signed_in(client, administrator):
    """A net full of refusals to strangers would catch nothing."""
    yield
    assert "_auth_user_id" in client.session
    assert "_auth_user_id" in administrator.session


@pytest.fixture(autouse=True)
def errors():
    """Every exception that became an error page."""
    found = []

    def note(sender, **kwargs):
        found.append(traceback.format_exc(limit=-3))

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def who(name, client, administrator):
    return administrator if "admin" in str(ROWS[name].get("GET", ROWS[name].get("POST"))["ok"][:1]) else client


def address(scene, name):
    row = ROWS[name]
    return ROUTES[name].url({key: thing(scene, word) for key, word in row.get("kwargs", {}).items()})


def refuse_500(response, errors, what):
    if response.status_code >= 500 or errors:
        raise AssertionError(f"{what}: {response.status_code}\n" + "\n".join(errors))
    if response.streaming:
        list(response.streaming_content)


def raw(text):
    """A text as bytes on the wire, also where it is no valid text."""
    return text.encode("utf-8", "surrogatepass")


def quoted(pairs):
    from urllib.parse import quote_from_bytes

    return "&".join(f"{quote_from_bytes(raw(k))}={quote_from_bytes(raw(v))}" for k, v in pairs)


READABLE = sorted(n for n in ROWS if n in ROUTES and "GET" in ROWS[n] and ROWS[n]["GET"].get("ok") and n not in SKIPPED)
WRITABLE = sorted(
    n
    for n in ROWS
    if n in ROUTES and "POST" in ROWS[n] and ROWS[n]["POST"].get("ok") and n not in SKIPPED and not n.startswith("api:")
)


@pytest.mark.parametrize("name", ours(READABLE))
def test_it_survives_every_parameter(name, scene, client, administrator, errors):
    url, browser = address(scene, name), who(name, client, administrator)
    with undone(browser), noted() as names:
        refuse_500(browser.get(url), errors, url)
        browser.get(url, {"q": "某", "unit": scene.town.huaishuwan.pk, "after": "x"})
    asked = sorted(names | {"page"})
    alone = [{parameter: label} for number, parameter in enumerate(asked) for label in turns(number, always=("nul",))]
    for texts in [*alone, *squares(asked, rounds=4, first=READABLE.index(name))]:
        with undone(browser):
            query = quoted((key, TEXTS[label][:3000]) for key, label in texts.items())  # longer ones never arrive
            refuse_500(browser.get(f"{url}?{query}"), errors, f"GET {url} {texts}")
    with undone(browser):
        query = quoted(
            (key, value) for p in asked for key, value in ((p, "1"), (p, "2"), (f"{p}[]", "x"), (f"{p}[a]", "x"))
        )
        refuse_500(browser.get(f"{url}?{query}"), errors, f"GET {url}?{query}")


@pytest.mark.parametrize("name", ours(n for n in sorted(ROWS) if n in ROUTES and ROUTES[n].kwargs and n not in SKIPPED))
def test_it_survives_every_key(name, scene, client, administrator, errors):
    route, row = ROUTES[name], ROWS[name]
    good = {key: thing(scene, word) for key, word in row.get("kwargs", {}).items()}
    url = route.url(good)
    for value in good.values():
        for text in (
            str(BIG),
            "0",
            "-1",
            "%00",
            "%ED%A0%80",
            "NaN",
            "x" * 5000,
            "%F0%9F%8F%B3",
            "..",
            "a%0Ab",
            "2026Q9",
            "0000Q1",
        ):
            for method in ("get", "post"):
                with undone(client):
                    broken = url.replace(f"/{value}/", f"/{text}/")
                    refuse_500(getattr(client, method)(broken), errors, f"{method} {broken[:200]}")


def plain_value(field):
    """What a person would type into this field."""
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("a.csv", "姓名,身份证号\n某,1\n".encode())
    if isinstance(field, (forms.ModelMultipleChoiceField, forms.MultipleChoiceField)):
        return [str(value) for value, _label in list(field.choices)[:1]]
    if isinstance(field, forms.ChoiceField) or hasattr(field, "choices"):
        return next((str(value) for value, _label in field.choices if value not in ("", None)), "")
    if isinstance(field, forms.UUIDField):
        return str(uuid.uuid4())
    if isinstance(field, forms.DateField):
        return "2026-09-20"
    if isinstance(field, (forms.IntegerField, forms.DecimalField)):
        return "1"
    return "on" if isinstance(field, forms.BooleanField) else "某某"


def form_of(response):
    found = [context.get("form") for context in response.context or () if context.get("form") is not None]
    return found[0] if found and isinstance(found[0], forms.BaseForm) else None


def filled(form):
    return {form.add_prefix(name): plain_value(field) for name, field in form.fields.items()} if form else {}


def post_everything(browser, url, errors, *, rounds=4, first=0):
    """Send the form of this page as a person would fill it; then with every field hostile at once, for what judges the
    fields; then with only the free texts hostile, for the act behind them. `first` shifts the turns."""
    with undone(browser), noted() as names:
        page = browser.get(url)
        form = form_of(page) if page.status_code == 200 and not page.streaming else None
        sent = filled(form) | {"purpose": "核对", "reason": "核对"}
        response = browser.post(url, sent)
        refuse_500(response, errors, f"POST {url} as a person would")
    fields = sorted(set(sent) | {name for name in names if not name.startswith("csrf")})
    free = [field for field in fields if sent.get(field) in ("某某", "核对")]
    for texts in [*squares(fields, rounds, first), *squares(free, rounds, first + rounds)]:
        pairs = [(key, item) for key, value in sent.items() if key not in texts for item in each(value)]
        with undone(browser):
            body = quoted([*pairs, *((field, TEXTS[label]) for field, label in texts.items())])
            response = browser.post(url, body, "application/x-www-form-urlencoded")
            refuse_500(response, errors, f"POST {url} {texts}")


def each(value):
    """The texts of a field that a form without files sends."""
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


@pytest.mark.parametrize("name", ours(WRITABLE))
def test_it_survives_every_field(name, scene, client, administrator, errors):
    browser = who(name, client, administrator)
    post_everything(browser, address(scene, name), errors, first=WRITABLE.index(name))


KINDS = [(p, k) for p in registry.all_projects() for k in p.kinds]


@pytest.mark.parametrize("project,kind", ours(KINDS), ids=lambda x: x.code)
def test_it_survives_every_field_of_every_record(project, kind, scene, client, errors):
    if kind.subject is Subject.ENROLMENT:
        subject = Enrolment.objects.get(pk=scene.enrolments["own", str(project.category)].pk)
    else:
        subject = PostHolding.objects.get(pk=scene.posts["own"].pk) if kind.subject is Subject.POST else None
    pk = subject.pk if subject else scene.town.huaishuwan.pk
    code, room = kind.code.replace("_", "-"), project.code.replace("_", "-")
    url = f"/projects/{room}/{kind.subject}s/{pk}/records/{code}/new/"
    assert client.get(url).status_code == 200
    post_everything(client, url, errors, rounds=2, first=KINDS.index((project, kind)))


@pytest.mark.parametrize(
    "name", ours(n for n in sorted(ROWS) if n.startswith("api:") and {"POST", "PATCH"} & set(ROWS[n]))
)
def test_the_api_survives_every_field(name, scene, client, errors):
    row, url = ROWS[name], address(scene, name)
    good = json.loads(json.dumps(meant(scene, row.get("send", {})), default=str))
    for method in sorted({"POST", "PATCH"} & set(row)):
        fields = {
            *good,
            "version",
            "reason",
            "detail",
            "dues",
            "narrative",
            "happened_on",
            "id_number",
            "phone",
            "on",
            "x",
        }
        for number, field in enumerate(sorted(fields)):
            for value in [*(TEXTS[label] for label in turns(number)), *wrong_types(number), DEEP]:
                with undone(client):
                    body = json.dumps({"version": 1, **good, field: value})
                    what = f"{method} {url} {field}={str(value)[:40]!r}"
                    refuse_500(client.generic(method, url, body, "application/json"), errors, what)
        for body in (
            "",
            "[]",
            "null",
            '"x"',
            "{",
            "\x00",
            "[" * 100_000,
            '{"a":' * 2000,
            "NaN",
            '{"version": NaN}',
            "1e999",
        ):
            with undone(client):
                response = client.generic(method, url, body, "application/json")
                refuse_500(response, errors, f"{method} {url} {body[:40]!r}")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"--x", b"", b"=" * 1000, b"a=%"], ids=str)
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/\x00"]
)
def test_it_survives_broken_bodies(kind, body, scene, client, errors):
    for url in ("/people/new/", "/roster/", "/i18n/setlang/", "/api/v1/people/"):
        with undone(client):
            refuse_500(client.generic("POST", url, body, kind), errors, f"POST {url}")


def test_it_refuses_ten_megabytes(scene, client, errors):
    with undone(client):
        response = client.post("/people/new/", {"name": "某" * 3_500_000})
    assert response.status_code in (400, 413, 422)
    assert not [error for error in errors if "RequestDataTooBig" not in error]


def test_it_would_notice_an_error(client, errors, monkeypatch):
    """The net itself: an exception in a view is found."""

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("members.views.people.PersonFilter", broken)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        refuse_500(client.get("/people/"), errors, "broken")


def test_it_notes_what_a_view_asks_for(client):
    with noted() as names:
        client.get("/people/")
    assert {"q", "unit", "category", "standing", "after"} <= names
