"""The first page of every role: / ."""

from datetime import date
from uuid import uuid4

import pytest

from members import actions as members_acts
from members.models import Category, Role, Unit
from projects import registry
from projects.actions import Entry, assign_due, save_record, waive_due
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.queries import page_queries
from xitun.lib.dates import frozen
from xitun.views.town import _short


@pytest.fixture
def follow_up(person):
    """This quarter's follow-up of the mobile member, open."""
    open_dues()
    return Due.objects.get(duty="joint.follow_up", person=person)


@pytest.fixture
def settle():
    def done(due, by):
        detail = {"method": "phone", "reached": True}
        entry = Entry(
            "joint.follow_up", due.unit, date(2026, 9, 20), uuid4(), (due.enrolment,), detail=detail, dues=(due,)
        )
        return save_record(by=by, entry=entry)

    return done


def test_it_asks_strangers_to_sign_in(client, db):
    assert client.get("/")["Location"].startswith("/accounts/login/")


# --- the secretary -------------------------------------------------------------------------------------------------


def test_it_tells_a_secretary_what_is_left(as_user, cast, follow_up, settle):
    client = as_user(cast.secretary)
    before = client.get("/").context
    assert f"/records/follow-up/new/?due={follow_up.pk}" in client.get("/").content.decode()
    settle(follow_up, cast.secretary)
    after = client.get("/").context
    assert after["owed"]["open"] == before["owed"]["open"] - 1
    assert after["owed"]["done"] == before["owed"]["done"] + 1
    assert after["owed"]["total"] == before["owed"]["total"]
    assert follow_up.pk not in [line.due.pk for line in after["lines"]]


def test_it_does_not_count_what_was_waived(as_user, cast, follow_up):
    client = as_user(cast.secretary)
    before = client.get("/").context["owed"]["total"]
    waive_due(by=cast.staff, due=follow_up, reason="已转出")
    assert client.get("/").context["owed"]["total"] == before - 1


def test_it_keeps_what_is_still_open_from_last_quarter(as_user, cast, person):
    with frozen(date(2026, 6, 1)):
        open_dues()
    old = Due.objects.get(duty="joint.follow_up", occasion="2026Q2")
    assert old.pk in [line.due.pk for line in as_user(cast.secretary).get("/").context["lines"]]


def test_it_shows_a_secretary_nothing_of_the_neighbours(as_user, cast, follow_up):
    response = as_user(cast.neighbour).get("/")
    assert follow_up.pk not in [line.due.pk for line in response.context["lines"]]
    assert "张建国" not in response.content.decode()


def test_it_leaves_the_offices_own_duties_to_the_office(as_user, cast, follow_up):
    """The yearly check of the certificate is the town's; it is not one of the secretary's things to do."""
    lines = as_user(cast.secretary).get("/").context["lines"]
    assert {line.due.responsible for line in lines} <= {"secretary", "helper"}
    assert Due.objects.filter(responsible="town_staff").exists()


def test_it_tells_a_secretary_what_the_town_sent_back(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "王退回", None, by=cast.staff)
    row = members_acts.propose_category(by=cast.secretary, person=someone, category=Category.RETIRED, reason="退休")
    assert as_user(cast.secretary).get("/").context["waiting"] == 1
    members_acts.return_category(by=cast.staff, enrolment=row, reason="请附退休证")
    response = as_user(cast.secretary).get("/")
    assert response.context["returned"] == [row]
    assert "请附退休证" in response.content.decode()
    assert response.context["uncategorised"] == 1


def test_it_tells_it_also_of_somebody_who_stands_in_a_category(as_user, cast, person):
    row = members_acts.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="年满")
    members_acts.return_category(by=cast.staff, enrolment=row, reason="请核对年龄")
    assert as_user(cast.secretary).get("/").context["returned"] == [row]
    members_acts.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="年满，已核对")
    assert as_user(cast.secretary).get("/").context["returned"] == []


# --- the town ------------------------------------------------------------------------------------------------------


def heading(code):
    return _short(registry.project(code))


def cell_of(context, unit, project_index):
    row = next(row for row in context["rows"] if row["label"] == unit.short_name)
    return row["cells"][project_index]


def test_it_shows_the_town_branch_by_branch(as_user, cast, town, follow_up, settle):
    client = as_user(cast.staff)
    joint = [column["label"] for column in client.get("/").context["columns"]].index(heading("joint"))
    cell = cell_of(client.get("/").context, town.huaishuwan, joint)
    assert cell["percent"] == 0
    assert f"unit={town.huaishuwan.pk}" in cell["url"]
    assert "category=mobile" in cell["url"]
    settle(follow_up, cast.secretary)
    assert cell_of(client.get("/").context, town.huaishuwan, joint)["percent"] > 0
    assert cell_of(client.get("/").context, town.liulin, joint)["percent"] is None


