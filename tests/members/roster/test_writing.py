"""Staged, shown, confirmed: what a roster does to the people already there, and what it never does."""

import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.actions import (
    change_standing,
    correct_person,
    end_category,
    end_role,
    grant_role,
    register_person,
    transfer_person,
)
from members.models import (
    AuditRow,
    BranchMembership,
    Category,
    Enrolment,
    NameGram,
    Person,
    PostHolding,
    Role,
    RosterImport,
    RosterLine,
    Standing,
    StandingRow,
    Status,
    User,
)
from members.roster import staging
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster, discard_roster
from tests.conftest import TODAY, enrolled
from xitun.lib.readers import FileRefused

from .conftest import SAMPLES
from .files import MORE, csv_bytes, id_number, roster_of, someone, table

Effect = RosterLine.Effect


def effects(roster):
    return list(roster.lines.order_by("number").values_list("effect", flat=True))


def snapshot():
    """Everything an import can touch, except the trace of the acts themselves."""
    models = (Person, Enrolment, BranchMembership, StandingRow, PostHolding, NameGram)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_it_writes_nothing_until_confirmed(town, cast):
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    assert effects(roster) == [Effect.NEW]
    assert not Person.objects.exists()


def test_it_registers_people_with_their_dated_rows(bring_in, town):
    roster = bring_in(someone(1), someone(2, 所在党支部="柳林村"))
    assert (roster.created, roster.changed, roster.unchanged) == (2, 0, 0)
    person = Person.objects.get(name="张建二")
    assert (person.unit, person.path, person.standing) == (town.huaishuwan, town.huaishuwan.path, Standing.FULL)
    assert person.id_number == id_number(order=103)
    assert (person.pinyin, person.initials) == ("zhangjianer", "zje")
    assert {"张", "建", "张建", "建二"} < set(person.grams.values_list("gram", flat=True))
    assert (person.joined_on, person.full_member_on) == (date(1995, 7, 1), date(1996, 7, 1))
    assert [(row.unit, row.from_date, row.to_date) for row in person.memberships.all()] == [
        (town.huaishuwan, date(2026, 9, 21), None)
    ]
    assert person.standings.get().standing == Standing.FULL


def test_it_confirms_open_categories_for_the_town_and_carries_the_restricted_over(bring_in, cast):
    bring_in(someone(1), someone(2, 分类="贫弱党员", 困难类型="缺技术"), someone(3, 分类="后进党员"))
    rows = {row.category: row for row in Enrolment.objects.all()}
    assert {row.status for row in rows.values()} == {Status.ACTIVE}
    assert (rows["unemployed"].decided_by, rows["unemployed"].carried_over) == (cast.staff, False)
    for code in ("poor_weak", "backward"):
        assert (rows[code].restricted, rows[code].carried_over, rows[code].decided_by) == (True, True, None)
        assert rows[code].regularise_by == date(2026, 9, 30)
    assert set(Person.objects.values_list("category", flat=True)) == {"unemployed", "poor_weak", "backward"}


def test_it_only_proposes_for_a_branch_secretary(bring_in, cast, town):
    people = (someone(1), someone(2, 分类="贫弱党员", 兼类="老年党员"))
    roster = bring_in(*people, by=cast.secretary, unit=town.huaishuwan)
    assert roster.direct is False
    assert set(Enrolment.objects.values_list("category", "primary", "status")) == {
        ("unemployed", True, "proposed"), ("poor_weak", True, "proposed"), ("elderly", False, "proposed"),
    }  # fmt: skip
    assert set(Person.objects.values_list("category", flat=True)) == {""}
    assert not Enrolment.objects.filter(carried_over=True, status=Status.ACTIVE).exists()
    assert not Enrolment.objects.exclude(decided_by=None).exists()
    again = bring_in(*people, by=cast.secretary, unit=town.huaishuwan)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)


def test_who_lost_the_right_to_confirm_since_the_upload_proposes(cast, town):
    roster = stage_roster(by=cast.staff, unit=town.huaishuwan, source=roster_of(someone(1)))
    end_role(by=cast.admin, grant=cast.staff.grants.get(), on=TODAY)
    grant_role(by=cast.admin, user=cast.staff, role=Role.SECRETARY, unit=town.huaishuwan, from_date=TODAY)
    confirm_roster(by=User.objects.get(pk=cast.staff.pk), roster=roster)
    assert set(Enrolment.objects.values_list("status", flat=True)) == {Status.PROPOSED}


