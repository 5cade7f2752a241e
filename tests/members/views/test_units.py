"""/units/: the tree an administrator sees, grows and imports."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members import actions as members_acts
from members.models import Role, Unit


@pytest.fixture
def root(db):
    user = members_acts.create_user(by=None, username="root", password="correct horse")
    members_acts.grant_role(by=None, user=user, role=Role.ADMIN, from_date=date(2020, 1, 1))
    return user


def lines(response):
    return {line["unit"].name: (line["below"], line["people"], line["users"]) for line in response.context["lines"]}


def upload(client, text, encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return client.post("/units/import/", {"file": SimpleUploadedFile("branches.csv", content)})


TREE = "level,name,name_en,parent\ncounty,甲县,,\ntown,乙镇,Yi Town,甲县\nbranch,丙村党支部,,乙镇\n"


def test_it_counts_at_and_below(as_user, cast, town, person, root):
    assert lines(as_user(cast.admin).get("/units/")) == {"槐树湾村党支部": (0, 1, 1), "柳林村党支部": (0, 0, 1)}
    assert lines(as_user(root).get("/units/")) == {"西屯镇": (2, 1, 6), "北屯镇": (1, 0, 1)}


def test_it_keeps_to_the_scope(as_user, cast, town):
    client = as_user(cast.admin)
    assert client.get(f"/units/{town.xitun.pk}/").status_code == 200
    assert client.get(f"/units/{town.foreign.pk}/").status_code == 404
    assert client.get(f"/units/{town.county.pk}/").status_code == 404
    assert as_user(cast.staff).get("/units/").status_code == 403
    assert as_user(cast.staff).get(f"/units/{town.huaishuwan.pk}/").status_code == 403


def test_it_adds_a_branch(as_user, cast, town):
    url = f"/units/new/?parent={town.xitun.pk}"
    assert as_user(cast.admin).get(url).status_code == 200
    response = as_user(cast.admin).post(url, {"kind": "branch", "name": "新村党支部", "name_en": ""})
    assert response["Location"] == f"/units/{town.xitun.pk}/"
    assert Unit.objects.get(name="新村党支部").path.startswith(town.xitun.path)


def test_it_refuses_the_wrong_place_or_name(as_user, cast, town):
    client, url = as_user(cast.admin), f"/units/new/?parent={town.xitun.pk}"
    assert client.post(url, {"kind": "town", "name": "镇"}).status_code == 422
    assert client.post(url, {"kind": "branch", "name": "柳林村党支部"}).status_code == 422
    assert client.post(url, {"kind": "branch", "name": " "}).status_code == 422
    assert client.get("/units/new/").status_code == 403
    assert client.get(f"/units/new/?parent={town.foreign.pk}").status_code == 404
    assert client.get("/units/new/?parent=x").status_code == 404
    assert Unit.objects.count() == 6


def test_it_builds_an_empty_house(as_user, root):
    client = as_user(root)
    assert client.get("/units/").status_code == 200
    client.post("/units/new/", {"kind": "county", "name": "甲县"})
    county = Unit.objects.get()
    client.post(f"/units/new/?parent={county.pk}", {"kind": "town", "name": "乙镇"})
    assert Unit.objects.get(name="乙镇").depth == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_imports_a_tree_once(as_user, root, encoding):
    client = as_user(root)
    assert upload(client, TREE, encoding)["Location"] == "/units/"
    assert Unit.objects.get(name="丙村党支部").depth == 3
    upload(client, TREE, encoding)
    assert Unit.objects.count() == 3


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", "level,name\nvillage,x\n", "level,name,parent\nbranch,x,nowhere\n", "level,name\nbranch,x\n",
     TREE + "branch,丁村党支部,,无镇\n", TREE + "branch," + "长" * 81 + ",,乙镇\n", b"PK\x03\x04\x00\x00",
     b"\xff\xff\x00",
     'level,name\ncounty,"open\n'],
)  # fmt: skip
def test_it_refuses_a_bad_file_and_writes_nothing(as_user, root, text):
    response = upload(as_user(root), text)
    assert response.status_code == 422
    assert "file" in response.context["form"].errors or response.context["form"].non_field_errors()
    assert not Unit.objects.exists()


def test_it_imports_only_for_the_whole_tree(as_user, cast):
    assert upload(as_user(cast.admin), TREE).status_code == 403