def test_it_adds_up_to_what_the_branches_owe(as_user, cast, town, follow_up):
    enrolled(town.liulin, "马老年", Category.ELDERLY, by=cast.staff)
    open_dues()
    visible = Due.objects.filter(path__startswith=town.xitun.path, due_on__lt=date(2026, 10, 1))
    stats = as_user(cast.staff).get("/").context["stats"]
    assert stats[0]["value"] == str(visible.count())
    assert stats[3]["value"] == str(visible.filter(due_on__lt=date(2026, 9, 21)).count())


def test_it_says_what_stands_out(as_user, cast, town, person):
    with frozen(date(2026, 6, 1)):
        open_dues()
    enrolled(town.liulin, "李未分", None, by=cast.staff)
    poor = enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    members_acts.propose_category(
        by=cast.neighbour, person=poor, category=Category.ELDERLY, primary=False, reason="年龄"
    )
    context = as_user(cast.staff).get("/").context
    late = [row for row in context["exceptions"] if row["tone"] == "red"]
    assert any(row["title"].startswith(town.huaishuwan.short_name) for row in late)
    urls = [row["url"] for row in context["exceptions"]]
    assert urls.count("/decisions/") == 2
    assert f"/people/?category=none&unit={town.xitun.pk}" in urls
    assert context["stats"][4]["value"] == "1"


@pytest.mark.parametrize("role", ["staff", "reader"])
def test_it_shows_restricted_columns_only_with_the_right(as_user, cast, town, role):
    enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    open_dues()
    response = as_user(getattr(cast, role)).get("/")
    may = role == "staff"
    assert (heading("determined_person") in [c["label"] for c in response.context["columns"]]) is may
    assert (heading("key") in [c["label"] for c in response.context["columns"]]) is may
    assert ("category=poor_weak" in response.content.decode()) is may


def test_it_gives_a_reader_nothing_to_decide(as_user, cast, follow_up):
    response = as_user(cast.reader).get("/")
    assert len(response.context["stats"]) == 4
    assert response.context["mine"] == []
    assert "/decisions/" not in response.content.decode()
    assert "/records/follow-up/new/" not in response.content.decode()


def test_it_shows_another_town_nothing(as_user, cast, town, follow_up):
    response = as_user(cast.outsider).get("/")
    assert response.context["root"] == town.beitun
    foreign = Due.objects.filter(unit=town.foreign, due_on__lt=date(2026, 10, 1))
    assert response.context["stats"][0]["value"] == str(foreign.count())
    assert "槐树湾" not in response.content.decode()


@pytest.mark.parametrize("chosen", ["x", "999999", "²", "9" * 30])
def test_it_knows_no_such_place(as_user, cast, chosen):
    assert as_user(cast.staff).get("/", {"unit": chosen}).status_code == 404


def test_it_hides_a_foreign_place(as_user, cast, town):
    assert as_user(cast.staff).get("/", {"unit": town.beitun.pk}).status_code == 404
    assert as_user(cast.staff).get("/", {"unit": town.liulin.pk}).context["root"] == town.liulin


# grants, place, what lies below it, the map, proposals with carried over and without helper, overdue and where,
# helpers, people without category, branches, people by standing and by category, quarters, own dues; the navigation:
# open dues, proposals
QUERIES = (
    21  # and what is on its way to another branch, what people want corrected, what is suggested (two), half written
)
VACANT = 2  # where a branch has no secretary: its name, and what nobody is to do


def test_it_takes_the_same_queries_for_2_branches_and_for_20(as_user, cast, town, person):
    open_dues()
    client = as_user(cast.staff)
    with page_queries(QUERIES):
        assert len(client.get("/").context["rows"]) == 2
    for number in range(18):
        unit = members_acts.create_unit(by=None, kind="branch", name=f"新{number}村党支部", parent=town.xitun)
        enrolled(unit, f"新{number}", Category.MOBILE, by=cast.staff)
        if number:
            in_office(cast.neighbour, unit)
    open_dues()
    with page_queries(QUERIES + VACANT):
        assert len(client.get("/").context["rows"]) == 20
    in_office(cast.neighbour, Unit.objects.get(name="新0村党支部"))
    with page_queries(QUERIES):
        assert len(client.get("/").context["rows"]) == 20


# --- who answers for whom ------------------------------------------------------------------------------------------


def in_office(user, unit):
    return members_acts.grant_role(
        by=None, user=user, role=Role.SECRETARY, unit=unit, from_date=date(2026, 1, 1), to_date=None
    )


