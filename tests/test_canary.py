"""Nothing of a branch, and nothing restricted, shows to who may not see it, at any address, with any filter, in any
file. Every text carries a mark that tells whose it is."""

import re
from urllib.parse import urlencode

import pytest

from members.models import (
    BranchMembership,
    Enrolment,
    Person,
    PostHolding,
    RoleGrant,
    RosterImport,
    StandingRow,
    Transfer,
    Unit,
    User,
)
from projects import registry
from projects.joint.models_links import HostLink
from projects.models import Channel, Due, OldLedger, Receipt, Record
from tests import canaries
from tests import scene as scenes
from tests.canaries import ZONES, mark_everything, marks_in, name_of, texts_of
from tests.engines import once_on_postgres, ours
from tests.routes import all_routes, noted
from tests.scene import sign_in, undone

pytestmark = pytest.mark.django_db
ZONE_OF = {character: zone for zone, character in ZONES.items()}
# viewer → zones whose marks may appear; every other is a leak.
MAY_SEE = {
    "secretary": {"own", "own!", "self", "town"},
    "neighbour": {"near", "near!", "town"},
    "outsider": {"far", "far!"},
    "reader": {"own", "near", "self", "town"},
    "admin": {"own", "near", "self", "town"},
    "member": {"self", "town"},
}
# The member's page names their branch, who wrote there, and what the meetings were about to which they were due.
MEMBER_MAY_READ = re.compile(r"^(Unit\.name(_en)?|User\.display_name|Meeting\.topic) of own$")
# Who sends somebody to another branch of the town chooses it by name.
SENDER_MAY_READ = re.compile(r"^Unit\.name(_en)? of (own|near)$")
NOT_CRAWLED = {"account_logout", "sign-out-everywhere", "set_language", "api-schema", "api-docs", "healthz", "design"}
QUARTER = "2026Q3"
A_PROJECT = re.compile("/(" + "|".join(p.code.replace("_", "[_-]") for p in registry.all_projects()) + ")/")
FILTERED = re.compile("/(joint|determined[_-]person)/")


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), scenes.standing() as found:
        found.marks = mark_everything(found)
        yield found


def some(rows):
    """Keys of a row of every branch, restricted and not."""
    found = {}
    restricted = [False, True] if any(f.name == "restricted" for f in rows.model._meta.fields) else [None]
    for path in set(rows.values_list("path", flat=True)):
        for flag in restricted:
            here = rows.filter(path=path) if flag is None else rows.filter(path=path, restricted=flag)
            found |= dict.fromkeys(here.order_by("pk").values_list("pk", flat=True)[:1])
    return list(found)


def addresses(scene):
    """[(route, url)] of every route with the keys of objects of all branches, own and foreign."""
    people = list(Person.objects.filter(category__in=("mobile", "poor_weak")).values_list("pk", flat=True))
    codes = [p.code for p in registry.all_rooms()]
    keys = {
        "people": people, "enrolments": some(Enrolment.objects.all()), "dues": some(Due.objects.all()),
        "records": some(Record.objects.all()), "units": list(Unit.objects.values_list("pk", flat=True)),
        "users": list(User.objects.values_list("pk", flat=True)), "devices": [scene.device.pk],
        "grants": list(RoleGrant.objects.values_list("pk", flat=True)),
        "roster": list(RosterImport.objects.values_list("pk", flat=True)), "ledgers": codes, "tokens": [scene.token.pk],
        "transfers": some(Transfer.objects.all()), "merges": [scene.merge.pk],
        "settings": [scene.setting.pk], "posts": some(PostHolding.objects.all()),
        "corrections": [scene.correction_own.pk, scene.correction_near.pk, scene.correction_far.pk],
        "bulk": [scene.bulk_own.pk, scene.bulk_near.pk, scene.bulk_far.pk],
        "papers": [paper.pk for paper in scene.papers.values()],
        "receipts": list(Receipt.objects.values_list("pk", flat=True)),
        "channels": list(Channel.objects.values_list("pk", flat=True)),
        "messages": [scene.failed_message.pk],
        "hours": list(Unit.objects.values_list("pk", flat=True)),
        "old-ledgers": list(OldLedger.objects.values_list("pk", flat=True)),
        "host-links": list(HostLink.objects.values_list("pk", flat=True)),
        "filters": [scene.filter_own.pk, scene.filter_near.pk, scene.filter_far.pk],
        "drafts": [scene.draft_own.pk, scene.draft_near.pk, scene.draft_far.pk],
    }  # fmt: skip
    for route in all_routes():
        if route.name in NOT_CRAWLED:
            continue
        if route.name == "record-new":
            yield from ((route, url) for url in form_addresses(route))
        elif route.name == "printed-form":
            yield from ((route, url) for url in printed_addresses(route))
        elif route.name == "people-bulk":
            ticked = urlencode({"person": people}, doseq=True)
            acts = ("group", "propose-elderly", "helper-mobile", "helper-poor_weak")
            yield from ((route, f"{route.url({})}?act={act}&{ticked}") for act in acts)
        elif route.name == "row-correct":
            yield from ((route, route.url(row)) for row in dated_rows(people))
        elif not route.kwargs:
            yield route, route.url({})
        elif route.kwargs == ("key",):
            yield route, route.url({"key": "elderly_age"})
        elif route.kwargs == ("year",):
            yield route, route.url({"year": 2027})
        elif route.kwargs == ("project",):
            yield from ((route, route.url({"project": code})) for code in codes)
        elif route.kwargs == ("quarter",):
            yield route, route.url({"quarter": QUARTER})
        elif route.kwargs == ("token",):
            yield route, route.url({"token": "none"})
        else:
            before = re.split(r"[<(]", route.pattern)[0]
            kind = next(part for part in reversed(re.split(r"[/^]", before)) if part in keys)
            odd = {"number": 2, "code": "turned_elderly", "what": "phone", "key": "elderly_age"}
            more = {name: value for name, value in odd.items() if name in route.kwargs}
            yield from ((route, route.url({"pk": key, **more})) for key in keys[kind])


