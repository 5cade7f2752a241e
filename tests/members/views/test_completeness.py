"""What files lack: /completeness/ and the box of each line, /people/<pk>/facts/<what>/."""

import pytest

from members import access, actions
from members.models import AuditRow, Category, FactUnknown, Person, Standing
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries
from tests.scene import _id_number

QUERIES = 6  # grants, counts, branches, the list; the navigation: open dues, proposals
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lacking(town, cast):
    return enrolled(town.huaishuwan, "赵缺项", Category.MOBILE, by=cast.staff, phone="")


def fill(client, person, what="phone", query="", headers=None, **sent):
    sent = {"version": Person.objects.get(pk=person.pk).version} | sent
    return client.post(f"/people/{person.pk}/facts/{what}/{query}", sent, headers=headers)


def shown(client, query=""):
    return [person.name for person in client.get(f"/completeness/{query}").context["rows"]]


def counts(client, query=""):
    return {pill["label"]: pill["count"] for pill in client.get(f"/completeness/{query}").context["facts"]}


def test_it_asks_for_what_the_standing_has(as_user, cast, town, lacking):
    enrolled(town.huaishuwan, "钱积极", None, by=cast.staff, standing=Standing.ACTIVIST)
    enrolled(town.huaishuwan, "孙预备", None, by=cast.staff, standing=Standing.PROBATIONARY)
    client = as_user(cast.secretary)
    assert shown(client) == ["赵缺项"], "the first fact that somebody lacks"
    assert set(shown(client, "?what=joined_on")) == {"赵缺项", "孙预备"}
    assert shown(client, "?what=full_member_on") == ["赵缺项"]
    assert counts(client) == {
        "电话": 1, "身份证号": 3, "出生日期": 3, "入党时间": 2, "转正日期": 1, "学历": 3, "类别": 2,
    }  # fmt: skip
    actions.record_death(by=cast.secretary, person=lacking, on=TODAY)
    assert "赵缺项" not in shown(client, "?what=education")


def test_the_town_chooses_a_branch(as_user, cast, town, lacking):
    enrolled(town.liulin, "李柳林", None, by=cast.staff, phone="")
    client = as_user(cast.staff)
    assert shown(client) == ["赵缺项", "李柳林"]
    places = client.get("/completeness/?what=phone").context["places"]
    assert [(place["label"], place["count"]) for place in places[1:]] == [("槐树湾村", 1), ("柳林村", 1)]
    assert shown(client, places[2]["url"]) == ["李柳林"]
    assert counts(client, places[2]["url"])["电话"] == 1
    assert as_user(cast.secretary).get("/completeness/").context["places"] == []


def test_another_branch_is_not_there(as_user, cast, town, lacking):
    client = as_user(cast.neighbour)
    assert shown(client) == []
    for unit in (town.huaishuwan.pk, 987654321, "x"):
        assert client.get(f"/completeness/?unit={unit}").status_code == 404
    assert fill(client, lacking, phone="19900001111").status_code == 404
    assert fill(client, lacking, unknown="1").status_code == 404


def test_it_saves_and_comes_back_to_the_list(as_user, cast, town, lacking):
    client, query = as_user(cast.secretary), f"?unit={town.huaishuwan.pk}"
    response = fill(client, lacking, query=query, phone="19900001111")
    assert response["Location"] == f"/completeness/?what=phone&unit={town.huaishuwan.pk}"
    page = client.get(response["Location"]).content.decode()
    assert "赵缺项：电话已保存。" in page
    assert f'id="fill-{lacking.pk}"' not in page
    assert Person.objects.get(pk=lacking.pk).phone == "19900001111"
    assert fill(client, lacking, phone="19900001111", version=lacking.version).status_code == 302, "a second tap"
    assert AuditRow.objects.filter(act="correct_person", person=lacking).count() == 1


def test_with_htmx_the_line_is_swapped_and_the_numbers_are_fetched(as_user, cast, lacking):
    client = as_user(cast.secretary)
    refused = fill(client, lacking, headers=HTMX, phone="无")
    assert refused.status_code == 422
    assert refused.content.decode().strip().startswith("<li")
    done = fill(client, lacking, headers=HTMX, phone="19900001111")
    assert "赵缺项：电话已保存。" in done.content.decode()
    assert "facts-changed" in done["HX-Trigger"]


@pytest.mark.parametrize(
    ("what", "value"),
    [("phone", ""), ("phone", "打座机"), ("id_number", "123"), ("birth_date", "去年"), ("birth_date", "2999-01-01"),
     ("education", "长" * 21)],
)  # fmt: skip
def test_it_shows_the_box_again_with_what_is_wrong(as_user, cast, lacking, what, value):
    response = fill(as_user(cast.secretary), lacking, what, **{what: value})
    assert response.status_code == 422
    assert response.context["person"].form.errors[what]
    assert Person.objects.get(pk=lacking.pk).version == lacking.version


