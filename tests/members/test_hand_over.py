"""A secretary hands over: one role ends, the other begins, what was taken on passes on, authors stay (DOMAIN §6, 7)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from members import actions, hooks
from members.models import AuditRow, Category, Role
from projects.actions import Entry, assign_due, save_record
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")
DAY = date(2026, 9, 15)


@pytest.fixture
def grant(cast):
    return cast.secretary.grants.get()


@pytest.fixture
def successor(db):
    return actions.create_user(by=None, username="successor", display_name="接任书记")


def hand_over(cast, grant, to, on=DAY):
    return actions.hand_over(by=cast.admin, grant=grant, to=to, on=on)


def refused(cast, grant, to, on=DAY):
    before = AuditRow.objects.count()
    with pytest.raises(ValidationError) as error:
        hand_over(cast, grant, to, on)
    grant.refresh_from_db()
    assert grant.to_date is None
    assert not to.grants.filter(from_date=on).exists()
    assert AuditRow.objects.count() == before
    return error.value.message_dict if hasattr(error.value, "error_dict") else error.value.messages


def test_it_ends_the_one_and_opens_the_other_that_day(cast, town, grant, successor):
    opened = hand_over(cast, grant, successor)
    grant.refresh_from_db()
    assert (grant.user, grant.to_date) == (cast.secretary, DAY)
    assert (opened.user, opened.role, opened.unit) == (successor, Role.SECRETARY, town.huaishuwan)
    assert (opened.from_date, opened.to_date, opened.granted_by) == (DAY, None, cast.admin)
    row = AuditRow.objects.get(act="hand_over")
    assert (row.actor, row.path) == (cast.admin, town.huaishuwan.path)
    assert row.detail == {"role": "secretary", "user": cast.secretary.pk, "to": successor.pk, "on": "2026-09-15"}


def test_it_gives_on_what_was_taken_on_here_and_is_open(cast, town, grant, successor, person):
    elsewhere = enrolled(town.liulin, "李四", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    mine, done, theirs, unclaimed = Due.objects.filter(person=person).order_by("pk")[:4]
    other = Due.objects.filter(person=elsewhere).first()
    for due, who in ((mine, cast.secretary), (done, cast.secretary), (theirs, cast.staff)):
        assign_due(by=cast.staff, due=due, assignee=who)
    Due.objects.filter(pk=other.pk).update(assignee=cast.secretary)  # of a time when they wrote there too
    Due.objects.filter(pk=done.pk).update(closed_on=TODAY, closed_by=cast.staff, closed_why="免办")
    hand_over(cast, grant, successor)
    holders = dict(Due.objects.values_list("pk", "assignee"))
    assert holders[mine.pk] == successor.pk
    assert holders[done.pk] == cast.secretary.pk
    assert holders[theirs.pk] == cast.staff.pk
    assert holders[unclaimed.pk] is None
    assert holders[other.pk] is None  # where the old one may not write any more it is that branch's


def test_it_gives_on_whom_they_help_so_that_new_dues_reach_the_new_one(cast, town, grant, successor):
    helped = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    helped.enrolments.update(helper=cast.secretary)
    hand_over(cast, grant, successor)
    open_dues(TODAY)
    assert Due.objects.get(person=helped, duty="determined_person.contact").assignee == successor


def test_it_keeps_the_author(cast, grant, successor, person):
    detail = {"method": "phone", "reached": True}
    entry = Entry(
        "joint.follow_up",
        person.unit,
        date(2026, 9, 1),
        uuid4(),
        (person.enrolments.get(),),
        narrative="",
        detail=detail,
    )
    record = save_record(by=cast.secretary, entry=entry)
    hand_over(cast, grant, successor)
    record.refresh_from_db()
    assert record.author == cast.secretary


def test_it_refuses_who_holds_it_now(cast, grant):
    assert refused(cast, grant, cast.secretary) == {"to": ["They hold this role now. Choose somebody else."]}


def test_it_refuses_a_second_secretary_of_the_branch(cast, town, grant, successor):
    actions.grant_role(by=None, user=successor, role=Role.SECRETARY, unit=town.huaishuwan, from_date=date(2026, 9, 20))
    assert "here already" in refused(cast, grant, successor)["to"][0]


def test_it_takes_back_who_held_it_before(cast, town, grant, successor):
    old = actions.grant_role(by=None, user=successor, role=Role.SECRETARY, unit=town.huaishuwan, from_date=TODAY)
    old.from_date, old.to_date = date(2019, 1, 1), date(2020, 1, 1)
    old.save()
    assert hand_over(cast, grant, successor).from_date == DAY


def test_it_refuses_a_day_before_the_role_began(cast, grant, successor):
    assert "2020" in refused(cast, grant, successor, date(2019, 12, 31))["on"][0]


def test_it_refuses_a_day_ahead(cast, grant, successor):
    assert "ahead" in refused(cast, grant, successor, TODAY + timedelta(days=1))["on"][0]


def test_it_refuses_a_closed_account(cast, grant, successor):
    successor.is_active = False
    successor.save()
    assert "closed" in refused(cast, grant, successor)["to"][0]


def test_it_refuses_another_role(cast, successor):
    assert refused(cast, cast.staff.grants.get(), successor) == ["Only a branch secretary's role is handed over."]


def test_it_refuses_the_second_time(cast, grant, successor):
    hand_over(cast, grant, successor)
    with pytest.raises(ValidationError, match="ended already"):
        hand_over(cast, grant, cast.neighbour)
    assert not cast.neighbour.grants.filter(from_date=DAY).exists()


def test_it_changes_nothing_when_telling_fails(cast, grant, successor, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(hooks, "role_handed_over", [fail])
    with pytest.raises(RuntimeError):
        hand_over(cast, grant, successor)
    grant.refresh_from_db()
    assert grant.to_date is None
    assert not successor.grants.exists()
