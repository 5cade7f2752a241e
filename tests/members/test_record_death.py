"""A death ends every open duty, category and post that day, and makes what is owed to the family."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from members import actions, hooks, slips
from members.access import MANAGE, scope_of
from members.accounts import give_role, may_manage, reopen_account
from members.actions import people
from members.api_tokens import issue_token
from members.models import AuditRow, Category, Enrolment, Role, RoleGrant, Standing, Status, User
from members.vacancies import units_without_secretary
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")


def test_it_ends_what_was_open_that_day(cast, person):
    open_dues(TODAY)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 18))
    person.refresh_from_db()
    assert (person.standing, person.category) == (Standing.FORMER, "")
    row = person.enrolments.get()
    assert (row.status, row.to_date) == (Status.ENDED, date(2026, 9, 18))
    assert not Due.objects.open().filter(person=person).exists()
    assert set(Due.objects.filter(person=person).values_list("closed_on", flat=True)) == {date(2026, 9, 18)}
    assert open_dues(TODAY) == 0


def test_it_keeps_the_past(cast, person):
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    rows = list(person.standings.order_by("from_date").values_list("standing", "from_date", "to_date"))
    assert rows == [("full", date(2025, 5, 20), TODAY), ("former", TODAY, None)]
    assert Enrolment.objects.on(date(2026, 9, 20)).filter(person=person).exists()
    assert AuditRow.objects.filter(act="change_standing", person=person, actor=cast.staff).exists()


def test_it_returns_what_was_only_proposed(cast, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, primary=False, reason="满65周岁"
    )
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    row.refresh_from_db()
    assert row.status == Status.RETURNED


def test_it_leaves_the_posts(cast, town, person):
    post = actions.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=date(2025, 1, 4)
    )
    open_dues(TODAY)
    assert Due.objects.open().filter(post=post).exists()
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    post.refresh_from_db()
    assert post.to_date == TODAY
    assert not Due.objects.open().filter(post=post).exists()


def test_it_owes_the_family_a_condolence(cast, town):
    person = enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff)
    open_dues(TODAY)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 20))
    due = Due.objects.open().get(person=person)
    assert (due.duty, due.opens_on, due.due_on) == (
        "transmission_help.condolence_death",
        date(2026, 9, 20),
        date(2026, 9, 23),
    )


def test_it_can_be_before_the_category_began(cast, town):
    """The category was entered on 20 September for a member who, it turns out, had died on the 10th."""
    person = enrolled(town.huaishuwan, "张三", None, by=cast.staff)
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.MOBILE, reason="外出")
    actions.confirm_category(by=cast.staff, enrolment=row)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 10))
    row.refresh_from_db()
    assert (row.status, row.from_date, row.to_date) == (Status.ENDED, TODAY, TODAY)


def test_it_cannot_be_before_the_person_was_there(cast, person):
    with pytest.raises(ValidationError, match="cannot be dated"):
        actions.record_death(by=cast.staff, person=person, on=date(2025, 5, 19))
    person.refresh_from_db()
    assert person.standing == Standing.FULL


def test_it_cannot_lie_ahead(cast, person):
    with pytest.raises(ValidationError, match="lies ahead"):
        actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 22))


def test_it_leaves_nothing_to_propose(cast, person):
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    with pytest.raises(ValidationError, match="left the roll"):
        actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="满65周岁")


def test_it_looks_at_what_is_open_only_under_the_lock(cast, person, monkeypatch):
    """Another act that holds the lock ends the enrolment; the death then finds nothing of it."""
    lock, told = people.lock_person, []

    def waited_for(someone):
        for row in someone.enrolments.filter(status=Status.ACTIVE):
            actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 9, 1), reason="returned home")
        return lock(someone)

    monkeypatch.setattr(people, "lock_person", waited_for)
    monkeypatch.setattr(hooks, "person_died", [lambda ids, *, on, by: told.extend(ids)])
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 18))
    assert told == []
    assert person.enrolments.get().to_date == date(2026, 9, 1)


@pytest.fixture
def late_secretary(cast, person):
    """The branch's secretary is somebody on its roll, and has signed in on a phone and by a program."""
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    cast.secretary.refresh_from_db()
    _slip, cast.code = slips.make_slip(by=cast.staff, user=cast.secretary)
    _token, cast.token = issue_token(by=cast.secretary, name="台账")
    return cast.secretary


