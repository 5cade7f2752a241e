"""/units/: the tree an administrator sees, grows and imports."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from members import actions
from members.models import Unit


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


def test_it_asks_for_a_unit_s_name_not_a_person_s(as_user, cast, town):
    form = as_user(cast.admin).get(f"/units/new/?parent={town.xitun.pk}").context["form"]
    with translation.override("zh-hans"):
        assert [str(form[name].label) for name in ("kind", "name")] == ["类型", "单位名称"]


def test_it_adds_a_branch(as_user, cast, town):
    url = f"/units/new/?parent={town.xitun.pk}"
    assert as_user(cast.admin).get(url).status_code == 200
    response = as_user(cast.admin).post(url, {"kind": "branch", "name": "新村党支部", "name_en": ""})
    assert response["Location"] == f"/units/{town.xitun.pk}/"
    assert Unit.objects.get(name="新村党支部").path.startswith(town.xitun.path)


def test_a_branch_that_has_long_stood_is_one_of_every_day(as_user, cast, town):
    """As from a file: what is entered today did not begin today (the day somebody came may be put right)."""
    as_user(cast.admin).post(f"/units/new/?parent={town.xitun.pk}", {"kind": "branch", "name": "老村党支部"})
    old = Unit.objects.get(name="老村党支部")
    someone = actions.register_person(by=cast.staff, unit=old, name="李某")
    row = actions.correct_membership(
        by=cast.staff, row=someone.memberships.get(), from_date=date(2020, 3, 1), reason="按档案"
    )
    assert row.from_date == date(2020, 3, 1)


def test_people_go_to_a_new_branch_from_the_day_it_was_founded(as_user, cast, town, person):
    """DOMAIN 6.8: the merger holds from the first of the month and is entered on the twenty-first."""
    sent = {"kind": "branch", "name": "新村党支部", "on": "2026-09-01"}
    as_user(cast.admin).post(f"/units/new/?parent={town.xitun.pk}", sent)
    new = Unit.objects.get(name="新村党支部")
    assert new.starts_on == date(2026, 9, 1)
    actions.end_unit(by=cast.admin, unit=town.huaishuwan, successors=[new], on=date(2026, 9, 1), reason="撤村并组")
    person.refresh_from_db()
    assert person.unit == new


def test_it_founds_no_branch_in_the_days_to_come(as_user, cast, town):
    sent = {"kind": "branch", "name": "新村党支部", "on": "2026-10-01"}
    response = as_user(cast.admin).post(f"/units/new/?parent={town.xitun.pk}", sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["on"])


def test_it_refuses_the_wrong_place_or_name(as_user, cast, town):
    client, url = as_user(cast.admin), f"/units/new/?parent={town.xitun.pk}"
    assert client.post(url, {"kind": "town", "name": "镇"}).status_code == 422
    assert client.post(url, {"kind": "branch", "name": "柳林村党支部"}).status_code == 422
    assert client.post(url, {"kind": "branch", "name": " "}).status_code == 422
    assert client.get("/units/new/").status_code == 403
    assert client.get(f"/units/new/?parent={town.foreign.pk}").status_code == 404
    assert client.get("/units/new/?parent=x").status_code == 404
    assert Unit.objects.count() == 6


def test_it_imports_only_for_the_whole_tree(as_user, cast):
    assert upload(as_user(cast.admin), TREE).status_code == 403