def test_it_names_the_other_column_that_contradicts(as_user, cast, lacking):
    actions.correct_person(by=cast.staff, person=lacking, version=lacking.version, birth_date=TODAY.replace(year=1950))
    response = fill(as_user(cast.secretary), lacking, "id_number", id_number=_id_number(1970, 2))
    assert response.status_code == 422
    assert "出生日期：与身份证号不一致" in response.content.decode()


def test_it_writes_nothing_over_what_changed_meanwhile(as_user, cast, lacking):
    client, old = as_user(cast.secretary), lacking.version
    actions.correct_person(by=cast.staff, person=lacking, version=old, address="新址")
    response = fill(client, lacking, phone="19900001111", version=old)
    assert response.status_code == 409
    page = response.content.decode()
    assert f'name="version" value="{old + 1}"' in page
    assert 'value="19900001111"' in page
    assert Person.objects.get(pk=lacking.pk).phone == ""
    fill(client, lacking, phone="19900001111")
    late = fill(client, lacking, phone="19900002222")
    assert late.status_code == 409
    assert "已经有人填过" in late.content.decode()
    assert Person.objects.get(pk=lacking.pk).phone == "19900001111"


def test_what_is_not_known_leaves_the_list(as_user, cast, lacking):
    client = as_user(cast.secretary)
    response = fill(client, lacking, unknown="1")
    page = client.get(response["Location"]).content.decode()
    assert "赵缺项：电话暂不清楚，2026年12月20日前不再询问。" in page
    assert shown(client, "?what=phone") == []
    assert FactUnknown.objects.get().by == cast.secretary
    assert "将缺少的信息标为暂不清楚" in as_user(cast.staff).get("/audit/").content.decode()
    fill(client, lacking, phone="19900001111")
    assert fill(client, lacking, unknown="1").status_code == 409


def test_no_category_leaves_out_who_is_proposed_for_one(as_user, cast, town):
    person = enrolled(town.huaishuwan, "周未定", None, by=cast.staff)
    client = as_user(cast.secretary)
    assert shown(client, "?what=category") == ["周未定"]
    assert f"/people/{person.pk}/categories/propose/" in client.get("/completeness/?what=category").content.decode()
    actions.propose_category(
        by=cast.secretary, person=person, category=Category.POOR_WEAK, primary=True, on=TODAY, reason="因病"
    )
    assert shown(client, "?what=category") == []
    for what in ("category", "name", "version"):
        assert fill(client, person, what).status_code == 404


def test_no_category_is_no_question_for_who_may_not_know_all_eight(as_user, cast, town, lacking, monkeypatch):
    enrolled(town.huaishuwan, "吴帮扶", Category.POOR_WEAK, by=cast.staff)
    enrolled(town.huaishuwan, "周未定", None, by=cast.staff)
    monkeypatch.setitem(access.RIGHTS, "secretary", access.RIGHTS["secretary"] - {access.VIEW_RESTRICTED})
    response = as_user(cast.secretary).get("/completeness/?what=category")
    assert response.context["fact"].code == "phone"
    assert "类别" not in [pill["label"] for pill in response.context["facts"]]


def test_it_stands_on_the_home_of_the_branch(as_user, cast, lacking):
    page = as_user(cast.secretary).get("/").content.decode()
    assert "1 人的档案信息不全" in page
    assert 'href="/completeness/"' in page


def test_it_costs_the_same_however_many_lack_something(as_user, cast, town, lacking):
    enrolled(town.liulin, "李柳林", None, by=cast.staff, phone="")
    client = as_user(cast.staff)
    client.get("/completeness/")
    with page_queries(QUERIES):
        assert shown(client, "?what=phone") == ["赵缺项", "李柳林"]
    for n in range(22):
        enrolled(town.liulin, f"柳{n}", None, by=cast.staff, phone="")
    with page_queries(QUERIES):
        response = client.get("/completeness/?what=phone")
    assert len(response.context["rows"].rows) == 20
    after = response.context["rows"].after
    assert len(client.get(f"/completeness/?what=phone&after={after}").context["rows"].rows) == 4


def test_it_offers_no_choice_of_one(as_user, cast, town):
    client = as_user(cast.secretary)
    assert 'class="pills"' not in client.get("/completeness/").content.decode()
    enrolled(town.huaishuwan, "赵缺项", None, by=None)
    assert 'class="pills"' in client.get("/completeness/").content.decode()
