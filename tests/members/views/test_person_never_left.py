"""A leaving entered by mistake, put back: /people/<pk>/never-left/."""

from datetime import date

import pytest

from members import actions
from members.models import AuditRow, Category, Cause, Standing, User
from tests.conftest import TODAY, enrolled

DIED = date(2026, 9, 18)
SENT = {"reason": "同名，死者是另一人"}


@pytest.fixture
def dead(town, cast, person):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=date(2025, 6, 1))
    actions.record_death(by=cast.staff, person=person, on=DIED)
    return person


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/never-left/"


def test_it_is_offered_where_the_death_stands(as_user, cast, dead, url):
    row = dead.standings.get(to_date=None)
    for name, offered in (("staff", True), ("director", True), ("secretary", False), ("reader", False)):
        client = as_user(getattr(cast, name))
        assert (url in client.get(f"/people/{dead.pk}/").content.decode()) == offered, name
        if offered:
            assert url in client.get(f"/people/{dead.pk}/history/standing/{row.pk}/").content.decode()


def test_it_is_not_offered_of_somebody_on_the_roll(as_user, cast, person, url):
    client = as_user(cast.staff)
    assert url not in client.get(f"/people/{person.pk}/").content.decode()
    assert url not in client.get(f"/people/{person.pk}/history/standing/{person.standings.get().pk}/").content.decode()
    for answer in (client.get(url, follow=True), client.post(url, SENT, follow=True)):
        assert "现在花名册上" in answer.content.decode()
    assert not AuditRow.objects.filter(act="never_left").exists()


def test_it_says_what_goes_on_and_puts_it_back(as_user, cast, dead, url):
    client = as_user(cast.staff)
    body = client.get(url).content.decode()
    for word in ("流动党员", "村文书", "2026年9月18日"):
        assert word in body
    answer = client.post(url, SENT, follow=True)
    assert answer.redirect_chain == [(f"/people/{dead.pk}/", 302)]
    assert "请在其本人档案中登记" in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.standing, dead.category) == (Standing.FULL, Category.MOBILE)
    history = client.get(f"/people/{dead.pk}/history/").content.decode()
    assert "<s>" in history
    assert "恢复误登离开的人员" in client.get("/audit/").content.decode()
    assert client.post(url, SENT).url == f"/people/{dead.pk}/"  # the other tap
    assert AuditRow.objects.filter(act="never_left").count() == 1


def test_it_asks_for_a_reason(as_user, cast, dead, url):
    assert as_user(cast.staff).post(url, {"reason": " "}).status_code == 422
    dead.refresh_from_db()
    assert dead.standing == Standing.FORMER


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("staff", 200), ("director", 200), ("secretary", 403), ("admin", 403), ("reader", 403),
        ("neighbour", 404), ("outsider", 404),
    ],
)  # fmt: skip
def test_it_opens_for_who_may_put_the_past_right(as_user, cast, dead, url, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, SENT).status_code == (302 if status == 200 else status)


def test_a_restricted_category_is_read_with_a_trace(as_user, cast, town):
    helped = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    actions.record_death(by=cast.staff, person=helped, on=TODAY)
    body = as_user(cast.staff).get(f"/people/{helped.pk}/never-left/").content.decode()
    assert "帮扶对象" in body
    assert AuditRow.objects.filter(act="view_restricted", person=helped, actor=cast.staff).exists()


def test_it_asks_where_to_when_the_branch_went_into_several(as_user, cast, town, dead, url):
    third = actions.create_unit(by=None, kind="branch", name="河口村党支部", parent=town.xitun)
    actions.end_unit(by=cast.admin, unit=town.huaishuwan, on=TODAY, successors=[town.liulin, third], reason="撤村并组")
    client = as_user(cast.staff)
    assert list(client.get(url).context["form"].fields["unit"].queryset) == [town.liulin, third]
    assert client.post(url, SENT).status_code == 422
    assert client.post(url, SENT | {"unit": third.pk}).status_code == 302
    dead.refresh_from_db()
    assert (dead.unit, dead.standing) == (third, Standing.FULL)


def test_it_says_that_account_and_roles_stay_ended(as_user, cast, person, url):
    words = "需由管理员恢复账号并重新授予角色"
    actions.create_user(by=None, username="someone", password="correct horse", person=person)
    actions.record_death(by=cast.staff, person=person, on=DIED)
    assert words in as_user(cast.staff).get(url).content.decode()
    User.objects.filter(person=person).update(person=None)
    assert words not in as_user(cast.staff).get(url).content.decode()


def test_it_says_that_roles_stay_ended_of_who_was_taken_off(as_user, cast, person, url):
    words = "需由管理员重新授予"
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    paper = {"reason": "弄错人", "document": "1号", "document_on": DIED}
    actions.remove_from_roll(by=cast.staff, person=person, cause=Cause.EXPELLED, on=DIED, **paper)
    page = as_user(cast.staff).get(url).content.decode()
    assert words in page
    assert "需由管理员恢复账号" not in page
    cast.secretary.grants.all().delete()
    assert words not in as_user(cast.staff).get(url).content.decode()