def exceptions(client, start):
    return [row for row in client.get("/").context["exceptions"] if row["url"].startswith(start)]


def test_it_says_where_nobody_is_in_charge(as_user, cast, town, follow_up):
    client = as_user(cast.staff)
    assert exceptions(client, "/users/") == exceptions(client, "/dues/?whose=nobody") == []
    members_acts.end_role(by=None, grant=cast.secretary.grants.get(), on=date(2026, 9, 20))
    (branch,), (duties,) = exceptions(client, "/users/?role=secretary"), exceptions(client, "/dues/?whose=nobody")
    assert branch["note"] == town.huaishuwan.short_name
    behind = client.get(duties["url"]).context
    assert duties["title"].startswith(f"{behind['owed']} ")
    assert behind["owed"] > 0
    assert {line.due.responsible for _heading, lines in behind["groups"] for line in lines} <= {"secretary", "helper"}
    assign_due(by=cast.staff, due=follow_up, assignee=cast.staff)
    assert client.get(duties["url"]).context["owed"] == behind["owed"] - 1


def test_a_secretary_who_is_switched_off_is_not_in_charge(as_user, cast, town):
    cast.neighbour.is_active = False
    cast.neighbour.save(update_fields=["is_active"])
    assert exceptions(as_user(cast.staff), "/users/")[0]["note"] == town.liulin.short_name


def test_it_says_who_has_no_helper(as_user, cast, town):
    poor = enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    enrolled(town.liulin, "马老年", Category.ELDERLY, by=cast.staff)
    client = as_user(cast.staff)
    (row,) = exceptions(client, "/people/?missing=helper")
    assert row["title"].startswith("1 ")
    assert [person.pk for person in client.get(row["url"]).context["page"]] == [poor.pk]
    members_acts.name_helper(by=cast.staff, enrolment=poor.enrolments.get(), helper=cast.neighbour)
    assert exceptions(client, "/people/?missing=helper") == []
    assert not client.get(row["url"]).context["page"]


def test_it_says_nothing_of_it_to_who_may_not_know(as_user, cast, town):
    enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    client = as_user(cast.reader)
    assert client.get("/").context["exceptions"] == []
    response = client.get("/people/", {"missing": "helper"})
    assert not response.context["page"]
    assert "李帮扶" not in response.content.decode()


def test_it_says_who_helps_too_many(as_user, cast, town):
    for number in range(3):
        someone = enrolled(town.liulin, f"李{number}", Category.POOR_WEAK, by=cast.staff)
        members_acts.name_helper(by=cast.staff, enrolment=someone.enrolments.get(), helper=cast.neighbour)
    start = f"/people/?helper={cast.neighbour.pk}"
    client = as_user(cast.staff)
    assert exceptions(client, start) == []
    members_acts.change_setting(
        by=cast.director, key="helper_people", value=2, unit=town.xitun, from_date=date(2026, 9, 1), reason="规定"
    )
    (row,) = exceptions(client, start)
    assert "柳林书记" in row["title"]
    page = client.get(row["url"])
    assert len(list(page.context["page"])) == 3
    assert "柳林书记" in page.content.decode()
    assert not as_user(cast.reader).get(row["url"]).context["page"], "who may not know finds nobody"


# --- the others ----------------------------------------------------------------------------------------------------


def test_it_shows_the_admin_the_house_and_no_dues(as_user, cast, follow_up):
    response = as_user(cast.admin).get("/")
    assert response.templates[0].name == "xitun/home_admin.html"
    assert response.context["branches"] == 2
    assert "张建国" not in response.content.decode()


def test_it_leads_a_member_to_their_own_file(as_user, cast, town, person):
    user = members_acts.create_user(by=None, username="member", person=person)
    members_acts.grant_role(by=None, user=user, role="member", unit=town.huaishuwan, from_date=date(2020, 1, 1))
    body = as_user(user).get("/").content.decode()
    assert f'href="/people/{person.pk}/"' in body


def test_it_says_what_to_do_without_a_role(as_user, db):
    user = members_acts.create_user(by=None, username="nobody")
    response = as_user(user).get("/")
    assert response.status_code == 200
    assert response.templates[0].name == "xitun/home_member.html"


def test_what_came_back_is_shown_though_older_days_were_put_right(as_user, cast, person):
    row = members_acts.propose_category(by=cast.secretary, person=person, category="retired", reason="办理退休")
    row = members_acts.return_category(by=cast.staff, enrolment=row, reason="请附退休证")
    stay = person.enrolments.get(category="mobile")
    members_acts.correct_stay(by=cast.staff, row=stay, from_date=date(2025, 6, 1), reason="外出证明")
    assert as_user(cast.secretary).get("/").context["returned"] == [row]
