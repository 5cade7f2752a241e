"""The people list of a past day: /people/?on=2026-03-31&known=2026-04-10."""

from datetime import date

import pytest
from django.urls import reverse

from members import actions
from members.models import Category, Standing
from projects import registry
from projects.ledgers import Ledger
from tests.conftest import enrolled
from tests.members.views.test_people import rows_of
from tests.queries import page_queries
from xitun.templatetags import ui

URL = reverse("people")


@pytest.fixture
def shown(as_user):
    """What the list shows: (name, branch, standing, categories) a line."""

    def ask(user, **query):
        lines = as_user(user).get(URL, query).context["lines"]
        return [(line.name, line.branch, line.standing, line.category, line.age) for line in lines]

    return ask


JANUARY, MARCH, MAY, JULY = (date(2026, month, 10) for month in (1, 3, 5, 7))


@pytest.fixture
def story(town, cast, on_day, shown):
    """A life in four days. Returns {day: what staff's list showed on it}."""
    snapshots, first = {}, None

    def begin():
        made = enrolled(
            town.huaishuwan, "白甲", Category.MOBILE, by=cast.staff, since=JANUARY, birth_date=date(1961, 4, 1)
        )
        enrolled(town.huaishuwan, "白乙", None, by=cast.staff, since=JANUARY, standing=Standing.PROBATIONARY)
        return made

    def retire():
        row = actions.propose_category(
            by=cast.secretary, person=first, category=Category.ELDERLY, reason="年满", on=MARCH
        )
        actions.confirm_category(by=cast.staff, enrolment=row)

    def move():
        actions.transfer_person(by=cast.staff, person=first, unit=town.liulin, on=MAY)
        second = town.huaishuwan.people.get(name="白乙")
        actions.change_standing(by=cast.staff, person=second, standing=Standing.FULL, on=MAY)

    def leave():
        actions.record_death(by=cast.staff, person=first, on=JULY)

    for moment, act in ((JANUARY, begin), (MARCH, retire), (MAY, move), (JULY, leave)):
        done = on_day(moment, act)
        first = done or first
        snapshots[moment] = on_day(moment, lambda: shown(cast.staff))
    return snapshots


def test_a_past_day_shows_what_the_list_showed_then(story, shown, cast):
    assert len({str(lines) for lines in story.values()}) == 4
    for day, lines in story.items():
        assert shown(cast.staff, on=day.isoformat()) == lines
        assert shown(cast.staff, on=day.isoformat(), known=day.isoformat()) == lines


def test_it_can_show_what_was_known_then(story, shown, cast):
    """Seen from March, nothing of May had happened yet; seen from February, not even March."""
    assert shown(cast.staff, on="2026-06-01", known="2026-03-10")[0][1:4] == story[MARCH][0][1:4]
    assert shown(cast.staff, on="2026-06-01", known="2026-02-01")[0][1:4] == story[JANUARY][0][1:4]
    assert shown(cast.staff, on="2026-06-01", known="2025-12-31") == []


def test_scope_is_where_they_stood_then(story, shown, cast):
    assert [line[0] for line in shown(cast.secretary, on="2026-04-01")] == ["白甲", "白乙"]
    assert [line[0] for line in shown(cast.neighbour, on="2026-04-01")] == []
    assert [line[0] for line in shown(cast.neighbour, on="2026-06-01")] == ["白甲"]
    assert shown(cast.outsider, on="2026-04-01") == []


def test_a_name_that_moved_away_opens_no_file(story, as_user, cast):
    page = as_user(cast.secretary).get(URL, {"on": "2026-04-01"})
    assert [line.opens for line in page.context["lines"]] == [False, True]
    assert not {"phone", "group"} & {column["key"] for column in page.context["columns"]}


def test_it_agrees_with_the_ledger_of_that_day(story, shown, cast, town):
    project = next(p for p in registry.all_projects() if p.category == Category.ELDERLY)
    for day in ("2026-02-01", "2026-04-01", "2026-06-01"):
        ledger = Ledger(project, cast.staff, town.xitun, date.fromisoformat(day)).subjects
        listed = shown(cast.staff, on=day, category="elderly")
        assert [line[0] for line in listed] == [row.person.name for row in ledger]


@pytest.mark.parametrize("known", ["", "2026-06-02"])
def test_it_hides_the_restricted_and_the_closed(town, cast, shown, known, on_day):
    on_day(JANUARY, lambda: enrolled(town.huaishuwan, "白帮", Category.POOR_WEAK, by=cast.staff, since=JANUARY))
    closed = on_day(JANUARY, lambda: enrolled(town.liulin, "白结", Category.BACKWARD, by=cast.staff, since=JANUARY))
    query = {"on": "2026-06-01", "known": known}
    assert [line[3] != "" for line in shown(cast.staff, **query)] == [True, True]
    assert [line[3] for line in shown(cast.reader, **query)] == ["", ""]
    actions.end_category(by=cast.staff, enrolment=closed.enrolments.get(), reason="整改完成")
    assert shown(cast.staff, **query)[1][3] == ""


def test_it_says_so_and_hides_the_acts(story, as_user, cast):
    response = as_user(cast.staff).get(URL, {"on": "2026-04-01", "sex": ""})
    body = response.content.decode()
    assert ui.day(date(2026, 4, 1)) in body
    assert reverse("person-new") not in body
    assert response.context["today_url"] == f"{URL}?sex="


@pytest.mark.parametrize("query", [{"group": "一"}, {"missing": "phone"}])
def test_it_refuses_what_is_not_kept_by_day(story, as_user, cast, query):
    response = as_user(cast.staff).get(URL, {"on": "2026-04-01", **query})
    assert response.context["page"].rows == []
    assert response.context["filter"].form.errors


def test_it_refuses_days_ahead(story, as_user, cast):
    assert "on" in as_user(cast.staff).get(URL, {"on": "2026-09-22"}).context["filter"].form.errors


@pytest.mark.parametrize("sort", ["name", "-branch", "standing", "-category", "age", "joined"])
def test_it_sorts_in_as_many_queries_for_many(story, as_user, cast, town, sort):
    client, query = as_user(cast.staff), {"on": "2026-06-01", "known": "2026-09-21", "sort": sort}
    client.get(URL, query)
    with page_queries(9):
        client.get(URL, query)
    for number in range(4):
        enrolled(town.liulin, f"白{number}", Category.MOBILE, by=cast.staff, since=MAY)
    with page_queries(9):
        assert len(client.get(URL, query).context["page"].rows) == 2
    with page_queries(9):
        assert len(client.get(URL, {"on": "2026-06-01", "sort": sort}).context["page"].rows) == 6


def test_the_file_is_of_the_same_day(story, as_user, cast):
    response = as_user(cast.secretary).post(f"{reverse('people-export')}?on=2026-04-01", {"purpose": "核对"})
    rows = rows_of(response)
    assert "2026-04-01" in rows[0][0]
    assert [row[0] for row in rows[2:]] == ["白甲", "白乙"]
