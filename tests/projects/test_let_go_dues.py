"""Who leaves an office: what was theirs by name falls to the branch, and nothing new is given to them."""

from datetime import date, timedelta

import pytest

from members import accounts
from members import actions as members_acts
from members.models import Category, Role, User
from members.vacancies import without_helper
from projects.models import Due, Message, Reminder
from projects.outbox.nudging import nudge
from projects.outbox.write import remind_and_tell
from projects.own import own_duties, spoken_to
from projects.sweep import open_dues, remind
from projects.tasks import nightly
from projects.views.reminders import nudges_of, reminders_of
from tests.conftest import TODAY, enrolled
from tests.projects.outbox.conftest import at, own
from xitun.lib.dates import frozen


def again(user):
    """As they stand after their roles have changed."""
    return User.objects.get(pk=user.pk)


def user_of(unit, by):
    user = members_acts.create_user(by=by, username="next", password="correct horse", display_name="继任")
    members_acts.grant_role(by=by, user=user, role=Role.SECRETARY, unit=unit, from_date=date(2026, 1, 1))
    return user


@pytest.fixture
def helped(town, cast):
    row = enrolled(town.huaishuwan, "李贫", Category.POOR_WEAK, by=cast.staff).enrolments.get()
    return members_acts.name_helper(by=cast.staff, enrolment=row, helper=cast.secretary)


@pytest.fixture
def due(helped, cast):
    open_dues()
    return Due.objects.open().filter(enrolment=helped, assignee=cast.secretary).order_by("due_on").first()


def leave(cast, way):
    grant = cast.secretary.grants.get()
    if way == "role":
        accounts.take_role(by=cast.admin, grant=grant)
    elif way == "account":
        accounts.close_account(by=cast.admin, user=cast.secretary)
    else:  # a day that was set beforehand has come
        grant.to_date = TODAY
        grant.save()
        nightly()


@pytest.mark.parametrize("way", ["role", "account", "night"])
def test_it_is_the_successors_own(cast, town, due, helped, way):
    successor = user_of(town.huaishuwan, cast.admin)
    leave(cast, way)
    due.refresh_from_db()
    assert due.assignee is None
    assert Due.objects.filter(own_duties(again(successor)), pk=due.pk).exists()
    assert type(helped).objects.filter(without_helper(), pk=helped.pk).exists()
    open_dues(date(2026, 10, 2))
    assert not Due.objects.open().filter(assignee=cast.secretary).exists()


def test_who_still_writes_there_keeps_it(cast, town, due, helped):
    grant = cast.secretary.grants.get()
    more = {"role": Role.TOWN_STAFF, "unit": town.xitun, "from_date": TODAY}
    members_acts.grant_role(by=cast.admin, user=cast.secretary, **more)
    accounts.take_role(by=cast.admin, grant=grant)
    due.refresh_from_db()
    assert due.assignee == cast.secretary
    assert not type(helped).objects.filter(without_helper(), pk=helped.pk).exists()


def test_letters_and_nudges_go_to_who_answers_now(cast, town, due):
    successor = user_of(town.huaishuwan, cast.admin)
    own(cast.secretary, town.huaishuwan, "old@town.test")
    own(successor, town.huaishuwan, "new@town.test")
    leave(cast, "role")
    Due.objects.exclude(pk=due.pk).open().close(on=TODAY)
    with at(due.due_on):
        remind_and_tell(due.due_on)
    assert {row.channel.address for row in Message.objects.exclude(channel=None)} == {"new@town.test"}
    due.refresh_from_db()
    nudge(by=cast.staff, unit=due.unit, due=due)
    assert nudges_of(again(successor)).exists()


def test_a_director_alone_is_told_and_does_what_the_staff_did(cast, town, person):
    members_acts.end_role(by=cast.admin, grant=cast.staff.grants.get(), on=TODAY - timedelta(days=1))
    open_dues()
    with frozen(date(2026, 10, 8)):
        remind(date(2026, 10, 8))
        director = again(cast.director)
        assert Reminder.objects.filter(stage="escalated").exists()
        assert reminders_of(director).exists()
        staffs = Due.objects.open().filter(responsible="town_staff", path__startswith=town.xitun.path)
        assert staffs.exists()
        assert staffs.filter(own_duties(director)).count() == staffs.count()
        assert staffs.filter(spoken_to(director)).count() == staffs.count()  # and may let them be quiet


def test_a_director_beside_staff_is_spared_that(cast, person):
    open_dues()
    assert not Due.objects.filter(own_duties(cast.director), responsible="town_staff").exists()
