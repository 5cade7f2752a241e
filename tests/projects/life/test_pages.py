"""The pages of organisational life, and who reads why somebody was on leave."""

from datetime import timedelta
from uuid import uuid4

import pytest

from members import actions as members_acts
from members.models import Role
from projects import registry
from projects.ledgers import Ledger
from projects.life.models import Attendance
from tests.conftest import TODAY
from tests.queries import page_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(branch, hold):
    record = hold(leave=[branch.bai], absent=[branch.cao])
    Attendance.objects.filter(person=branch.bai).update(why="sick", note="住院")
    return record


def test_it_shows_reasons_only_to_who_writes_there(as_user, cast, branch, meeting):
    for user, reads in ((cast.secretary, True), (cast.staff, True), (cast.reader, False), (cast.admin, False)):
        client = as_user(user)
        for url in (f"/records/{meeting.pk}/", f"/life/people/{branch.bai.pk}/"):
            page = client.get(url).content.decode()
            assert "白玉" in page
            assert ("住院" in page) == reads, (user, url)


def test_it_shows_everybody_their_own(as_user, cast, branch, meeting, town):
    member = members_acts.create_user(by=None, username="bai", password="correct horse", person=branch.bai)
    members_acts.grant_role(by=None, user=member, role=Role.MEMBER, unit=town.huaishuwan, from_date=TODAY)
    client = as_user(member)
    page = client.get(f"/life/people/{branch.bai.pk}/").content.decode()
    assert "住院" in page
    assert "安正" not in page
    assert client.get(f"/life/people/{branch.an.pk}/").status_code == 404
    assert client.get(f"/records/{meeting.pk}/").status_code == 404
    assert client.get("/life/").status_code == 403


def test_it_keeps_the_year_of_somebody_who_moved(as_user, cast, branch, meeting, town):
    """The new branch sees that they came, not why they were once on leave."""
    members_acts.transfer_person(by=cast.staff, person=branch.bai, unit=town.liulin, on=TODAY, reason="迁居")
    page = as_user(cast.neighbour).get(f"/life/people/{branch.bai.pk}/").content.decode()
    assert "学习条例" in page
    assert "住院" not in page
    assert f"/records/{meeting.pk}/" not in page


def test_it_shows_a_branch_and_a_town(as_user, cast, branch, meeting, town):
    client = as_user(cast.secretary)
    page = client.get("/life/")
    assert page.context["unit"] == town.huaishuwan
    assert [record for record, _kind in page.context["held"]] == [meeting]
    assert {row.person.name for row, _kind, _url in page.context["missed"]} == {"白玉", "曹远"}
    rows = as_user(cast.reader).get("/life/").context["rows"]
    assert [row for row in rows if row[0] == town.huaishuwan] == [(town.huaishuwan, 1, 0, 0, 2)]
    assert as_user(cast.reader).get(f"/life/?unit={town.huaishuwan.pk}").context["kinds"] == []
    assert as_user(cast.neighbour).get(f"/life/?unit={town.huaishuwan.pk}").status_code == 404


def test_it_asks_no_make_up_for_what_counted_no_study(as_user, cast, branch, hold):
    meeting = hold("committee_meeting", who=[branch.an, branch.bai], absent=[branch.bai], hours=0)
    client = as_user(cast.secretary)
    assert client.get("/life/").context["missed"] == []
    ((_template, panel),) = client.get(f"/records/{meeting.pk}/").context["panels"]
    assert panel["make_up_url"] == ""


def test_it_prints_the_register_of_a_quarter(as_user, cast, branch, meeting, make_up):
    make_up(meeting, [branch.cao])
    page = as_user(cast.secretary).get("/life/register/?quarter=2026Q3")
    marks = {person.name: (marks, came, due) for person, marks, came, due in page.context["rows"]}
    assert marks["白玉"] == (["△"], 0, 1)
    assert marks["曹远"] == (["○"], 0, 1)
    assert marks["安正"] == (["√"], 1, 1)
    assert as_user(cast.secretary).get("/life/register/?quarter=2026Q9").status_code == 404


def test_it_lists_meetings_in_the_ledger(cast, branch, hold, make_up, meeting, town):
    make_up(meeting, [branch.cao])
    hold("study", on=TODAY - timedelta(days=300))
    found = Ledger(registry.project("life"), cast.secretary, town.huaishuwan, TODAY)
    cells = [dict(zip([c.key for c in found.columns], row.cells, strict=True)) for row in found.rows()]
    assert len(cells) == 1  # of this year, and no make-up
    numbers = {key: cells[0][key] for key in ("due", "came", "leave", "absent", "made_up")}
    assert numbers == {"due": 4, "came": 2, "leave": 1, "absent": 1, "made_up": 1}
    before = Ledger(registry.project("life"), cast.secretary, town.huaishuwan, TODAY - timedelta(days=1))
    assert list(before.rows()) == []


def test_it_gives_the_ledger_as_page_and_file(as_user, cast, branch, meeting):
    client = as_user(cast.secretary)
    page = client.get("/ledgers/life/").content.decode()
    assert "学习条例" in page
    assert f'<time datetime="{TODAY.isoformat()}">' in page  # a day is not broken in two
    assert client.get("/ledgers/life/export/").status_code == 200
    assert [p.code for p, _n, _last in client.get("/ledgers/").context["projects"]][-1] == "life"


def test_it_shows_the_year_in_the_file(as_user, cast, branch, meeting):
    page = as_user(cast.secretary).get(f"/people/{branch.bai.pk}/")
    assert page.context["attended"]["leave"] == 1


def test_it_costs_a_meeting_the_same_however_many_came(as_user, cast, branch, meeting):
    client = as_user(cast.secretary)
    client.get(f"/records/{meeting.pk}/")
    with page_queries(10):
        client.get(f"/records/{meeting.pk}/")


def test_it_takes_a_meeting_by_the_api(as_user, cast, branch, town):
    """Whole branch came, except."""
    data = {
        "submission_id": str(uuid4()), "kind": "life.theme_day", "happened_on": TODAY.isoformat(),
        "unit": town.huaishuwan.pk, "detail": {"topic": "主题党日", "hours": "4"},
        "attendance": [
            {"person": branch.bai.pk, "state": "leave", "why": "sick"}, {"person": branch.er.pk, "state": "present"},
        ],
    }  # fmt: skip
    client = as_user(cast.secretary)
    assert client.post("/api/v1/records/", data, "application/json").status_code == 201
    said = dict(Attendance.objects.values_list("person__name", "state"))
    assert said == {"安正": "present", "白玉": "leave", "曹远": "present", "邓新": "present", "尔来": "present"}
    bad = data | {"submission_id": str(uuid4()), "attendance": [{"person": branch.er.pk, "state": "absent"}]}
    assert client.post("/api/v1/records/", bad, "application/json").status_code == 400
