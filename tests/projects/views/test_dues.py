"""What is due: /dues/."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import Category
from projects.actions import waive_due
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import frozen


def shown(response):
    return [line.due for _heading, lines in response.context["groups"] for line in lines]


def owes(unit, name, due_on, by, category=Category.MOBILE):
    """Somebody whose only open due falls on `due_on`."""
    someone = enrolled(unit, name, category, by=by)
    row = someone.enrolments.get()
    return Due.objects.create(
        duty="joint.follow_up",
        category=category,
        enrolment=row,
        unit=unit,
        person=someone,
        path=row.path,
        restricted=row.restricted,
        occasion=str(due_on),
        opens_on=due_on - timedelta(days=30),
        due_on=due_on,
        responsible="secretary",
        opened_at="2026-01-01T00:00:00+08:00",
    )


@pytest.fixture
def four(town, cast):
    """One due each: overdue, this week, this month, later. Today is Monday 21 September."""
    days = (-2, 3, 8, 40)
    return [owes(town.huaishuwan, f"党员{n}", TODAY + timedelta(days=d), cast.staff) for n, d in enumerate(days)]


def test_it_groups_by_urgency(as_user, cast, four):
    response = as_user(cast.secretary).get("/dues/", headers={"Accept-Language": "en"})
    groups = [(heading, [line.due for line in lines]) for heading, lines in response.context["groups"]]
    assert groups == [("Overdue", [four[0]]), ("This week", [four[1]]), ("This month", [four[2]])]
    assert response.context["owed"] == 3  # the fourth falls due in the next quarter: it waits under "Later"
    assert response.context["overdue"] == 1


def test_it_leads_with_one_tap_to_the_form(as_user, cast, four):
    response = as_user(cast.secretary).get("/dues/")
    url = f"/projects/joint/enrolments/{four[0].enrolment_id}/records/follow-up/new/?due={four[0].pk}"
    assert url.replace("&", "&amp;") in response.content.decode()
    assert as_user(cast.secretary).get(url).status_code == 200


def test_it_offers_no_two_duties_of_one_name(as_user, cast, four):
    form = as_user(cast.staff).get("/dues/").context["filter"].form
    names = [str(name) for _code, name in form.fields["duty"].choices]
    assert len(set(names)) == len(names)
    assert {"季度走访 · 老年党员", "季度走访 · 离退休党员"} <= set(names)


def test_it_gives_no_tap_to_those_who_only_read(as_user, cast, four):
    response = as_user(cast.reader).get("/dues/")
    assert len(shown(response)) == 3
    assert "/records/follow-up/" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("state=overdue", [0]),
        ("state=week", [1]),
        ("state=month", [2]),
        ("state=later", [3]),
        ("", [0, 1, 2]),
        ("category=mobile", [0, 1, 2]),
        ("category=elderly", []),
        ("whose=branch", [0, 1, 2]),
        ("whose=town", []),
    ],
)
def test_it_filters(as_user, cast, four, query, places):
    assert shown(as_user(cast.secretary).get(f"/dues/?{query}")) == [four[n] for n in places]


def test_it_tells_mine_from_others(as_user, cast, four):
    four[0].assignee = cast.staff
    four[0].save()
    four[1].responsible = "town_staff"
    four[1].save()
    for query in ("", "?whose=mine"):
        assert shown(as_user(cast.secretary).get(f"/dues/{query}")) == [four[2]]
    assert shown(as_user(cast.secretary).get("/dues/?whose=")) == four[:3]
    assert shown(as_user(cast.staff).get("/dues/?whose=mine")) == [four[0], four[1]]


def test_it_groups_unit_by_unit_for_the_town(as_user, cast, town, four):
    theirs = owes(town.liulin, "柳林党员", TODAY - timedelta(days=9), cast.staff)
    response = as_user(cast.staff).get("/dues/")
    rows = [(unit.pk, late, total) for unit, late, total in response.context["units"]]
    assert sorted(rows) == sorted([(town.huaishuwan.pk, 1, 3), (town.liulin.pk, 1, 1)])
    one = as_user(cast.staff).get(f"/dues/?unit={town.liulin.pk}")
    assert shown(one) == [theirs]
    assert one.context["branch"] == town.liulin
    assert f"{town.liulin} · 2026年" in one.content.decode()  # whose list it is stands above it


def test_it_names_the_branches_when_the_town_itself_is_chosen(as_user, cast, town, four):
    owes(town.liulin, "柳林党员", TODAY - timedelta(days=9), cast.staff)
    response = as_user(cast.staff).get(f"/dues/?unit={town.xitun.pk}&state=overdue")
    assert [heading.split(" · ")[0] for heading, _lines in response.context["groups"]] == [
        str(town.huaishuwan),
        str(town.liulin),
    ]


def test_what_is_closed_stands_newest_first(as_user, cast, town, four):
    theirs = owes(town.liulin, "柳林党员", TODAY, cast.staff)
    for due, on in ((four[0], 3), (theirs, 1), (four[1], 2)):
        due.closed_on = TODAY - timedelta(days=on)
        due.save()
    response = as_user(cast.staff).get("/dues/?state=closed")
    ((_heading, lines),) = response.context["groups"]
    assert [line.due for line in lines] == [theirs, four[1], four[0]]
    assert lines[0].detail.startswith(town.liulin.short_name)


def test_it_lets_done_items_leave(as_user, cast, due, form_url, filled):
    client = as_user(cast.secretary)
    assert due in shown(client.get("/dues/"))
    client.post(form_url, filled)
    assert due not in shown(client.get("/dues/"))
    assert due in shown(client.get("/dues/?state=done"))


def test_it_shows_what_was_closed(as_user, cast, four):
    waive_due(by=cast.staff, due=four[3], reason="已迁出")
    assert shown(as_user(cast.secretary).get("/dues/?state=closed")) == [four[3]]


def test_it_keeps_other_branches_out(as_user, cast, four):
    for who in (cast.neighbour, cast.outsider):
        response = as_user(who).get("/dues/")
        assert shown(response) == []
        assert response.context["owed"] == 0


def test_it_hides_the_restricted_from_those_without_the_right(as_user, cast, town):
    hidden = owes(town.huaishuwan, "帮扶甲", TODAY + timedelta(days=1), cast.staff, Category.POOR_WEAK)
    assert shown(as_user(cast.secretary).get("/dues/")) == [hidden]
    for who in (cast.admin, cast.reader):
        for query in ("", "?category=poor_weak", "?state=week"):
            response = as_user(who).get(f"/dues/{query}")
            assert shown(response) == []
            assert response.context["owed"] == 0
            assert "帮扶甲" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "says"),
    [("?state=asked", 1), ("?state=done&category=backward", 1), ("?state=asked&category=mobile", 0), ("", 0)],
)
def test_it_says_that_closed_cases_are_counted_but_not_listed(as_user, cast, four, query, says):
    words = "已解除的帮教所办的事"
    assert as_user(cast.staff).get(f"/dues/{query}").content.decode().count(words) == says
    assert words not in as_user(cast.reader).get(f"/dues/{query}").content.decode()


def test_it_pages_five_hundred_rows_without_losing_one(as_user, cast, town, enrolment):
    Due.objects.bulk_create(
        Due(
            duty="joint.follow_up", category="mobile", enrolment=enrolment, unit=town.huaishuwan,
            person=enrolment.person, path=enrolment.path, occasion=f"t{n}", opens_on=TODAY,
            due_on=TODAY + timedelta(days=n % 39 - 30), responsible="secretary",
            opened_at="2026-01-01T00:00:00+08:00",
        )
        for n in range(500)
    )  # fmt: skip
    client, url, seen = as_user(cast.secretary), "/dues/", []
    for _page in range(20):
        response = client.get(url)
        seen += shown(response)
        if not response.context["page"].after:
            break
        url = f"/dues/?after={response.context['page'].after}"
    assert len(seen) == len(set(seen)) == 500
    assert [due.due_on for due in seen] == sorted(due.due_on for due in seen)


@pytest.mark.parametrize("who", ["secretary", "staff"])
def test_it_costs_the_same_however_many_there_are(as_user, cast, town, four, who):
    client = as_user(getattr(cast, who))
    client.get("/dues/")
    with CaptureQueriesContext(connection) as few:
        client.get("/dues/")
    for n in range(15):
        owes(town.huaishuwan, f"同志{n}", TODAY + timedelta(days=n), cast.staff)
        owes(town.liulin, f"邻居{n}", TODAY + timedelta(days=n), cast.staff)
    with CaptureQueriesContext(connection) as many:
        client.get("/dues/")
    assert len(many) == len(few)
    assert len(many) <= 16


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "unit=abc",
        "unit=99999999999999999999999",
        "category=%F0%9F%98%80",
        "whose=nobody",
        "after=zz",
        "before=-1",
        "after=99999999999999999999999999",
        "unit=1&unit=2",
        "state=overdue&page=9e99",
        "category=" + "x" * 9000,
    ],
)
def test_it_survives_any_filter(as_user, cast, four, query):
    assert as_user(cast.secretary).get(f"/dues/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["state=x", "unit=abc", "category=nothing", "whose=nobody"])
def test_it_shows_nothing_for_a_filter_that_makes_no_sense(as_user, cast, four, query):
    assert shown(as_user(cast.secretary).get(f"/dues/?{query}")) == []


def test_it_works_for_someone_without_any_role(as_user, cast, town):
    nobody = members_acts.create_user(by=None, username="nobody", password="correct horse")
    assert as_user(nobody).get("/dues/").status_code == 200


def test_it_asks_to_sign_in(client, db):
    assert client.get("/dues/").status_code == 302


def test_it_knows_every_duty_of_every_room_by_name(as_user, cast, town):
    for category in Category.values:
        enrolled(town.huaishuwan, f"成员{category}", category, by=cast.staff)
    with frozen(TODAY):
        open_dues()
    client = as_user(cast.secretary)
    lines = [line for _heading, lines in client.get("/dues/").context["groups"] for line in lines]
    assert lines
    for line in lines:
        assert line.what
        assert "." not in line.what
        assert line.url
        assert client.get(line.url).status_code == 200
