"""Sending somebody to another branch: /people/<pk>/transfer/; answering: /transfers/<pk>/."""

import pytest

from members import actions
from members.models import Category, Standing, Transfer, User
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/transfer/"


@pytest.fixture
def row(cast, town, person):
    return actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=TODAY, reason="随迁")


def sent(town, **more):
    return {"unit": town.liulin.pk, "letter_on": "2026-09-10", "reason": "落户"} | more


def test_a_secretary_sends_and_the_neighbour_receives(as_user, cast, town, person, url):
    client = as_user(cast.secretary)
    assert f'href="{url}"' in client.get(f"/people/{person.pk}/").content.decode()
    assert client.post(url, sent(town))["Location"] == f"/people/{person.pk}/"
    row, address = Transfer.objects.get(), f"/transfers/{Transfer.objects.get().pk}/"
    for page in (f"/people/{person.pk}/", url, "/"):
        assert address in client.get(page).content.decode()
    client = as_user(cast.neighbour)
    assert address in client.get("/").content.decode()
    assert client.post(address, {"decision": "receive", "on": "2026-09-18"})["Location"] == "/"
    person.refresh_from_db()
    row.refresh_from_db()
    assert (person.unit, row.state) == (town.liulin, "received")


def test_it_says_which_posts_end_with_a_transfer_out(as_user, cast, town, person, url):
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="文书", person=person)
    client = as_user(cast.secretary)
    assert "所任职务同日离任：文书。" in client.get(url).content.decode()
    row = actions.propose_transfer(by=cast.secretary, person=person, elsewhere="外县某支部", letter_on=TODAY)
    assert "所任职务同日离任：文书。" in client.get(f"/transfers/{row.pk}/").content.decode()


def test_it_says_which_role_ends_with_a_transfer_out(as_user, cast, town, person, url):
    User.objects.filter(pk=cast.secretary.pk).update(person=person)
    client = as_user(cast.staff)
    assert "账号所任角色于登记回执之日终止：村党支部书记。" in client.get(url).content.decode()
    words, said = "账号所任角色同日终止：村党支部书记。", {"by": cast.secretary, "person": person, "letter_on": TODAY}
    row = actions.propose_transfer(unit=town.liulin, **said)
    assert words not in client.get(f"/transfers/{row.pk}/").content.decode()
    actions.withdraw_transfer(by=cast.secretary, transfer=row, reason="误")
    row = actions.propose_transfer(elsewhere="外县某支部", **said)
    assert words in client.get(f"/transfers/{row.pk}/").content.decode()


def test_the_receiving_side_reads_no_more_than_a_receipt_names(as_user, cast, town):
    poor = enrolled(town.huaishuwan, "李有福", Category.POOR_WEAK, by=cast.staff)
    row = actions.propose_transfer(by=cast.secretary, person=poor, unit=town.liulin, letter_on=TODAY)
    client = as_user(cast.neighbour)
    page = client.get(f"/transfers/{row.pk}/").content.decode().split("<main")[1]
    assert "李有福" in page
    for hidden in ("帮扶", "19912343021", f"/people/{poor.pk}/"):
        assert hidden not in page
    assert client.get(f"/people/{poor.pk}/").status_code == 404


def test_who_writes_at_both_ends_moves_in_one_step(as_user, cast, town, person, url):
    assert as_user(cast.staff).post(url, sent(town, received_on="2026-09-12")).status_code == 302
    person.refresh_from_db()
    assert (person.unit, Transfer.objects.get().state) == (town.liulin, "received")


def test_a_secretary_cannot_receive_for_the_neighbour(as_user, cast, town, person, url):
    response = as_user(cast.secretary).post(url, sent(town, received_on="2026-09-12"))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["received_on"])
    assert not Transfer.objects.exists()


def test_a_refused_receipt_leaves_nothing_sent(as_user, cast, town, url):
    assert as_user(cast.staff).post(url, sent(town, received_on="2026-09-09")).status_code == 422
    assert not Transfer.objects.exists()


def test_the_receipt_of_an_organisation_outside_ends_the_roll(as_user, cast, person, url):
    client = as_user(cast.secretary)
    client.post(url, {"elsewhere": "外县某支部", "letter_on": "2026-09-10"})
    client.post(f"/transfers/{Transfer.objects.get().pk}/", {"decision": "receive", "on": "2026-09-18"})
    person.refresh_from_db()
    assert person.standing == Standing.FORMER


@pytest.mark.parametrize("place", ["huaishuwan", "foreign", "xitun"])
def test_it_offers_only_other_branches_of_the_town(as_user, cast, town, url, place):
    response = as_user(cast.secretary).post(url, sent(town, unit=getattr(town, place).pk))
    assert "unit" in response.context["form"].errors


@pytest.mark.parametrize("day", ["", "2026-09-22", "x"])
def test_it_refuses_an_impossible_day(as_user, cast, town, url, day):
    assert as_user(cast.staff).post(url, sent(town, letter_on=day)).status_code == 422


@pytest.mark.parametrize(
    ("who", "data"),
    [
        ("secretary", {"decision": "receive", "on": "2026-09-21"}),
        ("secretary", {"decision": "withdraw"}),
        ("neighbour", {"decision": "withdraw", "reason": "x"}),
        ("neighbour", {"decision": "decline", "reason": " "}),
        ("neighbour", {"decision": "receive", "on": ""}),
        ("staff", {"decision": "banish"}),
        ("staff", {}),
    ],
)
def test_it_refuses_an_answer_that_is_not_theirs(as_user, cast, row, who, data):
    assert as_user(getattr(cast, who)).post(f"/transfers/{row.pk}/", data).status_code == 422
    row.refresh_from_db()
    assert row.state == "waiting"


def test_it_goes_back_with_a_reason_that_the_sender_reads(as_user, cast, row):
    as_user(cast.neighbour).post(f"/transfers/{row.pk}/", {"decision": "decline", "reason": "信息有误"})
    assert "信息有误" in as_user(cast.secretary).get(f"/transfers/{row.pk}/").content.decode()


def test_it_marks_a_letter_no_longer_valid(as_user, cast, town, person):
    actions.propose_transfer(by=cast.secretary, person=person, unit=town.liulin, letter_on=TODAY.replace(month=1))
    assert "tag-red" in as_user(cast.neighbour).get("/").content.decode()
    assert "tag-red" in as_user(cast.staff).get("/decisions/").content.decode()


def test_the_queue_costs_the_same_however_many_wait(as_user, cast, town, row):
    client = as_user(cast.staff)
    client.get("/decisions/")
    for n in range(4):
        other = enrolled(town.huaishuwan, f"同志{n}", None, by=cast.staff)
        actions.propose_transfer(by=cast.secretary, person=other, unit=town.liulin, letter_on=TODAY)
    with page_queries(10):
        assert len(client.get("/decisions/").context["transfers"]) == 5


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 200), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write_on_either_side(as_user, cast, row, who, status):
    assert as_user(getattr(cast, who)).get(f"/transfers/{row.pk}/").status_code == status
