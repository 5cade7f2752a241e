"""Who looked at one's own file: /people/<pk>/looks/."""

from datetime import date

import pytest

from members import actions
from members.audit import trace
from members.models import AuditRow, Category, Role
from tests.conftest import enrolled
from tests.queries import page_queries

QUERIES = 5


@pytest.fixture
def member(person, town):
    user = actions.create_user(by=None, username="m", person=person)
    actions.grant_role(by=None, user=user, role=Role.MEMBER, unit=town.huaishuwan, from_date=date(2020, 1, 1))
    return user


def url(person):
    return f"/people/{person.pk}/looks/"


def looks(client, person):
    return client.get(url(person)).context["looks"]


def test_it_tells_who_in_which_role_did_what_and_why(as_user, cast, person, member):
    actions.reveal_person(by=cast.secretary, person=person, purpose="办理转接")
    actions.correct_person(by=cast.staff, person=person, version=person.version, phone="19900001111")
    corrected, revealed = looks(as_user(member), person)[:2]
    assert (revealed.who, revealed.role, revealed.purpose) == (
        "槐树湾书记",
        "村党支部书记 · 槐树湾村党支部",
        "办理转接",
    )
    assert (corrected.act, corrected.columns) == ("更正档案", "电话")
    page = as_user(member).get(url(person)).content.decode()
    assert "19900001111" not in page


def test_it_shows_restricted_looks_at_oneself_and_nothing_of_others(as_user, cast, town, person, member):
    other = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    before = len(looks(as_user(member), person))
    trace("view_restricted", by=cast.staff, obj=person, person=person, restricted=True, purpose="日常工作")
    trace("view_restricted", by=cast.staff, obj=other, person=other, restricted=True, purpose="别人的")
    found = looks(as_user(member), person)
    assert len(found) == before + 1
    assert "别人的" not in {look.purpose for look in found}


def test_it_leaves_out_what_one_did_oneself(as_user, person, member):
    client = as_user(member)
    before = len(looks(client, person))
    trace("view_restricted", by=member, obj=person, person=person, restricted=True)
    assert len(looks(client, person)) == before


def test_an_administrator_sees_looks_at_their_own_file_only_here(as_user, cast, town, person):
    cast.admin.person = person
    cast.admin.save()
    other = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    trace("view_restricted", by=cast.staff, obj=other, person=other, restricted=True, purpose="别人的")
    trace("view_restricted", by=cast.staff, obj=person, person=person, restricted=True, purpose="看了我")
    client = as_user(cast.admin)
    assert "看了我" in {look.purpose for look in looks(client, person)}
    audit = client.get("/audit/").content.decode()
    assert "别人的" not in audit
    assert "看了我" not in audit
    assert client.get(url(other)).status_code == 403


def test_it_takes_the_same_queries_for_few_and_for_many(as_user, cast, person, member):
    client = as_user(member)
    client.get(url(person))
    with page_queries(QUERIES):
        client.get(url(person))
    for by in (cast.staff, cast.secretary, cast.director) * 20:
        trace("reveal_person", by=by, obj=person, person=person, purpose="核对")
    with page_queries(QUERIES):
        page = client.get(url(person)).context["page"]
    assert len(page.rows) == 50
    assert page.after


def test_it_says_so_when_nobody_looked(as_user, town, member, person):
    AuditRow.objects.all().delete()
    assert "还没有人看过" in as_user(member).get(url(person)).content.decode()
