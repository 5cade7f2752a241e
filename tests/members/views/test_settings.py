"""The settings page: /settings/, /settings/<key>/, /settings/<key>/<pk>/withdraw/."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from members import actions
from members.dated_settings import SETTINGS
from members.models import Setting
from tests.conftest import TODAY
from tests.queries import page_queries

URL, AGE = "/settings/", "/settings/elderly_age/"
LATER = TODAY + timedelta(days=102)  # 1 January 2027
SENT = {"value": "70", "from_date": "2027-01-01", "reason": "县里规定"}


def test_it_lists_all_that_are_declared_with_what_holds(as_user, cast, town):
    since = {"by": cast.admin, "key": "elderly_age", "reason": "规定"}
    actions.change_setting(**since, value=60, from_date=date(2026, 1, 1), unit=town.county)
    actions.change_setting(**since, value=70, from_date=LATER, unit=town.xitun)
    client = as_user(cast.admin)
    with page_queries(4):
        response = client.get(URL)
    lines = {line["setting"].key: line for line in response.context["lines"]}
    assert set(lines) == set(SETTINGS)
    assert lines["elderly_age"]["value"] == "60 岁"
    assert lines["elderly_age"]["inherited"]
    assert [each["value"] for each in lines["elderly_age"]["coming"]] == ["70 岁"]
    assert lines["festival_july_first"]["value"] == "开展"
    text = response.content.decode()
    assert "泾源川县规定" in text
    assert "2027年1月1日 起 70 岁" in text


def test_a_change_is_said_before_it_is_entered(as_user, cast, town):
    actions.change_setting(by=None, key="elderly_age", value=66, from_date=TODAY, unit=town.huaishuwan, reason="规定")
    client = as_user(cast.admin)
    said = client.post(AGE, SENT)
    assert "自 2027年1月1日 起：<b>70 岁</b>，此前为 65 岁。" in said.content.decode()
    assert "槐树湾村党支部" in said.content.decode()
    assert Setting.objects.count() == 1
    assert client.post(AGE, SENT | {"write": "1"}).status_code == 302
    row = Setting.objects.get(value=70)
    assert (row.unit, row.from_date, row.reason, row.recorded_by) == (town.xitun, LATER, "县里规定", cast.admin)


@pytest.mark.parametrize(
    "wrong", [{"value": "200"}, {"value": "x"}, {"from_date": ""}, {"reason": ""}, {"value": "1" * 999}]
)
def test_it_says_what_is_wrong(as_user, cast, wrong):
    response = as_user(cast.admin).post(AGE, SENT | wrong | {"write": "1"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == list(wrong)
    assert not Setting.objects.exists()


def test_only_who_manages_the_unit_changes_it(as_user, cast, town):
    for user in (cast.staff, cast.director):
        assert "下一步" not in as_user(user).get(AGE).content.decode()
        assert as_user(user).post(AGE, SENT | {"write": "1"}).status_code == 403
    assert as_user(cast.secretary).get(URL).status_code == 403
    for odd in (town.county.pk, town.beitun.pk, town.liulin.pk, "x", 10**30):
        assert as_user(cast.admin).get(URL, {"unit": odd}).status_code == 404
        assert as_user(cast.admin).post(f"{AGE}?unit={odd}", SENT | {"write": "1"}).status_code == 404
    assert as_user(cast.admin).get("/settings/nothing/").status_code == 404
    assert not Setting.objects.exists()


def test_a_change_to_come_can_be_withdrawn(as_user, cast, town):
    row = actions.change_setting(by=None, key="elderly_age", value=70, from_date=LATER, unit=town.xitun, reason="规定")
    url, client = reverse("setting-withdraw", args=["elderly_age", row.pk]), as_user(cast.admin)
    assert url in client.get(AGE).content.decode()
    assert client.post(url).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at
    page = client.get(AGE).content.decode()
    assert url not in page
    assert "已撤回" in page


COMMITTEE = "/settings/committee_from/"


def test_the_town_says_whether_one_branch_has_a_committee(as_user, cast, town):
    """支部工作条例 8: a small one may have one, a large one none; the town knows, it is not the branch's to say."""
    url, sent = (
        f"{COMMITTEE}?unit={town.huaishuwan.pk}",
        {"value": "0", "from_date": str(TODAY), "reason": "已选举支委会"},
    )
    for user, value in ((cast.staff, "0"), (cast.director, "100"), (cast.admin, "9")):
        client = as_user(user)
        assert client.post(url, sent | {"value": value, "write": "1"}).status_code == 302
        row = Setting.objects.live().get()
        assert (row.unit, row.value, row.recorded_by) == (town.huaishuwan, int(value), user)
    assert as_user(cast.secretary).post(url, sent | {"write": "1"}).status_code == 403
    assert as_user(cast.outsider).post(url, sent | {"write": "1"}).status_code == 404
    assert as_user(cast.reader).post(url, sent | {"write": "1"}).status_code == 403


def test_a_branch_leads_back_to_its_town_which_lists_all(as_user, cast, town):
    actions.change_setting(by=None, key="committee_from", value=0, from_date=TODAY, unit=town.liulin, reason="规定")
    client = as_user(cast.staff)
    page = client.get(COMMITTEE, {"unit": town.xitun.pk})
    assert [(unit.name, value, own) for unit, value, own in page.context["branches"]] == [
        ("槐树湾村党支部", "7 人", False), ("柳林村党支部", "0 人", True),
    ]  # fmt: skip
    page = client.get(COMMITTEE, {"unit": town.liulin.pk})
    assert page.context["back_url"] == f"{COMMITTEE}?unit={town.xitun.pk}"
    assert client.get(page.context["back_url"]).status_code == 200
    assert client.get(AGE, {"unit": town.liulin.pk}).status_code == 404
    assert client.get(URL, {"unit": town.liulin.pk}).status_code == 404


def test_the_town_withdraws_what_it_said_of_a_branch(as_user, cast, town):
    row = actions.change_setting(
        by=None, key="committee_from", value=0, from_date=LATER, unit=town.liulin, reason="规定"
    )
    assert as_user(cast.staff).post(reverse("setting-withdraw", args=["committee_from", row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at
