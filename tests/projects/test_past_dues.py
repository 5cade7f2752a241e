"""What was owed on a past day, as it was known then, is what the states said on that day."""

from datetime import UTC, date, datetime

import pytest

from members import actions as members_acts
from members.models import Category
from projects import actions
from projects.bin import restore_record
from projects.models import Due
from projects.past import Past
from projects.sweep import open_dues
from tests.conftest import enrolled
from tests.projects.conftest import due_of, entry, follow_up
from xitun.lib.dates import frozen

JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE = (date(2026, month, 12) for month in range(1, 7))


@pytest.fixture
def on_day(monkeypatch):
    """`on_day(date, act)`: the clock of the acts and of the rows they write."""

    def set_day(day, act):
        moment = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        with frozen(day), monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda: moment)
            return act()

    return set_day


def states(dues):
    return {due.pk: (due.duty, due.occasion, due.state, due.done_on) for due in dues}


@pytest.fixture
def story(town, cast, on_day):
    """Half a year of a mobile and an elderly member: done, late, taken back, waived, left, moved, died, all entered on
    days of their own. Returns {day: states on it}."""
    people = {}

    def january():
        for name, category in (("白甲", Category.MOBILE), ("白乙", Category.ELDERLY), ("白丙", Category.MOBILE)):
            person = enrolled(town.huaishuwan, name, category, by=cast.staff, since=date(2025, 6, 1))
            people[name] = person.enrolments.get()
        open_dues()
        done = entry("joint.follow_up", people["白甲"], happened_on=JANUARY, detail=CALL, dues=(quarterly("白甲"),))
        people["record"] = actions.save_record(by=cast.secretary, entry=done)

    def quarterly(name):
        return due_of("joint.follow_up", people[name], occasion="2026Q1")

    def february():
        open_dues()
        actions.void_record(by=cast.secretary, record=people["record"], reason="误录")
        actions.waive_due(by=cast.staff, due=quarterly("白丙"), reason="住院")

    def march():
        open_dues()
        back_dated = follow_up(people["白甲"], happened_on=date(2026, 2, 20), dues=(quarterly("白甲"),))
        actions.save_record(by=cast.secretary, entry=back_dated)
        members_acts.end_category(by=cast.staff, enrolment=people["白丙"], on=date(2026, 3, 1), reason="返乡")

    def april():
        open_dues()
        members_acts.transfer_person(by=cast.staff, person=people["白甲"].person, unit=town.liulin, on=date(2026, 4, 3))
        open_dues()

    def may():
        open_dues()
        members_acts.record_death(by=cast.staff, person=people["白乙"].person, on=date(2026, 5, 2))

    found = {}
    acts = {JANUARY: january, FEBRUARY: february, MARCH: march, APRIL: april, MAY: may, JUNE: open_dues}
    for day, act in acts.items():
        on_day(day, act)
        with frozen(day):
            found[day] = states(Due.objects.with_state())
    return found


CALL = {"method": "phone", "reached": True}


def test_it_says_what_was_said_then(story):
    kinds = {state for shown in story.values() for _duty, _occasion, state, _done in shown.values()}
    assert kinds == {"open", "on_time", "overdue", "closed"}
    for day, shown in story.items():
        assert states(Past(day, day).stated(Due.objects.all())) == shown, day


def test_what_is_owed_is_what_was_open_then(story):
    for day, shown in story.items():
        owed = {pk for pk, (_duty, _occasion, state, _done) in shown.items() if state in ("open", "overdue")}
        assert set(Past(day, day).open(Due.objects.all()).values_list("pk", flat=True)) == owed


def test_as_it_is_known_today_takes_in_what_was_entered_later(story, town):
    """On 25 February the call of the 20th had been made although nobody had entered it; on 2 March the member was home;
    and before 3 April nothing was owed in the branch of the later transfer."""

    def state(name, day, known=None, **which):
        stated = Past(day, known).stated(Due.objects.filter(person__name=name, **which))
        return [due.state for due in stated.filter(duty__in=["joint.follow_up", "joint.learning"]).order_by("duty")]

    quarter = {"occasion": "2026Q1"}
    assert state("白甲", date(2026, 2, 25), **quarter) == ["on_time"]
    assert state("白甲", date(2026, 2, 25), date(2026, 2, 25), **quarter) == ["open"]
    assert state("白甲", date(2026, 2, 15), **quarter) == ["open"]
    march = {"occasion": "2026-03"}
    assert state("白丙", date(2026, 3, 2), **march) == ["closed"]
    assert state("白丙", date(2026, 3, 11), date(2026, 3, 11), **march) == []  # the sweep of the 12th opened it
    there = {"occasion": "2026Q2", "unit": town.liulin}
    assert state("白甲", date(2026, 4, 2), **there) == []
    assert state("白甲", date(2026, 4, 3), **there) == ["open"]


def test_what_was_closed_before_hours_were_kept_counts_on_its_day(story):
    Due.objects.update(closed_at=None)
    shown = states(Past(APRIL, APRIL).stated(Due.objects.all()))
    assert {state for _duty, _occasion, state, _done in shown.values()} >= {"closed", "open"}
    assert shown == story[APRIL]


def test_it_hides_help_and_education_that_is_over(town, cast, on_day):
    row = on_day(JANUARY, lambda: enrolled(town.huaishuwan, "白结", Category.BACKWARD, by=cast.staff, since=JANUARY))
    on_day(FEBRUARY, open_dues)
    dues = Due.objects.filter(person=row).visible_to(cast.staff)
    assert Past(FEBRUARY).stated(dues).count() == dues.count() > 0
    on_day(MARCH, lambda: members_acts.end_category(by=cast.staff, enrolment=row.enrolments.get(), reason="解除"))
    assert not Past(FEBRUARY).stated(dues).exists()
    assert not Past(FEBRUARY, FEBRUARY).open(dues).exists()


def test_a_promise_taken_back_then_was_closed_then_though_it_was_brought_back(town, cast, on_day):
    person = on_day(JANUARY, lambda: enrolled(town.huaishuwan, "白甲", Category.MOBILE, by=cast.staff))
    detail = CALL | {"promised": "拖拉机", "promised_by": MARCH}
    contact = follow_up(person.enrolments.get(), happened_on=JANUARY, detail=detail)
    record = on_day(JANUARY, lambda: actions.save_record(by=cast.secretary, entry=contact))
    on_day(FEBRUARY, lambda: actions.void_record(by=cast.secretary, record=record, reason="误录"))
    on_day(APRIL, lambda: restore_record(by=cast.staff, record=record))
    promise = Due.objects.filter(duty="joint.promise")
    known = [Past(MARCH, day).stated(promise).get().state for day in (MARCH, APRIL)]
    assert known == ["closed", "open"]
