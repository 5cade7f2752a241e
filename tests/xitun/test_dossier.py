"""A person's page: /people/<pk>/ — what stands on it for whom."""

import re
from datetime import date
from uuid import uuid4

import pytest

from members import actions as members_acts
from members.models import AuditRow, Category
from projects.actions import Entry, save_record, void_record
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.queries import page_queries
from xitun.lib.ids import check_character

ID = "62000019680705123" + check_character("62000019680705123")


def page_of(client, person, **query):
    return client.get(f"/people/{person.pk}/", query)


def records_on(response):
    return [entry for entry in response.context["entries"] if "record" in entry]


def write(by, enrolment, kind="joint.follow_up", on=date(2026, 9, 10), dues=(), narrative="一切平安", **detail):
    if kind == "joint.follow_up":
        detail = {"method": "phone", "reached": True, "needs": "孩子转学", **detail}
    entry = Entry(kind, enrolment.unit, on, uuid4(), (enrolment,), narrative=narrative, detail=detail, dues=dues)
    return save_record(by=by, entry=entry)


@pytest.fixture
def mobile(person):
    return person.enrolments.get(category=Category.MOBILE)


@pytest.fixture
def poor(town, cast):
    """Receives help, and has a record about it."""
    someone = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    row = someone.enrolments.get()
    write(cast.secretary, row, "determined_person.contact", narrative="缺劳力，盼入股", method="phone", reached=True)
    return someone


def test_it_shows_what_is_owed_and_what_happened(as_user, cast, person, mobile):
    open_dues()
    due = Due.objects.get(duty="joint.follow_up", person=person)
    client = as_user(cast.secretary)
    assert f"/records/follow-up/new/?due={due.pk}" in page_of(client, person).content.decode()
    record = write(cast.secretary, mobile, dues=(due,))
    response = page_of(client, person)
    line = next(line for line in response.context["lines"] if line.due.pk == due.pk)
    assert (line.url, line.due.state) == ("", "on_time")
    entry = records_on(response)[0]
    assert entry["record"] == record
    assert "孩子转学" in entry["summary"]
    body = response.content.decode()
    assert f'href="/records/{record.pk}/"' in body
    assert "一切平安" in body


@pytest.mark.parametrize("who", ["neighbour", "outsider"])
def test_it_is_a_missing_page_out_of_scope(as_user, cast, person, who):
    client = as_user(getattr(cast, who))
    assert page_of(client, person).status_code == 404
    # Nothing but the address, which the one asking typed, tells it from a person who does not exist.
    hidden = page_of(client, person).content.decode().replace(f"/people/{person.pk}/", "")
    missing = client.get("/people/999999/").content.decode().replace("/people/999999/", "")
    assert strip_tokens(hidden) == strip_tokens(missing)


def strip_tokens(body):
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": )[^>]*', "", body)


def test_it_masks_numbers_until_a_purpose_is_given(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "赵证件", Category.MOBILE, by=cast.staff, id_number=ID)
    response = page_of(as_user(cast.secretary), someone)
    body = response.content.decode()
    assert ID not in body
    assert ID[6:] not in body
    assert "19912343021" not in body
    assert "199****3021" in body
    assert f'action="/people/{someone.pk}/reveal/"' in body


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_it_offers_only_what_the_right_allows(as_user, cast, person, who):
    response = page_of(as_user(getattr(cast, who)), person)
    body = response.content.decode()
    assert response.context["acts"] == []
    assert response.context["reveal"] is None
    for absent in ("/reveal/", "/correct/", "/death/", "/transfer/", "/propose/", "/records/new/"):
        assert absent not in body