def test_it_writes_further_categories_and_cadre_posts(bring_in):
    bring_in(someone(1, 分类="在职党员", 兼类="老年党员", 党内职务="村委会主任"), someone(2, 党内职务="支部委员"))
    cadre = Person.objects.get(name="张建二")
    assert set(cadre.enrolments.values_list("category", "primary")) == {("in_service", True), ("elderly", False)}
    assert [(post.person, post.title) for post in PostHolding.objects.all()] == [(cadre, "村委会主任")]


def test_it_changes_nothing_the_second_time(bring_in):
    people = (
        someone(1, 分类="在职党员", 党内职务="村委会主任"),
        someone(2, 分类="流动党员", 流入地="兰州市", 兼类="老年党员"),
        someone(3, 分类="贫弱党员"),
    )
    bring_in(*people)
    before = snapshot()
    again = bring_in(*people)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3)
    assert snapshot() == before


def test_it_corrects_what_the_roster_knows_and_blanks_nothing(bring_in):
    bring_in(someone(1))
    old = Person.objects.get()
    roster = bring_in(someone(1, 姓名="李天明", 联系电话="19900000001", 入党时间="", 转正时间="", 性别=""))
    person = Person.objects.get()
    assert (roster.created, roster.changed) == (0, 1)
    assert (person.name, person.pinyin, person.phone) == ("李天明", "litianming", "19900000001")
    assert (person.joined_on, person.full_member_on, person.sex) == (old.joined_on, old.full_member_on, "M")
    assert "李天" in person.grams.values_list("gram", flat=True)
    assert "张建" not in person.grams.values_list("gram", flat=True)
    assert person.version == old.version + 1


def test_it_moves_a_standing_forward_with_a_dated_row(bring_in):
    bring_in(someone(1, 人员类别="预备党员", 转正时间=""), on=date(2026, 3, 2))
    bring_in(someone(1, 人员类别="正式党员"), on=date(2026, 9, 1))
    person = Person.objects.get()
    assert person.standing == Standing.FULL
    assert list(person.standings.order_by("pk").values_list("standing", "from_date", "to_date")) == [
        ("probationary", date(2026, 3, 2), date(2026, 9, 1)),
        ("full", date(2026, 9, 1), None),
    ]


@pytest.mark.parametrize("word", ["预备党员", "入党积极分子", "已转出"])
def test_it_leaves_a_standing_that_goes_back_to_a_person(bring_in, word):
    bring_in(someone(1))
    before = snapshot()
    roster = bring_in(someone(1, 人员类别=word, 联系电话="19900000009"))
    assert effects(roster) == [Effect.BY_HAND]
    assert snapshot() == before


def test_it_proposes_another_category_instead_of_moving_somebody(bring_in):
    bring_in(someone(1, 分类="后进党员"))
    roster = bring_in(someone(1, 分类="流动党员"))
    assert roster.changed == 1
    assert set(Enrolment.objects.values_list("category", "status")) == {
        ("backward", Status.ACTIVE), ("mobile", Status.PROPOSED),
    }  # fmt: skip
    assert Person.objects.get().category == Category.BACKWARD
    assert bring_in(someone(1, 分类="流动党员")).unchanged == 1


def test_it_leaves_somebody_on_another_roll_to_a_transfer(bring_in, town):
    bring_in(someone(1))
    before = snapshot()
    roster = bring_in(someone(1, 所在党支部="柳林村", 联系电话="19900000009"))
    assert effects(roster) == [Effect.ELSEWHERE]
    assert snapshot() == before


def test_it_never_takes_a_namesake_for_the_same_person(bring_in):
    bring_in(someone(1, 姓名="张建国"), someone(2, 姓名="张建国"))
    assert Person.objects.filter(name="张建国").count() == 2
    roster = bring_in(someone(3, 姓名="张建国", 身份证号=id_number(order=555), 联系电话=""))
    assert (roster.created, Person.objects.count()) == (1, 3)


