"""A roster that knows somebody by an old ID number or name is about that person, and brings nothing of it back."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.actions import change_identity, register_person
from members.models import NameGram, Person, PostHolding, RosterLine
from members.roster.export import write_troubles
from members.roster.preview import TO_LOOK_AT, counts_of, explain, lines_of
from members.roster.settle import settle_line
from members.roster.staging import match, stage_roster
from members.roster.undo import undo_roster
from members.roster.write import confirm_roster
from xitun.lib.readers import read_workbook

from .files import HEADINGS, MORE, id_number, roster_of, someone
from .test_writing import effects, snapshot

pytestmark = pytest.mark.usefixtures("in_english")
Effect = RosterLine.Effect
OLD, NEW = id_number(order=103), id_number("19680706", order=104)
WITHOUT_NUMBER = [heading for heading in HEADINGS if heading != "身份证号"]


@pytest.fixture
def known(bring_in, cast):
    """someone(1) of the roster, who has another ID number since; the new one says a woman, born a day later."""
    bring_in(someone(1))
    return changed(cast, Person.objects.get(), id_number=NEW)


def changed(cast, person, **new):
    change_identity(by=cast.staff, person=person, on=date(2026, 9, 21), evidence="police", reason="重号更正", **new)
    person.refresh_from_db()
    return person


@pytest.fixture
def stage(cast, town):
    def stage_people(*people, headings=MORE):
        source = roster_of(*people, headings=headings)
        return stage_roster(by=cast.staff, unit=town.xitun, source=source, filename="花名册.xlsx")

    return stage_people


def test_an_old_number_finds_the_person_and_changes_nothing(stage, cast, known):
    before, roster = snapshot(), stage(someone(1))
    line = roster.lines.get()
    assert (line.person, line.effect, line.former_number, line.former_name) == (known, Effect.UNCHANGED, True, False)
    confirm_roster(by=cast.staff, roster=roster)
    assert snapshot() == before


def test_it_takes_what_the_roster_knows_but_not_the_number(stage, cast, known):
    roster = stage(someone(1, 联系电话="19912349999", 党内职务="文书", 分类="在职党员"))
    assert effects(roster) == [Effect.CHANGED]
    confirm_roster(by=cast.staff, roster=roster)
    known.refresh_from_db()
    assert (known.phone, known.id_number, known.birth_date, known.sex) == ("19912349999", NEW, date(1968, 7, 6), "F")
    assert Person.objects.count() == 1
    undo_roster(by=cast.staff, roster=roster)
    known.refresh_from_db()
    assert (known.phone, known.id_number) == ("19912340001", NEW)


def test_it_warns_by_reason_and_masks_the_number_of_today(stage, cast, known):
    roster = stage(someone(1), someone(2))
    assert counts_of(roster)["warned"] == 1
    (line,) = explain(list(lines_of(roster, "warned")), written=False)
    assert [(t.title, t.hint) for t in line.troubles] == [
        ("An ID number that this person bore before", "Now: 620000************.")
    ]
    assert line.changes == []
    assert list(roster.lines.filter(TO_LOOK_AT)) == [line]
    target = BytesIO()
    write_troubles(roster, target)
    (sheet,) = read_workbook(BytesIO(target.getvalue()))
    assert "bore before" in str([row for _number, row in sheet.rows])
    confirm_roster(by=cast.staff, roster=roster)
    assert counts_of(roster)["warned"] == 1


def test_it_says_so_on_the_preview(stage, cast, known, as_user):
    page = as_user(cast.staff).get(reverse("roster-preview", args=[stage(someone(1)).pk]), {"show": "warned"})
    assert "620000************" in page.content.decode()
    assert NEW not in page.content.decode()


def test_an_old_name_with_the_number_of_today_is_not_brought_back(stage, bring_in, cast):
    bring_in(someone(1))
    known = changed(cast, Person.objects.get(), name="张建业")
    again = someone(1, 联系电话="19912349999", 党内职务="文书", 分类="在职党员")
    roster = stage(again)
    line = roster.lines.get()
    assert (line.effect, line.former_number, line.former_name) == (Effect.CHANGED, False, True)
    (shown,) = explain(list(lines_of(roster, "every")), written=False)
    assert [label for label, _old, _new in shown.changes] == ["phone", "category", "post"]
    grams = list(NameGram.objects.values_list("gram", "person"))
    confirm_roster(by=cast.staff, roster=roster)
    known.refresh_from_db()
    assert (known.name, known.pinyin, known.phone) == ("张建业", "zhangjianye", "19912349999")
    assert list(NameGram.objects.values_list("gram", "person")) == grams
    assert PostHolding.objects.get().holder_name == "张建业"
    assert effects(stage(again)) == [Effect.UNCHANGED]


def test_a_name_taken_up_again_is_no_former_one(stage, bring_in, cast):
    bring_in(someone(1))
    known = changed(cast, Person.objects.get(), name="张建业")
    changed(cast, known, name="张建二")
    line = stage(someone(1)).lines.get()
    assert (line.effect, line.former_name) == (Effect.UNCHANGED, False)


def test_the_present_holder_of_a_number_comes_before_a_former_one(stage, bring_in, known):
    bring_in(someone(5))
    holder = Person.objects.get(name="张建六")
    Person.objects.filter(pk=holder.pk).update(id_number=OLD, id_hash=known.former_identities.get().id_hash)
    assert stage(someone(1)).lines.get().person == holder


def test_a_number_taken_back_from_the_file_is_nobodys(stage, known):
    known.former_identities.update(superseded_at=known.updated_at)
    assert stage(someone(1)).lines.get().person is None


def test_two_lines_of_one_person_wait_for_a_hand(stage, cast, known):
    today = someone(1, 身份证号=NEW, 出生日期="", 性别="", 联系电话="19912347777")
    roster = stage(someone(1), today)
    assert effects(roster) == [Effect.BY_HAND, Effect.CHANGED]
    first = roster.lines.get(number=1)
    assert settle_line(by=cast.staff, roster=roster, line=first, choice="out").effect == Effect.LEFT_OUT
    confirm_roster(by=cast.staff, roster=roster)
    known.refresh_from_db()
    assert (known.phone, Person.objects.count()) == ("19912347777", 1)


def test_nobody_new_can_be_made_of_an_old_number(stage, cast, known):
    roster = stage(someone(1, 人员类别="预备党员"))  # behind what is recorded
    line = roster.lines.get()
    assert line.effect == Effect.BY_HAND
    with pytest.raises(Exception, match="cannot be said"):
        settle_line(by=cast.staff, roster=roster, line=line, choice="new")
    settle_line(by=cast.staff, roster=roster, line=line, choice="same", person=known)
    confirm_roster(by=cast.staff, roster=roster)
    known.refresh_from_db()
    assert (known.id_number, known.standing) == (NEW, "full")


def test_an_old_name_without_number_waits_for_a_hand(stage, cast, town):
    known = register_person(
        by=cast.staff, unit=town.huaishuwan, name="张建二", birth_date=date(1968, 7, 5), on=date(2026, 1, 1)
    )
    changed(cast, known, name="张建业")
    roster = stage(someone(1, 姓名="张建二"), headings=WITHOUT_NUMBER)
    line = roster.lines.get()
    assert (line.effect, line.person) == (Effect.BY_HAND, known)
    settle_line(by=cast.staff, roster=roster, line=line, choice="same", person=known)
    confirm_roster(by=cast.staff, roster=roster)
    known.refresh_from_db()
    assert (known.name, known.phone, Person.objects.count()) == ("张建业", "19912340001", 1)


def test_a_number_on_another_roll_is_left_to_a_transfer(stage, known):
    assert effects(stage(someone(1, 所在党支部="柳林村"))) == [Effect.ELSEWHERE]


def test_it_says_nothing_of_somebody_on_another_roll(cast, town, bring_in, as_user):
    bring_in(someone(1))
    changed(cast, Person.objects.get(), name="张建业", id_number=NEW)
    source = roster_of(someone(1, 所在党支部="柳林村"))
    roster = stage_roster(by=cast.neighbour, unit=town.liulin, source=source, filename="花名册.xlsx")
    line = roster.lines.get()
    assert (line.effect, line.former_number, line.former_name) == (Effect.ELSEWHERE, True, True)
    page = as_user(cast.neighbour).get(reverse("roster-preview", args=[roster.pk])).content.decode()
    assert "620000***" not in page
    assert counts_of(roster)["warned"] == 0
    assert "用过" not in page
    assert "张建业" not in page
    target = BytesIO()
    write_troubles(roster, target)
    (sheet,) = read_workbook(BytesIO(target.getvalue()))
    assert "张建业" not in str([row for _number, row in sheet.rows])


def test_what_was_matched_is_matched_again_under_the_lock(stage, cast, known):
    roster = stage(someone(1))
    match(roster, lock=True)
    assert roster.lines.get().person == known


def test_it_asks_as_many_statements_for_many_as_for_few(stage, bring_in, cast):
    bring_in(*(someone(n, 姓名=f"王{chr(0x4E00 + n)}") for n in range(1, 7)))
    for n, person in enumerate(Person.objects.order_by("pk"), start=1):
        changed(cast, person, id_number=id_number("19710203", order=201 + 2 * n), name=f"李{chr(0x4E00 + n)}")
    counts = []
    for last in (2, 7):
        roster = stage(*(someone(n, 姓名=f"王{chr(0x4E00 + n)}") for n in range(1, last)))
        assert roster.lines.filter(former_number=True, former_name=True).count() == last - 1
        with CaptureQueriesContext(connection) as queries:
            match(roster, lock=True)
        counts.append(len(queries))
    assert counts[0] == counts[1]
