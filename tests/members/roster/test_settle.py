"""Lines that no file decides are settled by a person, on the preview, and judged again at once."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.actions import change_standing, register_person, transfer_person
from members.models import AuditRow, Person, RosterLine
from members.roster.alike import near_numbers
from members.roster.settle import settle_line
from members.roster.staging import stage_roster
from members.roster.undo import undo_roster
from members.roster.write import confirm_roster

from .files import HEADINGS, id_number, someone, table, xlsx_bytes

Effect = RosterLine.Effect
BORN = date(1968, 7, 5)
WITHOUT_NUMBER = [heading for heading in HEADINGS if heading != "身份证号"]


@pytest.fixture
def stage(cast, town):
    def stage_people(*people, headings=HEADINGS, by=cast.staff, unit=town.xitun):
        source = BytesIO(xlsx_bytes({"Sheet1": table(*people, headings=headings)}))
        return stage_roster(by=by, unit=unit, source=source, filename="花名册.xlsx")

    return stage_people


@pytest.fixture
def settle(cast):
    def say(roster, choice, person=None, number=1, by=cast.staff):
        line = roster.lines.get(number=number)
        return settle_line(by=by, roster=roster, line=line, choice=choice, person=person)

    return say


@pytest.fixture
def namesake(cast, town):
    """On the roll without ID number, with the name and birth date of someone(1)."""
    return register_person(by=cast.staff, unit=town.huaishuwan, name="张建二", birth_date=BORN, on=date(2026, 1, 1))


def effects(roster):
    return list(roster.lines.order_by("number").values_list("effect", flat=True))


def test_it_is_the_person_on_the_roll(stage, settle, cast, namesake):
    roster = stage(someone(1))
    assert effects(roster) == ["by_hand"]
    assert settle(roster, "same", namesake).effect == Effect.CHANGED
    confirm_roster(by=cast.staff, roster=roster)
    namesake.refresh_from_db()
    assert (namesake.id_number, namesake.phone) == (id_number(order=103), "19912340001")
    assert Person.objects.count() == 1
    assert effects(stage(someone(1))) == ["unchanged"]


def test_it_is_taken_back_with_the_number(stage, settle, cast, namesake):
    roster = stage(someone(1))
    settle(roster, "same", namesake)
    undo_roster(by=cast.staff, roster=confirm_roster(by=cast.staff, roster=roster))
    namesake.refresh_from_db()
    assert (namesake.id_number, namesake.id_hash, namesake.phone) == (None, None, "")


def test_it_is_somebody_new(stage, settle, cast, namesake):
    roster = stage(someone(1))
    assert settle(roster, "new").effect == Effect.NEW
    confirm_roster(by=cast.staff, roster=roster)
    assert Person.objects.filter(name="张建二").count() == 2
    namesake.refresh_from_db()
    assert (namesake.id_number, namesake.phone) == (None, "")


def test_it_is_left_out(stage, settle, cast, namesake):
    roster = stage(someone(1), someone(2, 姓名="李天明"))
    assert settle(roster, "out").effect == Effect.LEFT_OUT
    confirm_roster(by=cast.staff, roster=roster)
    assert set(Person.objects.values_list("name", flat=True)) == {"张建二", "李天明"}


def test_it_may_be_decided_again(stage, settle, namesake):
    roster = stage(someone(1))
    settle(roster, "out")
    assert settle(roster, "").effect == Effect.BY_HAND


def test_it_traces_who_decided(stage, settle, cast, namesake):
    settle(stage(someone(1)), "same", namesake)
    row = AuditRow.objects.get(act="settle_line")
    assert (row.actor, row.person, row.detail) == (cast.staff, namesake, {"line": 1, "choice": "same"})


def test_it_takes_only_details_where_the_roll_went_further(stage, settle, cast, town):
    confirm_roster(by=cast.staff, roster=stage(someone(1)))
    person = Person.objects.get()
    roster = stage(someone(1, 人员类别="预备党员", 联系电话="19900000009", 分类="老年党员"))
    assert effects(roster) == ["by_hand"]
    settle(roster, "same", person)
    settle(roster, "")
    assert roster.lines.get().standing == "probationary"
    settle(roster, "same", person)
    confirm_roster(by=cast.staff, roster=roster)
    person.refresh_from_db()
    assert (person.standing, person.category, person.phone) == ("full", "unemployed", "19900000009")
    assert person.enrolments.count() == 1


@pytest.mark.parametrize(
    "recorded, line",
    [
        ({"joined_on": date(1995, 7, 1)}, {"入党时间": "", "转正时间": "1994-07-01"}),
        ({"full_member_on": date(1996, 7, 1)}, {"入党时间": "1997-07-01", "转正时间": ""}),
    ],
)
def test_it_leaves_days_out_that_contradict_those_recorded(stage, settle, cast, town, recorded, line):
    """By hand the file would refuse them; the other details of the line are taken."""
    known = {"id_number": id_number(order=103)} | recorded
    person = register_person(by=cast.staff, unit=town.huaishuwan, name="张建二", on=date(2026, 1, 1), **known)
    days = [person.joined_on, person.full_member_on]
    roster = stage(someone(1, **line))
    assert effects(roster) == ["by_hand"]
    settle(roster, "same", person)
    settle(roster, "")
    assert effects(roster) == ["by_hand"]
    assert settle(roster, "same", person).effect == Effect.CHANGED
    confirm_roster(by=cast.staff, roster=roster)
    person.refresh_from_db()
    assert [person.joined_on, person.full_member_on] == days
    assert (person.phone, person.category) == ("19912340001", "unemployed")


def test_it_is_not_kept_by_an_old_contradiction_in_the_file(stage, cast, town):
    person = register_person(
        by=cast.staff, unit=town.huaishuwan, name="张建二", id_number=id_number(order=103), on=date(2026, 1, 1)
    )
    Person.objects.filter(pk=person.pk).update(joined_on=date(1995, 7, 1), full_member_on=date(1994, 7, 1))
    assert effects(stage(someone(1, 转正时间=""))) == ["changed"]


def test_it_offers_nothing_but_leaving_out_for_who_left(stage, settle, cast):
    confirm_roster(by=cast.staff, roster=stage(someone(1)))
    person = Person.objects.get()
    change_standing(by=cast.staff, person=person, standing="former", on=date(2026, 9, 21), reason="转出")
    roster = stage(someone(1))
    with pytest.raises(ValidationError):
        settle(roster, "same", person)
    assert settle(roster, "out").effect == Effect.LEFT_OUT


def test_it_tells_nothing_of_somebody_on_another_roll(stage, settle, as_user, cast, town):
    confirm_roster(by=cast.staff, roster=stage(someone(1)))
    person = Person.objects.get()
    transfer_person(by=cast.staff, person=person, unit=town.liulin, on=date(2026, 9, 21))
    roster = stage(someone(1), by=cast.secretary, unit=town.huaishuwan)
    assert effects(roster) == ["elsewhere"]
    page = as_user(cast.secretary).get(reverse("roster-preview", args=[roster.pk])).content.decode()
    assert reverse("person", args=[person.pk]) not in page
    assert "柳林" not in page
    with pytest.raises(ValidationError):
        settle(roster, "same", person, by=cast.secretary)
    assert settle(roster, "out", by=cast.secretary).effect == Effect.LEFT_OUT


def test_it_refuses_one_person_for_two_lines(stage, settle, namesake):
    roster = stage(someone(1), someone(1, 身份证号=id_number(order=501)))
    assert effects(roster) == ["by_hand", "by_hand"]
    settle(roster, "same", namesake)
    with pytest.raises(ValidationError):
        settle(roster, "same", namesake, number=2)
    assert settle(roster, "new", number=2).effect == Effect.NEW


def test_it_refuses_two_new_people_who_cannot_be_told_apart(stage, settle, namesake):
    roster = stage(someone(1, 联系电话="1"), someone(1, 联系电话="2"), headings=WITHOUT_NUMBER)
    settle(roster, "new")
    with pytest.raises(ValidationError):
        settle(roster, "new", number=2)


@pytest.mark.parametrize("choice", ["same", "x", ""])
def test_it_refuses_what_cannot_be_said(stage, settle, namesake, choice):
    with pytest.raises(ValidationError):
        settle(stage(someone(1)), choice)


def test_it_refuses_who_may_not_write(stage, settle, cast, namesake):
    with pytest.raises(PermissionDenied):
        settle(stage(someone(1)), "out", by=cast.outsider)


# --- near-duplicates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "effect"),
    [
        ({"name": "张建尔"}, "by_hand"),  # one character, one of them without a number
        ({"name": "张见尔"}, "new"),
        ({"name": "张建尔", "birth_date": date(1968, 7, 6)}, "new"),
        ({"name": "张建尔", "id_number": id_number(order=105)}, "new"),  # two numbers: two people, twins perhaps
        ({"name": "张建二", "id_number": id_number(order=105)}, "by_hand"),  # the same name, one digit
        ({"name": "张建二", "id_number": id_number(order=13)}, "by_hand"),  # two digits changed places
        ({"name": "张建二", "id_number": id_number(order=555)}, "new"),
    ],
)
def test_it_asks_before_a_mistyped_person_becomes_a_second(stage, cast, town, known, effect):
    register_person(by=cast.staff, unit=town.huaishuwan, on=date(2026, 1, 1), **{"birth_date": BORN} | known)
    assert effects(stage(someone(1))) == [effect]


@pytest.mark.parametrize(
    ("order", "near"), [("103", False), ("105", True), ("013", True), ("130", True), ("115", False)]
)
def test_it_compares_numbers_without_their_check_character(order, near):
    assert near_numbers(id_number(order=103), id_number(order=int(order))) == near


def test_it_looks_with_as_many_statements_for_many_as_for_few(stage, cast, town):
    def statements(count):
        people = [
            someone(n, 身份证号=id_number(born=f"1968{1 + n % 12:02}05", order=n), 出生日期="") for n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            stage(*people)
        return len(queries)

    register_person(by=cast.staff, unit=town.huaishuwan, name="张建尔", birth_date=BORN, on=date(2026, 1, 1))
    statements(3)
    assert statements(40) == statements(10)


# --- on the page -----------------------------------------------------------------------------------------------------


def test_it_is_settled_on_the_preview(as_user, stage, cast, namesake):
    client, roster = as_user(cast.staff), stage(someone(1))
    page = client.get(reverse("roster-preview", args=[roster.pk])).content.decode()
    address = reverse("roster-settle", args=[roster.pk, 1])
    assert f'value="same-{namesake.pk}"' in page
    assert 'value="new"' in page
    assert "1968" in page
    assert client.post(address, {"choice": "same-x"}).status_code == 302
    assert roster.lines.get().settled == ""
    body = client.post(address, {"choice": f"same-{namesake.pk}"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="line-1"' in body
    assert 'id="roster-counts"' in body
    assert roster.lines.get().settled_person == namesake
    client.post(address, {"choice": ""})
    client.post(address, {"choice": "out"})
    assert "line-1" in client.get(reverse("roster-preview", args=[roster.pk]) + "?show=left_out").content.decode()


def test_it_asks_a_constant_number_of_queries(as_user, stage, cast, town, django_assert_num_queries):
    client = as_user(cast.staff)

    def ask(count):
        people = [someone(n, 姓名=f"王{chr(0x4E00 + n)}") for n in range(1, count + 1)]
        for person in people:
            register_person(
                by=cast.staff, unit=town.huaishuwan, name=person["姓名"], birth_date=BORN, on=date(2026, 1, 1)
            )
        return reverse("roster-preview", args=[stage(*people).pk]) + "?show=settle"

    few = ask(2)
    client.get(few)
    with CaptureQueriesContext(connection) as queries:
        client.get(few)
    many = ask(20)
    with django_assert_num_queries(len(queries)):
        client.get(many)
