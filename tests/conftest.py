"""A fixed cast: two branch secretaries of different villages, town staff, director, admin, reader, a member, an
outsider from another town. Small, synthetic, the same in every test."""

import gc
from copy import deepcopy
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import translation

from members import actions as members_acts
from members.models import Category, Role, Standing
from projects.counting import check_counts
from tests.engines import left_to_the_other
from xitun.lib.dates import frozen

TODAY = date(2026, 9, 21)  # a working Monday late in the third quarter


def is_whole(config):
    """Whether everything is run, no file being named. Workers are given paths: they are told."""
    told = getattr(config, "workerinput", None)
    return told["whole"] if told else config.args_source is config.ArgsSource.TESTPATHS


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["whole"] = is_whole(node.config)


def pytest_collection_modifyitems(config, items):
    """A run of everything leaves to the other engine what is shared out (tests/engines.py)."""
    others = left_to_the_other() if is_whole(config) else set()
    left = [item for item in items if item.path in others]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item.path not in others]


def pytest_collection_finish(session):
    """Collecting garbage over a whole suite's modules again and again costs a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)


@pytest.fixture(autouse=True)
def _clock():
    with frozen(TODAY):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Whatever acts a test has tried: the counts kept of dues are what counting the dues gives."""
    result = yield
    if {"db", "transactional_db"} & set(item.fixturenames) or item.get_closest_marker("django_db"):
        wrong = 0 if connection.needs_rollback else check_counts()
        assert not wrong, f"{wrong} cells of DueCount differ from the dues"
    return result


def make_town():
    """County › Xitun › two branches, and a foreign town with one branch. Attributes are Units."""
    county = members_acts.create_unit(by=None, kind="county", name="泾源川县")
    xitun = members_acts.create_unit(by=None, kind="town", name="西屯镇", name_en="Xitun Town", parent=county)
    beitun = members_acts.create_unit(by=None, kind="town", name="北屯镇", name_en="Beitun Town", parent=county)
    return SimpleNamespace(
        county=county,
        xitun=xitun,
        beitun=beitun,
        huaishuwan=members_acts.create_unit(by=None, kind="branch", name="槐树湾村党支部", parent=xitun),
        liulin=members_acts.create_unit(by=None, kind="branch", name="柳林村党支部", parent=xitun),
        foreign=members_acts.create_unit(by=None, kind="branch", name="远山村党支部", parent=beitun),
    )


@pytest.fixture(scope="module")
def shared(request, django_db_setup, django_db_blocker):
    """Town and cast, made once for all tests of a module, each of which works on them within a savepoint of its own.
    None where a test of the module commits: there everyone makes a town of their own."""
    if any(commits(item) for item in request.session.items if item.path == request.path):
        yield None
        return
    with django_db_blocker.unblock(), transaction.atomic():
        with frozen(TODAY):
            town = make_town()
            cast = make_cast(town)
        yield SimpleNamespace(town=town, cast=cast)
        transaction.set_rollback(True)


def commits(item):
    """Whether a test needs a database without a transaction around it."""
    marked = item.get_closest_marker("django_db")
    names = {"transactional_db", "django_db_reset_sequences", "live_server", "world"}
    return bool(names & set(item.fixturenames)) or bool(marked and (marked.kwargs.get("transaction") or marked.args))


@pytest.fixture
def town(db, shared):
    return deepcopy(shared.town) if shared else make_town()


def _user(username, role, unit, **extra):
    user = members_acts.create_user(by=None, username=username, password="correct horse", **extra)
    members_acts.grant_role(by=None, user=user, role=role, unit=unit, from_date=date(2020, 1, 1))
    return user


def make_cast(town):
    """One user of every role. Password of all: `correct horse`."""
    return SimpleNamespace(
        secretary=_user("secretary", Role.SECRETARY, town.huaishuwan, display_name="槐树湾书记"),
        neighbour=_user("neighbour", Role.SECRETARY, town.liulin, display_name="柳林书记"),
        staff=_user("staff", Role.TOWN_STAFF, town.xitun, display_name="党建办干部"),
        director=_user("director", Role.DIRECTOR, town.xitun, display_name="党建办主任"),
        admin=_user("admin", Role.ADMIN, town.xitun, display_name="管理员"),
        reader=_user("reader", Role.READER, town.xitun, display_name="只读"),
        outsider=_user("outsider", Role.TOWN_STAFF, town.beitun, display_name="外镇干部"),
    )


@pytest.fixture
def cast(town, shared):
    return deepcopy(shared.cast) if shared else make_cast(town)


@pytest.fixture
def person(town, cast):
    """A mobile full member of Huaishuwan, enrolled since 2025 and confirmed by the town."""
    return enrolled(town.huaishuwan, "张建国", Category.MOBILE, by=cast.staff)


def enrolled(unit, name, category, *, by, since=date(2025, 5, 20), primary=True, **fields):
    """Register a person and put them into a category as the office would; restricted ones are carried over."""
    fields.setdefault("phone", "19912343021")
    someone = members_acts.register_person(
        by=by, unit=unit, name=name, standing=fields.pop("standing", Standing.FULL), on=since, **fields
    )
    if category in (Category.POOR_WEAK, Category.BACKWARD):
        members_acts.carry_over_category(by=by, person=someone, category=category, on=since, reason="原有名册")
    elif category:
        row = members_acts.propose_category(
            by=by, person=someone, category=category, primary=primary, on=since, reason="名册"
        )
        members_acts.confirm_category(by=by, enrolment=row)
    someone.refresh_from_db()
    return someone


@pytest.fixture
def stand(town, cast):
    """`stand(standing)`: a young person of Huaishuwan who stands there since 20 May 2025."""

    def register(standing, category=Category.DEVELOPING):
        own = {"standing": standing, "birth_date": date(1998, 1, 2)}
        return enrolled(town.huaishuwan, "田新", category, by=cast.staff, **own)

    return register


@pytest.fixture
def as_user(client):
    """`as_user(cast.secretary)` is a Django test client signed in as them."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def in_english():
    """Messages as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def on_day(monkeypatch):
    """`on_day(date)`: the clock of the acts and of the rows they write."""

    def set_day(day, act):
        moment = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        with frozen(day), monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda: moment)
            return act()

    return set_day
