"""Every page of tests/authz.yml as a browser shows it: no accessibility violation, nothing in the console (so no breach
of the content security policy), nothing cut off, and nothing that scrolls sideways but a table in its own region."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from projects.models import Record
from tests.browser.conftest import DESK, PHONE
from tests.scene import thing
from tests.test_authz import METHODS, ROUTES, ROWS, query_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOT_PAGES = {
    "healthz", "set_language", "api-schema", "api-docs", "account_logout", "roster-troubles", "report-export",
    "ledger-word", "paper", "paper-small",
}  # fmt: skip
ENGLISH = {"home", "people", "person", "dues", "record-new", "ledger", "report", "account_login", "roster-import"}
NARROW = (320, 640)  # WCAG's reflow (1.4.10); a desk at 200 %
# Of the page itself, and of whatever else cuts off or scrolls sideways without being meant to.
TOO_WIDE = """[...document.querySelectorAll('html, body *')].filter(
    (e) => e.scrollWidth > e.clientWidth + (e !== document.documentElement) && e.clientWidth > 1
        && !e.matches('.table-wrap, .sheet-scroll, .paper, .steps, input, textarea')
        && (e === document.documentElement || getComputedStyle(e).overflowX !== 'visible')
).map((e) => `${e.localName}.${e.className} is ${e.scrollWidth - e.clientWidth} px too wide`)"""
OPTIONS = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
# A full-width mark brings its own room; a space after it is left over from English (the filter `sentences`).
GAP = re.compile(r".{0,20}[。！？；：，] \S.{0,20}")


def pages_of(world, role):
    """{route: address} of the HTML pages this role may open by GET."""
    found = {}
    for name, row in ROWS.items():
        page = name in ROUTES and not name.startswith("api:") and not name.endswith("-export") and name not in NOT_PAGES
        if page and role in row.get("GET", {}).get("ok", ()):
            kwargs = {key: thing(world, word) for key, word in row.get("kwargs", {}).items()}
            found[name] = ROUTES[name].url(kwargs) + query_of(world, row)
    return found


def troubles(page, world, name, url, status=200):
    page.said.clear()
    answer = page.goto(world.url + url, wait_until="load")
    if answer.status != status:
        return [f"{name} {url}: answers {answer.status}"]
    said = [text for text in page.said if status == 200 or "Failed to load resource" not in text]
    return [f"{name} {url}: console says {text}" for text in said] + what_is_wrong(page, f"{name} {url}")


def what_is_wrong(page, name):
    """With the page as it stands."""
    found = []
    for violation in Axe().run(page, options=OPTIONS).response["violations"]:
        where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        found.append(f"{name}: {violation['id']} ({violation['help']}): {where}")
    found += [f"{name}: a gap in “{words}”" for words in GAP.findall(page.inner_text("body"))]
    size = page.viewport_size
    for width in (size["width"], *NARROW):
        if width != size["width"]:
            page.set_viewport_size({"width": width, "height": 720})
        found += [f"{name}: at {width} px {text}" for text in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(size)
    return found


def allowed(role, name):
    return {method for method in METHODS if role in ROWS[name].get(method, {}).get("ok", ())}


@pytest.mark.parametrize("role,size", [("staff", DESK), ("secretary", PHONE)], ids=["staff-desk", "secretary-phone"])
def test_it_is_sound_in_chinese(role, size, world, visit):
    """Staff may open every page but those of accounts, at the desk; a secretary has the phone in hand."""
    page, found = visit(role, size), []
    pages = pages_of(world, role)
    assert len(pages) > 20
    for name, url in pages.items():
        found += troubles(page, world, name, url)
    assert not found, "\n".join(found)


def test_it_is_sound_in_english(world, visit):
    page, found = visit("staff", PHONE, language="en-GB"), []
    for name, url in pages_of(world, "staff").items():
        if name in ENGLISH:
            found += troubles(page, world, name, url)
    assert page.locator("html").get_attribute("lang") == "en"
    assert not found, "\n".join(found)


def test_it_is_sound_for_the_others(world, visit):
    """Where they may more than staff and a secretary, or see it with other eyes."""
    found, opened = [], {}
    for role, size, language in (
        ("admin", DESK, "en-GB"), ("director", PHONE, "en-GB"), ("reader", PHONE, "zh-CN"), ("member", PHONE, "zh-CN"),
    ):  # fmt: skip
        page = visit(role, size, language=language)
        for name, url in pages_of(world, role).items():
            known = any(allowed(role, name) <= allowed(other, name) for other in ("staff", "secretary"))
            if not known or name in ("home", "person", "user"):
                opened.setdefault(role, set()).add(name)
                found += troubles(page, world, name, url)
    assert {"user-new", "units", "channel-hours", "setting", "home"} < opened["admin"]
    assert {"correction-ask", "person-copy", "person-looks", "home"} < opened["member"]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size,language", [(DESK, "zh-CN"), (PHONE, "en-GB")], ids=["chinese-desk", "english-phone"])
def test_it_is_sound_where_it_refuses(size, language, world, visit):
    page = visit("staff", size, language=language)
    found = troubles(page, world, "refused", "/units/", 403)
    found += troubles(page, world, "missing", "/people/987654321/", 404)
    page.goto(world.url + "/people/new/")
    page.locator("main form .btn-primary").click()
    page.locator("main .is-invalid").first.wait_for()
    found += what_is_wrong(page, "a form sent back")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size,language", [(DESK, "en-GB"), (PHONE, "zh-CN")], ids=["english-desk", "chinese-phone"])
def test_it_is_sound_where_something_lies_over_the_page(size, language, world, visit):
    page = visit("staff", size, language=language)
    page.goto(world.url + "/people/")
    page.keyboard.press("Control+k")
    page.locator("#launcher input").wait_for()
    page.wait_for_load_state("networkidle")
    page.locator("#launcher input").fill("张")
    page.locator("#launcher #launched a").first.wait_for()
    found = what_is_wrong(page, "the launcher")
    assert not found, "\n".join(found)


def test_two_who_write_at_once_choose_on_a_sound_page(world, visit):
    """The one at the desk puts a record right while the phone's form is open."""
    url = world.url + ROUTES["record-amend"].url({"pk": thing(world, "record")})
    desk, phone = visit("staff", DESK), visit("secretary", PHONE)
    for page, words in ((phone, "书记改的"), (desk, "干部改的")):
        page.goto(url)
        page.locator("[name=narrative]").fill(words)
        page.locator("[name=reason]").fill("写错了")
    desk.locator("main form .btn-primary").click()
    desk.get_by_text("Put right").or_(desk.get_by_text("已更正")).first.wait_for()
    phone.locator("main form .btn-primary").click()
    phone.locator("form.sides").wait_for()
    found = what_is_wrong(phone, "a conflict")
    assert not found, "\n".join(found)
    assert phone.locator("[name=take-narrative][value=both]").is_checked()  # nothing is thrown away unasked
    phone.get_by_label("书记改的").first.check()
    phone.locator("main form .btn-primary").click()
    phone.locator("form.sides").wait_for(state="detached")
    assert Record.objects.live().get(narrative="书记改的").amends.narrative == "干部改的"


