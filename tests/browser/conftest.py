"""A real Chromium against a served copy of the scene."""

import os
import shutil

import pytest
from django.core.cache import cache
from playwright.sync_api import sync_playwright

from tests import scene as scenes
from tests.conftest import TODAY, make_cast, make_town
from tests.engines import once_on_postgres, once_on_sqlite

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items):
    """A page looks the same whatever engine is behind it: each file runs on one."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(once_on_postgres if item.path.name in ("test_roles.py", "test_keys.py") else once_on_sqlite)


def chromium():
    return os.environ.get("XITUN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if not path:
        pytest.skip("no Chromium on this machine: install chromium, or name it in XITUN_CHROMIUM")
    # Playwright's loop runs in this thread while Django's ORM is used beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def world(live_server, settings):
    """The scene, served at `world.url` on the day of the tests."""
    cache.clear()  # no test is refused for the tries of another
    settings.XITUN_TODAY = TODAY.isoformat()  # the server's thread does not see the tests' own frozen clock
    town = make_town()
    scene = scenes.build(town, make_cast(town))
    scene.url = live_server.url
    return scene


@pytest.fixture
def visit(browser, world):
    """`visit("secretary", PHONE)` is a page signed in as that role; whatever its console says is in `page.said`."""
    opened = []

    def open_page(role, size, *, language="zh-CN", javascript=True, touch=False):
        context = browser.new_context(
            viewport=size, locale=language, java_script_enabled=javascript, has_touch=touch, reduced_motion="reduce"
        )
        opened.append(context)
        if role:
            client = scenes.sign_in(getattr(world.cast, role))
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": world.url}])
        page = context.new_page()
        page.said = []
        page.on("console", lambda m: page.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.set_default_timeout(20_000)
        return page

    yield open_page
    for context in opened:
        context.close()
