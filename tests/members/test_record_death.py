"""A death ends every open duty, category and post that day, and makes what is owed to the family."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from members import actions, hooks
from members.actions import people
from members.models import AuditRow, Category, Enrolment, Standing, Status
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")


def test_it_ends_what_was_open_that_day(cast, person):
    open_dues(TODAY)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 18))
    person.refresh_from_db()
    assert (person.standing, person.category) == (Standing.FORMER, "")
    row = person.enrolments.get()
    assert (row.status, row.to_date) == (Status.ENDED, date(2026, 9, 18))
    assert not Due.objects.open().filter(person=person).exists()
    assert set(Due.objects.filter(person=person).values_list("closed_on", flat=True)) == {date(2026, 9, 18)}
    assert open_dues(TODAY) == 0


def test_it_keeps_the_past(cast, person):
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    rows = list(person.standings.order_by("from_date").values_list("standing", "from_date", "to_date"))
    assert rows == [("full", date(2025, 5, 20), TODAY), ("former", TODAY, None)]
    assert Enrolment.objects.on(date(2026, 9, 20)).filter(person=person).exists()
    assert AuditRow.objects.filter(act="change_standing", person=person, actor=cast.staff).exists()


def test_it_returns_what_was_only_proposed(cast, person):
    row = actions.propose_category(
        by=cast.secretary, person=person, category=Category.ELDERLY, primary=False, reason="满65周岁"
    )
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    row.refresh_from_db()
    assert row.status == Status.RETURNED


def test_it_leaves_the_posts(cast, town, person):
    post = actions.hold_post(
        by=cast.staff, unit=town.huaishuwan, title="村文书", person=person, from_date=date(2025, 1, 4)
    )
    open_dues(TODAY)
    assert Due.objects.open().filter(post=post).exists()
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    post.refresh_from_db()
    assert post.to_date == TODAY
    assert not Due.objects.open().filter(post=post).exists()


def test_it_owes_the_family_a_condolence(cast, town):
    person = enrolled(town.huaishuwan, "赵德福", Category.ELDERLY, by=cast.staff)
    open_dues(TODAY)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 20))
    due = Due.objects.open().get(person=person)
    assert (due.duty, due.opens_on, due.due_on) == (
        "transmission_help.condolence_death",
        date(2026, 9, 20),
        date(2026, 9, 23),
    )


def test_it_can_be_before_the_category_began(cast, town):
    """The category was entered on 20 September for a member who, it turns out, had died on the 10th."""
    person = enrolled(town.huaishuwan, "张三", None, by=cast.staff)
    row = actions.propose_category(by=cast.secretary, person=person, category=Category.MOBILE, reason="外出")
    actions.confirm_category(by=cast.staff, enrolment=row)
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 10))
    row.refresh_from_db()
    assert (row.status, row.from_date, row.to_date) == (Status.ENDED, TODAY, TODAY)


def test_it_cannot_be_before_the_person_was_there(cast, person):
    with pytest.raises(ValidationError, match="cannot be dated"):
        actions.record_death(by=cast.staff, person=person, on=date(2025, 5, 19))
    person.refresh_from_db()
    assert person.standing == Standing.FULL


def test_it_cannot_lie_ahead(cast, person):
    with pytest.raises(ValidationError, match="lies ahead"):
        actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 22))


def test_it_leaves_nothing_to_propose(cast, person):
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    with pytest.raises(ValidationError, match="left the roll"):
        actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="满65周岁")


def test_it_looks_at_what_is_open_only_under_the_lock(cast, person, monkeypatch):
    """Another act that holds the lock ends the enrolment; the death then finds nothing of it."""
    lock, told = people.lock_person, []

    def waited_for(someone):
        for row in someone.enrolments.filter(status=Status.ACTIVE):
            actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 9, 1), reason="returned home")
        return lock(someone)

    monkeypatch.setattr(people, "lock_person", waited_for)
    monkeypatch.setattr(hooks, "person_died", [lambda ids, *, on, by: told.extend(ids)])
    actions.record_death(by=cast.staff, person=person, on=date(2026, 9, 18))
    assert told == []
    assert person.enrolments.get().to_date == date(2026, 9, 1)


def test_nobody_comes_back_by_a_change_of_standing(cast, person):
    """There is an act for who returns, and one for who never left."""
    actions.record_death(by=cast.staff, person=person, on=TODAY)
    with pytest.raises(ValidationError, match="has left the roll"):
        actions.change_standing(by=cast.staff, person=person, standing=Standing.FULL, on=TODAY)
    person.refresh_from_db()
    assert person.standing == Standing.FORMER