def test_it_is_sound_before_signing_in(world, visit):
    page, found = visit(None, PHONE), []
    for name, url in pages_of(world, "anonymous").items():
        found += troubles(page, world, name, url)
    assert not found, "\n".join(found)


def test_a_tick_on_a_line_is_not_beneath_the_link_of_the_line(world, visit):
    page = visit("staff", PHONE)
    page.goto(world.url + "/decisions/")
    tick = page.locator("[name=enrolment]").first
    was = tick.is_checked()
    tick.click(timeout=4000)
    assert page.url == world.url + "/decisions/"
    assert tick.is_checked() is not was


@pytest.mark.parametrize("url", ["/people/", "/ledgers/joint/"])
def test_it_prints_a_cell_under_every_heading(url, world, visit):
    """Paper is narrower than a desk and no phone: the one line that says the cells there is not printed."""
    page = visit("staff", {"width": 718, "height": 1000})
    page.goto(world.url + url)
    page.emulate_media(media="print")
    shown = "rows => [...new Set(rows.map(row => [...row.cells].filter(cell => cell.offsetParent).length))]"
    headings, lines = page.eval_on_selector_all("thead tr", shown), page.eval_on_selector_all("tbody tr", shown)
    assert headings == lines
    name = page.locator("tbody th").first
    name.evaluate("cell => cell.textContent = '阿布都热合曼·买买提依明·'.repeat(3)")
    paper = page.evaluate("document.querySelector('.table-wrap').clientWidth")
    assert name.bounding_box()["width"] < paper / 2  # a long name is broken, so that the others have room


def test_it_would_notice(world, visit):
    """The net itself: an image without words, a script the policy forbids, a block too wide."""
    page = visit("staff", PHONE)
    page.goto(world.url + "/people/")
    page.said.clear()
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"/static/xitun/mark.svg\"><div id=w>x</div>');"
        "document.getElementById('w').style.width = '900px';"
        "const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)"
    )
    assert page.evaluate(TOO_WIDE) != []
    assert any("Content Security Policy" in text for text in page.said)
    assert "image-alt" in {v["id"] for v in Axe().run(page, options=OPTIONS).response["violations"]}


def test_nothing_written_is_lost_when_the_network_is_gone(world, visit):
    page = visit("secretary", PHONE)
    page.goto(world.url + pages_of(world, "secretary")["record-new"])
    page.locator("textarea").first.fill("说了孩子转学的事")
    page.context.set_offline(True)
    page.locator("main form .btn-primary").last.click()
    page.locator("#messages .notice-red").wait_for()
    assert page.locator(".gone").is_visible()
    assert page.locator("textarea").first.input_value() == "说了孩子转学的事"
    page.context.set_offline(False)
    page.locator(".gone").wait_for(state="hidden")
    page.locator("main form .btn-primary").last.click()
    page.wait_for_function("!document.querySelector('#messages .notice-red')?.textContent.includes('连接')")
