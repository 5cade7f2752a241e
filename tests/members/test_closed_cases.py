"""Help and education that is over stays sealed, whatever is proposed, taken back or put right beside it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow, Category, Enrolment
from members.roll import PastRoll
from projects.actions import save_record
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import entry

ENDED, MAY = date(2026, 6, 1), date(2026, 5, 1)


@pytest.fixture
def person(town, cast, on_day):
    return on_day(date(2026, 1, 5), lambda: enrolled(town.huaishuwan, "王某", Category.BACKWARD, by=cast.staff))


def end(cast, person, on_day, day=ENDED):
    row = person.enrolments.live().get()
    on_day(day, lambda: actions.end_category(by=cast.staff, enrolment=row, on=day, reason="解除"))
    row.refresh_from_db()
    return row


def listed(cast, day, known=None):
    return PastRoll(day, known).enrolments(cast.staff).filter(category=Category.BACKWARD).exists()


def test_a_proposal_taken_back_opens_no_closed_case(cast, person, on_day):
    end(cast, person, on_day)
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.BACKWARD, on=ENDED, reason="多次缺席"
    )
    assert not listed(cast, MAY)
    actions.withdraw_proposal(by=cast.secretary, enrolment=row, reason="写错了人")
    assert not listed(cast, MAY)


def test_what_was_believed_of_a_closed_case_is_closed_too(cast, person, on_day):
    """Neither what was put right while it ran nor what was put right afterwards."""
    row = person.enrolments.get()
    april, june = date(2026, 4, 10), date(2026, 6, 20)
    on_day(april, lambda: actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 6, 1), reason="会议记录"))
    assert listed(cast, MAY, date(2026, 3, 1))
    assert listed(cast, MAY)
    end(cast, person, on_day)
    assert not listed(cast, MAY, date(2026, 3, 1))
    earlier = {"from_date": date(2025, 6, 1), "to_date": date(2026, 4, 1)}
    on_day(june, lambda: actions.correct_stay(by=cast.staff, row=row, reason="会议记录", **earlier))
    assert Enrolment.objects.exclude(superseded_at=None).filter(person=person).count() == 2
    for known in (date(2026, 3, 1), date(2026, 5, 1), date(2026, 6, 10), date(2026, 7, 1)):
        assert not listed(cast, MAY, known)
        assert not listed(cast, date(2026, 3, 1), known)
    again = {"category": Category.BACKWARD, "on": date(2026, 8, 1), "reason": "原有名册"}
    actions.carry_over_category(by=cast.staff, person=person, **again)
    assert not listed(cast, MAY, date(2026, 3, 1))


def test_what_was_believed_of_a_case_that_goes_on_stays_known(cast, town, person, on_day):
    row = person.enrolments.get()
    april = date(2026, 4, 10)
    on_day(april, lambda: actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 6, 1), reason="会议记录"))
    on_day(MAY, lambda: actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=MAY))
    assert listed(cast, april, date(2026, 3, 1))


def test_a_closed_case_has_no_page_to_correct_it(as_user, cast, person, on_day):
    row = person.enrolments.get()
    url = f"/people/{person.pk}/history/category/{row.pk}/"
    assert as_user(cast.staff).get(url).status_code == 200
    end(cast, person, on_day)
    assert as_user(cast.staff).get(url).status_code == 404
    sent = {"from_date": "2025-6-1", "to_date": "2026-6-1", "reason": "会议记录"}
    assert as_user(cast.staff).post(url, sent).status_code == 404


def test_looking_at_what_is_restricted_leaves_a_trace(as_user, cast, person):
    row = person.enrolments.get()
    as_user(cast.staff).get(f"/people/{person.pk}/history/category/{row.pk}/")
    assert AuditRow.objects.filter(act="view_restricted", person=person, actor=cast.staff).count() == 1


@pytest.mark.parametrize("page", ["", "history/", "categories/"])
def test_a_new_proposal_shows_nothing_of_the_closed_case(as_user, cast, person, on_day, page):
    """Else proposing and taking back would be a key to what is sealed."""
    old = person.enrolments.get()
    fact = {"ground": "meetings", "occurred_on": date(2026, 1, 5), "fact": "三次无故缺席", "evidence": "会议签到表"}
    save_record(by=cast.secretary, entry=entry("key.fact", old, happened_on=date(2026, 1, 9), detail=fact))
    url, client = f"/people/{person.pk}/{page}", as_user(cast.secretary)
    assert "帮教" in client.get(url).content.decode()
    end(cast, person, on_day)
    again = date(2026, 8, 1)
    actions.propose_category(by=cast.secretary, person=person, category=Category.BACKWARD, on=again, reason="再次缺席")
    body = client.get(url).content.decode()
    assert "帮教" in body
    for sealed in ("三次无故缺席", "解除", "原有名册", "2026-06-01", "2026年6月1日"):
        assert sealed not in body


@pytest.mark.parametrize(
    "path",
    ["/enrolments/{}/withdraw/", "/enrolments/{}/regularise/", "/enrolments/{}/decide/", "/api/v1/enrolments/{}/"],
)
def test_a_closed_case_has_no_page_of_its_own(as_user, cast, person, on_day, path):
    row, client = person.enrolments.get(), as_user(cast.staff)
    assert client.get(path.format(row.pk)).status_code == 200
    end(cast, person, on_day)
    assert client.get(path.format(row.pk)).status_code == 404
    assert client.get("/api/v1/enrolments/").json()["results"] == []


def test_a_new_case_on_the_very_day_opens_no_closed_one(cast, person, on_day):
    end(cast, person, on_day)
    actions.carry_over_category(by=cast.staff, person=person, category=Category.BACKWARD, on=ENDED, reason="新的事实")
    assert not listed(cast, MAY)
    assert listed(cast, date(2026, 6, 2))


@pytest.mark.usefixtures("in_english")
def test_not_even_the_day_of_a_closed_case_is_said(cast, person, on_day):
    end(cast, person, on_day)
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.MOBILE, on=ENDED, reason="外出")
    row = actions.confirm_category(by=cast.staff, enrolment=row)
    row = actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 8, 1), reason="返乡")
    elderly = {"category": Category.ELDERLY, "on": date(2026, 8, 10), "reason": "年满"}
    later = actions.propose_category(by=cast.secretary, person=person, **elderly)
    later = actions.confirm_category(by=cast.staff, enrolment=later)
    with pytest.raises(ValidationError, match="held on some of these days") as refused:
        actions.correct_stay(by=cast.staff, row=later, from_date=date(2026, 3, 1), reason="误")
    assert "2026" not in str(refused.value)


def test_what_was_written_in_a_closed_case_has_no_page(as_user, cast, person, on_day):
    """Nor is it put right, taken back or given out; the person reads it as before."""
    row = person.enrolments.get()
    fact = {"ground": "meetings", "occurred_on": date(2026, 1, 5), "fact": "三次无故缺席", "evidence": "会议签到表"}
    record = save_record(by=cast.secretary, entry=entry("key.fact", row, happened_on=date(2026, 1, 9), detail=fact))
    pages = [f"/records/{record.pk}/", f"/records/{record.pk}/amend/", f"/api/v1/records/{record.pk}/"]
    client = as_user(cast.secretary)
    assert [client.get(url).status_code for url in pages] == [200, 200, 200]
    end(cast, person, on_day, TODAY)
    assert [client.get(url).status_code for url in pages] == [404, 404, 404]
    assert client.post(f"/records/{record.pk}/void/", {"reason": "误"}).status_code == 404
    own = actions.create_user(by=None, username="own", person=person)
    assert as_user(own).get(pages[0]).status_code == 200


def test_no_form_tells_of_the_last_record_of_a_closed_case(as_user, cast, person, on_day):
    talk = entry("key.talk", person.enrolments.get(), happened_on=MAY, detail={"topic": "谈心"})
    save_record(by=cast.staff, entry=talk)
    end(cast, person, on_day)
    actions.propose_category(by=cast.staff, person=person, category=Category.MOBILE, on=ENDED, reason="外出")
    row = person.enrolments.get(category=Category.MOBILE)
    actions.confirm_category(by=cast.staff, enrolment=row)
    page = as_user(cast.secretary).get(f"/projects/joint/enrolments/{row.pk}/records/follow-up/new/")
    assert page.context["last"] is None
