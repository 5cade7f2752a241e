"""Every number of the first page opens the rows behind it, and there are as many of them."""

import re
from datetime import date
from uuid import uuid4

import pytest

from members import actions as members_acts
from members.models import Category, Job, Standing
from projects.actions import Entry, assign_due, save_record
from projects.models import Due
from projects.outbox.digest import Towns
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import frozen, now
from xitun.views.town import Numbers


@pytest.fixture
def busy(cast, town, person):
    """A due open from last quarter, one done, others open, in both villages; a proposal; somebody on the way."""
    with frozen(date(2026, 6, 1)):
        open_dues()
    enrolled(town.liulin, "马老年", Category.ELDERLY, by=cast.staff)
    enrolled(town.liulin, "李未分", None, by=cast.staff)
    poor = enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    members_acts.propose_category(
        by=cast.neighbour, person=poor, category=Category.ELDERLY, primary=False, reason="高龄"
    )
    enrolled(town.huaishuwan, "高申请", Category.DEVELOPING, by=cast.staff, standing=Standing.APPLICANT)
    open_dues()
    due = Due.objects.get(duty="joint.follow_up", person=person, occasion="2026Q3")
    detail = {"method": "phone", "reached": True}
    entry = Entry("joint.follow_up", due.unit, date(2026, 9, 20), uuid4(), (due.enrolment,), detail=detail, dues=(due,))
    save_record(by=cast.secretary, entry=entry)


def rows_behind(client, url):
    """How many rows the page at `url` lists."""
    context = client.get(url).context
    if "groups" in context:
        return sum(len(lines) for _heading, lines in context["groups"])
    return len(list(context["page"]))


@pytest.mark.parametrize("role", ["staff", "reader"])
def test_it_opens_as_many_rows_as_the_town_is_told(as_user, cast, busy, role):
    client = as_user(getattr(cast, role))
    found = client.get("/").context
    asked, done, open_, *_rest = [int(stat["value"]) for stat in found["stats"]]
    assert asked == done + open_
    assert done
    for stat in found["stats"]:
        if stat["url"] and "decisions" not in stat["url"]:
            assert rows_behind(client, stat["url"]) == int(stat["value"]), stat
    for bar in [*found["distribution"]["bars"], *found["funnel"]["bars"], found["funnel"]["full"]]:
        if bar["url"]:
            assert rows_behind(client, bar["url"]) == bar["value"], bar
    assert rows_behind(client, found["members_url"]) == found["members"] > 0
    listed = [row for row in found["exceptions"] if row["url"].startswith(("/dues/", "/people/"))]
    assert any("duty=" in row["url"] for row in listed)
    for row in listed:
        number = int(re.search(r"\d+", row["note"] if "duty=" in row["url"] else row["title"])[0])
        assert rows_behind(client, row["url"]) == number, row


def test_it_adds_up_to_the_map(as_user, cast, busy):
    client = as_user(cast.staff)
    found = client.get("/").context
    cells = [cell for row in found["rows"] for cell in row["cells"] if cell["percent"] is not None]
    assert sum(rows_behind(client, cell["url"]) for cell in cells) == int(found["stats"][0]["value"])


def test_it_opens_as_many_rows_as_a_secretary_is_told(as_user, cast, busy):
    client = as_user(cast.secretary)
    owed = client.get("/").context["owed"]
    assert owed["before"]
    assert rows_behind(client, "/dues/") == owed["open"] == owed["total"] - owed["done"]
    assert rows_behind(client, "/dues/?state=done") == owed["done"] == 1
    assert rows_behind(client, "/dues/?state=asked") == owed["total"]


def test_the_badge_of_the_office_opens_what_it_counts(as_user, cast, busy):
    assign_due(by=cast.staff, due=Due.objects.open().filter(occasion="2026Q3").first(), assignee=cast.staff)
    client = as_user(cast.staff)
    item = next(item for group in client.get("/").context["nav"] for item in group["items"] if "/dues/" in item["url"])
    assert rows_behind(client, item["url"]) == item["badge"] == 1


def test_what_was_done_ahead_counts_in_its_own_quarter(as_user, cast, busy):
    done = Due.objects.get(duty="joint.follow_up", discharges__undone_at=None, discharges__isnull=False)
    done.due_on = date(2026, 10, 8)
    done.save()
    client = as_user(cast.secretary)
    assert client.get("/").context["owed"]["done"] == rows_behind(client, "/dues/?state=done") == 0
    assert rows_behind(client, "/dues/?state=ahead") == 1


def test_the_columns_of_the_trend_are_what_fell_due(as_user, cast, busy, town):
    trend = as_user(cast.staff).get("/").context["trend"]
    for item in trend["quarters"]:
        quarter = item["quarter"]
        due = Due.objects.filter(path__startswith=town.xitun.path, due_on__gte=quarter.start, due_on__lt=quarter.end)
        assert item["owed"] == due.filter(closed_on=None).count() == item["on_time"] + item["late"] + item["open"]
    assert trend["quarters"][-1]["share"] is None  # it still runs


def test_a_page_travels_small_and_a_file_as_it_is(as_user, cast):
    client = as_user(cast.staff)
    whole, small = client.get("/"), client.get("/", HTTP_ACCEPT_ENCODING="gzip")
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(whole.content) / 3
    assert not client.get("/people/export/", HTTP_ACCEPT_ENCODING="gzip").has_header("Content-Encoding")


def test_it_opens_as_many_rows_as_the_admin_is_told(as_user, cast, person):
    client = as_user(cast.admin)
    found = client.get("/").context
    counted = [stat for stat in found["stats"] if stat["url"].startswith(("/users/", "/people/"))]
    assert len(counted) == 3
    for stat in counted:
        assert rows_behind(client, stat["url"]) == int(stat["value"]) > 0, stat


def test_it_tells_the_admin_what_broke_off_in_the_background(as_user, cast, town):
    job = Job.objects.create(
        kind="write_roster", subject="1", path=town.xitun.path, by=cast.secretary, state=Job.State.FAILED,
        error="表格第 3 行无法读取", beat_at=now(),
    )  # fmt: skip
    page = as_user(cast.admin).get("/")
    assert [row["state"] for row in page.context["jobs"]] == [job.get_state_display()]
    assert "表格第 3 行无法读取" in page.content.decode()


def test_the_digest_counts_what_waits_as_the_home_page_does(cast, town, person):
    letter = {"elsewhere": "外县某支部", "letter_on": TODAY, "reason": "随迁"}
    members_acts.propose_transfer(by=cast.secretary, person=person, **letter)
    members_acts.propose_exit(by=cast.secretary, enrolment=person.enrolments.get(), reason="返乡")
    waiting = Numbers(cast.staff, town.xitun, []).waiting["all"]
    assert Towns(TODAY).counts(town.xitun.path).waiting == waiting == 1
