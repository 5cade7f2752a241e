"""One ledger: /ledgers/<project>/."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members_acts
from members.models import AuditRow, Category
from projects.views import ledgers as views
from tests.conftest import enrolled

URL = "/ledgers/joint/"
HARDSHIP = "/ledgers/determined_person/"


def names(response):
    return [line["row"].cells[0] for line in response.context["lines"]]


def test_it_shows_the_branch_of_a_secretary(as_user, town, cast, person):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    response = as_user(cast.secretary).get(URL)
    assert names(response) == ["张建国"]
    text = response.content.decode()
    assert "199****3021" in text
    assert "19912343021" not in text
    assert "李某" not in text


def test_it_narrows_to_a_unit_a_day_and_a_name(as_user, town, cast, person):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff, since=date(2026, 2, 1))
    client = as_user(cast.staff)
    assert len(names(client.get(URL))) == 2
    assert names(client.get(URL, {"unit": town.liulin.pk})) == ["李某"]
    assert names(client.get(URL, {"on": "2026-01-31"})) == ["张建国"]
    assert names(client.get(URL, {"q": "lm"})) == ["李某"]
    assert names(client.get(URL, {"q": "某某某"})) == []


def test_it_names_the_branch_where_there_are_several(as_user, town, cast):
    enrolled(town.liulin, "李某", Category.ELDERLY, by=cast.staff)
    client, cell = as_user(cast.staff), f">{town.liulin.short_name}</td>"
    assert cell in client.get("/ledgers/transmission_help/").content.decode()
    assert cell not in client.get("/ledgers/transmission_help/", {"unit": town.liulin.pk}).content.decode()
    joint = client.get(URL, {"unit": town.xitun.pk})
    assert joint.context["ledger"].several is False, "it has a column of its own"


def test_it_says_what_is_wrong_with_a_date(as_user, cast, person):
    client = as_user(cast.staff)
    for wrong in ("yesterday", "2026-13-40", "9" * 5000, "=1+1", "2099-01-01"):
        response = client.get(URL, {"on": wrong})
        assert response.status_code == 200
        assert response.context["form"].errors["on"]
        assert response.context["lines"] == []


def test_it_does_not_know_units_out_of_scope(as_user, town, cast):
    for unit in (town.liulin.pk, town.xitun.pk, 10**30, "x", -1):
        assert as_user(cast.secretary).get(URL, {"unit": unit}).status_code == 404
    assert as_user(cast.staff).get("/ledgers/nothing/").status_code == 404


def test_it_refuses_the_restricted_ledger_in_scope_without_the_right(as_user, town, cast):
    for user in (cast.admin, cast.reader):
        assert as_user(user).get(HARDSHIP).status_code == 403
        assert as_user(user).get(HARDSHIP, {"unit": town.huaishuwan.pk}).status_code == 403
        assert as_user(user).get(HARDSHIP, {"unit": town.foreign.pk}).status_code == 404
    assert AuditRow.objects.filter(act="view_ledger").count() == 0


def test_it_traces_every_look_at_a_restricted_ledger(as_user, town, cast):
    enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    assert names(as_user(cast.secretary).get(HARDSHIP)) == ["王某"]
    row = AuditRow.objects.get(act="view_ledger")
    assert (row.actor, row.path, row.restricted) == (cast.secretary, town.huaishuwan.path, True)
    assert row.purpose
    as_user(cast.secretary).get(URL)
    assert AuditRow.objects.filter(act="view_ledger").count() == 1


def test_it_offers_the_file_only_to_who_may_export(as_user, cast, person):
    assert "/ledgers/joint/export/" in as_user(cast.secretary).get(URL).content.decode()
    assert "/ledgers/joint/export/" not in as_user(cast.reader).get(URL).content.decode()


def test_it_turns_pages(as_user, town, cast, person, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    for number in range(3):
        enrolled(town.huaishuwan, f"王{number}", Category.MOBILE, by=cast.staff)
    client = as_user(cast.secretary)
    first, last = client.get(URL), client.get(URL, {"page": "2"})
    assert len(names(first)) == len(names(last)) == 2
    assert not set(names(first)) & set(names(last))
    for odd in ("0", "x", "9" * 40):
        assert client.get(URL, {"page": odd}).status_code == 200


def test_it_sorts_by_a_heading_and_back(as_user, town, cast, person):
    enrolled(town.huaishuwan, "李某", Category.MOBILE, by=cast.staff, birth_date=date(1980, 5, 6))
    enrolled(town.huaishuwan, "王某", Category.MOBILE, by=cast.staff, birth_date=date(1970, 5, 6))
    client = as_user(cast.secretary)
    for sort, order, says in (
        ("born", ["王某", "李某", "张建国"], "ascending"),
        ("-born", ["李某", "王某", "张建国"], "descending"),
        ("nonsense", ["李某", "王某", "张建国"], ""),
    ):
        response = client.get(URL, {"sort": sort, "q": ""})
        assert names(response) == order
        heading = next(h for h in response.context["headings"] if h["key"] == "born")
        assert heading["direction"] == says
        assert "sort=" + {"born": "-born", "-born": "", "nonsense": "born"}[sort] in heading["url"] + "sort="
    assert "sort=-born" in client.get(URL, {"sort": "-born"}).content.decode(), "the files are sorted so, too"


def test_it_says_both_days_and_reads_what_was_known(as_user, cast, person):
    client = as_user(cast.staff)
    text = client.get(URL, {"on": "2026-09-01", "known": "2026-09-10"}).content.decode()
    assert "以 2026年9月1日 为准，按 2026年9月10日 已录入的内容" in text
    assert names(client.get(URL, {"known": "2025-01-01"})) == []
    assert client.get(URL, {"known": "2099-01-01"}).context["form"].errors["known"]


@pytest.mark.parametrize("code,query", [("post", ""), ("joint", ""), ("joint", "?sort=contacts_q3")])
def test_it_takes_the_same_statements_for_3_people_as_for_60(as_user, town, cast, code, query):
    client, url = as_user(cast.staff), f"/ledgers/{code}/{query}"

    def add(numbers):
        for number in numbers:
            if code == "post":
                members_acts.hold_post(by=None, unit=town.huaishuwan, title="委员", holder_name=f"李{number}")
            else:
                enrolled(town.huaishuwan, f"王{number}", Category.MOBILE, by=cast.staff)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    add(range(3))
    statements()
    few = statements()
    add(range(3, 60))
    assert statements() == few
