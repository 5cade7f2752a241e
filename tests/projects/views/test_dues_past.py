"""What was due on a past day: /dues/?on=2026-03-31&known=2026-04-10."""

from datetime import timedelta

import pytest

from members import actions as members_acts
from members.models import Category
from projects.actions import waive_due
from projects.models import Due
from tests.conftest import TODAY, enrolled
from tests.projects.test_past_dues import JANUARY, MARCH, MAY, on_day, story  # noqa: F401 - fixtures
from tests.projects.views.test_dues import owes, shown
from tests.queries import page_queries
from xitun.templatetags import ui

QUERIES = 9


@pytest.fixture
def owed(town, cast):
    """Fell due ten days ago; waived five days ago."""
    due = owes(town.huaishuwan, "党员", TODAY - timedelta(days=10), cast.staff)
    waive_due(by=cast.staff, due=due, reason="住院")
    Due.objects.update(closed_on=TODAY - timedelta(days=5))
    return due


def past(client, days, **query):
    return client.get("/dues/", {"on": (TODAY - timedelta(days=days)).isoformat(), **query})


def test_it_shows_what_was_owed_then(as_user, cast, owed):
    client = as_user(cast.staff)
    assert shown(client.get("/dues/")) == []
    late = past(client, 6)
    assert shown(late) == [owed]
    assert (late.context["owed"], late.context["overdue"]) == (1, 1)
    assert shown(past(client, 11, state="week")) == [owed]
    assert shown(past(client, 5)) == []
    assert shown(past(client, 5, state="closed")) == [owed]


def test_it_counts_the_days_from_there(as_user, cast, owed):
    body = past(as_user(cast.staff), 8).content.decode()
    assert ui.due_words(TODAY - timedelta(days=2)) in body
    assert ui.due_words(owed.due_on) not in body


def test_it_says_so_and_offers_no_act(as_user, cast, owed):
    response = past(as_user(cast.secretary), 6, category="mobile")
    body = response.content.decode()
    assert response.context["today_url"] == "?category=mobile"
    assert "只能查看" in body
    assert "/records/follow-up/" not in body
    assert [line.url for _heading, lines in response.context["groups"] for line in lines] == [""]
    assert "199****3021" not in body  # the number of today is not that of then


def test_a_secretary_sees_everybodys(as_user, cast, owed):
    """Who had taken on what is not kept, so that "mine" of a past day would be a guess."""
    Due.objects.update(assignee=cast.staff)
    for query in ({}, {"whose": "mine"}):
        assert shown(past(as_user(cast.secretary), 6, **query)) == [owed]


def test_scope_is_the_readers(as_user, cast, town, owed):
    restricted = enrolled(town.huaishuwan, "帮扶", Category.POOR_WEAK, by=cast.staff)
    Due.objects.filter(pk=owed.pk).update(enrolment=restricted.enrolments.get(), restricted=True)
    assert shown(past(as_user(cast.outsider), 6)) == shown(past(as_user(cast.neighbour), 6)) == []
    assert shown(past(as_user(cast.reader), 6)) == []
    assert past(as_user(cast.reader), 6).context["overdue"] == 0
    assert shown(past(as_user(cast.secretary), 6)) == [owed]


@pytest.mark.parametrize("query", [{"on": "2026-09-22"}, {"on": "x"}, {"on": "2026-09-01", "known": "2027-01-01"}])
def test_it_refuses_days_ahead_and_nonsense(as_user, cast, owed, query):
    response = as_user(cast.staff).get("/dues/", query)
    assert response.status_code == 200
    assert shown(response) == []
    assert response.context["filter"].form.errors


def test_today_is_no_past_day(as_user, cast, owed):
    assert as_user(cast.staff).get("/dues/", {"on": TODAY.isoformat()}).context["past"] is None


@pytest.mark.parametrize("day", [JANUARY, MARCH, MAY])
def test_every_pill_lists_as_many_as_it_says(story, as_user, cast, day):  # noqa: F811
    client, query = as_user(cast.staff), {"on": day.isoformat(), "known": day.isoformat()}
    for pill in client.get("/dues/", query).context["pills"]:
        page = client.get(f"/dues/{pill['url']}")
        listed = shown(page)
        assert len(listed) == pill["count"] <= 60
        states = {due.state for due in listed}
        assert states <= {story[day][due.pk][2] for due in listed}


def test_it_takes_as_many_queries_for_many(as_user, cast, town, owed):
    client = as_user(cast.staff)
    past(client, 6)
    with page_queries(QUERIES):
        past(client, 6)
    for number in range(5):
        owes(town.liulin, f"柳林{number}", TODAY - timedelta(days=number), cast.staff)
    with page_queries(QUERIES):
        assert len(shown(past(client, 6))) == 6
    with page_queries(QUERIES):
        past(client, 6, known=TODAY.isoformat())


def test_a_member_who_moved_stays_where_it_was_owed(as_user, cast, town, owed):
    members_acts.transfer_person(by=cast.staff, person=owed.person, unit=town.liulin, on=TODAY)
    assert shown(past(as_user(cast.secretary), 6)) == [owed]
    assert shown(past(as_user(cast.neighbour), 6)) == []
