"""A ledger reads what was entered once, in the declared columns, for any unit and day, as far as one may see."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from members import actions as members_acts
from members.models import Category, Standing
from projects import actions, registry
from projects.ledger_columns import ExtraColumns, SourceError, columns_of
from projects.ledger_sheets import ledger_sheets
from projects.ledgers import CHUNK, Ledger, may_read
from projects.workflow import Column
from tests.conftest import enrolled
from tests.projects.ledger_cells import table, write

FOLLOW_UP = {"method": "phone", "reached": True}


@pytest.fixture
def enrolment(person):
    return person.enrolments.get()


def test_it_shows_what_the_person_and_the_records_say(town, cast, enrolment):
    write(
        cast.secretary,
        "joint.departure",
        date(2026, 2, 11),
        enrolment,
        departs_on=date(2026, 2, 20),
        destination="石河子",
    )
    (row,) = table("joint", cast.secretary, town.huaishuwan)
    assert row["name"] == "张建国"
    assert row["branch"] == "槐树湾村党支部"
    assert row["left_on"] == date(2026, 2, 20)
    assert row["destination"] == "石河子"
    assert row["family_visit"] == ""


def test_it_masks_the_phone(town, cast, person):
    assert table("joint", cast.staff, town.huaishuwan)[0]["phone"] == "199****3021"


def test_it_shows_choices_in_words(town, cast):
    enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff, sex="F")
    with translation.override("en"):
        assert table("joint", cast.staff, town.huaishuwan)[0]["sex"] == "female"


def test_it_takes_the_newest_record_and_no_voided_one(town, cast, enrolment):
    first = {"departs_on": date(2026, 2, 20), "destination": "兰州"}
    write(cast.secretary, "joint.departure", date(2026, 2, 11), enrolment, **first)
    later = write(cast.secretary, "joint.departure", date(2026, 5, 3), enrolment, **first | {"destination": "石河子"})
    assert table("joint", cast.secretary, town.huaishuwan)[0]["destination"] == "石河子"
    actions.void_record(by=cast.secretary, record=later, reason="填错")
    assert table("joint", cast.secretary, town.huaishuwan)[0]["destination"] == "兰州"


def test_it_writes_the_days_of_each_quarter_of_the_year(town, cast, enrolment):
    for day in (date(2025, 8, 1), date(2026, 1, 9), date(2026, 7, 2), date(2026, 9, 20)):
        write(cast.secretary, "joint.follow_up", day, enrolment, **FOLLOW_UP)
    (row,) = table("joint", cast.secretary, town.huaishuwan)
    quarters = [row[f"contacts_q{number}"] for number in (1, 2, 3, 4)]
    assert quarters == [date(2026, 1, 9), "", "2026-07-02、2026-09-20", ""]


def test_it_counts_no_try_that_reached_nobody(town, cast, enrolment):
    write(cast.secretary, "joint.follow_up", date(2026, 7, 2), enrolment, method="phone", reached=False)
    assert table("joint", cast.secretary, town.huaishuwan)[0]["contacts_q3"] == ""
    write(cast.secretary, "joint.follow_up", date(2026, 7, 9), enrolment, **FOLLOW_UP)
    assert table("joint", cast.secretary, town.huaishuwan)[0]["contacts_q3"] == date(2026, 7, 9)


def test_it_counts_the_talks_of_a_case_over_new_year(town, cast):
    since = date(2025, 10, 9)
    case = enrolled(town.huaishuwan, "石某", Category.BACKWARD, by=cast.staff, since=since).enrolments.get()
    for on in (date(2025, 10, 20), date(2025, 12, 20), date(2026, 1, 20), date(2026, 3, 20)):
        write(cast.secretary, "key.talk", on, case, form="one", topic="缺会")
    (row,) = table("key", cast.secretary, town.huaishuwan, date(2026, 2, 1))
    assert row["talks"] == 3


def test_it_can_be_read_as_of_an_earlier_day(town, cast, enrolment):
    write(cast.secretary, "joint.follow_up", date(2026, 8, 2), enrolment, **FOLLOW_UP)
    members_acts.end_category(by=cast.staff, enrolment=enrolment, on=date(2026, 9, 1), reason="返乡")
    assert table("joint", cast.secretary, town.huaishuwan) == []
    assert table("joint", cast.secretary, town.huaishuwan, date(2026, 8, 31))[0]["contacts_q3"] == date(2026, 8, 2)
    assert table("joint", cast.secretary, town.huaishuwan, date(2026, 8, 1))[0]["contacts_q3"] == ""
    assert table("joint", cast.secretary, town.huaishuwan, date(2025, 5, 19)) == []


def test_it_leaves_out_who_is_only_proposed(town, cast):
    person = enrolled(town.huaishuwan, "王某", None, by=cast.staff)
    members_acts.propose_category(by=cast.secretary, person=person, category=Category.MOBILE, reason="外出")
    assert table("joint", cast.staff, town.xitun) == []


def test_it_shows_the_standing_of_that_day(town, cast):
    person = enrolled(town.huaishuwan, "王某", Category.DEVELOPING, by=cast.staff, standing=Standing.APPLICANT)
    members_acts.change_standing(by=cast.staff, person=person, standing=Standing.ACTIVIST, on=date(2026, 3, 1))
    with translation.override("en"):
        assert table("direct", cast.staff, town.xitun)[0]["standing"] == "activist"
        assert table("direct", cast.staff, town.xitun, date(2026, 2, 1))[0]["standing"] == "applicant"


def test_it_never_shows_a_neighbour(town, cast, person):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    enrolled(town.foreign, "赵某", Category.MOBILE, by=cast.outsider)
    assert [row["name"] for row in table("joint", cast.secretary, town.xitun)] == ["张建国"]
    assert {row["name"] for row in table("joint", cast.staff, town.county)} == {"张建国", "李某"}
    assert [row["name"] for row in table("joint", cast.outsider, town.county)] == ["赵某"]


def test_it_keeps_the_restricted_from_admin_and_reader(town, cast):
    enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    hardship = registry.project("determined_person")
    for user, seen in ((cast.secretary, 1), (cast.staff, 1), (cast.admin, 0), (cast.reader, 0), (cast.neighbour, 0)):
        assert len(table("determined_person", user, town.xitun)) == seen
        assert may_read(user, hardship) == (user not in (cast.admin, cast.reader))


def test_it_takes_open_records_along_on_a_transfer_but_not_restricted_ones(town, cast, enrolment):
    write(
        cast.secretary,
        "joint.departure",
        date(2026, 2, 11),
        enrolment,
        departs_on=date(2026, 2, 20),
        destination="兰州",
    )
    poor = enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    pairing = {"helper_name": "李某"}
    write(cast.secretary, "determined_person.pairing", date(2026, 3, 1), poor.enrolments.get(), **pairing)
    for person in (enrolment.person, poor):
        members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    assert table("joint", cast.neighbour, town.liulin)[0]["destination"] == "兰州"
    assert table("determined_person", cast.neighbour, town.liulin)[0]["helper"] == ""
    assert table("determined_person", cast.staff, town.liulin)[0]["helper"] == "李某"


def test_it_keeps_an_earlier_closed_case_out_of_a_new_one(town, cast):
    person = enrolled(town.huaishuwan, "王某", Category.BACKWARD, by=cast.staff)
    old = person.enrolments.get()
    fact = {"ground": "meetings", "occurred_on": date(2026, 1, 5), "fact": "三次无故缺席", "evidence": "会议签到表"}
    write(cast.secretary, "key.fact", date(2026, 1, 9), old, **fact)
    assert table("key", cast.secretary, town.huaishuwan)[0]["fact"] == "三次无故缺席"
    members_acts.end_category(by=cast.staff, enrolment=old, on=date(2026, 6, 1), reason="解除")
    members_acts.carry_over_category(
        by=cast.staff, person=person, category=Category.BACKWARD, on=date(2026, 8, 1), reason="原有名册"
    )
    assert table("key", cast.secretary, town.huaishuwan)[0]["fact"] == ""


def test_it_lists_no_closed_case_on_a_past_day(town, cast):
    """Neither by itself nor because the person is in help and education again; a transfer closes nothing."""
    person = enrolled(town.huaishuwan, "王某", Category.BACKWARD, by=cast.staff)
    march, names = date(2026, 3, 1), lambda day: [row["name"] for row in table("key", cast.staff, town.xitun, day)]
    for unit, on in ((town.liulin, date(2026, 4, 1)), (town.huaishuwan, date(2026, 5, 1))):
        members_acts.transfer_person(by=cast.staff, person=person, unit=unit, on=on)
        assert names(march) == names(on) == ["王某"]
    standing = person.enrolments.get(status="active")
    members_acts.end_category(by=cast.staff, enrolment=standing, on=date(2026, 6, 1), reason="解除")
    assert names(march) == names(date(2026, 5, 1)) == []
    assert table("key", None, town.xitun, march) == []
    again = {"category": Category.BACKWARD, "on": date(2026, 8, 1), "reason": "原有名册"}
    members_acts.carry_over_category(by=cast.staff, person=person, **again)
    assert names(march) == names(date(2026, 5, 31)) == []
    assert names(date(2026, 8, 1)) == ["王某"]


def test_other_categories_that_ended_stay_in_the_ledger_of_a_past_day(town, cast, enrolment):
    members_acts.end_category(by=cast.staff, enrolment=enrolment, on=date(2026, 9, 1), reason="返乡")
    assert len(table("joint", cast.secretary, town.huaishuwan, date(2026, 8, 31))) == 1


def test_it_lists_posts_whether_or_not_the_holder_is_a_member(town, cast):
    holding = members_acts.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="村委会主任", holder_name="李某", from_date=date(2025, 1, 4)
    )
    left = members_acts.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="文书", holder_name="赵某", from_date=date(2024, 1, 4)
    )
    members_acts.leave_post(by=cast.staff, holding=left, on=date(2026, 1, 1))
    task = {"area": "industry", "title": "修水渠", "due_on": date(2026, 9, 30)}
    write(cast.secretary, "post.month_task", date(2026, 9, 2), post=holding, **task)
    (row,) = table("post", cast.secretary, town.huaishuwan)
    assert (row["name"], row["post"], row["since"], row["plan"]) == ("李某", "村委会主任", date(2025, 1, 4), "修水渠")


def test_it_finds_by_name_pinyin_and_initials(town, cast, person):
    enrolled(town.huaishuwan, "李某", Category.MOBILE, by=cast.staff)
    for q in ("建国", "zhang", "zjg", "ZhangJian"):
        assert [row["name"] for row in table("joint", cast.staff, town.xitun, q=q)] == ["张建国"]
    assert table("joint", cast.staff, town.xitun, q="王") == []


def test_it_shows_columns_registered_from_above(town, cast, person, monkeypatch):
    extra = ExtraColumns()
    monkeypatch.setattr(ExtraColumns, "_registered", {})
    asked = []

    def resolve(rows):
        asked.append(len(rows))
        return {row.subject.pk: 92 for row in rows if row.person == person}

    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    extra.register("joint", Column("score", "score", "extra:score", "number"), resolve)
    assert [row["score"] for row in table("joint", cast.staff, town.xitun)] == [92, ""]
    assert asked == [2]
    assert "score" not in table("guidance", cast.staff, town.xitun)


def test_it_puts_a_registered_column_where_the_room_keeps_its_place(monkeypatch):
    monkeypatch.setattr(ExtraColumns, "_registered", {})
    before = [column.key for column in columns_of(registry.project("post"))]
    ExtraColumns().register("post", Column("score", "score", "extra:score"), lambda rows: {})
    assert [column.key for column in columns_of(registry.project("post"))] == before


@pytest.mark.parametrize(
    "source", ["person.id_number", "person.nothing", "last:follow_up.nothing", "count:nothing", "rule:nothing", "oops"]
)
def test_it_refuses_a_column_that_names_nothing_or_what_is_never_shown(source):
    project = replace(registry.project("joint"), columns=(Column("x", "x", source),))
    with pytest.raises(SourceError):
        columns_of(project)


@pytest.mark.parametrize("code", [p.code for p in registry.all_projects()])
def test_it_takes_the_same_statements_for_3_people_as_for_60(town, cast, code):
    project = registry.project(code)

    def add(numbers):
        for number in numbers:
            if code == "post":
                members_acts.hold_post(by=None, unit=town.huaishuwan, title="委员", holder_name=f"李{number}")
            else:
                enrolled(town.huaishuwan, f"王{number}", project.category, by=cast.staff)

    def statements():
        assert may_read(cast.staff, project)  # what the user holds is read once a request
        with CaptureQueriesContext(connection) as captured:
            found = Ledger(project, cast.staff, town.xitun)
            assert all(len(row.cells) == len(found.columns) for row in found.rows())
        return len(captured)

    add(range(3))
    few = statements()
    add(range(3, 60))
    assert len(table(code, cast.staff, town.xitun)) == 60 < CHUNK
    assert statements() == few


def test_it_reads_in_chunks(town, cast, monkeypatch):
    monkeypatch.setattr("projects.ledgers.CHUNK", 2)
    for number in range(5):
        who = enrolled(town.huaishuwan, f"王{number}", Category.MOBILE, by=cast.staff)
        write(cast.secretary, "joint.follow_up", date(2026, 7, 1 + number), who.enrolments.get(), **FOLLOW_UP)
    rows = table("joint", cast.staff, town.xitun)
    assert sorted((row["name"], row["contacts_q3"].day) for row in rows) == [(f"王{n}", 1 + n) for n in range(5)]


def test_it_keeps_todays_phone_to_the_branch_of_today(town, cast, person):
    before = date(2026, 8, 31)
    assert table("joint", cast.staff, town.xitun, before)[0]["phone"]
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    assert table("joint", cast.secretary, town.xitun, before)[0]["phone"] == ""
    assert table("joint", cast.neighbour, town.xitun)[0]["phone"]
    past, now = (Ledger(registry.project("joint"), cast.staff, town.xitun, on) for on in (before, None))
    assert "联系电话" in past.note
    assert now.note == ""


@pytest.mark.parametrize("chunk", [2, 500])
def test_it_sorts_by_any_column_with_the_empty_last(town, cast, monkeypatch, chunk):
    monkeypatch.setattr("projects.ledgers.CHUNK", chunk)
    for name, year in (("赵某", 1960), ("白某", None), ("王某", 1950), ("李某", 1970)):
        unit, born = town.liulin if name == "王某" else town.huaishuwan, year and date(year, 1, 2)
        who = enrolled(unit, name, Category.MOBILE, by=cast.staff, birth_date=born)
        if name in ("李某", "王某"):
            write(cast.staff, "joint.follow_up", date(2026, 7, year // 100 - 18), who.enrolments.get(), **FOLLOW_UP)

    def names(sort, **options):
        rows = Ledger(registry.project("joint"), cast.staff, town.xitun, sort=sort).rows(**options)
        return "".join(row.cells[0][0] for row in rows)

    assert names("") == names("nonsense") == names("-id_number") == "白李赵王"
    assert [names(sort) for sort in ("name", "-name")] == ["白李王赵", "赵王李白"]
    assert [names(sort) for sort in ("born", "-born")] == ["王赵李白", "李赵王白"]
    assert set(names("contacts_q3")[:2]) == {"李", "王"}
    assert names("born", start=1, stop=3) == "赵李"
    assert names("born", by_branch=True) == "赵李白王"


@pytest.mark.parametrize("code, category", [("transmission_help", Category.ELDERLY), ("joint", Category.MOBILE)])
def test_a_county_tells_two_villages_of_one_name_apart(cast, town, code, category):
    twin = members_acts.create_unit(by=None, kind="branch", name=town.huaishuwan.name, parent=town.beitun)
    for unit, name in ((town.huaishuwan, "甲某"), (twin, "乙某")):
        enrolled(unit, name, category, by=cast.staff)
    ledger = Ledger(registry.project(code), None, town.county)
    at = [column.key for column in ledger.head].index("branch")
    cells = [ledger.line(number, row)[at] for number, row in enumerate(ledger.rows(), 1)]
    assert [cell.removesuffix("党支部") for cell in cells] == ["西屯镇槐树湾村", "北屯镇槐树湾村"]
    overview, *sheets = ledger_sheets(ledger)
    assert [row[1] for row in overview.rows] == ["西屯镇槐树湾村党支部", "北屯镇槐树湾村党支部", "合计"]
    assert [sheet.name for sheet in sheets] == ["西屯镇槐树湾村", "北屯镇槐树湾村"]
    assert all(sheet.name in sheet.title for sheet in sheets)