def dated_rows(people):
    """A row of every kind of the history, one in every branch; of every category, open and restricted."""
    models = {"branch": BranchMembership, "standing": StandingRow, "category": Enrolment, "post": PostHolding}
    for kind, model in models.items():
        rows = model.objects.exclude(person=None) if model is PostHolding else model.objects.filter(person__in=people)
        keys = ("person__path", "category") if model is Enrolment else ("person__path",)
        one = {tuple(key): (pk, person) for pk, person, *key in rows.order_by("pk").values_list("pk", "person", *keys)}
        for pk, person in one.values():
            yield {"pk": person, "kind": kind, "row": pk}


def printed_addresses(route):
    """The papers to print of somebody of every branch, open and restricted."""
    for row in Enrolment.objects.filter(category__in=("mobile", "poor_weak")):
        project = registry.project_of(row.category)
        for form in project.forms:
            values = {"project": project.code.replace("_", "-"), "form": form.code.replace("_", "-")}
            yield route.url(values | {"subject": "enrolments", "pk": row.pk})


def form_addresses(route):
    """The record form for somebody of every branch, in an open and in a restricted project."""
    for row in Enrolment.objects.filter(category__in=("mobile", "poor_weak")):
        project = registry.project_of(row.category)
        kind = project.kinds[0].code.replace("_", "-")
        values = {"project": project.code.replace("_", "-"), "subject": "enrolments", "pk": row.pk, "kind": kind}
        yield route.url(values)
    for unit in Unit.objects.branches():
        for kind in ("theme-day", "make-up", "talk"):
            yield route.url({"project": "life", "subject": "units", "pk": unit.pk, "kind": kind})
    for post in PostHolding.objects.all():
        kind = next(k for k in registry.project("post").kinds if k.subject == "post").code.replace("_", "-")
        yield route.url({"project": "post", "subject": "posts", "pk": post.pk, "kind": kind})


def filters(scene):
    """Query strings that ask for what is foreign or restricted, for every list."""
    far = scene.people["far", "mobile"]
    sick = scene.people["own", "poor_weak"]
    for key, category in (("far", "mobile"), ("near", "mobile"), ("own", "poor_weak"), ("own", "mobile")):
        person = Person.objects.get(pk=scene.people[key, category].pk)
        yield {"q": person.name[1:6]}  # without the first sign: the page may repeat what was typed, not the name
        yield {"q": person.phone[-4:]}
        yield {"q": scene.people[key, category].id_number}
        yield {"person": person.pk}
        yield {"unit": person.unit_id}
    yield {"q": far.phone}
    yield {"q": Person.objects.get(pk=sick.pk).pinyin[:1]}
    yield from ({"category": code} for code in ("mobile", "poor_weak", "backward", "none"))
    yield from ({"state": state} for state in ("overdue", "soon", "done", "closed", "late", "open"))
    yield {"standing": "all", "sort": "branch"}
    yield {"whose": "branch"}
    yield {"on": "2026-09-01"}
    yield {"unit": scene.town.xitun.pk, "category": "poor_weak"}
    yield {"project": "determined_person"}
    yield {"parent": scene.town.foreign.pk}
    yield {"due": Due.objects.filter(path=scene.town.foreign.path).first().pk}
    yield {"limit": 500, "on": "2026-09-01", "unit": scene.town.huaishuwan.pk}


