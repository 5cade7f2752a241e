"""The end of a category: the branch proposes it with a reason, the town confirms or declines."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.exits import add_exits
from members.models import AuditRow, Category, Enrolment, Status
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def row(person):
    return person.enrolments.get()


def propose(cast, row, reason="已返乡定居"):
    return actions.propose_exit(by=cast.secretary, enrolment=row, reason=reason)


def test_it_stands_until_the_town_decides(cast, person, row):
    open_dues()
    before = Due.objects.open().filter(person=person).count()
    propose(cast, row)
    row.refresh_from_db()
    assert (row.status, row.to_date, row.decided_by) == (Status.EXIT_PROPOSED, None, cast.staff)
    assert Enrolment.objects.on(TODAY).filter(pk=row.pk).exists()
    assert Due.objects.open().filter(person=person).count() == before > 0
    told = AuditRow.objects.get(act="propose_exit")
    assert (told.actor, told.purpose, told.restricted) == (cast.secretary, "已返乡定居", False)


def test_it_needs_a_reason(cast, row):
    with pytest.raises(ValidationError, match="reason"):
        propose(cast, row, reason=" ")
    with pytest.raises(ValidationError, match="Say why"):
        actions.decline_exit(by=cast.staff, enrolment=propose(cast, row), reason=" ")


def test_it_is_proposed_once_and_only_while_it_stands(cast, row):
    propose(cast, row)
    with pytest.raises(ValidationError, match="already been decided"):
        propose(cast, row)
    actions.end_category(by=cast.staff, enrolment=row, reason="属实")
    with pytest.raises(ValidationError, match="already been decided"):
        propose(cast, row)


def test_the_town_ends_what_was_proposed(cast, person, row):
    open_dues()
    ended = actions.end_category(by=cast.staff, enrolment=propose(cast, row), on=date(2026, 9, 20), reason="属实")
    assert (ended.status, ended.to_date, ended.decided_by) == (Status.ENDED, date(2026, 9, 20), cast.staff)
    assert not Due.objects.open().filter(person=person).exists()


def test_the_town_declines_with_a_reason(cast, person, row):
    kept = actions.decline_exit(by=cast.director, enrolment=propose(cast, row), reason="半年后再议")
    assert (kept.status, kept.decided_by, kept.decision_reason) == (Status.ACTIVE, cast.director, "半年后再议")
    assert AuditRow.objects.get(act="decline_exit").purpose == "半年后再议"
    person.refresh_from_db()
    assert person.category == Category.MOBILE
    assert propose(cast, row, "又提").status == Status.EXIT_PROPOSED, "it may be proposed again"


def test_only_what_was_proposed_is_declined(cast, row):
    with pytest.raises(ValidationError, match="already been decided"):
        actions.decline_exit(by=cast.staff, enrolment=row, reason="x")


def test_a_transfer_leaves_the_proposal_behind(cast, town, person, row):
    propose(cast, row)
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=TODAY)
    assert person.enrolments.get(unit=town.liulin).status == Status.ACTIVE
    assert add_exits(person.enrolments.order_by("pk"), cast.staff)[1].exit is None


def test_it_is_read_from_the_last_proposal_in_one_query(cast, town, row):
    propose(cast, row, "先")
    actions.decline_exit(by=cast.staff, enrolment=row, reason="不妥")
    propose(cast, row, "后")
    other = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff).enrolments.get()
    propose(cast, other, "生活好转")
    rows = list(Enrolment.objects.order_by("pk"))
    list(cast.staff.grants.all()), add_exits(rows, cast.staff)
    with page_queries(1):
        add_exits(rows, cast.staff)
    assert [(row.exit.purpose, row.exit.actor) for row in rows] == [
        ("后", cast.secretary),
        ("生活好转", cast.secretary),
    ]
    assert [bool(row.exit) for row in add_exits(rows, cast.reader)] == [True, False], "the restricted stays hidden"
    assert [bool(row.exit) for row in add_exits(rows, cast.neighbour)] == [False, False]


def test_it_asks_nothing_when_no_end_is_proposed(cast, row, django_assert_num_queries):
    rows = [row]
    with django_assert_num_queries(0):
        assert add_exits(rows, cast.staff)[0].exit is None
