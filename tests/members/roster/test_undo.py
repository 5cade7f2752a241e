"""An import taken back: as if it had not been, unless somebody has worked on it since."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.actions import (
    correct_person,
    correct_post,
    create_user,
    end_unit,
    hold_post,
    leave_post,
    register_person,
    reveal_person,
)
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
from members.roll import PastRoll
from members.roster.staging import stage_roster
from members.roster.undo import undo_roster
from projects.actions import save_record
from projects.models import Due, PeriodLock
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
    row = AuditRow.objects.get(act="forget_formers")
    assert (row.actor, row.object_id, row.path) == (None, str(roster.pk), town.xitun.path)
    assert row.detail == {"file": "花名册.xlsx", "rows": 2}
    stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(7)))
    assert AuditRow.objects.filter(act="forget_formers").count() == 1


def test_it_traces_the_former_values_it_has_no_more_use_for(changed, cast):
    _before, roster = changed
    undo_roster(by=cast.staff, roster=roster)
    assert not RosterFormer.objects.exists()
    row = AuditRow.objects.get(act="forget_formers")
    assert (row.actor, row.detail) == (cast.staff, {"file": "花名册.xlsx", "rows": 2})


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


QUARTER = {"start": date(2026, 7, 1), "end": date(2026, 10, 1)}


def test_it_takes_nothing_back_where_a_quarter_was_sealed_since(changed, cast, town):
    _before, roster = changed
    state = standing_state()
    PeriodLock.objects.create(unit=town.xitun, **QUARTER)
    for spare in (False, True):
        with pytest.raises(ValidationError, match="封存"):
            undo_roster(by=cast.staff, roster=roster, spare=spare)
    assert standing_state() == state


def test_it_names_the_branches_sealed_since_and_takes_the_others_back_when_asked(bring_in, cast, town):
    roster = bring_in(someone(1), someone(2, 所在党支部="柳林村党支部"), someone(3, 所在党支部="柳林村党支部"))
    PeriodLock.objects.create(unit=town.huaishuwan, **QUARTER)
    state = standing_state()
    with pytest.raises(Edited) as caught:
        undo_roster(by=cast.staff, roster=roster)
    assert (caught.value.edits, caught.value.sealed, caught.value.left) == ([], [town.huaishuwan], 2)
    assert standing_state() == state
    _roster, number = undo_roster(by=cast.staff, roster=roster, spare=True)
    assert number == 2
    assert [person.unit for person in Person.objects.all()] == [town.huaishuwan]
    assert AuditRow.objects.get(act="undo_roster", person=None).detail["sealed"] == 1


@pytest.mark.parametrize(
    "where, days, sealed_before",
    [
        ("foreign", QUARTER, False),
        ("xitun", {"start": date(2026, 4, 1), "end": date(2026, 7, 1)}, False),  # it says nothing of these days
        ("xitun", QUARTER, True),  # what was sealed then did not count it
    ],
)
def test_it_takes_back_what_no_sealed_quarter_counts(changed, cast, town, where, days, sealed_before):
    before, roster = changed
    lock = PeriodLock.objects.create(unit=getattr(town, where), **days)
    if sealed_before:
        PeriodLock.objects.filter(pk=lock.pk).update(locked_at=roster.confirmed_at - timedelta(hours=1))
    undo_roster(by=cast.staff, roster=roster)
    assert standing_state() == before


def test_what_it_wrote_is_still_known_at_a_moment_in_between(bring_in, cast, town, on_day):
    """The post as well as the stay; a proposal nobody confirmed was no stay then either."""
    written, undone = TODAY, TODAY + timedelta(days=5)
    roster = on_day(written, lambda: bring_in(someone(1, 分类="在职党员", 党内职务="村委会主任"), on=written))
    proposed = on_day(written, lambda: bring_in(someone(2), by=cast.secretary, unit=town.huaishuwan, on=written))
    for by, each in ((cast.staff, roster), (cast.secretary, proposed)):
        on_day(undone, lambda by=by, each=each: undo_roster(by=by, roster=each))
    posts, stays = PostHolding.objects.all(), Enrolment.objects.all()
    known = {}
    for day in (written - timedelta(days=1), written, undone - timedelta(days=1), undone, None):
        roll = PastRoll(written, day)
        known[day] = [roll.posts_among(posts).count(), roll.in_force_among(stays).count()]
    assert list(known.values()) == [[0, 0], [1, 1], [1, 1], [0, 0], [0, 0]]


def test_a_post_ended_on_its_first_day_is_not_known_as_held(cast, town, on_day):
    """Its superseded copy says so as it did."""
    post = {"by": cast.staff, "unit": town.huaishuwan, "title": "文书", "holder_name": "赵某", "from_date": TODAY}
    held = on_day(TODAY, lambda: hold_post(**post))
    on_day(TODAY, lambda: leave_post(by=cast.staff, holding=held, on=TODAY))
    right = {"by": cast.staff, "row": held, "from_date": TODAY - timedelta(days=9), "title": "", "reason": "核对"}
    on_day(TODAY + timedelta(days=3), lambda: correct_post(**right, to_date=TODAY))
    assert not PastRoll(TODAY, TODAY + timedelta(days=1)).posts_among(PostHolding.objects.all()).exists()


def test_it_brings_nobody_back_to_a_branch_that_has_ended_since(changed, cast, town):
    """They went on elsewhere: that is work on each of them."""
    _before, roster = changed
    end_unit(by=cast.admin, unit=town.huaishuwan, on=TODAY, successors=[town.liulin], reason="撤村并组")
    with pytest.raises(Edited) as edited:
        undo_roster(by=cast.staff, roster=roster)
    assert {edit.act for edit in edited.value.edits} == {"end_unit"}
    assert len(edited.value.edits) == 3
    assert Person.objects.filter(unit=town.liulin).count() == 3
