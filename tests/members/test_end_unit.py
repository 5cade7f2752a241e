"""A branch ends: its people go on in its successors, the past stays where it was (DOMAIN §1 and §6, 8)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.report import build_report
from members import actions, hooks
from members.edits import edits_of
from members.models import AuditRow, BranchMembership, Category, Enrolment, Person, Role, RosterImport, Status, Transfer
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import Quarter

pytestmark = pytest.mark.usefixtures("in_english")
DAY = date(2026, 8, 10)
State = Transfer.State


def end(cast, town, on=DAY, to=None, **more):
    more = {"reason": "撤村并组"} | more
    return actions.end_unit(by=cast.admin, unit=town.huaishuwan, on=on, successors=to or [town.liulin], **more)


@pytest.fixture
def third(town):
    return actions.create_unit(by=None, kind="branch", name="河口村党支部", parent=town.xitun)


def test_it_ends_and_names_its_successors(cast, town, person):
    end(cast, town)
    town.huaishuwan.refresh_from_db()
    assert town.huaishuwan.ends_on == DAY
    assert list(town.huaishuwan.successors.all()) == [town.liulin]
    row = AuditRow.objects.get(act="end_unit", person=None)
    assert (row.actor, row.path, row.purpose) == (cast.admin, town.huaishuwan.path, "撤村并组")
    assert row.detail["rows"] == 1


def test_it_moves_everybody_to_the_one_or_as_assigned(cast, town, person, third):
    other = enrolled(town.huaishuwan, "李四", Category.ELDERLY, by=cast.staff)
    end(cast, town, to=[town.liulin, third], assignment={other.pk: third})
    person.refresh_from_db()
    other.refresh_from_db()
    assert (person.unit, person.path, person.category) == (town.liulin, town.liulin.path, Category.MOBILE)
    assert (other.unit, other.path, other.category) == (third, third.path, Category.ELDERLY)
    rows = BranchMembership.objects.filter(person=other).order_by("pk")
    assert [(r.unit, r.from_date, r.to_date) for r in rows] == [
        (town.huaishuwan, date(2025, 5, 20), DAY),
        (third, DAY, None),
    ]


def test_it_leaves_who_had_left_the_roll_where_they_were(cast, town, person):
    actions.record_death(by=cast.staff, person=person, on=DAY)
    assert end(cast, town) == []
    assert Person.objects.get(pk=person.pk).unit == town.huaishuwan


def test_it_carries_categories_with_all_they_bring(cast, town):
    helped = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    helped.enrolments.update(helper=cast.staff, decision_reason="核实")
    end(cast, town)
    old, new = helped.enrolments.order_by("pk")
    assert (old.unit, old.status, old.to_date) == (town.huaishuwan, Status.ENDED, DAY)
    assert (new.unit, new.path, new.status, new.from_date) == (town.liulin, town.liulin.path, Status.ACTIVE, DAY)
    assert (new.restricted, new.carried_over, new.helper, new.primary) == (True, True, cast.staff, True)
    assert (new.decision_reason, new.regularise_by, new.to_date) == ("核实", old.regularise_by, None)


def test_it_keeps_no_helper_who_may_not_write_there(cast, town, person):
    person.enrolments.update(helper=cast.secretary)
    end(cast, town)
    assert person.enrolments.get(status=Status.ACTIVE).helper is None


def test_it_moves_open_proposals(cast, town, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, primary=False, on=date(2026, 7, 1), reason="年满"
    )
    end(cast, town)
    row.refresh_from_db()
    assert (row.status, row.unit, row.path) == (Status.PROPOSED, town.liulin, town.liulin.path)
    assert actions.confirm_category(by=cast.staff, enrolment=row).from_date == DAY


def test_it_closes_what_is_owed_and_the_sweep_opens_it_over_there(cast, town, person):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="主任", holder_name="李某", from_date=date(2025, 1, 4))
    open_dues(DAY)
    end(cast, town)
    open_dues(TODAY)
    here = Due.objects.filter(path=town.huaishuwan.path)
    assert here.filter(enrolment=None, post=None).exists()
    assert here.filter(post__isnull=False).exists()
    assert not Due.objects.open().filter(pk__in=here).exists()
    assert Due.objects.open().filter(path=town.liulin.path, person=person, duty="joint.follow_up").count() == 1


def test_it_ends_posts_and_roles_and_takes_a_members_own_along(cast, town, person):
    holding = actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="主任", person=person, from_date=DAY)
    member = actions.create_user(by=None, username="member", person=person)
    actions.grant_role(by=None, user=member, role=Role.MEMBER, unit=town.huaishuwan, from_date=date(2025, 1, 1))
    end(cast, town)
    holding.refresh_from_db()
    assert holding.to_date == DAY
    assert cast.secretary.grants.get().to_date == DAY
    assert cast.staff.grants.get().to_date is None
    assert member.grants.get(to_date=None).unit == town.liulin


def test_transfers_on_their_way_go_on_from_the_successor_or_have_arrived(cast, town, person, third):
    other = enrolled(town.huaishuwan, "李四", Category.ELDERLY, by=cast.staff)
    sent = [
        actions.propose_transfer(by=cast.secretary, person=someone, unit=third, letter_on=DAY, reason="随迁")
        for someone in (person, other)
    ]
    end(cast, town, to=[town.liulin, third], assignment={other.pk: third})
    going, arrived = (Transfer.objects.get(pk=row.pk) for row in sent)
    assert (going.state, going.unit, going.path) == (State.WAITING, town.liulin, town.liulin.path)
    assert (arrived.state, arrived.settled_by, arrived.settled_reason) == (State.WITHDRAWN, cast.admin, "#unit_ended")
    actions.receive_transfer(by=cast.staff, transfer=going, on=TODAY)
    assert Person.objects.get(pk=person.pk).unit == third


def test_it_throws_waiting_rosters_away(cast, town):
    for unit in (town.huaishuwan, town.liulin):
        RosterImport.objects.create(unit=unit, path=unit.path, uploaded_by=cast.staff, file_name="名册.xlsx", on=DAY)
    end(cast, town)
    assert RosterImport.objects.get().unit == town.liulin
    assert AuditRow.objects.get(act="discard_roster").detail == {"file": "名册.xlsx"}


def test_it_counts_nobody_twice_and_leaves_the_past_quarter(cast, town, person):
    def counted(quarter):
        report = build_report(quarter, unit=town.xitun)
        section = next(s for s in report.sections if s.project.category == Category.MOBILE)
        return {line.unit.pk: (line.people["opening"], line.people["closing"]) for line in section.lines}

    end(cast, town)
    past, now = counted(Quarter.of(date(2026, 5, 1))), counted(Quarter.of(TODAY))
    assert (past[town.huaishuwan.pk], past[town.liulin.pk]) == ((1, 1), (0, 0))
    assert (now[town.huaishuwan.pk], now[town.liulin.pk]) == ((1, 0), (0, 1))


def test_it_takes_as_many_statements_for_many_as_for_one(cast, town, person):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            end(cast, town)
        return len(captured)

    one = statements()
    town.huaishuwan.ends_on = None
    town.huaishuwan.save()
    for number in range(30):
        enrolled(town.huaishuwan, f"某{number}", Category.ELDERLY, by=cast.staff)
    assert statements() <= one
    assert Enrolment.objects.live().filter(unit=town.liulin).count() == 31


def test_everybody_who_moved_has_a_trace_of_it(cast, town, person, third):
    since, other = timezone.now(), enrolled(town.huaishuwan, "李四", None, by=cast.staff)
    gone = enrolled(town.huaishuwan, "王五", None, by=cast.staff)
    actions.record_death(by=cast.staff, person=gone, on=date(2026, 8, 1))
    end(cast, town, to=[town.liulin, third], assignment={other.pk: third})
    traces = AuditRow.objects.filter(act="end_unit").exclude(person=None).order_by("person")
    told = [(row.person, row.actor, row.path, row.purpose, row.object_id) for row in traces]
    assert told == [
        (person, cast.admin, town.liulin.path, "撤村并组", str(person.pk)),
        (other, cast.admin, third.path, "撤村并组", str(other.pk)),
    ]
    assert [row.detail for row in traces] == [{"unit": town.huaishuwan.pk, "on": str(DAY)}] * 2
    assert [(edit.person, edit.act) for edit in edits_of([person.pk], since=since)] == [(person, "end_unit")]


@pytest.mark.parametrize("day", [DAY + timedelta(days=60), date(2025, 5, 19)])
def test_it_refuses_a_day_ahead_or_before_somebody_came(cast, town, person, day):
    with pytest.raises(ValidationError) as error:
        end(cast, town, on=day)
    assert "on" in error.value.message_dict


def test_it_refuses_wrong_successors(cast, town, person, third):
    for to in ([town.huaishuwan], [town.xitun]):
        with pytest.raises(ValidationError, match="successor is another branch"):
            end(cast, town, to=to)
    with pytest.raises(ValidationError, match="one of the successors"):
        end(cast, town, assignment={person.pk: third})
    assert person.memberships.get().to_date is None


def test_it_refuses_the_second_time(cast, town):
    end(cast, town)
    with pytest.raises(ValidationError, match="ended already"):
        end(cast, town)


def test_it_changes_nothing_when_telling_fails(cast, town, person, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(hooks, "unit_ended", [fail])
    with pytest.raises(RuntimeError):
        end(cast, town)
    person.refresh_from_db()
    assert person.unit == town.huaishuwan
