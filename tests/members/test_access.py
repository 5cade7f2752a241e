"""Scope in one place: who sees and writes what, from when until when."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from members import actions
from members.access import (
    CONFIRM,
    EXPORT,
    MANAGE,
    REPORT,
    REVEAL,
    SEAL,
    VIEW,
    VIEW_RESTRICTED,
    WRITE,
    Scope,
    ScopedQuerySet,
    get_visible,
    require,
    scope_of,
)
from members.models import AuditRow, Category, Enrolment, Person, Role, Unit
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import frozen


def fresh(user):
    """The user as a new request meets them: scope is read once a request."""
    return type(user).objects.get(pk=user.pk)


@pytest.fixture
def crowd(town, cast):
    """One person in each of three branches."""
    return {
        unit.pk: enrolled(unit, "张三", Category.MOBILE, by=cast.staff)
        for unit in (town.huaishuwan, town.liulin, town.foreign)
    }


@pytest.mark.parametrize(
    "who,branches",
    [
        ("secretary", ["huaishuwan"]),
        ("neighbour", ["liulin"]),
        ("staff", ["huaishuwan", "liulin"]),
        ("director", ["huaishuwan", "liulin"]),
        ("admin", ["huaishuwan", "liulin"]),
        ("reader", ["huaishuwan", "liulin"]),
        ("outsider", ["foreign"]),
    ],
)
def test_it_shows_each_role_its_part_of_the_tree(who, branches, town, cast, crowd):
    seen = Person.objects.visible_to(getattr(cast, who))
    assert set(seen) == {crowd[getattr(town, name).pk] for name in branches}


@pytest.mark.parametrize(
    "who,rights",
    [
        ("secretary", {VIEW, VIEW_RESTRICTED, WRITE, EXPORT, REPORT, REVEAL}),
        ("staff", {VIEW, VIEW_RESTRICTED, WRITE, CONFIRM, EXPORT, REPORT, REVEAL}),
        ("director", {VIEW, VIEW_RESTRICTED, WRITE, CONFIRM, SEAL, EXPORT, REPORT, REVEAL}),
        ("admin", {VIEW, MANAGE, REPORT}),
        ("reader", {VIEW, REPORT}),
    ],
)
def test_it_gives_each_role_its_rights_and_no_more(who, rights, town, cast):
    everything = {VIEW, VIEW_RESTRICTED, WRITE, CONFIRM, SEAL, MANAGE, EXPORT, REPORT, REVEAL}
    scope = scope_of(getattr(cast, who))
    assert {right for right in everything if scope.can(right, town.huaishuwan.path)} == rights
    assert not any(scope.can(right, town.foreign.path) for right in everything)


@pytest.mark.parametrize("who,may", [("secretary", True), ("staff", True), ("admin", False), ("reader", False)])
def test_it_lets_few_write(who, may, cast, crowd, town):
    written = Person.objects.writable_by(getattr(cast, who))
    assert written.filter(unit=town.huaishuwan).exists() is may
    assert not written.filter(unit=town.foreign).exists()


def test_it_ends_with_the_grant(town, cast, crowd):
    grant = cast.secretary.grants.get()
    actions.end_role(by=cast.admin, grant=grant, on=TODAY)
    assert not Person.objects.visible_to(fresh(cast.secretary)).exists()


def test_it_begins_with_the_grant(town, cast, crowd):
    user = actions.create_user(by=cast.admin, username="later")
    actions.grant_role(by=cast.admin, user=user, role=Role.SECRETARY, unit=town.liulin, from_date=date(2026, 9, 22))
    assert not Person.objects.visible_to(user).exists()
    with frozen(date(2026, 9, 22)):
        assert Person.objects.visible_to(fresh(user)).count() == 1


def test_it_adds_up_two_grants(town, cast, crowd):
    actions.grant_role(by=cast.admin, user=cast.secretary, role=Role.READER, unit=town.beitun)
    user = fresh(cast.secretary)
    assert {p.unit for p in Person.objects.visible_to(user)} == {town.huaishuwan, town.foreign}
    assert {p.unit for p in Person.objects.writable_by(user)} == {town.huaishuwan}
    assert set(scope_of(user).paths(VIEW)) == {town.huaishuwan.path, town.beitun.path}


def test_it_covers_a_wider_grant_once(town, cast):
    actions.grant_role(by=cast.admin, user=cast.secretary, role=Role.TOWN_STAFF, unit=town.xitun)
    assert scope_of(fresh(cast.secretary)).paths(VIEW) == [town.xitun.path]


def test_it_shows_nothing_to_nobody(town, crowd):
    assert not Person.objects.visible_to(AnonymousUser()).exists()
    assert not Unit.objects.visible_to(AnonymousUser()).exists()


def test_it_shows_nothing_to_a_user_who_was_shut_out(cast, crowd):
    cast.staff.is_active = False
    cast.staff.save()
    assert not Person.objects.visible_to(fresh(cast.staff)).exists()


def test_it_shows_a_member_their_own_file(town, cast, crowd):
    mine = crowd[town.huaishuwan.pk]
    user = actions.create_user(by=cast.admin, username="member", person=mine)
    actions.grant_role(by=cast.admin, user=user, role=Role.MEMBER, unit=town.huaishuwan)
    assert set(Person.objects.visible_to(user)) == {mine}
    assert {row.person for row in Enrolment.objects.visible_to(user)} == {mine}
    assert not Person.objects.writable_by(user).exists()


def test_it_shows_a_member_their_own_restricted_file(town, cast):
    """DOMAIN §5: the member can see their own file, whatever category it names."""
    mine = enrolled(town.huaishuwan, "张三", Category.POOR_WEAK, by=cast.staff)
    other = enrolled(town.huaishuwan, "李四", Category.POOR_WEAK, by=cast.staff)
    user = actions.create_user(by=cast.admin, username="member", person=mine)
    actions.grant_role(by=cast.admin, user=user, role=Role.MEMBER, unit=town.huaishuwan)
    assert {row.person for row in Enrolment.objects.visible_to(user)} == {mine}
    assert other not in Person.objects.visible_to(user)


def test_it_needs_a_right_of_its_own_for_the_restricted(town, cast):
    row = enrolled(town.huaishuwan, "张三", Category.BACKWARD, by=cast.staff).enrolments.get()
    can = {who: Enrolment.objects.visible_to(getattr(cast, who)).filter(pk=row.pk).exists() for who in vars(cast)}
    assert {who for who, yes in can.items() if yes} == {"secretary", "staff", "director"}
    may = {who: Enrolment.objects.writable_by(getattr(cast, who)).filter(pk=row.pk).exists() for who in vars(cast)}
    assert {who for who, yes in may.items() if yes} == {"secretary", "staff", "director"}
    traces = AuditRow.objects.filter(act="carry_over_category")
    assert traces.visible_to(cast.staff).exists()
    assert not traces.visible_to(cast.admin).exists()


def test_it_is_absent_like_a_thing_that_never_was(town, cast, crowd):
    theirs = crowd[town.foreign.pk]
    with pytest.raises(Http404) as hidden:
        get_visible(Person.objects, cast.secretary, pk=theirs.pk)
    with pytest.raises(Http404) as missing:
        get_visible(Person.objects, cast.secretary, pk=999_999)
    assert str(hidden.value) == str(missing.value)
    near = crowd[town.liulin.pk]
    assert get_visible(Person.objects, cast.staff, pk=near.pk) == near


def test_it_refuses_what_is_seen_without_the_right(town, cast):
    require(cast.staff, CONFIRM, town.huaishuwan.path)
    with pytest.raises(PermissionDenied):
        require(cast.secretary, CONFIRM, town.huaishuwan.path)
    with pytest.raises(PermissionDenied):
        require(cast.staff, CONFIRM, town.foreign.path)


def test_it_is_not_fooled_by_a_path_that_begins_alike(town, cast):
    """Scope is by prefix of whole steps: a sibling's path never begins with another's."""
    paths = [u.path for u in Unit.objects.all()]
    for path in paths:
        inside = [p for p in paths if p.startswith(path)]
        assert all(len(p) % 4 == 0 for p in inside)
        assert {p for p in inside if len(p) == len(path)} == {path}


def test_it_reads_the_grants_once_a_request(town, cast, crowd, django_assert_num_queries):
    user = fresh(cast.staff)
    with django_assert_num_queries(3):
        list(Person.objects.visible_to(user))
        list(Enrolment.objects.visible_to(user))


def test_it_covers_the_whole_tree_only_for_an_administrator(town, cast):
    root = actions.create_user(by=None, username="root")
    actions.grant_role(by=None, user=root, role=Role.ADMIN)
    assert Scope(root).can(MANAGE, town.foreign.path)
    assert set(Unit.objects.visible_to(root)) == set(Unit.objects.all())


def test_a_grant_over_the_whole_tree_hides_nothing_that_one_over_each_of_its_units_shows(town, cast, crowd):
    """Also where a look asks for more than the place: one's own file, records of people who moved, two rights."""
    somebody = next(iter(crowd.values()))
    whole, each = (actions.create_user(by=None, username=name) for name in ("whole", "each"))
    type(whole).objects.filter(pk=whole.pk).update(person=somebody)
    actions.grant_role(by=None, user=whole, role=Role.ADMIN)
    for unit in Unit.objects.filter(depth=1):
        actions.grant_role(by=None, user=each, role=Role.ADMIN, unit=unit)
    whole, each = fresh(whole), fresh(each)
    scoped = [model for model in apps.get_models() if isinstance(model._default_manager.all(), ScopedQuerySet)]
    assert len(scoped) > 10
    for model in scoped:
        shown = set(model._default_manager.visible_to(each))
        assert shown <= set(model._default_manager.visible_to(whole)), model
        assert shown or model not in (Person, Enrolment, AuditRow)
    traces = AuditRow.objects.filter(scope_of(whole).q(CONFIRM, "path") | scope_of(whole).q(MANAGE, "path"))
    assert set(AuditRow.objects.all()) == set(traces)