def test_it_offers_a_secretary_the_branch_acts_and_the_town_the_rest(as_user, cast, person):
    def names(user):
        return {
            act["url"].split("?")[0].rstrip("/").rsplit("/", 1)[1]
            for act in page_of(as_user(user), person).context["acts"]
        }

    assert names(cast.secretary) == {"propose", "correct", "identity", "transfer", "death"}
    assert names(cast.staff) == {
        "propose", "correct", "identity", "death", "transfer", "sign-in", "merge", "new", "standing",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_it_shows_nothing_restricted_without_the_right(as_user, cast, poor, who):
    open_dues()
    response = page_of(as_user(getattr(cast, who)), poor)
    assert response.status_code == 200
    assert records_on(response) == []
    assert response.context["categories"] == []
    assert response.context["lines"] == []
    body = response.content.decode()
    for hidden in ("盼入股", "determined", "poor_weak", str(Category.POOR_WEAK.label)):
        assert hidden not in body
    assert not AuditRow.objects.filter(act="view_restricted").exists()


def test_it_traces_every_view_of_restricted_content(as_user, cast, poor, person):
    client = as_user(cast.staff)
    page_of(client, poor)
    page_of(client, poor)
    page_of(client, person)
    rows = AuditRow.objects.filter(act="view_restricted")
    assert [(row.actor, row.person, row.restricted) for row in rows] == [(cast.staff, poor, True)] * 2
    assert rows[0].purpose
    assert rows[0].path == poor.path


def test_it_hides_a_closed_case_of_help_and_education(as_user, cast, town):
    """Closed cases are sealed and hidden (DOMAIN 2.6), from everybody but the person."""
    someone = enrolled(town.huaishuwan, "孙结案", Category.BACKWARD, by=cast.staff)
    row = someone.enrolments.get()
    write(cast.secretary, row, "key.review", narrative="整改到位", finding="done", next_steps="继续")
    client = as_user(cast.secretary)
    assert "整改到位" in page_of(client, someone).content.decode()
    members_acts.end_category(by=cast.staff, enrolment=row, reason="整改完成")
    after = page_of(client, someone)
    assert "整改到位" not in after.content.decode()
    assert after.context["categories"] == []
    own = members_acts.create_user(by=None, username="own", person=someone)
    assert "整改到位" in page_of(as_user(own), someone).content.decode()


def test_it_strikes_what_was_taken_back_for_those_who_write(as_user, cast, person, mobile):
    record = write(cast.secretary, mobile, narrative="写错了人")
    void_record(by=cast.secretary, record=record, reason="误记")
    body = page_of(as_user(cast.secretary), person).content.decode()
    assert "<s>" in body
    assert "误记" in body
    assert records_on(page_of(as_user(cast.reader), person)) == []


def test_it_filters_by_project(as_user, cast, person, mobile):
    row = members_acts.propose_category(
        by=cast.secretary, person=person, category=Category.RETIRED, primary=False, reason="退休"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    row.refresh_from_db()
    write(cast.secretary, mobile)
    client = as_user(cast.secretary)
    assert len(page_of(client, person, project="joint").context["entries"]) == 1
    assert page_of(client, person, project="visit").context["entries"] == []
    assert page_of(client, person, project="nonsense").status_code == 404


def test_it_turns_pages(as_user, cast, person, mobile, monkeypatch):
    monkeypatch.setattr("xitun.views.timeline.PAGE_SIZE", 2)
    for day in (1, 2, 3):
        write(cast.secretary, mobile, on=date(2026, 9, day))
    client = as_user(cast.secretary)
    first = page_of(client, person, kind="records").context
    second = page_of(client, person, kind="records", after=first["page"].after).context
    days = [entry["record"].happened_on.day for entry in (*first["entries"], *second["entries"])]
    assert days == [3, 2, 1]


def test_it_keeps_records_with_the_branch_where_they_happened(as_user, cast, town, person, mobile):
    """After a transfer the new branch reads what is not restricted, and sees where it was written."""
    write(cast.secretary, mobile, narrative="在槐树湾写的")
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 15))
    person.refresh_from_db()
    body = page_of(as_user(cast.neighbour), person).content.decode()
    assert "在槐树湾写的" in body
    assert town.huaishuwan.short_name in body
    assert page_of(as_user(cast.secretary), person).status_code == 404


def test_it_shows_members_their_own_file_and_no_other(as_user, cast, town, poor, person):
    user = members_acts.create_user(by=None, username="member", person=poor)
    members_acts.grant_role(by=None, user=user, role="member", unit=town.huaishuwan, from_date=date(2020, 1, 1))
    client = as_user(user)
    response = page_of(client, poor)
    assert "盼入股" in response.content.decode()
    assert response.context["acts"] == []
    assert page_of(client, person).status_code == 404


def test_it_says_who_decided(as_user, cast, person):
    response = page_of(as_user(cast.secretary), person)
    assert response.context["categories"][0].decided_by == cast.staff
    assert str(cast.staff) in response.content.decode()


def test_it_shows_posts(as_user, cast, town, person):
    members_acts.hold_post(by=cast.staff, unit=town.huaishuwan, title="村监委主任", person=person)
    assert "村监委主任" in page_of(as_user(cast.secretary), person).content.decode()


def test_it_takes_the_same_queries_for_2_records_and_for_20(as_user, cast, person, mobile):
    open_dues()
    write(cast.secretary, mobile)
    write(cast.secretary, mobile)
    client = as_user(cast.secretary)
    with page_queries(QUERIES):
        page_of(client, person)
    for day in range(1, 19):
        write(cast.secretary, mobile, on=date(2026, 9, day))
    with page_queries(QUERIES):
        assert len(records_on(page_of(client, person))) == 20


# grants, person, closed case?, records, their details (one a kind), categories, dues, pills, posts; of the changes
# on the line: branches, standings, traces of proposals; the navigation: two
QUERIES = 27  # of which nine for the panel of one project
