"""The tracking project: absences and their clock, promises, the search after three tries, once a person and turn."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members import actions as members_acts
from members.models import Category, Cause
from projects import actions
from projects.amending import amend_record
from projects.bin import restore_record
from projects.joint.absences import absence_on, absences
from projects.joint.rules import search_opens
from projects.links import record_link
from projects.models import Due, PeriodLock, Record
from projects.panels import panels_of
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, due_of, entry, follow_up, left_again, state_of
from tests.projects.ledger_cells import table
from xitun.lib.dates import frozen

pytestmark = pytest.mark.usefixtures("in_english")
DEPARTURE = {
    "departs_on": date(2026, 2, 11),
    "destination": "石河子",
    "fixed": True,
}
JULY, AUGUST = date(2026, 7, 10), date(2026, 8, 10)


def day(number):
    """So many days before today."""
    return TODAY - timedelta(days=number)


def wrote(by, kind, row, on=TODAY, dues=(), **detail):
    return actions.save_record(by=by, entry=entry(f"joint.{kind}", row, happened_on=on, dues=dues, detail=detail))


def contacted(by, row, on, *, dues=(), **detail):
    return wrote(by, "follow_up", row, on, dues, **FOLLOW_UP | detail)


def tried(by, row, on):
    return contacted(by, row, on, reached=False)


def amended(by, record, row, **detail):
    new = entry(record.kind, row, happened_on=record.happened_on, detail=FOLLOW_UP | detail)
    return amend_record(by=by, record=record, entry=replace(new, submission_id=uuid.uuid4()), reason="写错了")


def moved(cast, person, unit, on=TODAY):
    """The enrolment among the mobile of the branch that the person was transferred to."""
    person.refresh_from_db()
    members_acts.transfer_person(by=cast.staff, person=person, unit=unit, on=on)
    return person.enrolments.live().get(category=Category.MOBILE)


def undone(by, record):
    return actions.void_record(by=by, record=record, reason="写错了")


def turns(person, duty):
    """Occasions of a duty that are owed or done, with the enrolment."""
    rows = Due.objects.filter(person=person, duty=f"joint.{duty}", closed_on=None)
    return list(rows.order_by("pk").values_list("occasion", "enrolment"))


# --- absences and their clock


def departure(pk, on):
    return SimpleNamespace(pk=pk, detail=SimpleNamespace(departs_on=on), happened_on=on)


def homecoming(pk, on):
    return SimpleNamespace(pk=pk, detail=SimpleNamespace(returned_on=on))


@pytest.mark.parametrize("left,over", [(date(2025, 8, 31), date(2026, 2, 28)), (date(2027, 8, 31), date(2028, 2, 29))])
def test_six_months_from_the_last_of_august_end_with_february(left, over):
    [absence] = absences([departure(1, left)], [])
    assert absence.six_months_on == over


def test_who_returns_and_leaves_again_has_two_absences_and_a_new_clock():
    left = [departure(1, date(2026, 1, 5)), departure(3, date(2026, 8, 20))]
    first, second = absences(left, [homecoming(2, date(2026, 7, 30))])
    assert (first.returned_on, second.departs_on) == (date(2026, 7, 30), date(2026, 8, 20))
    assert (second.returned_on, second.six_months_on) == (None, date(2027, 2, 20))


def test_who_moves_on_stays_away_by_the_first_clock():
    left = [departure(1, date(2026, 1, 5)), departure(2, date(2026, 3, 1))]
    [absence] = absences(left, [])
    assert (absence.departs_on, absence.place.pk) == (date(2026, 1, 5), 2)


def test_one_that_lies_ahead_is_in_force_only_while_there_is_no_other():
    ahead = departure(2, date(2026, 10, 1))
    assert absence_on(TODAY, [ahead], []).place.pk == 2
    assert absence_on(TODAY, [departure(1, JULY), ahead], []).place.pk == 1
    assert absence_on(TODAY, [], [homecoming(1, JULY)]) is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30).map(day)), max_size=8))
def test_absences_follow_one_another_and_only_the_last_is_open(events):
    left = [departure(n, on) for n, (out, on) in enumerate(events) if out]
    back = [homecoming(n, on) for n, (out, on) in enumerate(events) if not out]
    found = absences(left, back)
    assert sum(len(absence.records) for absence in found) == len(left)
    for before, after in pairwise(found):
        assert before.departs_on <= before.returned_on <= after.departs_on


def test_a_homecoming_put_right_is_still_before_the_departure_of_its_day():
    left = [departure(1, date(2026, 2, 1)), departure(3, date(2026, 6, 1))]
    back = [homecoming(4, date(2026, 6, 1))]  # a later version of the one written before the second departure
    first, second = absences(left, back)
    assert (first.returned_on, second.departs_on, second.returned_on) == (date(2026, 6, 1), date(2026, 6, 1), None)
    there_and_back = absences([departure(1, date(2026, 2, 1))], [homecoming(2, date(2026, 2, 1))])
    assert [row.returned_on for row in there_and_back] == [date(2026, 2, 1)]


def test_home_and_away_again_on_one_day_are_two_absences(cast, person, mobile):
    wrote(cast.secretary, "departure", mobile, date(2026, 2, 9), **DEPARTURE)
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 12))
    wrote(cast.secretary, "departure", again, **DEPARTURE | {"departs_on": date(2026, 8, 12)})
    assert panel(again, cast.secretary).facts["Six months away"].startswith("over on")


# --- once a person and turn


def test_who_was_reached_before_coming_home_owes_no_second_follow_up(cast, person, mobile):
    open_dues(AUGUST)
    contacted(cast.secretary, mobile, JULY, dues=(due_of("joint.follow_up", mobile),))
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    open_dues(TODAY)
    assert open_dues(TODAY) == 0
    assert turns(person, "follow_up") == [("2026Q3", mobile.pk)]
    open_dues(date(2026, 10, 1))
    assert turns(person, "follow_up") == [("2026Q3", mobile.pk), ("2026Q4", again.pk)]


def test_who_was_not_reached_before_owes_one_follow_up(cast, person, mobile):
    open_dues(AUGUST)
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    open_dues(TODAY)
    assert open_dues(TODAY) == 0
    assert turns(person, "follow_up") == [("2026Q3", again.pk)]
    assert turns(person, "family_visit") == [("2026H2", again.pk)]


def test_the_half_year_s_visit_is_not_owed_twice(cast, person, mobile):
    open_dues(AUGUST)
    wrote(cast.secretary, "family_visit", mobile, JULY, (due_of("joint.family_visit", mobile),))
    left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    open_dues(TODAY)
    assert turns(person, "family_visit") == [("2026H2", mobile.pk)]


def test_a_follow_up_taken_back_is_owed_by_the_present_absence(cast, person, mobile):
    open_dues(AUGUST)
    record = contacted(cast.secretary, mobile, JULY, dues=(due_of("joint.follow_up", mobile),))
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    open_dues(TODAY)
    undone(cast.secretary, record)
    assert turns(person, "follow_up") == []
    open_dues(TODAY)
    assert turns(person, "follow_up") == [("2026Q3", again.pk)]


def test_a_follow_up_of_the_first_absence_entered_afterwards_settles_the_quarter(cast, person, mobile):
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    open_dues(TODAY)
    due = due_of("joint.follow_up", again)
    mobile.refresh_from_db()
    contacted(cast.secretary, mobile, JULY, dues=(due,))
    assert state_of(due) == "on_time"


def test_only_what_is_owed_once_a_person_is_settled_by_another_stay(cast, person, mobile):
    again = left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    wrote(cast.secretary, "departure", again, **DEPARTURE | {"departs_on": date(2026, 8, 20)})
    with pytest.raises(ValidationError, match="cannot settle"):
        wrote(cast.secretary, "briefing", mobile, dues=(due_of("joint.briefing", again),), rights=True)


# --- the briefing


@pytest.mark.parametrize("leaves,state", [(date(2026, 9, 30), "on_time"), (date(2026, 9, 14), "late")])
def test_the_briefing_is_due_on_the_day_of_leaving(cast, mobile, leaves, state):
    wrote(cast.secretary, "departure", mobile, **DEPARTURE | {"departs_on": leaves})
    due = due_of("joint.briefing", mobile)
    assert due.due_on == leaves
    with pytest.raises(ValidationError, match="tick at least one"):
        wrote(cast.secretary, "briefing", mobile, dues=(due,), explained=" ")
    wrote(cast.secretary, "briefing", mobile, dues=(due,), fees=True)
    assert state_of(due) == state


# --- promises


def test_no_briefing_is_owed_of_a_departure_before_they_stood_among_the_mobile(cast, town, mobile):
    """DOMAIN 2.3: education *before departure*; six months away make a mobile member [R 2024], so that the first ledger
    of an office holds many who left long ago. Nobody can catch that up, and only the town could let it go."""
    before, that_day = mobile.from_date - timedelta(days=1), mobile.from_date
    record = wrote(cast.secretary, "departure", mobile, **DEPARTURE | {"departs_on": before})
    assert not Due.objects.filter(duty="joint.briefing").exists()
    right = entry("joint.departure", mobile, detail=DEPARTURE | {"departs_on": that_day})
    record = amend_record(by=cast.secretary, record=record, entry=right, reason="写错了")
    due = due_of("joint.briefing", mobile)
    assert (due.due_on, state_of(due)) == (that_day, "overdue")
    wrong = entry("joint.departure", mobile, detail=DEPARTURE | {"departs_on": before})
    amend_record(by=cast.secretary, record=record, entry=wrong, reason="又写错了")
    assert state_of(due) == "closed"


def test_who_moves_on_while_away_owes_no_second_briefing(cast, mobile):
    """Education comes before leaving home (DOMAIN 2.3); the file shows it as done for the whole absence."""
    wrote(cast.secretary, "departure", mobile, day(60), **DEPARTURE | {"departs_on": day(60)})
    wrote(cast.secretary, "briefing", mobile, day(60), (due_of("joint.briefing", mobile),), law=True)
    moved_on = wrote(cast.secretary, "departure", mobile, day(20), **DEPARTURE | {"departs_on": day(25)})
    assert turns(mobile.person, "briefing") == [(f"r{Record.objects.earliest('pk').pk}", mobile.pk)]
    right = entry("joint.departure", mobile, happened_on=day(20), detail=DEPARTURE | {"departs_on": day(24)})
    amend_record(by=cast.secretary, record=moved_on, entry=right, reason="写错了")
    assert len(turns(mobile.person, "briefing")) == 1
    wrote(cast.secretary, "homecoming", mobile, day(15), returned_on=day(15))
    wrote(cast.secretary, "departure", mobile, day(10), **DEPARTURE | {"departs_on": day(10)})
    assert len(turns(mobile.person, "briefing")) == 2, "home in between: another absence"


@pytest.mark.parametrize("how", ["the first one taken back", "the homecoming entered late"])
def test_who_turns_out_to_have_left_home_owes_the_briefing_after_all(cast, mobile, how):
    first = wrote(cast.secretary, "departure", mobile, day(60), **DEPARTURE | {"departs_on": day(60)})
    second = wrote(cast.secretary, "departure", mobile, day(20), **DEPARTURE | {"departs_on": day(20)})
    owed = Due.objects.open().filter(duty="joint.briefing")
    assert owed.get().occasion == f"r{first.pk}"
    if how == "the first one taken back":
        undone(cast.secretary, first)
        assert owed.get().occasion == f"r{second.pk}"
    else:
        wrote(cast.secretary, "homecoming", mobile, TODAY, returned_on=day(30))
        assert sorted(due.due_on for due in owed) == [day(60), day(20)]


def test_a_first_departure_put_right_still_owes_its_briefing(cast, mobile):
    record = wrote(cast.secretary, "departure", mobile, day(60), **DEPARTURE | {"departs_on": day(60)})
    right = entry("joint.departure", mobile, happened_on=day(60), detail=DEPARTURE | {"departs_on": day(50)})
    amend_record(by=cast.secretary, record=record, entry=right, reason="写错了")
    assert state_of(due_of("joint.briefing", mobile)) == "overdue"


def test_a_briefing_is_owed_where_the_stay_goes_on_after_a_transfer(cast, town, person, mobile):
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=day(10))
    row = person.enrolments.live().get()
    wrote(cast.staff, "departure", row, **DEPARTURE | {"departs_on": day(12)})
    assert state_of(due_of("joint.briefing", row)) == "overdue"


def test_a_promise_is_owed_on_its_day_until_it_is_kept(cast, mobile):
    contacted(cast.secretary, mobile, day(3), promised="联系学校", promised_by=date(2026, 9, 30))
    due = due_of("joint.promise", mobile)
    assert (due.due_on, due.responsible) == (date(2026, 9, 30), "secretary")
    wrote(cast.secretary, "promise_kept", mobile, dues=(due,), done="已入学")
    assert state_of(due) == "on_time"


def test_a_promise_without_a_day_is_owed_after_thirty(cast, mobile):
    contacted(cast.secretary, mobile, day(3), promised="联系学校")
    wrote(cast.secretary, "family_visit", mobile, day(3), promised="修房顶")
    assert due_of("joint.promise", mobile).due_on == day(3) + timedelta(days=30)
    assert due_of("joint.family_promise", mobile).due_on == day(3) + timedelta(days=30)


@pytest.mark.parametrize(
    "changes,words", [({"promised_by": day(4)}, "before it was made"), ({"promised": " "}, "what was promised")]
)
def test_it_refuses_a_promise_that_cannot_be(cast, mobile, changes, words):
    with pytest.raises(ValidationError, match=words):
        contacted(cast.secretary, mobile, day(3), **{"promised": "联系学校", "promised_by": TODAY} | changes)


def test_a_record_put_right_takes_its_promise_along(cast, mobile):
    record = contacted(cast.secretary, mobile, day(3), promised="联系学校")
    due = due_of("joint.promise", mobile)
    new = amended(cast.secretary, record, mobile, promised="联系医院", promised_by=date(2026, 9, 25))
    due.refresh_from_db()
    assert (due.occasion, due.due_on, state_of(due)) == (f"r{new.pk}", date(2026, 9, 25), "open")
    amended(cast.secretary, new, mobile)
    assert state_of(due) == "closed"


def test_a_promise_kept_follows_the_day_that_was_put_right(cast, town, mobile):
    record = contacted(cast.secretary, mobile, day(20), promised="联系学校", promised_by=day(5))
    due = due_of("joint.promise", mobile)
    wrote(cast.secretary, "promise_kept", mobile, day(3), dues=(due,), done="已入学")
    assert state_of(due) == "late"
    new = amended(cast.secretary, record, mobile, promised="联系学校", promised_by=day(2))
    due.refresh_from_db()
    assert (due.due_on, state_of(due)) == (day(2), "on_time")
    PeriodLock.objects.create(unit=town.xitun, start=day(2), end=day(1))  # a sealed number stays
    amended(cast.secretary, new, mobile, promised="联系学校", promised_by=day(4))
    due.refresh_from_db()
    assert (due.due_on, state_of(due)) == (day(2), "on_time")


def test_a_record_taken_back_takes_its_promise_along(cast, mobile):
    record = contacted(cast.secretary, mobile, day(3), promised="联系学校")
    undone(cast.secretary, record)
    assert state_of(due_of("joint.promise", mobile)) == "closed"


def test_it_settles_in_one_record_what_a_household_of_two_was_promised(as_user, cast, town, mobile):
    wife = enrolled(town.huaishuwan, "李四", Category.MOBILE, by=cast.staff).enrolments.get()
    visit = {"children": 0, "elderly": 1, "women": 0, "promised": "修房顶", "promised_by": TODAY}
    actions.save_record(by=cast.secretary, entry=entry("joint.family_visit", mobile, wife, detail=visit))
    due, address = due_of("joint.family_promise", mobile), record_link("joint.promise_kept", "enrolment", mobile.pk)
    form = as_user(cast.secretary).get(f"{address}?due={due.pk}").context["form"]
    assert (form["dues"].value(), form["together"].value()) == ([str(due.pk)], [str(wife.pk)]), "ticked beforehand"
    sent = {"submission_id": uuid.uuid4(), "happened_on": TODAY, "done": "修好了"}
    as_user(cast.secretary).post(address, sent | {"dues": [due.pk], "together": [wife.pk]})
    assert [state_of(due), state_of(due_of("joint.family_promise", wife))] == ["on_time", "on_time"]


@pytest.mark.parametrize("how", ["death", "transfer"])
def test_a_promise_ends_with_a_death_or_a_transfer(cast, town, person, mobile, how):
    contacted(cast.secretary, mobile, day(3), promised="联系学校")
    if how == "death":
        members_acts.record_death(by=cast.staff, person=person, on=day(1))
    else:
        members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=day(1))
    due = due_of("joint.promise", mobile)
    assert (due.closed_on, state_of(due)) == (day(1), "closed")


def test_a_promise_made_before_a_death_and_entered_after_is_not_owed(cast, person, mobile):
    members_acts.record_death(by=cast.staff, person=person, on=day(1))
    mobile.refresh_from_db()
    contacted(cast.secretary, mobile, day(3), promised="联系学校")
    assert not Due.objects.filter(duty="joint.promise").exists()


# --- tries and the search


def searches(row):
    return [state_of(due) for due in Due.objects.filter(duty="joint.search", enrolment=row).order_by("pk")]


@pytest.mark.parametrize(
    "contacts,opens",
    [
        ([(9, False), (8, False)], False),
        ([(9, False), (8, False), (8, False)], False),
        ([(9, False), (8, False), (7, False)], True),
        ([(9, False), (8, True), (7, False), (6, False)], False),
        ([(9, False), (8, False), (7, False), (6, True)], False),
        ([(9, True), (8, False), (7, False), (6, False)], True),
    ],
)
def test_three_tries_on_different_days_open_a_search(contacts, opens):
    assert bool(search_opens([(n, day(n), reached) for n, reached in contacts])) is opens


def test_a_try_settles_nothing_and_the_third_opens_one_search(cast, mobile):
    for number in (9, 8, 7, 6):
        tried(cast.secretary, mobile, day(number))
        assert searches(mobile) == ([] if number > 7 else ["open"])
    due = due_of("joint.search", mobile)
    assert due.due_on == day(7) + timedelta(days=15)
    with pytest.raises(ValidationError, match="who was asked"):
        wrote(cast.secretary, "search", mobile, dues=(due,), result="nothing")
    wrote(cast.secretary, "search", mobile, dues=(due,), asked_family=True, result="nothing")
    tried(cast.secretary, mobile, day(5))
    assert searches(mobile) == ["on_time"], "searched once for these tries"


def test_a_contact_closes_the_search_and_its_voiding_opens_it_again(cast, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    record = contacted(cast.secretary, mobile, day(6))
    assert searches(mobile) == ["closed"]
    assert due_of("joint.search", mobile).closed_why == "#need_passed"
    undone(cast.secretary, record)
    assert searches(mobile) == ["open"]


def test_a_contact_entered_afterwards_breaks_the_row(cast, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    contacted(cast.secretary, mobile, day(8))
    assert searches(mobile) == ["closed"]
    for number in (6, 5):
        tried(cast.secretary, mobile, day(number))
    assert searches(mobile) == ["open"]


@pytest.mark.parametrize("which", [0, 2])
def test_a_try_taken_back_takes_the_search_along(cast, mobile, which):
    tries = [tried(cast.secretary, mobile, day(number)) for number in (9, 8, 7)]
    undone(cast.secretary, tries[which])
    assert searches(mobile) == ["closed"]
    tried(cast.secretary, mobile, day(6))
    assert searches(mobile).count("open") == 1


def test_a_try_put_right_to_a_contact_closes_the_search_and_back_opens_it(cast, mobile):
    record = [tried(cast.secretary, mobile, day(number)) for number in (9, 8, 7)][-1]
    new = amended(cast.secretary, record, mobile, reached=True)
    assert searches(mobile) == ["closed"]
    amended(cast.secretary, new, mobile, reached=False)
    assert searches(mobile) == ["open"]


def test_a_search_the_town_waived_stays_waived(cast, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    actions.waive_due(by=cast.staff, due=due_of("joint.search", mobile), reason="家属已说明")
    tried(cast.secretary, mobile, day(6))
    assert searches(mobile) == ["closed"]


@pytest.fixture
def searched(cast, mobile):
    """A search after three tries; the record of it, and the due."""
    for number in (60, 55, 50):
        tried(cast.secretary, mobile, day(number))
    first = due_of("joint.search", mobile)
    return wrote(cast.secretary, "search", mobile, day(45), (first,), asked_family=True, result="found"), first


def test_three_more_tries_in_vain_after_a_search_open_another(cast, mobile, searched):
    tried(cast.secretary, mobile, day(45))  # of that very day: still of that search
    for number in (20, 15):
        tried(cast.secretary, mobile, day(number))
    assert searches(mobile) == ["on_time"]
    tried(cast.secretary, mobile, day(10))
    assert searches(mobile) == ["on_time", "open"]
    second = Due.objects.open().get(duty="joint.search")
    assert second.due_on == day(10) + timedelta(days=15)
    wrote(cast.secretary, "search", mobile, day(5), (second,), asked_host=True, result="nothing")
    tried(cast.secretary, mobile, day(4))
    assert searches(mobile) == ["on_time", "on_time"]


def test_three_more_tries_in_vain_after_one_was_waived_open_another(cast, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    with frozen(day(6)):
        actions.waive_due(by=cast.staff, due=due_of("joint.search", mobile), reason="家属已说明")
    for number in (5, 4, 3):
        tried(cast.secretary, mobile, day(number))
    assert searches(mobile) == ["closed", "open"]


def test_a_search_taken_back_leaves_one_owed_however_many_tries_there_were(cast, mobile, searched):
    record, _first = searched
    for number in (20, 15, 10):
        tried(cast.secretary, mobile, day(number))
    undone(cast.secretary, record)
    assert searches(mobile) == ["overdue", "closed"]
    restore_record(by=cast.staff, record=record)
    assert searches(mobile) == ["on_time", "open"]


def test_who_comes_after_the_secretary_finds_the_search_open(cast, town, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    successor = members_acts.create_user(by=None, username="successor", password="correct horse")
    members_acts.grant_role(by=None, user=successor, role="secretary", unit=town.huaishuwan, from_date=day(1))
    due = due_of("joint.search", mobile)
    assert due in Due.objects.writable_by(successor)
    wrote(successor, "search", mobile, dues=(due,), asked_host=True, result="found")
    assert Record.objects.filter(kind="joint.follow_up", author=cast.secretary).count() == 3


# --- the panel, the ledger


def panel(row, user):
    [found] = panels_of([row], user)
    steps = {step.label: step for step in found["panel"].steps}
    return SimpleNamespace(steps=steps, facts=dict(found["panel"].facts), name=found["name"], who=found["who"])


def test_the_panel_shows_the_clock_the_tries_and_what_is_next(cast, mobile):
    where = panel(mobile, cast.secretary).facts["Where"]
    assert where == "Not recorded yet: the branch does so by “Record”, “Going out”."
    wrote(cast.secretary, "departure", mobile, day(40), **DEPARTURE | {"departs_on": date(2026, 8, 31)})
    wrote(cast.secretary, "briefing", mobile, day(30), (due_of("joint.briefing", mobile),), law=True)
    contacted(cast.secretary, mobile, day(10), promised="联系学校", promised_by=day(-2))
    tried(cast.secretary, mobile, day(5))
    seen = panel(mobile, cast.secretary)
    assert [step.state for step in seen.steps.values()] == ["done", "done", "now", "later"]
    assert seen.facts["Six months away"] == f"over on {date_format(date(2027, 2, 28))}"
    assert seen.facts["Where"] == "石河子 · fixed place"
    assert "联系学校" in seen.facts["Promised"]
    assert seen.facts["Tries since"].startswith("1 try")
    assert (seen.name, str(seen.who)) == ("help promised · 联系学校", "branch secretary")


def test_out_of_contact_is_said_until_somebody_reaches_them(cast, mobile):
    for number in (9, 8, 7):
        tried(cast.secretary, mobile, day(number))
    assert "out of contact" not in panel(mobile, cast.secretary).steps, "never by itself"
    wrote(cast.staff, "out_of_contact", mobile, day(3), reason="多方查找无果")
    seen = panel(mobile, cast.secretary)
    assert seen.steps["out of contact"].state == "now"
    assert seen.facts["Out of contact"].startswith("多方查找无果 · 党建办干部")
    contacted(cast.secretary, mobile, day(2))
    assert "out of contact" not in panel(mobile, cast.secretary).steps


def test_on_a_day_before_the_first_departure_the_ledger_shows_none(cast, town, mobile):
    wrote(cast.secretary, "departure", mobile, day(5), **DEPARTURE | {"departs_on": day(3)})
    before, then = (table("joint", cast.secretary, town.huaishuwan, on)[0] for on in (day(4), day(3)))
    names = ("left_on", "destination", "returned")
    assert [before[name] for name in names] == ["", "", ""]
    assert [then[name] for name in names] == [day(3), "石河子", ""]


def test_what_was_noted_of_being_away_stands_in_ledger_and_file_until_a_departure_is_written(cast, town):
    someone = enrolled(town.huaishuwan, "何某", Category.UNEMPLOYED, by=cast.staff)
    left = date(2026, 3, 2)
    members_acts.note_absence(by=cast.secretary, person=someone, since=left, place="乌鲁木齐")
    row = members_acts.propose_category(
        by=cast.secretary, person=someone, category=Category.MOBILE, on=date(2026, 9, 2), reason="已满六个月"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    shown = lambda on=TODAY, **known: [  # noqa: E731
        (line["left_on"], line["destination"]) for line in table("joint", cast.secretary, town.huaishuwan, on, **known)
    ]
    assert shown() == [(left, "乌鲁木齐")]
    assert shown(known=day(1)) == []
    seen = panel(row, cast.secretary)
    assert seen.facts["Where"] == "乌鲁木齐 · Not recorded yet: the branch does so by “Record”, “Going out”."
    assert seen.facts["Six months away"] == f"over since {date_format(date(2026, 9, 2), 'MONTH_DAY_FORMAT')}"
    assert [step.state for step in seen.steps.values()] == ["now", "later", "now", "later"]
    wrote(cast.secretary, "departure", row, **DEPARTURE | {"departs_on": date(2026, 3, 1)})
    assert shown() == [(date(2026, 3, 1), "石河子")]


def test_a_departure_begins_with_the_certificate_known_last(as_user, cast, mobile):
    wrote(cast.secretary, "departure", mobile, day(60), **DEPARTURE | {"departs_on": day(60), "certificate": "H-17"})
    wrote(cast.staff, "certificate_check", mobile, day(40), result="in_order", certificate="H-18")
    url = f"/projects/joint/enrolments/{mobile.pk}/records/departure/new/"
    assert as_user(cast.secretary).get(url).context["form"]["certificate"].value() == "H-18"


def test_no_briefing_is_owed_any_longer_when_a_homecoming_is_taken_back(cast, mobile):
    """Nor by the order in which the two departures were written."""
    wrote(cast.secretary, "departure", mobile, day(60), **DEPARTURE | {"departs_on": day(60)})
    wrote(cast.secretary, "departure", mobile, day(20), **DEPARTURE | {"departs_on": day(20)})
    owed = Due.objects.open().filter(duty="joint.briefing")
    assert owed.count() == 1
    wrong = wrote(cast.secretary, "homecoming", mobile, TODAY, returned_on=day(30))
    assert owed.count() == 2
    undone(cast.secretary, wrong)
    assert owed.count() == 1
    wrote(cast.secretary, "homecoming", mobile, TODAY, returned_on=day(30))
    assert owed.count() == 2


def test_no_briefing_is_owed_of_who_moves_on_while_noted_as_away(cast, town):
    someone = enrolled(town.huaishuwan, "何某", None, by=cast.staff)
    members_acts.note_absence(by=cast.secretary, person=someone, since=date(2026, 2, 26), place="石嘴山")
    row = members_acts.propose_category(
        by=cast.secretary, person=someone, category=Category.MOBILE, on=date(2026, 9, 1), reason="已满六个月"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    wrote(cast.secretary, "departure", row, TODAY, **DEPARTURE | {"departs_on": day(5)})
    assert not Due.objects.filter(duty="joint.briefing").exists()


def test_the_departure_written_second_may_be_the_first(cast, mobile):
    later = wrote(cast.secretary, "departure", mobile, day(20), **DEPARTURE | {"departs_on": day(20)})
    first = wrote(cast.secretary, "departure", mobile, day(60), **DEPARTURE | {"departs_on": day(60)})
    assert Due.objects.open().get(duty="joint.briefing").occasion == f"r{first.pk}"
    assert Due.objects.get(occasion=f"r{later.pk}", duty="joint.briefing").closed_why == Cause.NEED_PASSED


def test_who_was_back_before_is_not_said_to_be_away(cast, town):
    someone = enrolled(town.huaishuwan, "何某", None, by=cast.staff)
    members_acts.note_absence(by=cast.secretary, person=someone, since=date(2026, 3, 2), place="乌鲁木齐")
    members_acts.note_return(by=cast.secretary, person=someone, on=day(30))
    row = members_acts.propose_category(
        by=cast.secretary, person=someone, category=Category.MOBILE, on=day(5), reason="外出"
    )
    members_acts.confirm_category(by=cast.staff, enrolment=row)
    assert table("joint", cast.secretary, town.huaishuwan)[0]["left_on"] == ""


def test_the_ledger_shows_the_absence_in_force_that_day(cast, town, person, mobile):
    wrote(cast.secretary, "departure", mobile, date(2026, 2, 9), **DEPARTURE | {"certificate": "活动证001"})
    contacted(cast.secretary, mobile, JULY)
    wrote(cast.secretary, "homecoming", mobile, date(2026, 7, 30), returned_on=date(2026, 7, 28))
    shown = lambda on: table("joint", cast.secretary, town.huaishuwan, on)[0]  # noqa: E731
    assert (shown(JULY)["left_on"], shown(JULY)["returned"]) == (date(2026, 2, 11), "")
    assert shown(date(2026, 7, 29))["returned"] == date(2026, 7, 28), "though it was written down a day later"
    left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    again = person.enrolments.live().get(category=Category.MOBILE)
    wrote(cast.secretary, "departure", again, **{"departs_on": date(2026, 8, 20), "destination": "乌鲁木齐"})
    row = shown(TODAY)
    assert (row["left_on"], row["destination"], row["returned"]) == (date(2026, 8, 20), "乌鲁木齐", "")
    assert row["certificate"] == "活动证001", "the last one known"
    assert row["contacts_q3"] == JULY, "contacts are counted by person"
    wrote(cast.staff, "certificate_check", again, result="in_order", certificate="活动证002")
    assert shown(TODAY)["certificate"] == "活动证002"


def test_the_ledger_and_the_file_show_who_came_home_although_nobody_wrote_that_they_left(cast, town, person, mobile):
    wrote(cast.secretary, "homecoming", mobile, day(3), returned_on=day(4))
    assert table("joint", cast.staff, town.huaishuwan)[0]["returned"] == day(4)
    assert table("joint", cast.staff, town.huaishuwan, day(5))[0]["returned"] == ""
    assert [step.state for step in panel(mobile, cast.secretary).steps.values()] == ["done", "later", "done", "done"]


def test_it_keeps_in_the_ledger_what_was_needed_when_a_later_try_reached_nobody(cast, town, mobile):
    contacted(cast.secretary, mobile, day(9), needs="要种子")
    tried(cast.secretary, mobile, day(2))
    assert table("joint", cast.secretary, town.huaishuwan)[0]["note"] == "要种子"
    contacted(cast.secretary, mobile, day(1))
    assert table("joint", cast.secretary, town.huaishuwan)[0]["note"] == ""


def test_who_left_again_is_asked_once_though_both_days_are_swept(cast, person, mobile):
    """A pause of the office PC: both days are made up for."""
    left_again(cast, person, mobile, home=date(2026, 8, 12), again=date(2026, 8, 20))
    for swept in (date(2026, 8, 9), date(2026, 8, 23), TODAY, TODAY):
        open_dues(swept)
    assert len(turns(person, "follow_up")) == 1
    actions.save_record(by=cast.secretary, entry=follow_up(person.enrolments.live().get()))
