"""The keyboard of a clerk: the launcher, and lists walked like a spreadsheet."""

import pytest

from tests.browser.conftest import DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(visit, world):
    page = visit("staff", DESK)
    page.goto(world.url + "/people/")
    return page


def test_it_finds_a_person_and_goes_there_by_enter(page, world):
    for key, category in (("/", "mobile"), ("Control+k", "elderly")):
        someone = world.people["own", category]
        page.locator("h1").click()
        page.keyboard.press(key)
        page.locator("#launcher input").press_sequentially(someone.name)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/people/{someone.pk}/")
    assert page.said == []


def test_it_does_nothing_when_enter_only_picks_a_candidate(page, world):
    page.keyboard.press("Control+k")
    field = page.locator("#launcher input")
    field.fill(world.people["own", "mobile"].name)
    page.wait_for_selector("#launched a.grow")
    for init in ("{isComposing: true}", "{keyCode: 229}"):
        page.evaluate(f"""document.querySelector('#launch-q').dispatchEvent(new KeyboardEvent(
            'keydown', Object.assign({{key: 'Enter', bubbles: true, cancelable: true}}, {init})))""")
    page.wait_for_timeout(200)  # a wrong step would have begun by now
    assert page.url.endswith("/people/")
    assert field.is_visible()
    page.keyboard.press("Escape")
    assert not field.is_visible()


def test_it_walks_what_was_found_with_the_arrows(page, world):
    page.keyboard.press("Control+k")
    page.locator("#launcher input").fill("台账")
    page.wait_for_selector("#launched[data-q='台账'] a.grow")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelectorAll('#launched a.grow')[1]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledgers/**")


def test_it_walks_rows_ticks_and_opens(page, world):
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    second = page.locator("tbody tr").nth(1)
    assert second.locator("input[type=checkbox]").is_checked()
    page.keyboard.press("k")
    first = page.locator("tbody tr").nth(0).locator("th a")
    assert first.evaluate("link => link === document.activeElement")
    address = first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_it_keeps_the_head_of_the_list_in_sight(page, world):
    head = page.locator("thead th").first
    page.evaluate("document.querySelector('.table-wrap').scrollTop = 400")
    top = page.locator(".table-wrap").bounding_box()["y"]
    assert abs(head.bounding_box()["y"] - top) < 3


def test_it_leaves_the_link_to_a_browser_without_dialogs(page, world):
    page.add_init_script("delete HTMLDialogElement.prototype.showModal")
    page.reload()
    page.keyboard.press("Control+k")
    assert page.locator("#launcher").count() == 0
    page.locator(".side .find").click()
    page.wait_for_url("**/find/")
    assert page.said == []


def test_it_takes_a_field_that_the_browser_filled_in_for_no_key(page):
    page.evaluate("document.dispatchEvent(new Event('keydown', {bubbles: true}))")
    assert page.said == []


def test_it_leaves_letters_alone_for_who_has_turned_them_off(page, world):
    page.goto(world.url + "/me/")
    page.locator("#keys button").click()
    page.wait_for_url("**/me/")
    page.goto(world.url + "/people/")
    page.locator("h1").click()
    for key in ("j", "k", "/"):
        page.keyboard.press(key)
        assert page.evaluate("!document.activeElement.closest('.table, dialog')"), key
    first = page.locator("tbody tr").nth(0)
    first.locator("th a").focus()
    page.keyboard.press("x")
    assert not first.locator("input[type=checkbox]").is_checked()
    page.keyboard.press("ArrowDown")  # no letter: it works in a row that has the focus
    assert page.evaluate("document.activeElement.closest('tr') === document.querySelectorAll('tbody tr')[1]")
    page.keyboard.press("Control+k")
    assert page.locator("#launcher input").is_visible()
    assert page.said == []
