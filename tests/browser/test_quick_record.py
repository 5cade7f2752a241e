"""记一笔 on a phone, counted in taps: from home to a saved record, by the due or by two letters of the name."""

import pytest
from PIL import Image

from members.actions.people import write_grams
from projects.models import Discharge, Draft, Due, Paper, Record
from tests.browser.conftest import PHONE
from xitun.lib.names import search_keys

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_TAPS = 4


class Thumb:
    """Taps and counts them; a line of text is no tap, going into its box is one."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, selector):
        self.taps += 1
        self.page.locator(selector).first.tap()

    def write(self, selector, text):
        self.tap(selector)
        self.page.locator(selector).first.press_sequentially(text)


def due_of(world):
    """The follow-up owed to somebody whose name one can type."""
    person = world.people["own", "mobile"]
    person.name = "张建国"
    person.pinyin, person.initials = search_keys(person.name)
    person.save()
    write_grams(person)
    Draft.objects.all().delete()
    return Due.objects.open().get(person=world.people["own", "mobile"], duty="joint.follow_up")


def until(page, holds):
    for _turn in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


@pytest.fixture
def thumb(visit, world):
    page = visit("secretary", PHONE, touch=True)
    page.goto(world.url + "/")
    return Thumb(page)


def test_it_goes_from_a_due_on_the_home_page_to_saved(thumb, world):
    due = due_of(world)
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    assert thumb.page.locator("input[name=method][value=phone]").is_checked()
    assert "今天" in thumb.page.locator(".fold-closed").inner_text()
    assert "流动党员" in thumb.page.locator(".will-fill").inner_text()  # what saving fills, said beforehand
    thumb.write("[name=work_and_life]", "在工地务工")
    bar = thumb.page.locator(".form-actions.sticky .btn-primary").bounding_box()
    assert bar["y"] + bar["height"] <= PHONE["height"]  # Save stays in sight
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url(world.url + "/")
    assert thumb.taps <= MOST_TAPS
    record = Discharge.objects.live().get(due=due).record
    assert record.projects_joint_followup.work_and_life == "在工地务工"
    assert thumb.page.locator(".notice-green button", has_text="撤销").count() == 1
    assert thumb.page.said == []


def test_it_takes_a_word_changed_after_back_for_a_correction(thumb, world):
    due = due_of(world)
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.write("[name=work_and_life]", "在深圳务工")
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url(world.url + "/")
    thumb.page.go_back()  # no-store: the form is loaded anew, its words are the browser's own memory
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    assert "另存" not in thumb.page.locator("main").inner_text()
    thumb.page.locator("[name=work_and_life]").fill("在东莞务工")
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url("**/amend/**")
    assert thumb.page.locator("[name=dues]").is_checked()  # what it settled stays settled
    thumb.page.locator("[name=reason]").fill("写错了")
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url("**/records/*/")
    record = Record.objects.live().get(kind="joint.follow_up", projects_joint_followup__work_and_life="在东莞务工")
    assert Discharge.objects.live().get(due=due).record == record
    assert not Record.objects.live().filter(projects_joint_followup__work_and_life="在深圳务工").exists()


def test_it_goes_by_two_letters_of_the_name(thumb, world):
    due = due_of(world)
    thumb.tap(".tabbar .primary")
    thumb.page.wait_for_url("**/records/new/")
    thumb.page.locator("#id_q:focus").wait_for()  # it comes by itself, with the first picture of the page
    thumb.page.keyboard.type("zj")
    thumb.tap(f".owed-first a[href*='due={due.pk}']")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.write("[name=work_and_life]", "平安")
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url("**/records/new/")
    assert thumb.taps <= MOST_TAPS
    assert Discharge.objects.live().filter(due=due).exists()


def test_it_looks_for_what_was_typed_before_the_script_was_there(thumb, world):
    due, held = due_of(world), []
    thumb.page.route("**/htmx*.js", lambda route: held.append(route))
    thumb.page.goto(world.url + "/records/new/", wait_until="commit")
    thumb.write("#id_q", "zj")
    until(thumb.page, lambda: held)
    held[0].continue_()
    thumb.page.locator(f".owed-first a[href*='due={due.pk}']").first.wait_for()
    assert thumb.page.url == world.url + "/records/new/"  # the list alone changed


def test_it_saves_once_however_often_one_taps(thumb, world):
    due, before = due_of(world), Record.objects.count()
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.page.locator(".form-actions .btn-primary").dblclick()
    thumb.page.wait_for_url(world.url + "/")
    assert Record.objects.count() == before + 1


def test_it_makes_a_photo_small_before_it_travels(thumb, world, tmp_path):
    big = tmp_path / "IMG_1.jpg"
    Image.effect_noise((3200, 2400), 60).convert("RGB").save(big, quality=85)
    assert big.stat().st_size > 400 * 1024
    due = due_of(world)
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.page.locator("summary", has_text="照片").tap()
    thumb.page.locator("input[name=photos]").set_input_files(big)
    size = "document.querySelector('[name=photos]').files[0].size"
    until(thumb.page, lambda: thumb.page.evaluate(size) <= 400 * 1024)
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url(world.url + "/")
    assert Paper.objects.live().filter(record__discharges__due=due).count() == 1


def test_it_says_what_lacks_before_a_photo_is_lost(thumb, world, tmp_path):
    photo = tmp_path / "IMG_2.jpg"
    Image.new("RGB", (40, 30)).save(photo)
    due, before = due_of(world), Record.objects.count()
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.page.locator("summary", has_text="照片").tap()
    thumb.page.locator("input[name=photos]").set_input_files(photo)
    thumb.page.evaluate("document.querySelector('[name=happened_on]').value = ''")  # in a part that is folded
    thumb.tap(".form-actions .btn-primary")
    assert thumb.page.locator("[name=happened_on]").is_visible()
    assert thumb.page.evaluate("document.querySelector('[name=photos]').files.length") == 1
    assert Record.objects.count() == before
    thumb.page.locator("[name=happened_on]").fill("2026-09-20")
    thumb.tap(".form-actions .btn-primary")
    thumb.page.wait_for_url(world.url + "/")
    assert Paper.objects.live().filter(record__discharges__due=due).count() == 1


def test_it_loses_no_word_when_the_sign_in_has_run_out(thumb, world):
    due = due_of(world)
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.write("[name=work_and_life]", "说了很久")
    thumb.page.context.clear_cookies(name="sessionid")
    thumb.tap(".form-actions .btn-primary")
    thumb.page.fill("input[name=login]", "secretary")
    thumb.page.fill("input[name=password]", "correct horse")
    thumb.page.click("main .btn-primary")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    assert thumb.page.locator("[name=work_and_life]").input_value() == "说了很久"
    thumb.page.locator(".form-actions .btn-primary").tap()
    thumb.page.wait_for_url(world.url + "/")
    assert Discharge.objects.live().filter(due=due).exists()


def test_it_keeps_what_is_typed_when_the_page_is_left(thumb, world):
    due = due_of(world)
    thumb.tap(f"#due-{due.pk} a.grow")
    thumb.page.wait_for_url("**/records/follow-up/new/**")
    thumb.write("[name=work_and_life]", "电话来了")
    thumb.page.locator(".back").tap()
    thumb.page.wait_for_url(world.url + "/")
    until(thumb.page, Draft.objects.exists)  # it is sent while the page goes away
    thumb.page.goto(world.url + f"/projects/joint/enrolments/{due.enrolment_id}/records/follow-up/new/")
    assert thumb.page.locator("[name=work_and_life]").input_value() == "电话来了"


def test_it_keeps_more_than_goes_along_with_a_page_that_closes(thumb, world):
    due = due_of(world)
    thumb.page.goto(world.url + f"/projects/joint/enrolments/{due.enrolment_id}/records/follow-up/new/")
    thumb.page.evaluate("""() => {
        const box = document.querySelector("textarea[name=narrative]");
        box.value = "说".repeat(8000);
        box.dispatchEvent(new Event("input", {bubbles: true}));
        Object.defineProperty(document, "visibilityState", {get: () => "hidden"});
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    until(thumb.page, Draft.objects.exists)


def test_it_goes_without_script_as_far(visit, world):
    due = due_of(world)
    page = visit("secretary", PHONE, javascript=False, touch=True)
    page.goto(world.url + "/records/new/")
    page.fill("input[name=q]", "zj")
    page.locator(".filters .btn").tap()
    page.locator(f".owed-first a[href*='due={due.pk}']").tap()
    page.locator("summary", has_text="今天").tap()  # the day can be changed
    assert page.locator("input[name=happened_on]").is_visible()
    page.locator(".form-actions .btn-primary").tap()
    page.wait_for_url("**/records/new/")
    assert Discharge.objects.live().filter(due=due).exists()


def test_it_keeps_a_roll_that_was_ticked_without_a_word(thumb, world):
    Draft.objects.all().delete()
    address = f"{world.url}/projects/life/units/{world.town.huaishuwan.pk}/records/general-meeting/new/"
    thumb.page.goto(address)
    absent = thumb.page.locator(".roll input[value=absent]")
    for number in range(3):
        absent.nth(number).check()
    thumb.page.goto(world.url + "/")
    until(thumb.page, Draft.objects.exists)
    thumb.page.goto(address)
    assert thumb.page.locator(".roll input[value=absent]:checked").count() == 3
