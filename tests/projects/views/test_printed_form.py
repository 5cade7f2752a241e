"""Papers of the office: filled in from what is known, room for the rest, only for who may read them."""

from datetime import date

import pytest

from members.models import AuditRow, Category
from projects import registry
from projects.actions import save_record
from projects.ledger_columns import column_of
from projects.printed import paper
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, entry
from tests.projects.ledger_cells import write
from tests.queries import page_queries

pytestmark = pytest.mark.django_db


def url(row, form="departure", project="joint"):
    return f"/projects/{project}/enrolments/{row.pk}/forms/{form}/"


def test_it_is_filled_in_from_the_records(as_user, cast, mobile):
    detail = {"departs_on": date(2025, 5, 20), "destination": "深圳市龙华区"}
    save_record(by=cast.staff, entry=entry("joint.departure", mobile, happened_on=date(2025, 5, 20), detail=detail))
    page = as_user(cast.secretary).get(url(mobile)).content.decode()
    for words in ("流动党员登记表", "张建国", "深圳市龙华区", "2025年5月20日", "槐树湾村党支部"):
        assert words in page
    assert mobile.person.phone not in page


def test_the_registration_form_says_what_was_ticked_and_written_of_the_education(as_user, cast, mobile):
    """DOMAIN 2.3: what was explained, when. It is ticked as a rule; the words besides may be empty."""
    write(cast.secretary, "joint.briefing", date(2025, 5, 19), mobile, rights=True, law=True, explained="防诈骗")
    page = as_user(cast.secretary).get(url(mobile)).content.decode()
    assert "2025年5月19日" in page
    assert "流动党员的权利和义务 · 守法、安全和模范作用 · 防诈骗" in page
    assert "活动证的使用" not in page


def test_the_registration_form_shows_the_education_of_the_absence_it_is_about(as_user, cast, mobile):
    """As the file does: who came home and left again was not educated for it a year before."""
    first, back, again = date(2025, 5, 20), date(2026, 2, 10), date(2026, 2, 26)
    for on in (first, again):
        write(cast.secretary, "joint.departure", on, mobile, departs_on=on, destination="深圳市")
    write(cast.secretary, "joint.homecoming", back, mobile, returned_on=back)
    write(cast.secretary, "joint.briefing", first, mobile, explained="防诈骗")
    page = as_user(cast.secretary).get(url(mobile)).content.decode()
    assert "2026年2月26日" in page
    assert "防诈骗" not in page
    assert "2025年5月20日" not in page
    write(cast.secretary, "joint.briefing", date(2026, 2, 20), mobile, explained="带好证件")
    page = as_user(cast.secretary).get(url(mobile)).content.decode()
    assert "2026年2月20日" in page
    assert "带好证件" in page


def test_it_lists_the_contacts_of_the_year_and_leaves_room(cast, mobile):
    for day in (date(2025, 12, 1), date(2026, 3, 15), date(2026, 8, 3)):
        said = FOLLOW_UP | {"promised": f"{day.month}月帮忙"}
        save_record(by=cast.staff, entry=entry("joint.follow_up", mobile, happened_on=day, detail=said))
    project = registry.project("joint")
    (table,) = paper(project, project.forms[1], mobile, cast.secretary, TODAY).tables
    assert [row[-1][1] for row in table.rows] == ["3月帮忙", "8月帮忙"]
    assert len(table.rows) + len(table.blank) == 8


@pytest.fixture
def helped(cast, town):
    return enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff).enrolments.get()


def help_card(cast, row):
    """The last words of each line: of the measures, of the contacts."""
    project = registry.project("determined_person")
    tables = paper(project, project.forms[0], row, cast.secretary, TODAY).tables
    return [[[value for _column, value in line] for line in table.rows] for table in tables]


def test_a_measure_that_goes_on_over_new_year_stays_on_the_help_card(cast, helped):
    began = date(2025, 11, 3)
    write(cast.secretary, "determined_person.measure", began, helped, measure="equity", content="入股", starts_on=began)
    write(cast.secretary, "determined_person.contact", date(2025, 12, 3), helped, method="phone", narrative="去年的话")
    assert help_card(cast, helped) == [[["入股", "2025年11月3日"]], []]


def test_a_try_that_reached_nobody_stands_only_where_the_form_says_so(cast, helped, mobile):
    tried = {"method": "phone", "reached": False}
    write(cast.secretary, "determined_person.contact", date(2026, 8, 3), helped, narrative="无人接听", **tried)
    write(cast.secretary, "determined_person.contact", date(2026, 8, 4), helped, narrative="接通了", method="phone")
    assert help_card(cast, helped)[1] == [["2026年8月4日", "接通了"]]
    write(cast.secretary, "joint.follow_up", date(2026, 8, 3), mobile, **FOLLOW_UP | tried)
    project = registry.project("joint")
    (table,) = paper(project, project.forms[1], mobile, cast.secretary, TODAY).tables
    assert [value for column, value in table.rows[0] if column.key == "reached"] == ["否"]


def test_it_costs_a_fixed_number_of_queries(as_user, cast, mobile):
    client = as_user(cast.secretary)
    for day in (date(2026, 3, 15), date(2026, 6, 3), date(2026, 8, 3)):
        save_record(by=cast.staff, entry=entry("joint.follow_up", mobile, happened_on=day, detail=FOLLOW_UP))
        with page_queries(9):
            client.get(url(mobile, "contacts"))


def test_every_form_names_what_there_is():
    for project in registry.all_projects():
        for form in project.forms:
            assert [column_of(project, declared) for declared in form.facts]
            for table in form.tables:
                model = registry.detail_model(f"{project.code}.{table.kind}")
                names = [c.source.partition(".")[2] for c in table.columns if c.source.startswith("detail.")]
                assert all(model._meta.get_field(name) for name in names)


@pytest.mark.parametrize("role, status", [("staff", 200), ("reader", 200), ("neighbour", 404), ("outsider", 404)])
def test_it_opens_to_who_sees_the_person(as_user, cast, mobile, role, status):
    assert as_user(getattr(cast, role)).get(url(mobile)).status_code == status


def test_it_keeps_a_restricted_paper_to_those_with_the_right(as_user, cast, town):
    row = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff).enrolments.get()
    place = url(row, "help-card", "determined-person")
    assert as_user(cast.reader).get(place).status_code == 404
    assert not AuditRow.objects.filter(act="print_form").exists()
    assert as_user(cast.secretary).get(place).status_code == 200
    trace = AuditRow.objects.get(act="print_form")
    assert (trace.person, trace.restricted, bool(trace.purpose)) == (row.person, True, True)


@pytest.mark.parametrize("project", ["guidance", "direct"])
def test_it_prints_without_any_record(as_user, cast, town, project):
    declared = registry.project(project)
    standing = {"standing": "activist"} if project == "direct" else {}
    row = enrolled(town.huaishuwan, "王某", declared.category, by=cast.staff, **standing).enrolments.get()
    for form in declared.forms:
        assert as_user(cast.secretary).get(url(row, form.code, project)).status_code == 200


def test_it_knows_no_other_form(as_user, cast, mobile):
    client = as_user(cast.secretary)
    assert client.get(url(mobile, "nothing")).status_code == 404
    assert client.get(url(mobile).replace("enrolments", "posts")).status_code == 404
    assert client.get(url(mobile).replace("joint", "visit")).status_code == 404
