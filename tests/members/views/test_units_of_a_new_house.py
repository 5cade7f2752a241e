"""/units/ where there is nothing yet: the first county, and a tree from a file."""

import pytest

from members.models import Unit

from .test_units import TREE, upload


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
