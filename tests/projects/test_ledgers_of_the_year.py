"""A ledger with those who have left in the year: each person once, with the day, as far as it was known."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import AuditRow, Category
from projects import registry
from projects.ledgers import Ledger
from tests.conftest import TODAY, enrolled
from tests.projects.ledger_cells import table, write

SPRING, MAY, JULY = date(2026, 3, 10), date(2026, 5, 10), date(2026, 7, 10)


@pytest.fixture
def stay(person):
    return person.enrolments.get()


def of_the_year(user, unit, on=None, **more):
    return table("joint", user, unit, on, gone=True, **more)


def home(by, row, on):
    members_acts.come_home(by=by, enrolment=row, on=on, reason="返乡务农")


def test_who_came_home_stays_on_the_ledger_of_the_year(town, cast, stay):
    write(cast.secretary, "joint.departure", date(2026, 2, 11), stay, departs_on=SPRING, destination="石河子")
    home(cast.staff, stay, JULY)
    assert table("joint", cast.staff, town.xitun) == []
    (row,) = of_the_year(cast.secretary, town.huaishuwan)
    assert (row["left_on"], row["returned"], row["left_category"]) == (SPRING, JULY, "2026-07-10")
    assert row["destination"] == "石河子"
    assert of_the_year(cast.staff, town.xitun, date(2027, 1, 2)) == []
    (row,) = of_the_year(cast.staff, town.xitun, MAY)
    assert (row["returned"], row["left_category"]) == ("", "")


def test_a_record_of_the_homecoming_says_it_better(town, cast, stay):
    write(cast.secretary, "joint.departure", date(2026, 2, 11), stay, departs_on=SPRING, destination="石河子")
    write(cast.secretary, "joint.homecoming", MAY, stay, returned_on=MAY)
    home(cast.staff, stay, JULY)
    (row,) = of_the_year(cast.staff, town.xitun)
    assert (row["returned"], row["left_category"]) == (MAY, "2026-07-10")


def test_who_moved_or_went_again_stands_there_once(town, cast, person, stay):
    home(cast.staff, stay, MAY)
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=JULY)
    again = members_acts.propose_category(
        by=cast.staff, person=person, category=Category.MOBILE, primary=True, on=JULY, reason="又外出"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=again, reason="属实")
    (row,) = of_the_year(cast.staff, town.xitun)
    assert (row["branch"], row["left_category"], row["returned"]) == ("柳林村党支部", "", "")
    assert of_the_year(cast.secretary, town.huaishuwan) == []


def test_nobodys_own_words_are_told_but_a_death_is(town, cast, stay):
    other = enrolled(town.huaishuwan, "李某", Category.MOBILE, by=cast.staff)
    home(cast.staff, stay, MAY)
    members_acts.record_death(by=cast.staff, person=other, on=JULY)
    rows = of_the_year(cast.staff, town.xitun)
    assert {row["name"]: row["left_category"] for row in rows} == {"张建国": "2026-05-10", "李某": "2026-07-10 去世"}


def test_nobody_knew_of_the_end_before_it_was_entered(town, cast, on_day):
    who = on_day(SPRING, lambda: enrolled(town.huaishuwan, "张某", Category.MOBILE, by=cast.staff))
    stay = who.enrolments.get()
    on_day(JULY, lambda: home(cast.staff, stay, MAY))
    assert [row["left_category"] for row in of_the_year(cast.staff, town.xitun, TODAY, known=TODAY)] == ["2026-05-10"]
    rows = of_the_year(cast.staff, town.xitun, date(2026, 6, 1), known=date(2026, 6, 30))
    assert [(row["left_category"], row["returned"]) for row in rows] == [("", "")]


def test_a_restricted_ledger_keeps_nobody_who_is_out(town, cast):
    who = enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    members_acts.end_category(by=cast.staff, enrolment=who.enrolments.get(), on=JULY, reason="好转")
    assert not Ledger(registry.project("determined_person"), cast.staff, town.xitun, gone=True).count


def test_the_page_the_file_and_the_api_list_the_same(as_user, town, cast, stay):
    home(cast.staff, stay, MAY)
    staff = as_user(cast.staff)
    assert "张建国" not in staff.get("/ledgers/joint/").content.decode()
    page = staff.get("/ledgers/joint/", {"gone": "1"})
    assert "张建国" in page.content.decode()
    assert "2026-05-10" in page.content.decode()
    assert b'name="gone"' not in staff.get("/ledgers/determined-person/").content
    found = staff.get("/api/v1/ledgers/joint/", {"gone": "true"}).json()
    assert [row[0] for row in found["rows"]] == ["张建国"]
    assert "张建国" in staff.get("/ledgers/joint/print/", {"gone": "1"}).content.decode()


def test_the_trace_of_a_file_says_who_stands_in_it(as_user, cast, stay):
    home(cast.staff, stay, MAY)
    b"".join(as_user(cast.staff).get("/ledgers/joint/export/", {"gone": "1"}).streaming_content)
    row = AuditRow.objects.get(act="export_ledger")
    assert row.detail["gone"] is True
    assert "含本年已退出的：是" in as_user(cast.admin).get("/audit/").content.decode()