def test_it_leaves_namesakes_without_a_number_to_a_person(bring_in, town, cast):
    headings = [h for h in MORE if h != "身份证号"]
    people = (someone(1, 姓名="张建国"), someone(2, 姓名="张建国"), someone(3))
    roster = bring_in(*people, headings=headings)
    assert effects(roster) == [Effect.NEW, Effect.BY_HAND, Effect.NEW]
    assert bring_in(people[0], people[2], headings=headings).unchanged == 2
    again = bring_in(someone(3, 联系电话="19900000009"), headings=headings)
    assert effects(again) == [Effect.BY_HAND]
    numbered = bring_in(someone(3))
    assert effects(numbered) == [Effect.BY_HAND]
    assert Person.objects.count() == 2


def test_it_registers_people_without_number_and_birth_date(bring_in):
    headings = ["姓名", "所在党支部", "联系电话"]
    assert bring_in(someone(1), someone(2), headings=headings).created == 2
    assert Person.objects.get(name="张建二").enrolments.count() == 0
    assert Person.objects.get(name="张建二").standings.count() == 1


def test_it_writes_warned_lines_and_no_refused_ones(bring_in):
    roster = bring_in(someone(1, 入党时间="1980-01-01"), someone(2, 分类="优秀党员"))
    assert list(Person.objects.values_list("name", flat=True)) == ["张建二"]
    refused = roster.lines.get(outcome="reject")
    assert (refused.id_number, refused.phone, refused.birth_date) == (None, "", None)


def test_it_lets_the_staged_values_go_once_written(bring_in):
    roster = bring_in(someone(1))
    line = roster.lines.get()
    assert (line.name, line.person) == ("张建二", Person.objects.get())
    assert (line.id_number, line.id_hash, line.phone, line.category) == (None, None, "", "")


def test_it_encrypts_the_staged_number(town, cast):
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM members_rosterline")
        (stored,) = cursor.fetchone()
    assert id_number(order=103) not in stored
    assert roster.lines.get().id_number == id_number(order=103)


def test_it_confirms_once(town, cast):
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    confirm_roster(by=cast.staff, roster=roster)
    acts = AuditRow.objects.count()
    assert confirm_roster(by=cast.staff, roster=roster).created == 1
    assert (Person.objects.count(), AuditRow.objects.count()) == (1, acts)


def test_it_looks_again_at_who_is_there_when_confirming(town, cast):
    first, second = (stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1))) for _ in range(2))
    confirm_roster(by=cast.staff, roster=first)
    assert confirm_roster(by=cast.staff, roster=second).unchanged == 1
    assert Person.objects.count() == 1


def test_it_traces_every_person_and_category(bring_in, cast):
    bring_in(someone(1), someone(2, 分类="贫弱党员"))
    acts = list(AuditRow.objects.filter(actor=cast.staff).order_by("act").values_list("act", "restricted"))
    assert acts == [
        ("carry_over_category", True), ("confirm_category", False), ("confirm_roster", False),
        ("register_person", False), ("register_person", False), ("stage_roster", False),
    ]  # fmt: skip


def test_it_refuses_whoever_may_not_write_there(town, cast):
    for user, unit in ((cast.reader, town.xitun), (cast.secretary, town.liulin), (cast.outsider, town.xitun)):
        with pytest.raises(PermissionDenied):
            stage_roster(by=user, unit=unit, source=roster_of(someone(1)))
    assert not RosterImport.objects.exists()


def test_it_knows_only_the_branches_below_the_unit(town, cast):
    roster = stage_roster(by=cast.secretary, unit=town.huaishuwan, source=roster_of(someone(1, 所在党支部="柳林村")))
    assert roster.lines.get().reasons == ["branch_unknown"]


def test_it_says_why_there_is_nobody_in_a_file(town, cast):
    with pytest.raises(ValidationError) as caught:
        stage_roster(by=cast.staff, unit=town.xitun, source=BytesIO(csv_bytes([["支部", "人数"], ["柳林村", 43]])))
    assert len(caught.value.messages) == 3
    with pytest.raises(FileRefused):
        stage_roster(by=cast.staff, unit=town.xitun, source=BytesIO(b"%PDF-1.7"))
    assert not RosterImport.objects.exists()


def test_it_discards_an_upload_with_all_it_held(town, cast):
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    discard_roster(by=cast.staff, roster=roster)
    assert not RosterLine.objects.exists()