def test_it_ends_office_and_sign_in(cast, town, person, as_user, late_secretary):
    other = enrolled(town.huaishuwan, "王海", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    Due.objects.filter(person=other).update(assignee=late_secretary)
    client, program, died = as_user(late_secretary), Client(), date(2026, 9, 18)
    by_program = {"headers": {"Authorization": f"Bearer {cast.token}"}}
    assert client.get("/people/").status_code == program.get("/api/v1/people/", **by_program).status_code == 200
    actions.record_death(by=cast.staff, person=person, on=died)
    assert late_secretary.grants.get().to_date == died
    assert town.huaishuwan in units_without_secretary()
    assert client.get("/people/").status_code == 302
    assert as_user(late_secretary).get("/people/").status_code == 302
    late_secretary.refresh_from_db()
    assert not late_secretary.is_active  # so that neither the password nor a new slip lets anybody in
    assert slips.find_slip(cast.code) is None
    assert program.get("/api/v1/people/", **by_program).status_code == 401
    assert not Due.objects.open().filter(assignee=late_secretary).exists()
    acts = AuditRow.objects.filter(object_id=str(late_secretary.pk), object_type="members.user")
    assert {row.act for row in acts} >= {"end_sign_ins", "close_account"}


def test_an_administrator_lets_in_again_who_has_not_died(cast, town, person, late_secretary):
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    late_secretary.refresh_from_db()
    assert may_manage(cast.admin, late_secretary)
    actions.never_left(by=cast.staff, person=person, reason="同名的另一人")
    late_secretary.refresh_from_db()
    assert not late_secretary.is_active
    assert town.huaishuwan in units_without_secretary()
    reopen_account(by=cast.admin, user=late_secretary)
    give_role(by=cast.admin, user=late_secretary, role=Role.SECRETARY, unit=town.huaishuwan)
    assert town.huaishuwan not in units_without_secretary()


def test_it_leaves_alone_what_ended_before(cast, town, person, late_secretary):
    """An office handed over since, but before anybody entered the death, ended when it was handed over."""
    grant = late_secretary.grants.get()
    actions.hand_over(by=cast.admin, grant=grant, to=cast.neighbour, on=date(2026, 9, 20))
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 18))
    grant.refresh_from_db()
    assert grant.to_date == date(2026, 9, 20)
    assert town.huaishuwan not in units_without_secretary()


def test_nobody_comes_back_by_a_change_of_standing(cast, person):
    """There is an act for who returns, and one for who never left."""
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    with pytest.raises(ValidationError, match="has left the roll"):
        actions.change_standing(by=cast.staff, person=person, standing=Standing.FULL, on=TODAY)
    person.refresh_from_db()
    assert person.standing == Standing.FORMER


def own(user, person):
    """The person's account, read anew by whoever calls."""
    User.objects.filter(pk=user.pk).update(person=person)


@pytest.mark.parametrize("who", ["director", "staff", "admin", "reader", "neighbour", "outsider"])
def test_a_branch_ends_no_office_held_elsewhere(cast, person, who):
    user = getattr(cast, who)
    own(user, person)
    if who == "admin":
        actions.grant_role(by=None, user=cast.director, role=Role.ADMIN, unit=user.grants.get().unit)
    with pytest.raises(ValidationError, match="an office that you cannot end"):
        actions.record_death(by=cast.secretary, person=person, on=TODAY)
    person.refresh_from_db()
    user.refresh_from_db()
    assert (person.standing, user.is_active, user.grants.get().to_date) == (Standing.FULL, True, None)


@pytest.mark.parametrize("by", ["staff", "director"])
@pytest.mark.parametrize("who", ["director", "reader", "neighbour", "secretary"])
def test_the_town_ends_every_office_of_the_town(cast, person, who, by):
    user = getattr(cast, who)
    own(user, person)
    actions.record_death(by=getattr(cast, by), person=person, on=TODAY)
    user.refresh_from_db()
    assert (user.is_active, user.grants.get().to_date) == (False, TODAY)


def test_a_branch_ends_its_own_offices(cast, person, late_secretary):
    actions.record_death(by=cast.secretary, person=person, on=TODAY)
    late_secretary.refresh_from_db()
    assert not late_secretary.is_active


def test_an_office_ended_first_stands_in_nobodys_way(cast, person):
    own(cast.director, person)
    actions.end_role(by=cast.admin, grant=cast.director.grants.get(), on=TODAY)
    actions.record_death(by=cast.secretary, person=person, on=TODAY)
    assert not User.objects.get(pk=cast.director.pk).is_active


@pytest.mark.parametrize("everywhere", [False, True])
def test_the_last_administrator_stays(cast, town, person, everywhere):
    """Somebody must be able to act; what else they held ends."""
    own(cast.admin, person)
    if everywhere:
        RoleGrant.objects.filter(role=Role.ADMIN).update(unit=None)
    actions.grant_role(by=None, user=cast.admin, role=Role.SECRETARY, unit=town.huaishuwan, from_date=TODAY)
    actions.record_death(by=cast.secretary, person=person, on=TODAY)
    admin = User.objects.get(pk=cast.admin.pk)
    assert admin.is_active
    assert scope_of(admin).can(MANAGE, town.xitun.path)
    assert admin.grants.get(role=Role.SECRETARY).to_date == TODAY


def test_an_administrator_above_is_another_one(cast, town, person):
    own(cast.admin, person)
    actions.grant_role(by=None, user=cast.director, role=Role.ADMIN, unit=town.county, from_date=TODAY)
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    admin = User.objects.get(pk=cast.admin.pk)
    assert (admin.is_active, admin.grants.get().to_date) == (False, TODAY)


@pytest.mark.parametrize("lost", ["elsewhere", "closed"])
def test_an_administrator_who_cannot_act_there_is_no_other(cast, town, person, lost):
    own(cast.admin, person)
    unit = town.beitun if lost == "elsewhere" else town.county
    actions.grant_role(by=None, user=cast.director, role=Role.ADMIN, unit=unit, from_date=TODAY)
    if lost == "closed":
        User.objects.filter(pk=cast.director.pk).update(is_active=False)
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    admin = User.objects.get(pk=cast.admin.pk)
    assert (admin.is_active, admin.grants.get().to_date) == (True, None)


def test_a_role_from_a_day_to_come_never_begins(cast, town, person, late_secretary):
    coming = date(2026, 10, 1)
    actions.grant_role(by=None, user=late_secretary, role=Role.READER, unit=town.huaishuwan, from_date=coming)
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    late_secretary.refresh_from_db()
    assert not late_secretary.is_active
    assert late_secretary.grants.get(role=Role.READER).to_date == coming
