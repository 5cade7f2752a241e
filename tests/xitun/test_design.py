"""The living page of components: all of them, and none that no page uses."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR) / "templates"
# Parts that are a class of theme.css, or open only on a page: no name of a template tells whether they are shown.
PARTS = {"chip", "fold", "launcher", "line-filters", "more", "seg", "tick", "timeline", "will-fill"}
COMPONENTS = {f"components/{path.name}" for path in (ROOT / "components").glob("*.html")}


def test_it_shows_every_component(as_user, cast):
    response = as_user(cast.staff).get("/design/")
    assert COMPONENTS - {template.name for template in response.templates} == set()


def test_it_shows_what_opens_or_is_only_a_class(as_user, cast):
    """What stands in a <template> is not on the page yet."""
    page = re.sub(r"<template.*?</template>", "", as_user(cast.staff).get("/design/").content.decode(), flags=re.S)
    assert PARTS - {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()} == set()


def test_every_component_is_used_by_a_page():
    pages = [path for path in ROOT.rglob("*.html") if path.parent.name != "design"]
    code = list(Path(settings.BASE_DIR).glob("xitun/templatetags/*.py"))
    used = {
        name
        for path in [*pages, *code]
        for name in re.findall(r"""["'](components/\w+\.html)""", path.read_text(encoding="utf-8"))
        if path != ROOT / name
    }
    assert used == COMPONENTS
