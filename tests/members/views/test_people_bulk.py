"""Acts on several people of the list: /people/bulk/ and the answer by name."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from members import actions
from members.bulk import LIMIT, choices
from members.jobs import look_after_jobs
from members.models import AuditRow, BulkAnswer, Category, Enrolment, Person, Role, Standing, Status
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.queries import page_queries

URL = reverse("people-bulk")


@pytest.fixture
def people(town, cast):
    """Three of the secretary's branch and one of the neighbour's."""
    by = cast.staff
    return {
        "mobile": enrolled(town.huaishuwan, "白流动", Category.MOBILE, by=by),
        "none": enrolled(town.huaishuwan, "白未分", None, by=by, group="第一党小组"),
        "poor": enrolled(town.huaishuwan, "白帮扶", Category.POOR_WEAK, by=by),
        "near": enrolled(town.liulin, "白柳林", Category.MOBILE, by=by),
    }


@pytest.fixture
def ask(people, as_user):
    """`ask(user, "group", "mobile", …)`: the page that names the ticked."""

    def look(user, act, *keys, **query):
        return as_user(user).get(URL, {"act": act, "person": [people[key].pk for key in keys], **query})

    return look


@pytest.fixture
def send(people, as_user):
    """`send(user, "group", "mobile", …, group="第二党小组")`: the answer, its redirect followed."""

    def post(user, act, *keys, **said):
        said.setdefault("submission_id", uuid.uuid4())
        versions = {f"version-{people[key].pk}": people[key].version for key in keys}
        data = {"person": [people[key].pk for key in keys], **versions, **said}
        return as_user(user).post(f"{URL}?act={act}&back=sex%3DM", data, follow=True)

    return post


def names(lines):
    return [line.person.name for line in lines]


def answer(response):
    """(names done, {name not done: why})."""
    left = {line.person.name: line.refused for line in response.context["left"]}
    return [person.name for person in response.context["done"]], left


def test_it_puts_many_into_a_party_group(send, people, cast):
    done, left = answer(send(cast.secretary, "group", "mobile", "none", group="第二党小组"))
    assert (done, left) == (["白流动", "白未分"], {})
    assert set(Person.objects.filter(group="第二党小组").values_list("name", flat=True)) == {"白流动", "白未分"}
    told = AuditRow.objects.filter(act="correct_person")
    assert {row.person_id for row in told} == {people["mobile"].pk, people["none"].pk}
    assert {row.actor for row in told} == {cast.secretary}


def test_it_overwrites_nobodys_correction(send, people, cast):
    actions.correct_person(by=cast.staff, person=people["none"], version=1, group="第四党小组")
    done, left = answer(send(cast.secretary, "group", "mobile", "none", group="第二党小组"))
    assert done == ["白流动"]
    assert list(left) == ["白未分"]
    assert Person.objects.get(pk=people["none"].pk).group == "第四党小组"


def test_it_offers_the_groups_there_are(ask, cast, town):
    enrolled(town.liulin, "白别村", None, by=cast.staff, group="柳林党小组")
    response = ask(cast.staff, "group", "mobile", "none")
    assert list(response.context["form"].known) == ["第一党小组"]
    assert [line.now for line in response.context["can"]][1] == "第一党小组"


def test_it_tells_namesakes_of_one_village_apart(ask, people, cast, town):
    people["same"] = enrolled(town.huaishuwan, "白未分", None, by=cast.staff, phone="19900004321")
    page = ask(cast.staff, "group", "none", "same").content.decode()
    assert "199****4321" in page
    assert "19900004321" not in page


def test_it_names_one_helper_for_many(send, people, cast, town):
    people["second"] = enrolled(town.huaishuwan, "白二", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    response = send(cast.secretary, "helper-mobile", "mobile", "second", "none", helper=cast.staff.pk)
    done, left = answer(response)
    assert done == ["白二", "白流动"]
    assert list(left) == ["白未分"]
    assert set(Enrolment.objects.filter(helper=cast.staff).values_list("person__name", flat=True)) == set(done)
    assert AuditRow.objects.filter(act="name_helper").count() == 2


def test_a_helper_may_be_named_in_a_confidential_category_by_who_sees_it(send, people, cast):
    open_dues(TODAY)
    send(cast.secretary, "helper-poor_weak", "poor", helper=cast.staff.pk)
    assert Enrolment.objects.get(person=people["poor"]).helper == cast.staff
    assert Due.objects.filter(person=people["poor"], duty="determined_person.contact", assignee=cast.staff).exists()


def test_it_offers_only_helpers_who_may_write_about_all(ask, cast, town):
    def offered(*keys):
        return set(ask(cast.staff, "helper-mobile", *keys).context["form"].fields["helper"].queryset)

    assert offered("mobile") == {cast.secretary, cast.staff, cast.director}
    assert offered("mobile", "near") == {cast.staff, cast.director}


def test_it_refuses_a_helper_who_may_not_write_there(send, people, cast):
    response = send(cast.staff, "helper-mobile", "mobile", "near", helper=cast.secretary.pk)
    assert response.status_code == 422
    assert "helper" in response.context["form"].errors
    assert not BulkAnswer.objects.exists()


def test_it_proposes_for_many_with_one_reason(send, people, cast):
    done, left = answer(
        send(cast.secretary, "propose-elderly", "mobile", "none", primary="on", on=TODAY, reason="年满65岁")
    )
    assert (done, left) == (["白流动", "白未分"], {})
    rows = Enrolment.objects.filter(status=Status.PROPOSED)
    assert {(row.category, row.reason, row.primary, row.recorded_by) for row in rows} == {
        (Category.ELDERLY, "年满65岁", True, cast.secretary)
    }
    assert {row.person_id for row in rows} == {people["mobile"].pk, people["none"].pk}


def test_it_says_beforehand_who_cannot_and_why(ask, people, cast):
    actions.propose_category(by=cast.staff, person=people["none"], category=Category.ELDERLY, reason="年满")
    actions.change_standing(by=cast.staff, person=people["mobile"], standing=Standing.FORMER, on=TODAY)
    response = ask(cast.staff, "propose-elderly", *people, follow=True)
    assert names(response.context["can"]) == ["白柳林"]
    assert [line.now for line in response.context["can"]] == [str(Category.MOBILE.label)]
    assert names(response.context["cannot"]) == ["白帮扶", "白流动", "白未分"]
    body = response.content.decode()
    assert all(line.refused in body for line in response.context["cannot"])
    assert f'value="{people["none"].pk}"' not in body


def test_nobody_is_proposed_for_a_confidential_category_in_bulk(ask, send, people, cast):
    """Nor out of one: each of them is decided person by person."""
    for category in (Category.POOR_WEAK, Category.BACKWARD):
        assert ask(cast.secretary, f"propose-{category}", "none").status_code == 404
        assert send(cast.secretary, f"propose-{category}", "none", on=TODAY, reason="困难").status_code == 404
    done, left = answer(send(cast.secretary, "propose-elderly", "poor", on=TODAY, reason="年满", primary="on"))
    assert done == []
    assert list(left) == ["白帮扶"]
    assert not Enrolment.objects.filter(status=Status.PROPOSED).exists()


def test_one_that_is_refused_holds_nobody_up(send, people, cast, monkeypatch):
    """Refused by the act itself, after it has written: what it wrote is gone, the others stand."""
    single = actions.propose_category

    def refusing(*, person, **said):
        row = single(person=person, **said)
        if person.pk == people["mobile"].pk:
            raise ValidationError("偏不")
        return row

    monkeypatch.setattr(actions, "propose_category", refusing)
    done, left = answer(send(cast.staff, "propose-elderly", "mobile", "none", "near", on=TODAY, reason="年满"))
    assert done == ["白未分", "白柳林"]
    assert left == {"白流动": "偏不"}
    assert set(Enrolment.objects.filter(status=Status.PROPOSED).values_list("person__name", flat=True)) == set(done)


def test_a_double_tap_does_nothing_twice(send, people, cast):
    tap = {"on": TODAY, "reason": "年满", "submission_id": uuid.uuid4()}
    first = send(cast.secretary, "propose-elderly", "mobile", "none", **tap)
    again = send(cast.secretary, "propose-elderly", "mobile", "none", **tap)
    assert answer(first) == answer(again)
    assert first.redirect_chain == again.redirect_chain
    assert BulkAnswer.objects.count() == 1
    assert Enrolment.objects.filter(status=Status.PROPOSED).count() == 2


def test_it_refuses_the_number_of_somebody_elses_form(send, people, cast):
    tap = {"group": "第二党小组", "submission_id": uuid.uuid4()}
    send(cast.secretary, "group", "mobile", **tap)
    assert send(cast.staff, "group", "none", **tap).status_code == 422
    assert Person.objects.get(pk=people["none"].pk).group == "第一党小组"


def test_who_is_out_of_scope_is_as_if_not_there(ask, send, people, cast, town):
    assert ask(cast.secretary, "group", "near").status_code == 404
    both = ask(cast.secretary, "group", "near", "mobile")
    assert names(both.context["can"]) == ["白流动"]
    assert "白柳林" not in both.content.decode()
    done, left = answer(send(cast.secretary, "group", "near", "mobile", group="第二党小组"))
    assert (done, left) == (["白流动"], {})
    assert Person.objects.get(pk=people["near"].pk).group == ""


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_only_who_writes_may(ask, send, as_user, people, cast, role):
    user = getattr(cast, role)
    assert ask(user, "group", "mobile").status_code == 403
    assert send(user, "group", "mobile", group="x").status_code == 403
    body = as_user(user).get(reverse("people")).content.decode()
    assert 'name="person"' not in body


def test_the_answer_is_read_by_who_sent_it_alone(send, as_user, people, cast):
    url = send(cast.secretary, "group", "mobile", group="第二党小组").redirect_chain[0][0]
    assert as_user(cast.secretary).get(url).status_code == 200
    assert as_user(cast.staff).get(url).status_code == 404


def test_the_answer_names_nobody_who_left_the_readers_sight(send, as_user, people, cast, town):
    url = send(cast.secretary, "group", "mobile", "none", group="第二党小组").redirect_chain[0][0]
    actions.transfer_person(by=cast.staff, person=people["mobile"], unit=town.liulin, on=TODAY)
    response = as_user(cast.secretary).get(url)
    assert answer(response) == (["白未分"], {})
    assert response.context["unnamed"] == 1
    assert "白流动" not in response.content.decode()


def test_it_goes_back_to_the_list_as_it_was(ask, send, cast):
    assert (
        ask(cast.secretary, "group", "mobile", back="sex=M&sort=age").context["list_url"] == "/people/?sex=M&sort=age"
    )
    assert send(cast.secretary, "group", "mobile", group="一").context["list_url"] == "/people/?sex=M"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"act": "group"}, 302),
        ({"person": ["{pk}"]}, 302),
        ({"act": "group", "person": ["x", "²", "9" * 30]}, 302),
        ({"act": "group", "person": [str(n) for n in range(LIMIT + 1)]}, 302),
        ({"act": "nonsense", "person": ["{pk}"]}, 404),
        ({"act": "group-elderly", "person": ["{pk}"]}, 404),
        ({"act": "helper-", "person": ["{pk}"]}, 404),
        ({"act": "group", "person": ["987654321"]}, 404),
    ],
)
def test_it_does_nothing_with_nonsense(as_user, people, cast, query, status):
    query = {**query, "person": [pk.format(pk=people["mobile"].pk) for pk in query.get("person", [])]}
    client = as_user(cast.secretary)
    assert client.get(URL, query).status_code == status
    assert client.post(f"{URL}?act={query.get('act', '')}", query).status_code == status
    assert not BulkAnswer.objects.exists()


@pytest.mark.parametrize(
    ("act", "said", "wrong"),
    [
        ("group", {"group": ""}, "group"),
        ("group", {"group": "组" * 41}, "group"),
        ("group", {"group": "一", "submission_id": "x"}, "submission_id"),
        ("propose-elderly", {"reason": "", "on": TODAY}, "reason"),
        ("propose-elderly", {"reason": "年满", "on": TODAY + timedelta(days=1)}, "on"),
    ],
)
def test_it_shows_what_is_wrong(send, people, cast, act, said, wrong):
    response = send(cast.secretary, act, "mobile", **said)
    assert response.status_code == 422
    assert wrong in response.context["form"].errors
    assert not BulkAnswer.objects.exists()


def test_it_offers_what_one_may(cast, in_english):
    offered = {heading: [code for code, _label in acts] for heading, acts in choices(cast.secretary)}
    assert len(offered["Propose a category"]) == 6
    assert "propose-poor_weak" not in offered["Propose a category"]
    assert "helper-poor_weak" in offered["Name the helper in"]
    clerk = actions.create_user(by=None, username="clerk", password="correct horse")
    actions.grant_role(by=None, user=clerk, role=Role.READER, unit=cast.staff.grants.get().unit, from_date=TODAY)
    hidden = {code for _heading, acts in choices(clerk) for code, _label in acts}
    assert not {"helper-poor_weak", "helper-backward"} & hidden


def test_the_list_ticks_whom_one_may_write_about(as_user, people, cast):
    client = as_user(cast.secretary)
    body = client.get(reverse("people")).content.decode()
    assert body.count('name="person"') == 3
    assert "checked" not in body.split('id="people"')[1]
    all_url = client.get(reverse("people"), {"sort": "age"}).context["all_url"]
    ticked = client.get(reverse("people") + all_url).content.decode()
    assert ticked.split('id="people"')[1].count(" checked") == 3
    past = client.get(reverse("people"), {"on": "2026-09-01"}).content.decode()
    assert 'name="person"' not in past


@pytest.mark.parametrize(("act", "number"), [("group", 5), ("helper-mobile", 6), ("propose-elderly", 5)])
def test_it_looks_in_as_many_queries_for_many(people, as_user, cast, town, act, number):
    client = as_user(cast.staff)

    def look():
        return client.get(URL, {"act": act, "person": [person.pk for person in people.values()]})

    look()
    with page_queries(number):
        look()
    for n in range(5):
        people[n] = enrolled(town.liulin, f"白{n}", Category.MOBILE, by=cast.staff)
    with page_queries(number):
        assert len(look().context["can"]) > 5


def test_it_answers_in_as_many_queries_for_many(send, as_user, people, cast):
    urls = [send(cast.staff, "group", *keys, group="一").redirect_chain[0][0] for keys in (["mobile"], people)]
    client = as_user(cast.staff)
    for url in urls:
        with page_queries(5):
            client.get(url)


def test_the_answer_does_not_outlive_a_confidential_category(send, as_user, people, cast):
    url = send(cast.secretary, "helper-poor_weak", "poor", "mobile", helper=cast.staff.pk).redirect_chain[0][0]
    done, left = answer(as_user(cast.secretary).get(url))
    assert (done, list(left)) == (["白帮扶"], ["白流动"])
    row = people["poor"].enrolments.live().get()
    actions.end_category(by=cast.staff, enrolment=row, on=TODAY, reason="稳定")
    response = as_user(cast.secretary).get(url)
    assert answer(response)[0] == []
    assert "白帮扶" not in response.content.decode()
    cast.secretary.grants.update(role="reader")
    assert as_user(cast.secretary).get(url).status_code == 404


def test_an_answer_is_kept_for_thirty_days(cast):
    old, new = (BulkAnswer.objects.create(submission_id=uuid.uuid4(), code="group", by=cast.staff) for _n in range(2))
    BulkAnswer.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=31))
    look_after_jobs()
    assert list(BulkAnswer.objects.all()) == [new]
