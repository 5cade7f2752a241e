"""A secretary's day on a phone: sign in, take what is due, write a follow-up, and it is gone from the list."""

import pytest

from projects.models import Discharge, Due, Record
from tests.browser.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_it_settles_a_follow_up(javascript, world, visit):
    due = Due.objects.open().get(person=world.people["own", "mobile"], duty="joint.follow_up")
    before = Record.objects.count()
    page = visit(None, PHONE, javascript=javascript, touch=True)

    page.goto(world.url + "/dues/")  # a link in a reminder; signing in leads back to it
    page.fill("input[name=login]", "secretary")
    page.fill("input[name=password]", "correct horse")
    page.click("form:has(input[name=password]) button[type=submit], form:has(input[name=password]) button.btn-primary")
    page.wait_for_url("**/dues/")

    line = page.locator(f"#due-{due.pk}")
    line.locator("a.grow").click()
    page.wait_for_url("**/records/follow-up/new/**")
    page.locator("label.chip", has_text="电话").click()
    if page.locator("input[name=reached][type=checkbox]").count():
        page.locator("input[name=reached]").check()
    settles = page.locator("input[name=dues]").first
    if not settles.is_checked():  # the words one had kept as a draft ticked nothing
        page.locator("label:has(input[name=dues])").first.click()
    page.locator("[name=work_and_life]").fill("在工地务工，身体好")
    page.locator(".form-actions button.btn-primary").click()
    page.wait_for_url("**/dues/**")

    assert page.locator(f"#due-{due.pk}").count() == 0
    assert Record.objects.count() == before + 1
    record = Record.objects.latest("pk")
    assert (record.author, record.kind) == (world.cast.secretary, "joint.follow_up")
    assert Discharge.objects.live().get(due=due).record == record
    assert page.said == []


def test_it_shows_the_text_to_copy_where_it_is_seen(world, visit):
    """On a phone the bar of buttons covers the foot of the page: what was asked for stands above it."""
    stay = world.people["own", "mobile"].enrolments.get()
    page = visit("secretary", PHONE, touch=True)
    page.goto(f"{world.url}/projects/joint/enrolments/{stay.pk}/records/learning-push/new/")
    page.locator("[name=title]").fill("乡村振兴政策问答")
    page.locator("label.chip", has_text="微信群").click()
    page.locator(".form-actions button[name=prepare]").click()
    text = page.locator("#message-text")
    text.wait_for()
    box, bar = text.bounding_box(), page.locator(".form-actions.sticky").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= bar["y"]


def test_it_keeps_a_printed_form_within_its_sheet(world, visit):
    stay = world.people["own", "mobile"].enrolments.get()
    page = visit("staff", DESK)
    page.goto(f"{world.url}/projects/joint/enrolments/{stay.pk}/forms/contacts/")
    widths = page.locator(".paper table").evaluate_all("tables => tables.map((t) => Math.round(t.offsetWidth))")
    assert len(widths) == 2
    assert len(set(widths)) == 1
