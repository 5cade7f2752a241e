"""A small piece of every role's work, from the sign-in page to what the database holds, in Chinese at the desk and in
English on a phone (the secretary of test_journey.py the other way round). The console says nothing (a 500 would be
said there), and no page passed is wider than the screen."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from members.models import AuditRow, CorrectionRequest, Role, Status, User
from projects.models import Discharge, Draft, Due, Message
from tests.browser.conftest import DESK, PHONE
from tests.conftest import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WATCH_WIDTH = """addEventListener('load', () => {
    const page = document.documentElement, wide = page.scrollWidth - page.clientWidth;
    if (wide > 0) console.error(`${location.pathname} is ${wide} px wider than the screen`);
})"""
CHINESE_DESK, ENGLISH_PHONE, ENGLISH_DESK = ("zh-CN", DESK), ("en-GB", PHONE), ("en-GB", DESK)
both = pytest.mark.parametrize("kind", [CHINESE_DESK, ENGLISH_PHONE], ids=["chinese-desk", "english-phone"])


class Visitor:
    """Somebody at a page, who goes by the words on it: they are named as in the source, and looked for in the
    language of the page."""

    def __init__(self, page):
        self.page, self.main = page, page.get_by_role("main")

    def see(self, text, role="link", of=""):
        """What is named `text` in the main part, and whom it is about."""
        return self.main.get_by_role(role, name=f"{gettext(text)} {of}".strip())

    def go(self, text, **names):
        self.open(self.see(text, **names).first)

    def press(self, text, **names):
        self.go(text, role="button", **names)

    def open(self, link):
        link.click()
        self.page.wait_for_load_state()

    def turn_to(self, text):
        """By the navigation, which a phone opens first."""
        menu = self.page.get_by_role("link", name=gettext("Menu"), exact=True)
        if menu.is_visible():
            menu.click()
        navigation = self.page.get_by_role("navigation", name=gettext("Main navigation"))
        self.open(navigation.get_by_role("link", name=gettext(text), exact=True))

    def fill(self, label, text):
        self.main.get_by_label(gettext(label)).first.fill(text)

    def figure(self, label):
        """The link on a number of the strip."""
        return self.main.locator(".stat", has=self.page.get_by_text(gettext(label), exact=True)).get_by_role("link")

    def told(self, text):
        self.page.locator("#messages").get_by_text(gettext(text)).wait_for()


@pytest.fixture
def enter(visit, world, kind):
    """`enter("staff")` signs in with the password and stands on the home page; test and page speak one language."""
    language, size = kind
    came = []

    def sign_in(role):
        page = visit(None, size, language=language, touch=size == PHONE)
        page.add_init_script(WATCH_WIDTH)
        came.append(page)
        visitor = Visitor(page)
        page.goto(world.url)
        visitor.fill("Username", role)
        visitor.fill("Password", "correct horse")
        visitor.press("Sign in")
        page.wait_for_url(world.url + "/")
        return visitor

    with translation.override("en" if language.startswith("en") else "zh-hans"):
        yield sign_in
    assert [text for page in came for text in page.said] == []


@both
def test_town_staff_nudge_a_village_and_close_what_is_not_owed(enter, world):
    village, staff = world.town.liulin, enter("staff")
    staff.open(staff.figure("Overdue"))
    staff.open(staff.main.get_by_role("link", name=village.short_name, exact=True))
    staff.go("Nudge this branch")
    shown = {text.split()[0] for text in staff.main.locator("blockquote p").all_inner_texts()}
    staff.press("Send the nudge")
    staff.told("Nudged. It stands on their page of reminders.")
    sent = Message.objects.filter(kind=Message.Kind.NUDGE, by=world.cast.staff, unit=village)
    assert {message.body.split()[0] for message in sent} == shown != set()

    due = Due.objects.open().filter(unit=village, due_on__lt=TODAY).order_by("pk").first()
    line = staff.page.locator(f"#due-{due.pk}")
    staff.open(line.get_by_role("link").first)
    staff.go("This is not owed: close it with a reason")
    staff.fill("Why is it not owed?", "已由镇里统一办理")
    staff.press("Close it")
    staff.told("Closed: it is not owed.")
    assert line.count() == 0
    due.refresh_from_db()
    assert (due.closed_by, due.closed_why) == (world.cast.staff, "已由镇里统一办理")


@pytest.mark.parametrize(
    "kind,answer,words,status",
    [
        (CHINESE_DESK, "Confirm", "Confirmed.", Status.ACTIVE),
        (ENGLISH_PHONE, "Return to the branch", "Returned to the branch with your reason.", Status.RETURNED),
    ],
    ids=["confirms-chinese-desk", "returns-english-phone"],
)
def test_the_director_decides_what_a_branch_proposes(kind, answer, words, status, enter, world):
    row, director = world.proposals["own"], enter("director")
    waiting = int(director.figure("Waiting for you").inner_text())
    director.open(director.figure("Waiting for you"))
    director.go("Decide", of=row.person.name)
    director.main.get_by_role("textbox").fill("与本人谈过")
    director.press(answer)
    director.told(words)
    assert director.see("Decide", of=row.person.name).count() == 0
    row.refresh_from_db()
    assert (row.status, row.decided_by, row.decision_reason) == (status, world.cast.director, "与本人谈过")
    director.turn_to("Home")
    assert int(director.figure("Waiting for you").inner_text()) == waiting - 1


@both
def test_an_administrator_makes_an_account_and_its_slip_opens_it(enter, world, visit, kind):
    admin = enter("admin")
    assert admin.see("State of the system", role="heading").is_visible()
    admin.go("New user")
    admin.fill("name", "柳林新书记")
    admin.fill("user name", "liulin2")
    admin.main.get_by_text(str(Role.SECRETARY.label), exact=True).click()
    admin.main.get_by_role("combobox").select_option(str(world.town.liulin.pk))
    admin.press("Add")
    admin.press("Print a sign-in slip")
    made = User.objects.get(username="liulin2")
    assert [(grant.role, grant.unit) for grant in made.grants.all()] == [(Role.SECRETARY, world.town.liulin)]

    phone = Visitor(visit(None, PHONE, language=kind[0], touch=True))
    phone.page.goto(world.url + "/accounts/login/")
    phone.go("Type the code")
    phone.main.get_by_role("textbox").fill(admin.main.locator("code.key").inner_text())
    phone.press("Continue")
    phone.press("Sign in")
    phone.page.wait_for_url(world.url + "/")
    assert world.town.liulin.name in phone.main.inner_text()
    made.refresh_from_db()
    assert made.last_login
    assert phone.page.said == []


@both
def test_a_reader_goes_from_a_figure_to_its_rows_and_finds_nothing_to_change(enter, world):
    person, reader = world.people["own", "mobile"], enter("reader")
    number = int(reader.figure("Overdue").inner_text())

    def only_reads():
        offers = "form[method=post]:not([action^='/filters/']), [hx-post], textarea, a[href*='/new/'], .btn-primary"
        assert reader.main.locator(offers).all_inner_texts() in ([], [gettext("Filter")], [gettext("Show")])

    only_reads()
    reader.open(reader.figure("Overdue"))
    assert reader.page.locator("li[id^=due-]").count() == number
    only_reads()
    reader.turn_to("People")
    only_reads()
    reader.go(person.name)
    only_reads()
    reader.turn_to("Ledgers")
    only_reads()
    reader.open(reader.main.locator("a[href^='/ledgers/joint/']").first)
    only_reads()
    assert person.name in reader.main.get_by_role("table").inner_text()
    assert reader.see("Excel").count() == 0  # a ledger leaves the house by who writes it

    reader.turn_to("Quarterly report")
    reader.open(reader.main.locator("a[href^='/reports/2026Q3/']").first)
    only_reads()
    with reader.page.expect_download() as download:
        reader.see("Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert AuditRow.objects.get(act="export_report").actor == world.cast.reader


@both
def test_a_member_sees_their_own_file_alone_and_asks_for_a_correction(enter, world):
    own, member = world.people["own", "mobile"], enter("member")
    others = {person.name for person in world.people.values()} - {own.name}

    def names_nobody_else():
        text = member.page.locator("body").inner_text()
        assert [name for name in others if name in text] == []

    names_nobody_else()
    member.go("My own file")
    assert member.see(own.name, role="heading").is_visible()
    names_nobody_else()
    member.turn_to("Find")
    member.page.locator("#launch-q").fill("某")
    member.page.locator("#launched[data-q=某]").wait_for()
    names_nobody_else()
    member.page.keyboard.press("Escape")

    member.turn_to("Home")
    member.go("Ask for a correction")
    member.main.get_by_role("combobox").select_option("occupation")
    member.fill("What would be right?", "电焊工")
    member.press("Send")
    member.told("Sent. The branch or the town answers; you will read it here.")
    names_nobody_else()
    asked = CorrectionRequest.objects.latest("pk")
    assert (asked.asked_by, asked.person, asked.right) == (world.cast.member, own, "电焊工")


@pytest.mark.parametrize("kind", [ENGLISH_DESK], ids=["english-desk"])
def test_a_secretary_writes_a_record_in_its_line(enter, world):
    due = Due.objects.open().get(person=world.people["own", "mobile"], duty="joint.follow_up")
    Draft.objects.all().delete()
    secretary = enter("secretary")
    line = secretary.page.locator(f"#due-{due.pk}")
    line.get_by_role("link", name="Record").click()
    line.get_by_label("work and life").fill("在工地务工")
    line.get_by_role("button", name="Save").click()
    line.get_by_text("Saved. It is in the ledger and in the file now.").wait_for()
    record = Discharge.objects.live().get(due=due).record
    assert (record.author, record.projects_joint_followup.work_and_life) == (world.cast.secretary, "在工地务工")