def test_it_keeps_how_a_name_is_read(bring_in, cast):
    bring_in(someone(1, 姓名="单小红"))
    person = Person.objects.get()
    correct_person(by=cast.staff, person=person, version=person.version, reading="dan xiao hong")
    bring_in(someone(1, 姓名="单小红", 联系电话="19912349999"))
    person.refresh_from_db()
    assert (person.phone, person.reading, person.pinyin) == ("19912349999", "dan xiao hong", "danxiaohong")
    bring_in(someone(1, 姓名="单大红", 联系电话="19912349999"))
    person.refresh_from_db()
    assert (person.name, person.reading, person.pinyin) == ("单大红", "", "shandahong")


def test_it_will_not_discard_what_was_written(bring_in, cast):
    with pytest.raises(ValidationError):
        discard_roster(by=cast.staff, roster=bring_in(someone(1)))


def _statements(bring_in, first, last):
    people = [someone(n, 姓名=f"王{chr(0x4E00 + n)}", 联系电话="") for n in range(first, last)]
    people[0] |= {"分类": "贫弱党员"}
    people[1] |= {"分类": "在职党员", "党内职务": "支部书记"}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        bring_in(*people)
    return len(queries)


def test_it_needs_as_many_statements_for_many_as_for_few(bring_in):
    few, many = _statements(bring_in, 1, 6), _statements(bring_in, 100, 380)
    assert many - 1 <= few <= 103  # one more where many share a birth date with somebody on the roll


@pytest.mark.usefixtures("town")
class TestCommand:
    def report(self, tmp_path, *arguments):
        target = tmp_path / "out.json"
        call_command("import_roster", *arguments, "--json", str(target))
        return json.loads(target.read_text(encoding="utf-8"))

    def file(self, tmp_path, *people):
        path = tmp_path / "花名册.csv"
        path.write_bytes(csv_bytes(table(*people), "gb18030"))
        return str(path)

    def test_it_writes_what_became_of_each_line(self, tmp_path, capsys):
        path = self.file(tmp_path, someone(1), someone(2, 姓名=""))
        report = self.report(tmp_path, path, "--branch", "西屯镇")
        assert report["lines"] == [
            {"sheet": None, "line": 2, "outcome": "accept", "reasons": [], "name": "张建二"},
            {"sheet": None, "line": 3, "outcome": "reject", "reasons": ["name_missing"], "name": ""},
        ]
        assert (report["created"], report["changed"], report["unchanged"]) == (1, 0, 0)
        assert Enrolment.objects.get().status == Status.ACTIVE

    def test_it_writes_nothing_in_a_dry_run(self, tmp_path, capsys):
        report = self.report(tmp_path, self.file(tmp_path, someone(1)), "--branch", "西屯镇", "--dry-run")
        assert report["created"] == 1
        assert not Person.objects.exists()
        assert not RosterImport.objects.exists()

    def test_it_takes_a_branch_by_its_short_name(self, tmp_path, capsys):
        assert self.report(tmp_path, self.file(tmp_path, someone(1)), "--branch", "槐树湾村")["created"] == 1

    def test_it_says_what_is_wrong(self, tmp_path):
        for arguments in (["/nowhere.xlsx", "--branch", "西屯镇"], [__file__, "--branch", "月亮镇"]):
            with pytest.raises(CommandError):
                call_command("import_roster", *arguments)


def test_it_brings_in_the_sample_town(db, tmp_path, capsys):
    call_command("import_branches", str(SAMPLES / "branches.csv"))
    target = tmp_path / "out.json"
    for counts in ((753, 0, 0), (0, 0, 753)):
        call_command("import_roster", str(SAMPLES / "roster-town.xlsx"), "--branch", "西屯镇", "--json", str(target))
        report = json.loads(target.read_text(encoding="utf-8"))
        assert (report["created"], report["changed"], report["unchanged"]) == counts
    assert (
        Person.objects.members().count()
        == 753 - Person.objects.filter(standing__in=("applicant", "activist", "target")).count()
    )
    key = json.loads((SAMPLES / "roster-town.expected.json").read_text(encoding="utf-8"))["accepted_by_category"]
    assert {code: Person.objects.filter(category=code).count() for code in key} == key
    assert Enrolment.objects.filter(carried_over=True).count() == key["poor_weak"] + key["backward"]


