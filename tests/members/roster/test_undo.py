"""An import taken back: as if it had not been, unless somebody has worked on it since."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.actions import correct_person, create_user, end_unit, register_person, reveal_person
from members.edits import UNDOABLE, Edited
from members.models import (
    AuditRow,
    BranchMembership,
    Category,
    Enrolment,
    NameGram,
    Person,
    PostHolding,
    RosterFormer,
    RosterImport,
    StandingRow,
    Status,
)
from members.roster.staging import stage_roster
from members.roster.undo import undo_roster
from projects.actions import save_record
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import follow_up

from .files import id_number, roster_of, someone

KEPT = {"id", "recorded_at", "recorded_by_id", "version", "updated_at"}


def standing_state():
    """Everything that holds now, without the keys and stamps of the rows that say so."""
    dated = (Enrolment, BranchMembership, StandingRow, PostHolding)
    rows = {model.__name__: _told(model.objects.filter(superseded_at=None)) for model in dated}
    return rows | {
        "Person": _told(Person.objects.all()),
        "grams": sorted(NameGram.objects.values_list("gram", "person")),
    }


def _told(rows):
    told = [sorted((name, str(value)) for name, value in row.items() if name not in KEPT) for row in rows.values()]
    return sorted(told)


@pytest.fixture
def changed(bring_in, town, cast):
    """(state before, the import): a roster that makes somebody, renames, moves a standing, adds a category and post."""
    enrolled(town.huaishuwan, "张建三", Category.ELDERLY, by=cast.staff, id_number=id_number(order=105), phone="")
    register_person(
        by=cast.staff, unit=town.huaishuwan, name="李建三", standing="probationary", on=date(2026, 2, 1),
        id_number=id_number(order=107),
    )  # fmt: skip
    before = standing_state()
    roster = bring_in(
        someone(1, 分类="贫弱党员", 困难类型="缺技术"),
        someone(2, 分类="老年党员", 兼类="流动党员", 流入地="西安"),
        someone(3, 分类="在职党员", 党内职务="村委会主任"),
    )
    assert (roster.created, roster.changed) == (1, 2)
    assert standing_state() != before
    return before, roster


def test_it_restores_what_stood_before(changed, cast):
    before, roster = changed
    _roster, number = undo_roster(by=cast.staff, roster=roster)
    assert number == 3
    assert standing_state() == before


def test_it_voids_the_files_the_import_made_and_frees_their_numbers(changed, cast, bring_in):
    _before, roster = changed
    undo_roster(by=cast.staff, roster=roster)
    assert not Person.objects.filter(name="张建二").exists()
    gone = Person._base_manager.get(name="张建二")
    assert gone.voided_at
    assert gone.id_hash is None
    again = bring_in(someone(1, 分类="贫弱党员"))
    assert again.created == 1


def test_it_closes_what_the_sweep_opened_meanwhile(changed, cast):
    _before, roster = changed
    open_dues(TODAY)
    made = Person.objects.get(name="张建二")
    assert Due.objects.open().filter(person=made).exists()
    undo_roster(by=cast.staff, roster=roster)
    assert not Due.objects.open().filter(person=made).exists()


def test_it_knows_that_a_standing_did_not_hold_in_between(changed, cast):
    _before, roster = changed
    undo_roster(by=cast.staff, roster=roster)
    rows = StandingRow.objects.filter(person__name="李建三").order_by("pk")
    assert [(row.standing, row.to_date, bool(row.superseded_at)) for row in rows] == [
        ("probationary", TODAY, True), ("full", None, True), ("probationary", None, False),
    ]  # fmt: skip


def test_it_names_who_worked_on_it_since_and_takes_nothing_back(changed, cast):
    _before, roster = changed
    person = Person.objects.get(name="张建二")
    correct_person(by=cast.secretary, person=person, version=person.version, occupation="养殖")
    state = standing_state()
    with pytest.raises(Edited) as caught:
        undo_roster(by=cast.staff, roster=roster)
    assert [(e.person.name, e.by, e.act) for e in caught.value.edits] == [("张建二", cast.secretary, "correct_person")]
    assert standing_state() == state


def test_it_sees_a_record_and_a_sign_in_as_work_but_not_a_look(changed, cast):
    _before, roster = changed
    poor, elderly, cadre = (Person.objects.get(name=name) for name in ("张建二", "张建三", "张建四"))
    reveal_person(by=cast.staff, person=poor, purpose="核对")
    create_user(by=cast.admin, username="own", person=cadre)
    save_record(by=cast.secretary, entry=follow_up(elderly.enrolments.get(category="mobile")))
    with pytest.raises(Edited) as caught:
        undo_roster(by=cast.staff, roster=roster)
    assert {(e.person.name, e.act) for e in caught.value.edits} == {
        ("张建三", "save_record"),
        ("张建四", "create_user"),
    }


def test_it_takes_the_others_back_when_asked(changed, cast):
    _before, roster = changed
    person = Person.objects.get(name="张建三")
    correct_person(by=cast.secretary, person=person, version=person.version, occupation="养殖")
    _roster, number = undo_roster(by=cast.staff, roster=roster, spare=True)
    assert number == 2
    assert Person.objects.get(name="张建三").phone == "19912340002"
    assert Enrolment.objects.get(person=person, category="mobile").status == Status.ACTIVE
    assert not Person.objects.filter(name__in=("张建二", "张建四")).exists()
    assert Person.objects.filter(name="李建三", standing="probationary").exists()


def test_it_takes_back_once_and_only_what_was_written(changed, cast, town):
    _before, roster = changed
    undo_roster(by=cast.staff, roster=roster)
    waiting = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(7)))
    for nothing in (roster, waiting):
        with pytest.raises(ValidationError):
            undo_roster(by=cast.staff, roster=nothing)


def test_it_refuses_after_its_days_and_lets_the_former_values_go(changed, cast, town):
    _before, roster = changed
    RosterImport.objects.filter(pk=roster.pk).update(confirmed_at=timezone.now() - UNDOABLE - timedelta(days=1))
    with pytest.raises(ValidationError, match="30"):
        undo_roster(by=cast.staff, roster=roster)
    stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(7)))
    assert not RosterFormer.objects.exists()


def test_it_refuses_whoever_may_not_write_there(changed, cast):
    _before, roster = changed
    for user in (cast.secretary, cast.outsider, cast.reader):
        with pytest.raises(PermissionDenied):
            undo_roster(by=user, roster=roster)


def test_it_traces_every_person_taken_back(changed, cast):
    _before, roster = changed
    undo_roster(by=cast.staff, roster=roster)
    rows = AuditRow.objects.filter(act="undo_roster", actor=cast.staff)
    assert rows.filter(person__isnull=False).count() == 3
    assert rows.get(person=None).detail == {"file": "花名册.xlsx", "people": 3}


def test_it_needs_as_many_statements_for_many_as_for_few(bring_in, cast):
    counts = []
    for first, last in ((1, 3), (10, 60)):
        born = {"身份证号": lambda n: id_number(f"1968{n % 12 + 1:02}05", 101 + 2 * n), "出生日期": lambda n: ""}
        roster = bring_in(*(someone(n, **{k: of(n) for k, of in born.items()}) for n in range(first, last)))
        with CaptureQueriesContext(connection) as queries:
            undo_roster(by=cast.staff, roster=roster)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_it_brings_nobody_back_to_a_branch_that_has_ended_since(changed, cast, town):
    """They went on elsewhere: that is work on each of them."""
    _before, roster = changed
    end_unit(by=cast.admin, unit=town.huaishuwan, on=TODAY, successors=[town.liulin], reason="撤村并组")
    with pytest.raises(Edited) as edited:
        undo_roster(by=cast.staff, roster=roster)
    assert {edit.act for edit in edited.value.edits} == {"end_unit"}
    assert len(edited.value.edits) == 3
    assert Person.objects.filter(unit=town.liulin).count() == 3
