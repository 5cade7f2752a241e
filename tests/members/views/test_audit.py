"""The traces: /audit/."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import AuditRow, Category
from tests.conftest import enrolled
from tests.queries import page_queries

URL = "/audit/"


@pytest.fixture
def traces(town, cast):
    here = enrolled(town.huaishuwan, "张留痕", Category.MOBILE, by=cast.staff)
    poor = enrolled(town.liulin, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    foreign = enrolled(town.foreign, "赵外镇", Category.MOBILE, by=cast.outsider)
    members_acts.reveal_person(by=cast.secretary, person=here, purpose="办理转接")
    return {"here": here, "poor": poor, "foreign": foreign}


def acts_on(client, **query):
    return [line["row"] for line in client.get(URL, query).context["lines"]]


def test_it_shows_the_towns_own_traces(traces, as_user, cast):
    rows = acts_on(as_user(cast.staff))
    assert {row.person for row in rows if row.person} == {traces["here"], traces["poor"]}
    body = as_user(cast.staff).get(URL).content.decode()
    assert "办理转接" in body
    assert "赵外镇" not in body


@pytest.mark.parametrize("who", ["secretary", "reader"])
def test_it_is_for_those_who_decide_or_look_after_accounts(traces, as_user, cast, who):
    assert as_user(getattr(cast, who)).get(URL).status_code == 403


def test_it_hides_restricted_traces_from_the_admin(traces, as_user, cast):
    rows = acts_on(as_user(cast.admin))
    assert rows
    assert not any(row.restricted for row in rows)
    assert "poor_weak" not in as_user(cast.admin).get(URL).content.decode()
    assert any(row.restricted for row in acts_on(as_user(cast.director)))


def test_it_filters(traces, as_user, cast):
    client = as_user(cast.staff)
    assert {row.act for row in acts_on(client, act="reveal_person")} == {"reveal_person"}
    assert {row.actor for row in acts_on(client, who="槐树湾")} == {cast.secretary}
    assert acts_on(client, since="2100-01-01") == []
    assert acts_on(client, until="2000-01-01") == []
    assert acts_on(client, act="nonsense") == []
    assert acts_on(client, since="no day") == []


def test_it_turns_pages(traces, as_user, cast, monkeypatch):
    monkeypatch.setattr("members.views.audit.PAGE_SIZE", 3)
    client = as_user(cast.staff)
    first = client.get(URL).context["page"]
    second = client.get(URL, {"after": first.after}).context["page"]
    assert min(row.pk for row in first) > max(row.pk for row in second)


def test_it_names_nobody_out_of_sight(traces, as_user, cast, town):
    """A person who moved away is still in the trace, but the name is the new town's to see."""
    members_acts.transfer_person(by=None, person=traces["here"], unit=town.foreign, on=date(2026, 9, 20))
    lines = as_user(cast.staff).get(URL, {"act": "reveal_person"}).context["lines"]
    assert [line["person"] for line in lines] == [None]
    assert "张留痕" not in as_user(cast.staff).get(URL).content.decode()


def test_it_has_words_for_every_act(traces, as_user, cast):
    from members.views.audit import ACTS

    assert set(AuditRow.objects.values_list("act", flat=True)) <= set(ACTS)


def test_it_takes_a_constant_number_of_queries(traces, as_user, cast, town):
    client = as_user(cast.staff)
    with page_queries(5):  # grants, rows; the navigation: open dues, proposals, the unit's name
        client.get(URL)
    for number in range(20):
        enrolled(town.liulin, f"新{number}", Category.MOBILE, by=cast.staff)
    with page_queries(5):
        assert len(client.get(URL).context["lines"]) == 50
