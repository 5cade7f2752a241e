"""Whom a record is shown to for the sake of one of several people, and what of it."""

import pytest

from members import actions as members_acts
from members.models import Category
from projects import actions
from projects.models import Record
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, entry, follow_up

URL = "/api/v1/records/"


@pytest.fixture
def other(town, cast):
    someone = enrolled(town.huaishuwan, "王海", Category.MOBILE, by=cast.staff)
    return someone.enrolments.get()


@pytest.fixture
def together(cast, mobile, other):
    """A call with two people that settled what was owed to both."""
    actions.open_duties(by=None)
    dues = tuple(due_of("joint.follow_up", row) for row in (mobile, other))
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile, other, dues=dues))


@pytest.fixture
def reads(as_user):
    def get(user, **query):
        return as_user(user).get(URL, query).json()["results"]

    return get


def account_of(person):
    return members_acts.create_user(by=None, username="member", password="correct horse", person=person)


def test_it_shows_the_branch_one_moved_to_that_one_only(cast, town, reads, together, mobile, other):
    members_acts.transfer_person(by=cast.staff, person=mobile.person, unit=town.liulin, on=TODAY)
    assert [row["people"] for row in reads(cast.neighbour)] == [[mobile.person_id]]
    assert reads(cast.neighbour, subjects__person=other.person_id) == []
    assert [row["people"] for row in reads(cast.staff)] == [[mobile.person_id, other.person_id]]


def test_it_shows_a_member_themselves_only(reads, together, mobile, other):
    member = account_of(mobile.person)
    (row,) = reads(member, subjects__person=mobile.person_id)
    assert (row["id"], row["people"]) == (together.pk, [mobile.person_id])
    assert row["settles"] == [due_of("joint.follow_up", mobile).pk]
    assert reads(member, subjects__person=other.person_id) == []


def test_it_keeps_what_is_restricted_about_others_from_a_member(cast, town, as_user):
    mine, theirs = (
        enrolled(town.huaishuwan, name, Category.POOR_WEAK, by=cast.staff).enrolments.get() for name in ("马某", "苏某")
    )
    detail = {"changes": "", "help_given": ""}
    detail = {"method": "phone", "reached": True, "needs": ""}
    alone = actions.save_record(by=cast.secretary, entry=entry("determined_person.contact", mine, detail=detail))
    both = actions.save_record(by=cast.secretary, entry=entry("determined_person.contact", mine, theirs, detail=detail))
    member = account_of(mine.person)
    assert list(Record.objects.visible_to(member)) == [alone]
    assert as_user(member).get(f"/records/{both.pk}/").status_code == 404
    assert set(Record.objects.visible_to(cast.secretary)) == {alone, both}
