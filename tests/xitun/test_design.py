"""The living page of components: all of them, and none that no page uses."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR) / "templates"
COMPONENTS = {f"components/{path.name}" for path in (ROOT / "components").glob("*.html")}


def test_it_shows_every_component(as_user, cast):
    response = as_user(cast.staff).get("/design/")
    assert COMPONENTS - {template.name for template in response.templates} == set()


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
