"""/people/<pk>/history/: what held from when to when, for whom."""

from datetime import date

import pytest

from members import actions
from members.models import AuditRow, Category, Standing
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries

QUERIES = 11  # three of them the frame's


def page_of(client, person):
    return client.get(f"/people/{person.pk}/history/")


def held(response):
    return [(row.what, row.since, row.until, bool(row.superseded)) for row in response.context["rows"]]


def test_it_shows_each_dated_row(as_user, cast, town, person):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=date(2026, 1, 4))
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    response = page_of(as_user(cast.staff), person)
    since, moved = date(2025, 5, 20), date(2026, 9, 1)
    rows = held(response)
    assert ("槐树湾村党支部", since, moved, False) in rows
    assert ("柳林村党支部", moved, None, False) in rows
    assert ("村文书", date(2026, 1, 4), None, False) in rows
    assert len([row for row in rows if row[0].startswith(str(Category.MOBILE.label))]) == 2
    assert len(rows) == 6
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    assert "党建办干部" in response.content.decode()


def test_it_strikes_what_was_replaced(as_user, cast, person):
    actions.change_standing(by=cast.staff, person=person, standing=Standing.PROBATIONARY, on=TODAY)
    actions.change_standing(by=cast.staff, person=person, standing=Standing.FULL, on=TODAY)
    response = page_of(as_user(cast.staff), person)
    label = str(Standing.PROBATIONARY.label)
    assert (label, TODAY, TODAY, True) in held(response)
    assert f"<s>{label}</s>" in response.content.decode()


def test_it_names_no_branch_out_of_scope(as_user, cast, town, person):
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 1))
    body = page_of(as_user(cast.neighbour), person).content.decode()
    assert "柳林村党支部" in body
    assert "槐树湾" not in body


@pytest.mark.parametrize("name", ["reader", "admin"])
def test_it_keeps_restricted_categories_to_those_with_the_right(as_user, cast, town, name):
    someone = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    label = str(Category.POOR_WEAK.label)
    assert label in page_of(as_user(cast.secretary), someone).content.decode()
    row = AuditRow.objects.get(act="view_restricted")
    assert (row.actor, row.person) == (cast.secretary, someone)
    response = page_of(as_user(getattr(cast, name)), someone)
    assert label not in response.content.decode()
    assert len(response.context["rows"]) == 2
    assert AuditRow.objects.filter(act="view_restricted").count() == 1


def test_it_hides_a_closed_case_but_from_the_person(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "孙结案", Category.BACKWARD, by=cast.staff)
    actions.end_category(by=cast.staff, enrolment=someone.enrolments.get(), reason="整改完成")
    assert len(page_of(as_user(cast.staff), someone).context["rows"]) == 2
    own = actions.create_user(by=None, username="own", person=someone)
    assert len(page_of(as_user(own), someone).context["rows"]) == 3


def test_it_takes_as_many_queries_for_many_rows(as_user, cast, town, person):
    client = as_user(cast.staff)
    with page_queries(QUERIES):
        page_of(client, person)
    for number in range(5):
        unit = (town.liulin, town.huaishuwan)[number % 2]
        actions.transfer_person(by=cast.staff, person=person, unit=unit, on=date(2026, 9, 1 + number))
    with page_queries(QUERIES):
        page_of(client, person)


def test_it_is_linked_from_the_file(as_user, cast, person):
    assert f"/people/{person.pk}/history/" in as_user(cast.reader).get(f"/people/{person.pk}/").content.decode()
