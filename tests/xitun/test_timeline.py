"""The line of time on a person's page: records, and the changes of category, branch, standing and post between them."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions
from members.models import Category, Standing
from projects.actions import Entry, save_record
from tests.conftest import TODAY, enrolled
from tests.xitun.test_dossier import page_of, write

SINCE = date(2025, 5, 20)


@pytest.fixture
def mobile(person):
    return person.enrolments.get(category=Category.MOBILE)


def changes_on(response):
    return [entry["change"] for entry in response.context["entries"] if "change" in entry]


def said(response, kind=""):
    return [(row.day, row.words) for row in changes_on(response) if kind in ("", row.kind)]


def pills(response, label):
    """{name: number} of a row of links."""
    return {item["label"]: item["count"] for item in dict(response.context["pills"]).get(label, ())}


def test_it_tells_of_categories_branches_standings_and_posts(as_user, cast, town, person):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=date(2026, 1, 4))
    actions.leave_post(by=cast.staff, holding=person.posts.get(), on=date(2026, 8, 1))
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    response = page_of(as_user(cast.staff), person)
    assert said(response, "posts") == [(date(2026, 8, 1), "村文书 · 已结束"), (date(2026, 1, 4), "村文书")]
    assert said(response, "branch") == [(date(2026, 9, 1), "柳林村党支部"), (SINCE, "槐树湾村党支部")]
    assert said(response, "standing") == [(SINCE, "正式党员")]
    assert [day for day, _words in said(response)] == sorted((day for day, _words in said(response)), reverse=True)
    body = response.content.decode()
    assert "村文书 · 已结束" in body
    assert "党建办干部" in body


def test_it_tells_each_step_of_a_category(as_user, cast, person, mobile):
    returned = actions.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, primary=False, reason="已退休"
    )
    actions.return_category(by=cast.staff, enrolment=returned, reason="缺退休证")
    actions.propose_exit(by=cast.secretary, enrolment=mobile, reason="返乡")
    mobile.refresh_from_db()
    actions.decline_exit(by=cast.staff, enrolment=mobile, reason="仍在外")
    mobile.refresh_from_db()
    actions.end_category(by=cast.staff, enrolment=mobile, reason="已返乡")
    rows = changes_on(page_of(as_user(cast.secretary), person))
    told = {(row.words, str(row.by), row.note) for row in rows if row.kind == "categories"}
    assert told == {
        ("离退休党员 · 已提出", "槐树湾书记", "已退休"),
        ("离退休党员 · 已退回支部", "党建办干部", "缺退休证"),
        ("流动党员 · 已提出", "党建办干部", ""),
        ("流动党员 · 已确认", "党建办干部", ""),
        ("流动党员 · 提出结束", "槐树湾书记", "返乡"),
        ("流动党员 · 未同意结束，继续保留", "党建办干部", "仍在外"),
        ("流动党员 · 已结束", "党建办干部", "已返乡"),
    }
    reader = changes_on(page_of(as_user(cast.reader), person))
    assert {row.note for row in reader} == {""}


def test_it_tells_of_a_transfer_that_came_to_nothing(as_user, cast, town, person):
    row = actions.propose_transfer(
        by=cast.secretary, person=person, unit=town.liulin, letter_on=TODAY, reason="务工定居"
    )
    actions.decline_transfer(by=cast.neighbour, transfer=row, reason="材料不全")
    rows = [row for row in changes_on(page_of(as_user(cast.secretary), person)) if row.title == "组织关系转接"]
    assert [(row.words, row.note) for row in rows] == [
        ("转往柳林村党支部 · 已退回", "材料不全"), ("转往柳林村党支部", "务工定居"),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_nothing_of_a_restricted_category_is_there_without_the_right(as_user, cast, town, who):
    """Neither among the entries nor in a number; whoever has the right sees them, and leaves a trace."""
    someone = enrolled(town.huaishuwan, "李帮扶", Category.MOBILE, by=cast.staff)
    row = actions.propose_category(
        by=cast.secretary, person=someone, category=Category.POOR_WEAK, primary=False, reason="缺劳力",
        consent_on=TODAY,
    )  # fmt: skip
    actions.return_category(by=cast.staff, enrolment=row, reason="材料不全")
    page = page_of(as_user(getattr(cast, who)), someone)
    assert len(said(page, "categories")) == 2  # proposed and confirmed as mobile
    assert pills(page, "类型") == {"全部": 4, "类别": 2, "组织关系": 1, "身份": 1}
    assert str(Category.POOR_WEAK.label) not in page.content.decode()
    near = page_of(as_user(cast.secretary), someone)
    assert pills(near, "类型")["类别"] == 4
    assert str(Category.POOR_WEAK.label) in near.content.decode()


def test_it_names_no_branch_and_no_category_out_of_sight(as_user, cast, town, person):
    """The new branch knows that somebody came from elsewhere, not from where nor as what."""
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    response = page_of(as_user(cast.neighbour), person)
    assert said(response, "branch") == [(date(2026, 9, 1), "柳林村党支部"), (SINCE, "其他党支部")]
    assert [day for day, _words in said(response, "categories")] == [date(2026, 9, 1)]
    assert "槐树湾" not in response.content.decode()


def test_a_closed_case_is_on_the_line_of_nobody_but_the_person(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "孙结案", Category.BACKWARD, by=cast.staff)
    assert said(page_of(as_user(cast.secretary), someone), "categories")
    actions.end_category(by=cast.staff, enrolment=someone.enrolments.get(), reason="整改完成")
    for user in (cast.secretary, cast.staff):
        assert "类别" not in pills(page_of(as_user(user), someone), "类型")
    own = actions.create_user(by=None, username="own", person=someone)
    assert len(said(page_of(as_user(own), someone), "categories")) == 2


def test_it_filters_by_kind_year_and_papers(as_user, cast, person, mobile):
    write(cast.secretary, mobile, on=date(2026, 9, 10))
    client = as_user(cast.secretary)
    everything = page_of(client, person)
    assert pills(everything, "类型") == {"全部": 5, "记录": 1, "类别": 2, "组织关系": 1, "身份": 1}
    assert pills(everything, "年份") == {"全部年份": None, "2026年": 2, "2025年": 3}
    categories = page_of(client, person, kind="categories")
    assert len(said(categories)) == len(categories.context["entries"]) == 2
    assert pills(categories, "年份") == {"全部年份": None, "2026年": 1, "2025年": 1}  # of what is shown
    assert len(page_of(client, person, kind="categories", year="2025").context["entries"]) == 1
    records = page_of(client, person, kind="records", year="2026")
    assert [entry["record"].happened_on for entry in records.context["entries"]] == [date(2026, 9, 10)]
    assert page_of(client, person, papers="1").context["entries"] == []
    assert said(page_of(client, person, project="joint")) == []
    assert page_of(client, person, kind="nonsense").status_code == 404


def test_a_person_of_one_kind_of_entry_has_no_chips_of_kinds(as_user, cast, town):
    someone = actions.register_person(by=cast.staff, unit=town.huaishuwan, name="周一", standing=Standing.FULL)
    response = page_of(as_user(cast.staff), someone)
    assert set(pills(response, "类型")) == {"全部", "组织关系", "身份"}


def test_pages_hold_every_entry_once_in_order(as_user, cast, town, person, mobile, monkeypatch):
    for day in (date(2025, 5, 20), date(2026, 9, 1), date(2026, 9, 1), date(2026, 9, 1), TODAY):
        save_record(by=cast.secretary, entry=Entry(
            "joint.follow_up", mobile.unit, day, uuid4(), (mobile,),
            detail={"method": "phone", "reached": True},
        ))  # fmt: skip
    for number in range(4):
        actions.hold_post(
            by=cast.staff, unit=town.huaishuwan, title=f"职务{number}", person=person, from_date=date(2026, 9, 1)
        )
    client = as_user(cast.staff)
    whole = [_named(entry) for entry in page_of(client, person).context["entries"]]
    assert len(whole) == 5 + 4 + 4
    monkeypatch.setattr("xitun.views.timeline.PAGE_SIZE", 3)
    found, pages, query = [], [], {}
    while True:
        page = page_of(client, person, **query).context
        pages.append([_named(entry) for entry in page["entries"]])
        found += pages[-1]
        if not page["page"].after:
            break
        query = {"after": page["page"].after}
    assert found == whole
    back = page_of(client, person, before=page["page"].before).context
    assert [_named(entry) for entry in back["entries"]] == pages[-2]
    first = page_of(client, person, before=back["page"].after).context
    assert first["page"].after


def _named(entry):
    return ("record", entry["record"].pk) if "record" in entry else entry["change"].key


@pytest.mark.parametrize("cursor", ["x", "2026-02-30.0.1", "17", "2026-09-01.0", "2026-09-01.0." + "9" * 19])
def test_a_cursor_that_is_none_shows_the_first_page(as_user, cast, person, cursor):
    response = page_of(as_user(cast.staff), person, after=cursor)
    assert response.status_code == 200
    assert response.context["page"].before is None
    assert response.context["entries"]


def test_it_takes_as_many_queries_for_many_changes(as_user, cast, town, person):
    client = as_user(cast.staff)
    page_of(client, person)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            page_of(client, person, kind="branch")
        return len(captured)

    before = statements()
    for number in range(6):
        unit = (town.liulin, town.huaishuwan)[number % 2]
        actions.transfer_person(by=cast.staff, person=person, unit=unit, on=date(2026, 9, 1 + number))
        actions.hold_post(by=cast.staff, unit=unit, title=f"职务{number}", person=person, from_date=date(2026, 9, 1))
    person.refresh_from_db()
    row = actions.propose_transfer(by=cast.staff, person=person, unit=town.liulin, letter_on=TODAY)
    actions.withdraw_transfer(by=cast.staff, transfer=row, reason="不去了")
    assert statements() == before