def test_it_finds_a_person_registered_by_hand(town, cast, bring_in):
    someone_known = enrolled(
        town.huaishuwan, "张建二", Category.UNEMPLOYED, by=cast.staff, id_number=id_number(order=103)
    )
    roster = bring_in(someone(1))
    assert (roster.created, roster.changed) == (0, 1)
    someone_known.refresh_from_db()
    assert someone_known.phone == "19912340001"


def test_it_leaves_what_would_overlap_later_days_to_a_person(bring_in, town, cast):
    known = register_person(
        by=None, unit=town.huaishuwan, name="张建二", standing="activist", on=date(2020, 1, 1),
        id_number=id_number(order=103),
    )  # fmt: skip
    change_standing(by=None, person=known, standing="probationary", on=date(2024, 1, 1))
    before = snapshot()
    roster = bring_in(someone(1, 人员类别="正式党员"), on=date(2022, 1, 1))
    assert (effects(roster), roster.changed) == ([Effect.BY_HAND], 0)
    assert snapshot() == before
    roster = bring_in(someone(1, 人员类别="正式党员"), on=date(2025, 1, 1))
    assert effects(roster) == [Effect.CHANGED]


@pytest.mark.parametrize("by_transfer", [False, True])
def test_it_opens_no_category_over_one_that_ended_later(bring_in, town, cast, by_transfer):
    unit = town.liulin if by_transfer else town.huaishuwan
    known = enrolled(unit, "张建二", Category.UNEMPLOYED, by=cast.staff, id_number=id_number(order=103))
    end_category(by=None, enrolment=known.enrolments.get(), on=date(2026, 3, 1), reason="no longer so")
    if by_transfer:
        transfer_person(by=None, person=known, unit=town.huaishuwan, on=date(2026, 6, 1))
    before = snapshot()
    early = date(2026, 4, 1) if by_transfer else date(2026, 2, 1)
    assert effects(bring_in(someone(1), on=early)) == [Effect.BY_HAND]
    assert snapshot() == before
    assert bring_in(someone(1), on=date(2026, 6, 1)).changed == 1
    assert known.enrolments.live().get().from_date == date(2026, 6, 1)


def test_it_locks_people_before_it_compares(town, cast, monkeypatch):
    """An act that was under way, and is seen once the lock is free, is not written over."""
    known = enrolled(town.huaishuwan, "张建二", Category.UNEMPLOYED, by=cast.staff, id_number=id_number(order=103))
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    lock = staging._lock_people

    def waited_for(lines):
        Person.objects.filter(pk=known.pk).update(id_number=None, id_hash=None)
        change_standing(by=cast.staff, person=known, standing="former", on=date(2026, 9, 1))
        lock(lines)

    monkeypatch.setattr(staging, "_lock_people", waited_for)
    confirm_roster(by=cast.staff, roster=roster)
    assert (effects(roster), roster.changed) == ([Effect.BY_HAND], 0)
    known.refresh_from_db()
    assert (known.standing, known.phone) == ("former", "19912343021")


def test_it_leaves_a_phone_alone_where_the_roster_has_an_unreadable_one(bring_in, town, cast):
    known = register_person(
        by=cast.staff, unit=town.huaishuwan, name="张建二", id_number=id_number(order=103), phone="19912340001"
    )
    roster = bring_in(someone(1, 联系电话="1.99E+10"), someone(2, 联系电话="1.99E+10"))
    known.refresh_from_db()
    assert (known.phone, Person.objects.get(name="张建三").phone) == ("19912340001", "")
    assert list(roster.lines.values_list("reasons", flat=True)) == [["phone_unreadable"]] * 2


def test_it_leaves_a_trace_of_uploads_nobody_confirmed(town, cast):
    roster = stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1), someone(2)), filename="旧.xlsx")
    RosterImport.objects.update(created_at=timezone.now() - timedelta(days=8))
    stage_roster(by=cast.staff, unit=town.xitun, source=roster_of(someone(1)))
    row = AuditRow.objects.get(act="forget_roster")
    assert (row.object_id, row.path, row.detail) == (str(roster.pk), town.xitun.path, {"file": "旧.xlsx", "rows": 2})
    assert RosterImport.objects.count() == 1
