"""Two files that are one person: everything follows, and all of it can be taken apart again."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone

from members import actions
from members.edits import UNDOABLE, Edited
from members.models import (
    Absence,
    AuditRow,
    BranchMembership,
    Category,
    Cause,
    Enrolment,
    FormerIdentity,
    Merge,
    Person,
    PostHolding,
    Role,
    Standing,
    StandingRow,
    Status,
    User,
)
from members.roster.staging import stage_roster
from members.search import search_people
from projects.actions import save_record
from projects.life.models import Attendance
from projects.models import Due, Receipt, Record, RecordSubject
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.members.roster.files import roster_of, someone
from tests.members.views.test_person_new import id_number
from tests.projects.conftest import follow_up

pytestmark = pytest.mark.usefixtures("in_english")
NUMBER, ANOTHER = id_number(), id_number(birth="19680706")
QUIET = {"version", "updated_at"}


@pytest.fixture
def keep(cast, town):
    return enrolled(town.huaishuwan, "王建业", Category.MOBILE, by=cast.staff, id_number=NUMBER)


@pytest.fixture
def other(cast, town):
    """Away, too, and a mentor; holds a post, bore another name, with a record and duties."""
    someone = enrolled(
        town.huaishuwan, "王健业", Category.MOBILE, by=cast.staff, phone="13900001111", occupation="果农"
    )
    row = actions.propose_category(
        by=cast.staff, person=someone, category=Category.ELDERLY, primary=False, on=date(2026, 1, 5), reason="年满"
    )
    actions.confirm_category(by=cast.staff, enrolment=row)
    actions.propose_category(by=cast.staff, person=someone, category=Category.RETIRED, primary=False, reason="退休")
    actions.hold_post(by=cast.staff, unit=town.huaishuwan, title="文书", person=someone, from_date=date(2026, 1, 1))
    actions.change_identity(
        by=cast.staff, person=someone, on=date(2026, 9, 1), evidence="card", reason="更名", name="王小业"
    )
    open_dues(TODAY)
    written(cast, someone)
    someone.refresh_from_db()
    return someone


def written(cast, *people):
    row = Record.objects.create(
        submission_id=uuid.uuid4(), kind="joint.follow_up", unit=people[0].unit, path=people[0].path, happened_on=TODAY,
        entered_at=timezone.now(), author=cast.secretary, narrative="已联系",
    )  # fmt: skip
    RecordSubject.objects.bulk_create(RecordSubject(record=row, person=person) for person in people)
    return row


def merge(cast, keep, other, by=None, reason="同一人两份档案", **choices):
    return actions.merge_people(by=by or cast.staff, keep=keep, other=other, choices=choices, reason=reason)


def digest(*people):
    """Everything said of these people but what counts changes, and what a merge taken back had kept or made: names,
    former versions that were known at no moment, dues that ended with it."""
    keys = [person.pk for person in people]
    about = [Person._base_manager.filter(pk__in=keys), User.objects.filter(person__in=keys)]
    about.append(FormerIdentity.objects.borne().filter(person__in=keys))
    about.append(Enrolment.objects.exclude(superseded_at=F("recorded_at")).filter(person__in=keys))
    about.append(Due.objects.exclude(closed_why=Cause.MERGED).filter(person__in=keys))
    for model in (Absence, BranchMembership, StandingRow, PostHolding, RecordSubject, Receipt, Attendance):
        about.append(model._base_manager.filter(person__in=keys))
    return [
        [{name: value for name, value in row.items() if name not in QUIET} for row in rows.order_by("pk").values()]
        for rows in about
    ] + [sorted((gram.gram, gram.person_id) for person in people for gram in person.grams.all())]


def test_everything_follows_and_the_kept_history_stands(cast, keep, other):
    history = list(keep.memberships.values()), list(keep.standings.values())
    record = written(cast, keep, other)
    row = merge(cast, keep, other)
    keep.refresh_from_db()
    gone = Person._base_manager.get(pk=other.pk)
    assert not Person.objects.filter(pk=other.pk).exists()
    assert (gone.merged_into, gone.id_hash, gone.category) == (keep, None, "")
    assert (list(keep.memberships.values()), list(keep.standings.values())) == history
    assert not gone.memberships.filter(superseded_at=None).exists()
    assert (keep.name, keep.occupation, keep.phone) == ("王建业", "果农", "19912343021")
    assert not PostHolding.objects.filter(person=gone).exists()
    assert not Due.objects.filter(person=gone).exists()
    assert list(record.subjects.values_list("person", flat=True)) == [keep.pk]
    assert keep.record_rows.count() == 2
    assert list(search_people(Person.objects.visible_to(cast.staff), "王健业", cast.staff)[0]) == [keep]
    traces = AuditRow.objects.filter(act="merge_people")
    assert {trace.person_id for trace in traces} == {keep.pk, other.pk}
    assert {trace.purpose for trace in traces} == {"同一人两份档案"}
    assert len(row.moved["members.enrolment"]) == 3


def test_live_categories_go_on_beside_the_primary_one_and_doubles_end(cast, keep, other):
    double = other.enrolments.get(category=Category.MOBILE)
    merge(cast, keep, other)
    rows = {(row.category, row.status): row.primary for row in keep.enrolments.all()}
    assert rows == {
        ("mobile", "active"): True, ("mobile", "ended"): False, ("elderly", "active"): False,
        ("retired", "proposed"): False,
    }  # fmt: skip
    double.refresh_from_db()
    assert (double.status, double.decided_by, double.decision_reason) == ("ended", cast.staff, Cause.MERGED)
    assert double.from_date == double.to_date == keep.enrolments.get(primary=True).from_date
    assert not Due.objects.open().filter(enrolment=double).exists()
    assert Due.objects.open().filter(person=keep, category=Category.ELDERLY).exists()


def test_on_no_past_day_two_categories_are_primary(cast, keep, other):
    row = other.enrolments.get(primary=True, status=Status.ACTIVE)
    actions.end_category(by=cast.staff, enrolment=row, on=date(2026, 3, 1), reason="返乡")
    before = digest(keep, other)
    merged = merge(cast, keep, other)
    held = Enrolment.objects.filter(person=keep, primary=True, superseded_at=None).exclude(status=Status.PROPOSED)
    assert [row.pk for row in held] == [keep.enrolments.get(primary=True, status=Status.ACTIVE).pk]
    actions.undo_merge(by=cast.staff, merge=merged)
    assert digest(keep, other) == before


def test_who_stood_in_no_category_takes_the_primary_one_over(cast, town, other):
    keep = enrolled(town.huaishuwan, "王建业", None, by=cast.staff)
    merge(cast, keep, other)
    keep.refresh_from_db()
    assert keep.category == keep.enrolments.get(primary=True, status=Status.ACTIVE).category == Category.MOBILE


def test_what_was_entered_in_another_branch_ends_there_and_goes_on_where_the_kept_file_stands(cast, town, keep):
    other = enrolled(town.liulin, "王建业", Category.RETIRED, by=cast.staff)
    merge(cast, keep, other)
    rows = keep.enrolments.filter(category=Category.RETIRED).order_by("pk")
    assert [(row.status, row.unit) for row in rows] == [("ended", town.liulin), ("active", town.huaishuwan)]


def test_a_sign_in_follows(cast, town, keep, other):
    user = actions.create_user(by=cast.staff, username="m", person=other)
    merge(cast, keep, other)
    user.refresh_from_db()
    assert user.person == keep


def test_a_members_own_role_is_where_the_kept_file_stands_and_goes_back(cast, town, keep):
    other = enrolled(town.liulin, "王建业", None, by=cast.staff)
    user = actions.create_user(by=cast.admin, username="m", person=other)
    actions.grant_role(by=cast.admin, user=user, role=Role.MEMBER, unit=town.liulin, from_date=date(2026, 1, 1))
    row = merge(cast, keep, other)
    assert user.grants.get(to_date=None).unit == town.huaishuwan
    actions.undo_merge(by=cast.staff, merge=row)
    assert user.grants.get(to_date=None).unit == town.liulin


def test_undo_restores_every_row(cast, town, keep, other):
    closed = actions.create_user(by=cast.staff, username="m", person=other)
    before = digest(keep, other)
    row = merge(cast, keep, other, name="other", phone="other")
    keep.refresh_from_db()
    assert (keep.name, keep.phone) == ("王小业", "13900001111")
    assert digest(keep, other) != before
    actions.undo_merge(by=cast.staff, merge=row)
    assert digest(keep, other) == before
    closed.refresh_from_db()
    assert closed.person_id == other.pk
    assert AuditRow.objects.filter(act="undo_merge").count() == 2
    with pytest.raises(ValidationError, match="nothing to take back"):
        actions.undo_merge(by=cast.staff, merge=row)


@pytest.mark.parametrize("done_in", ["keep", "other"])
def test_a_turn_that_both_owed_stands_once_where_one_has_done_it(cast, keep, other, done_in):
    done = keep if done_in == "keep" else other
    row = done.enrolments.get(category=Category.MOBILE)
    if done is keep:  # who is home again, while the other file goes on
        actions.come_home(by=cast.secretary, enrolment=row, on=TODAY, reason="返乡")
        Person.objects.filter(pk=keep.pk).update(category="")
    due = Due.objects.get(enrolment=row, duty="joint.follow_up")
    Due.objects.filter(pk=due.pk).reopen()
    entry = follow_up(row, happened_on=TODAY - timedelta(days=9), dues=(due,))
    record = save_record(by=cast.secretary, entry=entry)
    Record.objects.filter(pk=record.pk).update(entered_at=timezone.now() - timedelta(days=1))
    before = digest(keep, other)
    merged = merge(cast, keep, other)
    turns = Due.objects.filter(person=keep, duty="joint.follow_up").with_state()
    assert sorted((turn.state, turn.closed_why) for turn in turns) == [("closed", Cause.TURN_SETTLED), ("on_time", "")]
    assert Due.objects.open().filter(person=keep, duty="joint.family_visit").count() == 1
    actions.undo_merge(by=cast.staff, merge=merged)
    assert digest(keep, other) == before


def test_undo_gives_numbers_and_later_duties_back(cast, town, other):
    keep = enrolled(town.huaishuwan, "王建业", None, by=cast.staff)
    actions.correct_person(by=cast.staff, person=other, version=other.version, id_number=NUMBER)
    before = digest(keep, other)
    row = merge(cast, keep, other)
    keep.refresh_from_db()
    assert (keep.id_number, keep.birth_date is not None) == (NUMBER, True)
    open_dues(date(2026, 10, 1))
    actions.undo_merge(by=cast.staff, merge=row)
    assert not Due.objects.filter(person=keep).exists()
    later = Due.objects.filter(opened_at__gt=row.at)
    assert later.exists()
    later.delete()
    assert digest(keep, other) == before


def test_undo_names_who_has_worked_on_it_since(cast, keep, other):
    row = merge(cast, keep, other)
    actions.reveal_person(by=cast.secretary, person=keep, purpose="看一眼")
    keep.refresh_from_db()
    actions.correct_person(by=cast.secretary, person=keep, version=keep.version, education="高中")
    with pytest.raises(Edited) as caught:
        actions.undo_merge(by=cast.staff, merge=row)
    assert [(e.person, e.by, e.act) for e in caught.value.edits] == [(keep, cast.secretary, "correct_person")]
    assert Merge.objects.get().undone_at is None


def test_undo_has_thirty_days(cast, keep, other):
    row = merge(cast, keep, other)
    Merge.objects.update(at=timezone.now() - UNDOABLE - timedelta(hours=1))
    with pytest.raises(ValidationError, match="30 days"):
        actions.undo_merge(by=cast.staff, merge=row)


def test_undo_is_refused_when_the_number_has_gone_elsewhere(cast, town, keep):
    other = enrolled(town.huaishuwan, "王健业", None, by=cast.staff, id_number=ANOTHER)
    row = merge(cast, keep, other, id_number="keep")
    FormerIdentity.objects.all().delete()  # merged before the lost number was kept
    actions.register_person(by=cast.staff, unit=town.liulin, name="王三", id_number=ANOTHER)
    with pytest.raises(ValidationError, match="taken one of the ID numbers"):
        actions.undo_merge(by=cast.staff, merge=row)


def borne():
    rows = FormerIdentity.objects.order_by("pk")
    return [(row.person, row.name, row.id_number, row.evidence, row.superseded_at is None) for row in rows]


def test_the_lost_name_and_number_find_the_kept_person(cast, town, keep):
    other = enrolled(town.huaishuwan, "王健业", None, by=cast.staff, id_number=ANOTHER, since=date(2026, 1, 1))
    row = merge(cast, keep, other, id_number="keep")
    assert borne() == [(keep, "王健业", ANOTHER, "merge", True)]
    assert FormerIdentity.objects.get().from_date == date(2026, 1, 1)
    people = Person.objects.visible_to(cast.staff)
    for text in ("王健业", "健业", ANOTHER, "王建业", NUMBER):
        assert list(search_people(people, text, cast.staff)[0]) == [keep], text
    with pytest.raises(ValidationError, match="already on a roll"):
        actions.register_person(by=cast.staff, unit=town.liulin, name="王健业", id_number=ANOTHER)
    actions.undo_merge(by=cast.staff, merge=row)
    assert borne() == [(other, "王健业", ANOTHER, "merge", False)]
    assert list(search_people(people, ANOTHER, cast.staff)[0]) == [other]
    assert list(search_people(people, "健业", cast.staff)[0]) == [other]


def test_what_the_kept_file_bore_itself_still_finds_it(cast, town, keep):
    other = enrolled(town.huaishuwan, "王健业", None, by=cast.staff, id_number=ANOTHER)
    choices = dict.fromkeys(("name", "id_number", "birth_date", "sex"), "other")
    row = merge(cast, keep, other, **choices)
    assert borne() == [(keep, "王建业", NUMBER, "merge", True)]
    assert list(search_people(Person.objects.visible_to(cast.staff), NUMBER, cast.staff)[0]) == [keep]
    actions.undo_merge(by=cast.staff, merge=row)
    assert borne() == [(keep, "王建业", NUMBER, "merge", False)]


def test_a_merge_of_what_agrees_keeps_no_former_name(cast, town, keep):
    other = enrolled(town.huaishuwan, "王建业", None, by=cast.staff)
    merge(cast, keep, other)
    assert borne() == []


def test_a_change_of_name_before_the_merge_can_still_be_entered(cast, town, keep):
    merge(cast, keep, enrolled(town.huaishuwan, "王健业", None, by=cast.staff))
    day = TODAY - timedelta(days=9)
    actions.change_identity(by=cast.staff, person=keep, on=day, evidence="card", reason="更名", name="王大业")
    keep.refresh_from_db()
    assert keep.name == "王大业"


def test_a_roster_with_the_lost_number_knows_the_kept_person(cast, town, keep):
    other = enrolled(town.huaishuwan, "王健业", None, by=cast.staff, id_number=ANOTHER)
    merge(cast, keep, other, id_number="keep")
    line = {"姓名": "王健业", "身份证号": ANOTHER, "出生日期": "", "性别": "", "分类": "流动党员"}
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1, **line)))
    staged = roster.lines.get()
    assert (staged.person, staged.former_number, staged.former_name) == (keep, True, True)


def test_two_numbers_need_a_word(cast, town, keep):
    other = enrolled(town.huaishuwan, "王健业", None, by=cast.staff, id_number=ANOTHER)
    with pytest.raises(ValidationError, match="Say which one is right"):
        merge(cast, keep, other)
    with pytest.raises(ValidationError, match="contradicts the ID number"):
        merge(cast, keep, other, id_number="other")
    row = merge(cast, keep, other, id_number="other", birth_date="other", sex="other")
    keep.refresh_from_db()
    assert (keep.id_number, keep.birth_date) == (ANOTHER, date(1968, 7, 6))
    actions.undo_merge(by=cast.staff, merge=row)
    numbers = [Person.objects.get(pk=person.pk).id_number for person in (keep, other)]
    assert numbers == [NUMBER, ANOTHER]
    assert NUMBER not in repr(Merge.objects.values("moved").get())


def test_it_refuses_what_is_not_two_settled_files(cast, town, keep, other):
    with pytest.raises(ValidationError, match="one and the same"):
        merge(cast, keep, keep)
    with pytest.raises(ValidationError, match="Give the reason"):
        merge(cast, keep, other, reason=" ")
    for person, name in ((keep, "a"), (other, "b")):
        user = actions.create_user(by=cast.staff, username=name, person=person)
        actions.grant_role(by=None, user=user, role=Role.MEMBER, unit=town.huaishuwan, from_date=TODAY)
    with pytest.raises(ValidationError, match="sign-in"):
        merge(cast, keep, other)
    User.objects.filter(username="b").update(person=None)
    request = {"column": "other", "wrong": "奖励未登记", "submission_id": uuid.uuid4()}
    asked = actions.ask_correction(by=User.objects.get(username="a"), person=keep, **request)
    with pytest.raises(ValidationError, match="correction"):
        merge(cast, keep, other)
    actions.refuse_correction(by=cast.staff, request=asked, answer="查无此事")
    sent = actions.propose_transfer(by=cast.staff, person=other, elsewhere="外县某支部", letter_on=TODAY, reason="随迁")
    with pytest.raises(ValidationError, match="on the way"):
        merge(cast, keep, other)
    actions.withdraw_transfer(by=cast.staff, transfer=sent, reason="不走了")
    merge(cast, keep, other)
    with pytest.raises(ValidationError, match="no longer there"):
        merge(cast, keep, other)


def test_it_keeps_no_file_that_has_left_while_the_other_stands_on_the_roll(cast, keep, other):
    actions.record_death(by=cast.staff, person=keep, on=TODAY)
    with pytest.raises(ValidationError, match="has left the roll"):
        merge(cast, keep, other)
    merge(cast, other, keep)
    other.refresh_from_db()
    assert other.standing == Standing.FULL


def test_it_needs_the_right_at_both(cast, town, keep, other):
    far = enrolled(town.foreign, "王建业", None, by=cast.outsider)
    for by, one, two in ((cast.secretary, keep, other), (cast.staff, keep, far), (cast.staff, far, keep)):
        with pytest.raises(PermissionDenied):
            merge(cast, one, two, by=by)
    row = merge(cast, keep, other)
    with pytest.raises(PermissionDenied):
        actions.undo_merge(by=cast.secretary, merge=row)


def test_what_was_believed_of_days_is_given_back_too(cast, keep, other):
    row = other.enrolments.get(category=Category.MOBILE)
    actions.correct_stay(by=cast.staff, row=row, from_date=date(2025, 6, 1), reason="外出证明")
    copy = other.enrolments.exclude(superseded_at=None).get()
    before = Enrolment.objects.filter(pk=copy.pk).values().get()
    merge = actions.merge_people(by=cast.staff, keep=keep, other=other, reason="同一人")
    actions.undo_merge(by=cast.staff, merge=merge)
    after = Enrolment.objects.filter(pk=copy.pk).values().get()
    assert {**after, "version": 0} == {**before, "version": 0}
