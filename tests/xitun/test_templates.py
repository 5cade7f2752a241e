"""What every template keeps: nothing a strict CSP blocks, no comment leaking out, errors that need no context."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
BLOCKED = re.compile(
    r"""\sstyle=["']|\son[a-z]+=["']|<style|javascript:|<script(?![^>]*\ssrc=)|https?://(?!www\.w3\.org)""", re.I
)
BLOCK_COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_keeps_to_the_content_security_policy(path):
    found = BLOCKED.findall(BLOCK_COMMENT.sub("", path.read_text(encoding="utf-8")))
    assert not found, f"{path}: inline style, inline script or third-party address {found}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_shows_things_in_the_order_of_the_page(path):
    """What is drawn above that which came before it makes a page jump that arrives in pieces."""
    assert not re.search(r"\border-((sm|md|lg|xl|xxl)-)?(first|last|[0-5])\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_closes_short_comments_on_their_line(path):
    """Django prints a {# comment #} that runs over a line end."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        assert line.count("{#") == line.count("#}"), f"{path}:{number}: use {{% comment %}} for more than one line"


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html"])
@pytest.mark.parametrize("language, lang", [("zh-hans", "zh-hans"), ("en", "en")])
def test_it_renders_errors_without_any_context(name, language, lang):
    with translation.override(language):
        page = get_template(name).render()
    assert f'<html lang="{lang}">' in page
    assert page.count("<h1>") == 1
    assert 'href="/"' in page


def test_it_renders_the_frame_without_navigation():
    page = get_template("base.html").render({}, RequestFactory().get("/"))
    assert 'class="skip" href="#content"' in page
    assert 'id="content"' in page
    assert "tabbar" not in page


def test_it_marks_where_you_are():
    item = {"label": "Due", "url": "/dues/", "icon": "check2-square", "active": True, "badge": 12}
    page = get_template("base.html").render({"nav": [{"label": "", "items": [item]}], "tabs": [item]})
    assert page.count('aria-current="page"') == 2
    assert page.count(">12<") == 2
    assert 'class="has-tabs' in page
