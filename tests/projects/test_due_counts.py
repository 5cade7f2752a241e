"""The counts kept beside the dues: after whatever acts, they are what counting the dues gives. (After every other test
that touches the database, tests/conftest.py asks the same.)"""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from members.models import Category
from projects import actions
from projects.counting import check_counts, fold_counts
from projects.models import Discharge, Due, DueCount, SweepRun
from projects.models.counts import CELL, STATES, counted_live
from projects.sweep import open_dues
from projects.tasks import nightly
from tests.conftest import TODAY, enrolled
from tests.projects.any_acts import Office
from tests.projects.conftest import due_of, follow_up


def kept():
    """{cell: numbers} of what was kept, without what comes to nothing."""
    rows = DueCount.objects.summed(*CELL)
    found = {tuple(row[name] for name in CELL): tuple(row[f"n_{state}"] for state in STATES) for row in rows}
    return {cell: numbers for cell, numbers in found.items() if any(numbers)}


def live():
    rows = counted_live(Due.objects.all())
    return {tuple(row[name] for name in CELL): tuple(row[state] for state in STATES) for row in rows}


def numbers(due):
    """(open, on time, late, closed) of the due's own cell."""
    return kept().get(tuple(getattr(due, name) for name in CELL))


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


def test_it_counts_what_a_sweep_opens_once(due, cast, town):
    assert numbers(due) == (1, 0, 0, 0)
    enrolled(town.huaishuwan, "王小明", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    open_dues(TODAY)
    assert numbers(due) == (2, 0, 0, 0)
    assert kept() == live()


def test_it_follows_a_due_from_state_to_state(due, mobile, cast):
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    assert numbers(due) == (0, 1, 0, 0)
    actions.void_record(by=cast.secretary, record=record, reason="误录")
    assert numbers(due) == (1, 0, 0, 0)
    actions.waive_due(by=cast.staff, due=due, reason="住院")
    assert numbers(due) == (0, 0, 0, 1)
    Due.objects.filter(pk=due.pk).reopen()
    Due.objects.filter(pk=due.pk).update(due_on=date(2026, 8, 31))
    assert numbers(due) is None
    due.refresh_from_db()
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    assert numbers(due) == (0, 0, 1, 0)


def test_no_way_of_writing_goes_past_it(due, mobile, cast):
    """Whatever Django offers is counted, so that no act has to think of it."""
    record = actions.save_record(by=cast.secretary, entry=follow_up(mobile))
    plain = {"record": record, "by": cast.secretary, "at": due.opened_at}
    other = Due.objects.exclude(duty=due.duty).first()

    def save_due():
        due.closed_on = TODAY
        due.save()

    def undo(discharge):
        discharge.undone_at = due.opened_at
        discharge.save(update_fields=["undone_at"])

    for write in (
        lambda: Discharge.objects.create(due=due, **plain),
        lambda: undo(Discharge.objects.live().get()),
        lambda: Discharge.objects.bulk_create([Discharge(due=due, **plain), Discharge(due=other, **plain)]),
        lambda: due.discharges.live().update(undone_at=due.opened_at),
        lambda: Discharge.objects.live().delete(),
        save_due,
        lambda: Due.objects.bulk_update([Due(pk=due.pk, due_on=date(2026, 12, 1))], ["due_on"]),
        lambda: Due.objects.filter(pk=due.pk).update(restricted=True, closed_on=None),
        lambda: Due.objects.update_or_create(pk=due.pk, defaults={"category": Category.ELDERLY}),
        lambda: Due.objects.bulk_create([Due(**{**plain_columns(due), "occasion": "r0"})]),
        lambda: Due.objects.filter(occasion="r0").delete(),
    ):
        before = kept()
        write()
        assert kept() == live()
        assert kept() != before, "this was to change a number"


def plain_columns(due):
    return {field.attname: getattr(due, field.attname) for field in Due._meta.concrete_fields if field.name != "id"}


def test_closing_many_takes_as_many_statements_as_closing_one(town, cast):
    for number in range(4):
        enrolled(town.liulin, f"党员{number}", Category.MOBILE, by=cast.staff)
    open_dues(TODAY)
    one = Due.objects.filter(pk=Due.objects.filter(person__name="党员0").first().pk)
    with CaptureQueriesContext(connection) as few:
        assert one.close(on=TODAY) == 1
    with CaptureQueriesContext(connection) as many:
        assert Due.objects.filter(path=town.liulin.path).close(on=TODAY) > 10
    with CaptureQueriesContext(connection) as none:
        assert Due.objects.filter(path="x").close(on=TODAY) == 0
    assert (len(few), len(many), len(none)) == (5, 5, 1)


# --- any acts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 3])
def test_after_any_acts_it_is_what_counting_gives(seed, town, cast):
    office, done, seen = Office(seed, town, cast), [], set()
    for _step in range(50):
        done.append(office.act())
        assert kept() == live(), " ".join(done)
        seen |= {state for counts in live().values() for state, n in zip(STATES, counts, strict=True) if n}
    assert seen == set(STATES), "chance has left a state untried: " + " ".join(done)


# --- two at once ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_lose_no_number(due, mobile, cast, town):
    """Four hands at the dues of one cell, two of them at the very same due."""
    others = [enrolled(town.huaishuwan, f"党员{n}", Category.MOBILE, by=cast.staff) for n in range(2)]
    open_dues(TODAY)
    theirs = [due_of("joint.follow_up", other.enrolments.get()) for other in others]
    acts = [
        lambda: actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,))),
        lambda: actions.waive_due(by=cast.staff, due=due, reason="住院"),
        lambda: actions.waive_due(by=cast.staff, due=theirs[0], reason="住院"),
        lambda: actions.save_record(by=cast.staff, entry=follow_up(theirs[1].enrolment, dues=(theirs[1],))),
    ]
    start, failed = Barrier(len(acts)), []

    def run(act):
        try:
            start.wait()
            act()
        except ValidationError:
            failed.append(act)
        except DatabaseError as error:
            failed.append(error)
        finally:
            connection.close()

    hands = [Thread(target=run, args=(act,)) for act in acts]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(failed) == 1, failed  # one of the two at the same due
    assert failed[0] in acts
    assert numbers(due)[0] == 0
    assert kept() == live()


# --- the night -----------------------------------------------------------------------------------------------------


def test_the_night_puts_right_what_is_wrong_and_says_so(due, caplog):
    DueCount.objects.filter(duty="joint.follow_up").delete()
    Due._base_manager.filter(duty="joint.learning").update(closed_on=TODAY)  # past the counting
    assert kept() != live()
    assert nightly(TODAY)
    assert kept() == live()
    assert SweepRun.objects.get(day=TODAY).miscounted == 2
    assert "2 cells" in caplog.text
    assert check_counts() == 0


def test_the_night_leaves_one_row_a_cell(due, mobile, cast):
    actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,)))
    Due.objects.filter(duty="joint.learning").update(due_on=date(2026, 9, 29))
    before = kept()
    fold_counts()
    assert kept() == before
    assert DueCount.objects.count() == len(before)
    rows = set(DueCount.objects.values_list("pk"))
    fold_counts()
    assert set(DueCount.objects.values_list("pk")) == rows


def test_it_can_be_put_right_by_hand(due, capsys):
    DueCount.objects.all().delete()
    call_command("check_counts")
    assert int(capsys.readouterr().out) == len(live())
    call_command("check_counts")
    assert capsys.readouterr().out.strip() == "0"
