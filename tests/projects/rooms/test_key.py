"""Help and education: one term, extended once and never beyond twelve months; an appeal waits for the town."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions as members_acts
from members.models import Category
from projects import registry
from projects.actions import save_record, void_record
from projects.models import Due, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import due_of, entry, state_of
from tests.projects.ledger_cells import table
from tests.projects.test_every_project import sample_detail

pytestmark = pytest.mark.usefixtures("in_english")
BEGIN, END, LATEST = date(2026, 3, 2), date(2026, 9, 2), date(2027, 3, 2)


@pytest.fixture
def taught(town, cast):
    return enrolled(town.huaishuwan, "帮教甲", Category.BACKWARD, by=cast.staff).enrolments.get()


def write(by, kind, row, dues=(), happened_on=TODAY, **detail):
    return save_record(by=by, entry=entry(f"key.{kind}", row, detail=detail, dues=dues, happened_on=happened_on))


def term(by, row, starts_on=BEGIN, ends_on=END):
    return write(by, "help_term", row, starts_on=starts_on, ends_on=ends_on)


def extend(by, row, until=LATEST, dues=()):
    return write(by, "term_review", row, dues, outcome="extended", until=until, reason="任务尚未完成")


def end(by, row, dues=()):
    return write(by, "term_review", row, dues, outcome="closed", until=None, reason="任务完成")


def until_in_ledger(user, town):
    return table("key", user, town.xitun, TODAY)[0]["until"]


def test_the_term_ends_with_a_decision_due_then(cast, taught):
    term(cast.staff, taught)
    due = due_of("key.term_end", taught)
    assert (due.due_on, due.responsible) == (END, "town_staff")
    end(cast.staff, taught, dues=(due,))
    assert state_of(due) == "late"
    assert not Due.objects.filter(duty="key.extension_end").exists()


def test_an_extension_moves_the_end_and_the_decision(cast, town, taught):
    term(cast.staff, taught)
    assert until_in_ledger(cast.staff, town) == END
    first = due_of("key.term_end", taught)
    extend(cast.staff, taught, dues=(first,))
    assert state_of(first) in ("on_time", "late")
    second = due_of("key.extension_end", taught)
    assert (second.due_on, second.opens_on, second.restricted) == (LATEST, TODAY, True)
    assert until_in_ledger(cast.staff, town) == LATEST
    end(cast.staff, taught, dues=(second,))
    assert state_of(second) == "on_time"


def test_it_is_extended_once(cast, taught):
    term(cast.staff, taught)
    extend(cast.staff, taught, until=date(2026, 12, 2))
    with pytest.raises(ValidationError, match="extended once already") as refused:
        extend(cast.staff, taught, until=date(2027, 2, 2))
    assert list(refused.value.error_dict) == ["outcome"]
    assert Record.objects.filter(kind="key.term_review").count() == 1
    assert end(cast.staff, taught), "it can still be ended"


def test_a_second_term_is_no_way_around(cast, taught):
    term(cast.staff, taught)
    with pytest.raises(ValidationError, match="has its term already"):
        term(cast.staff, taught, starts_on=date(2026, 9, 3), ends_on=LATEST)


@pytest.mark.parametrize("until", [date(2027, 3, 3), date(2028, 1, 1)])
def test_it_never_lasts_longer_than_twelve_months_in_all(cast, taught, until):
    term(cast.staff, taught)
    with pytest.raises(ValidationError, match="twelve months at most") as refused:
        extend(cast.staff, taught, until=until)
    assert list(refused.value.error_dict) == ["until"]
    assert not Due.objects.filter(duty="key.extension_end").exists()


def test_a_term_of_twelve_months_leaves_nothing_to_extend(cast, taught):
    term(cast.staff, taught, ends_on=LATEST)
    with pytest.raises(ValidationError, match="runs until"):
        extend(cast.staff, taught, until=LATEST)
    with pytest.raises(ValidationError, match="twelve months at most"):
        extend(cast.staff, taught, until=date(2027, 3, 3))


def test_an_extension_needs_a_term_and_a_day(cast, taught):
    with pytest.raises(ValidationError, match="term of the help first"):
        extend(cast.staff, taught)
    term(cast.staff, taught)
    with pytest.raises(ValidationError, match="Say until when"):
        extend(cast.staff, taught, until=None)
    with pytest.raises(ValidationError, match="runs until"):
        extend(cast.staff, taught, until=END)


def test_only_an_extension_has_a_new_end(cast, taught):
    term(cast.staff, taught)
    with pytest.raises(ValidationError, match="Only an extension"):
        write(cast.staff, "term_review", taught, outcome="closed", until=LATEST, reason="任务完成")


def test_a_voided_extension_does_not_count(cast, town, taught):
    term(cast.staff, taught)
    first = due_of("key.term_end", taught)
    void_record(by=cast.staff, record=extend(cast.staff, taught, dues=(first,)), reason="写错了日期")
    assert state_of(first) == "overdue", "the decision is owed again"
    assert state_of(due_of("key.extension_end", taught)) == "closed"
    assert until_in_ledger(cast.staff, town) == END
    assert extend(cast.staff, taught, until=date(2026, 12, 2))


def test_a_voided_term_can_be_entered_anew(cast, taught):
    void_record(by=cast.staff, record=term(cast.staff, taught), reason="写错了日期")
    assert term(cast.staff, taught, ends_on=date(2026, 8, 2))


def test_a_transfer_does_not_begin_it_anew(cast, town, taught):
    term(cast.staff, taught)
    extend(cast.staff, taught, until=date(2026, 12, 2))
    members_acts.transfer_person(by=cast.staff, person=taught.person, unit=town.liulin, on=date(2026, 9, 20))
    there = taught.person.enrolments.live().get()
    with pytest.raises(ValidationError, match="extended once already"):
        extend(cast.staff, there, until=date(2027, 2, 2))
    with pytest.raises(ValidationError, match="has its term already"):
        term(cast.staff, there)


def test_an_earlier_case_is_another_matter(cast, taught):
    term(cast.staff, taught)
    extend(cast.staff, taught)
    members_acts.end_category(by=cast.staff, enrolment=taught, on=date(2026, 9, 18), reason="解除")
    members_acts.carry_over_category(
        by=cast.staff, person=taught.person, category=Category.BACKWARD, on=date(2026, 9, 20), reason="原有名册"
    )
    anew = taught.person.enrolments.live().get()
    assert term(cast.staff, anew, starts_on=date(2026, 9, 20), ends_on=date(2027, 3, 20))
    assert extend(cast.staff, anew, until=date(2027, 9, 20))


def test_an_appeal_waits_for_the_town_for_thirty_days(cast, taught):
    write(cast.secretary, "statement", taught, happened_on=date(2026, 9, 1), position="appeals", words="与事实不符")
    due = due_of("key.appeal", taught)
    assert (due.due_on, due.responsible, due.restricted) == (date(2026, 10, 1), "town_staff", True)
    write(cast.staff, "appeal_decision", taught, (due,), outcome="upheld", reason="镇党委研究，事实清楚")
    assert state_of(due) == "on_time"


@pytest.mark.parametrize("position", ["accepts", "answers", "silent"])
def test_only_an_appeal_does(cast, taught, position):
    write(cast.secretary, "statement", taught, position=position, words="已说明")
    assert not Due.objects.filter(duty="key.appeal").exists()


@pytest.mark.parametrize("kind", ["statement", "appeal-decision", "term-review", "help-term"])
def test_every_step_is_reached_from_the_persons_page(as_user, cast, taught, kind):
    page = as_user(cast.secretary).get(f"/records/new/?person={taught.person_id}").content.decode()
    url = f"/projects/key/enrolments/{taught.pk}/records/{kind}/new/"
    assert url in page
    assert as_user(cast.secretary).get(url).status_code == 200


def test_the_form_refuses_a_second_extension_beside_the_field(as_user, cast, taught):
    term(cast.staff, taught)
    extend(cast.staff, taught, until=date(2026, 12, 2))
    url = f"/projects/key/enrolments/{taught.pk}/records/term-review/new/"
    sent = {
        "happened_on": "2026-09-21", "submission_id": "6e0b6b59-3c7f-4c1c-a6b4-0b5e4c0f7a11",
        "outcome": "extended", "until": "2027-02-02", "reason": "再延长",
    }  # fmt: skip
    response = as_user(cast.staff).post(url, sent)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["outcome"]


def test_the_form_offers_six_months(as_user, cast, taught):
    form = as_user(cast.staff).get(f"/projects/key/enrolments/{taught.pk}/records/help-term/new/").context["form"]
    assert (form["starts_on"].value(), form["ends_on"].value()) == (TODAY, date(2027, 3, 21))


@pytest.fixture
def closed_case(town, cast):
    row = enrolled(town.huaishuwan, "孙某某", Category.BACKWARD, by=cast.staff).enrolments.get()
    open_dues()
    due, talk = due_of("key.talk", row, occasion="2026-09"), registry.project("key").kind("talk")
    detail = sample_detail(registry.project("key"), talk)
    save_record(by=cast.secretary, entry=entry("key.talk", row, dues=(due,), detail=detail))
    return members_acts.end_category(by=cast.staff, enrolment=row, on=TODAY, reason="转化")


@pytest.mark.parametrize("query", ["state=closed", "state=done", "state=asked", "state=", "state=done&on=2026-09-21"])
def test_no_list_of_duties_names_who_is_out_of_it(as_user, cast, closed_case, query):
    for user in (cast.secretary, cast.staff):
        page = as_user(user).get(f"/dues/?{query}&whose=")
        assert page.status_code == 200
        assert "孙某某" not in page.content.decode()
    assert as_user(cast.staff).get("/api/v1/dues/?category=backward").json()["results"] == []


def test_nothing_more_is_written_into_a_closed_case(as_user, cast, closed_case):
    address = f"/projects/key/enrolments/{closed_case.pk}/records/talk/new/"
    assert as_user(cast.secretary).get(address).status_code == 404
    assert as_user(cast.secretary).post(address, {}).status_code == 404
    answer = as_user(cast.secretary).post(
        "/api/v1/records/",
        {
            "kind": "key.talk", "happened_on": "2026-09-21", "submission_id": str(uuid.uuid4()),
            "enrolments": [closed_case.pk], "detail": {"form": "one", "topic": "近况", "agreed": ""}, "dues": [],
        },
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 404
    assert closed_case.record_rows.count() == 1


def test_no_page_of_one_duty_opens_a_closed_case(as_user, cast, closed_case):
    for due in Due.objects.filter(enrolment=closed_case):
        pages = (f"/dues/{due.pk}/waive/", f"/reminders/nudge/dues/{due.pk}/", f"/reminders/dues/{due.pk}/quiet/")
        for address in (*pages, f"/api/v1/dues/{due.pk}/"):
            assert as_user(cast.staff).get(address).status_code == 404