def answers(scene, role, *, plainly=False):
    """[(address, response)]: every address plain, forms and exports sent empty and filled, and every list with the
    filters whose turn it is: each is asked by one role of six. A list that is there once a project, only for an open
    and a restricted one. `plainly`: the first alone."""
    client = sign_in(getattr(scene.cast, role))
    turn = list(MAY_SEE).index(role) if role in MAY_SEE else 0
    asked = list(filters(scene))[turn :: len(MAY_SEE)]
    for _route, url in addresses(scene):
        with undone(), noted() as names:
            plain = client.get(url)
            yield f"GET {url}", plain
        if plainly:
            continue
        if plain.status_code == 405 or (plain.status_code == 200 and posts(plain)):
            for sent in ({}, {"purpose": "核对", "reason": "核对"}):
                with undone():
                    yield f"POST {url}", client.post(url, sent)
            client = sign_in(getattr(scene.cast, role))
        filtered = plain.status_code == 200 and (not A_PROJECT.search(url) or FILTERED.search(url))
        for query in asked if filtered else ():
            if names & set(query):
                with undone():
                    yield f"GET {url}?{urlencode(query)}", client.get(url, query)


def posts(response):
    return not response.streaming and b'method="post"' in response.content


@pytest.fixture(scope="module")
def seen_by_staff(scene):
    """Marks that those who may see them do see: by this the crawl proves that it looks where the words are."""
    found = set()
    for role in ("staff", "outsider"):
        for _address, response in answers(scene, role, plainly=True):
            for text in texts_of(response):
                found |= marks_in(text)
    return {name_of(ZONE_OF[zone], ord(column) - 0x3500) for zone, column in found}


@pytest.mark.parametrize("role", ours(sorted(MAY_SEE)))
def test_it_shows_nothing_out_of_scope(role, scene):
    leaks, number = {}, 0
    for address, response in answers(scene, role):
        number += 1
        for text in texts_of(response):
            for zone, column in marks_in(text):
                name = name_of(ZONE_OF[zone], ord(column) - 0x3500)
                spared = role == "member" and MEMBER_MAY_READ.match(name)
                spared = spared or (address.split("?")[0].endswith("/transfer/") and SENDER_MAY_READ.match(name))
                if ZONE_OF[zone] not in MAY_SEE[role] and not spared:
                    leaks.setdefault(name, address)
    assert number > 50
    assert not leaks, "\n".join(f"{role} reads {name} at {address}" for name, address in sorted(leaks.items()))


@once_on_postgres
def test_it_would_see_a_leak(seen_by_staff):
    """The same words are there for those who may read them: in every zone, open and restricted."""
    for zone in ("own", "far"):
        wanted = "Person.name Person.occupation PostHolding.title Record.narrative Unit.name User.display_name".split()
        wanted += ["FollowUp.work_and_life", "Departure.destination", "Enrolment.evidence"]
        missing = {f"{name} of {zone}" for name in wanted} - seen_by_staff
        missing = {name.replace(" of own", " of self") for name in missing} - seen_by_staff
        assert not missing
        assert {
            f"{n} of {zone}!" for n in ("Enrolment.reason", "Enrolment.evidence", "Record.narrative", "Profile.cause")
        } - seen_by_staff <= {f"Profile.cause of {zone}!"}


def test_it_reads_marks_wherever_they_hide():
    sign = canaries.mark("own", 5)
    escaped = "".join(f"\\u{ord(c):04x}" for c in sign)
    entity = "".join(f"&#{ord(c)};" for c in sign)
    for text in (sign, escaped, entity, urlencode({"q": sign})):
        assert marks_in(text) == {(ZONES["own"], chr(0x3505))}
