"""Mending refused lines before a roster is written: by hand, and once for all lines that say a word."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import AuditRow, Person, RosterLine
from members.roster.cells import pack, unpack
from members.roster.layout import Row
from members.roster.mend import mend_line, mendable, refused, row_of, settle_word, words_of
from members.roster.reasons import ACCEPT, REJECT
from members.roster.staging import stage_roster
from members.roster.write import confirm_roster
from xitun.lib.readers import FORMULA

from .files import id_number, someone
from .test_writing import roster_of

Effect = RosterLine.Effect


@pytest.fixture
def stage(town, cast):
    def stage_people(*people, by=cast.staff):
        return stage_roster(by=by, unit=town.xitun, source=roster_of(*people), filename="花名册.xlsx")

    return stage_people


@pytest.fixture
def mend(cast):
    """`mend(roster, column="text")` mends its first refused line."""

    def first(roster, by=cast.staff, **mended):
        return mend_line(by=by, roster=roster, line=refused(roster).first(), mended=mended)

    return first


def test_it_keeps_cells_with_their_types():
    cells = {"name": "张", "id_number": 6.2e17, "birth_date": FORMULA, "joined_on": None, "note": "=1+1"}
    row = Row("Sheet1", 4, cells, frozenset(["name"]), frozenset(["joined_on"]), True, 7, "槐树湾")
    assert unpack(pack(row), "Sheet1", 4) == row


def test_it_shows_the_columns_that_are_wrong(stage):
    roster = stage(someone(1, 性别="女"), someone(2, 所在党支部="槐树湾", 姓名=""))
    first, second = refused(roster)
    assert [(column, text) for column, _heading, text in mendable(first)] == [
        ("sex", "女"),
        ("id_number", id_number(order=103)),
    ]
    assert [(column, text) for column, _heading, text in mendable(second)] == [("name", ""), ("branch", "槐树湾")]


def test_it_judges_a_mended_line_again_and_writes_it(stage, mend, town, cast):
    roster = stage(someone(1), someone(2, 所在党支部="槐树湾"))
    line = mend(roster, branch="槐树湾村")
    assert (line.outcome, line.reasons, line.effect) == (ACCEPT, [], Effect.NEW)
    assert line.unit == town.huaishuwan
    confirm_roster(by=cast.staff, roster=roster)
    assert Person.objects.count() == 2


def test_it_says_what_is_still_wrong(stage, mend):
    roster = stage(someone(1, 身份证号="62000019680705123", 姓名=""))
    line = mend(roster, id_number="620000196807051230")
    assert line.outcome == REJECT
    assert set(line.reasons) == {"id_check_character", "name_missing"}
    assert mend(roster, name="张建一", id_number=id_number(order=103)).outcome == ACCEPT


def test_it_finds_the_person_already_on_the_roll(stage, mend, cast):
    confirm_roster(by=cast.staff, roster=stage(someone(1)))
    roster = stage(someone(1, 身份证号=""))
    line = mend(roster, id_number=id_number(order=103))
    assert (line.effect, line.person) == (Effect.UNCHANGED, Person.objects.get())


def test_it_lets_nobody_have_a_number_twice(stage, mend):
    roster = stage(someone(1), someone(2, 身份证号=""))
    line = mend(roster, id_number=id_number(order=103))
    assert line.reasons == ["duplicate_in_file"]
    assert line.suggestions["duplicate_in_file"] == [["Sheet1", 2]]


def test_it_settles_a_word_for_all_lines_that_say_it(stage, cast, town):
    roster = stage(
        someone(1, 所在党支部="槐树湾"), someone(2, 所在党支部="槐树湾", 姓名=""), someone(3, 所在党支部="柳"),
        someone(4, 分类="优秀党员"),
    )  # fmt: skip
    assert words_of(roster)[0] == ("branch_unknown", "槐树湾", 2)
    value = str(town.huaishuwan.pk)
    assert settle_word(by=cast.staff, roster=roster, code="branch_unknown", text="槐树湾", value=value) == (2, 1)
    assert settle_word(by=cast.staff, roster=roster, code="category_unknown", text="优秀党员", value="mobile") == (1, 0)
    assert [line.number for line in refused(roster)] == [2, 3]
    assert refused(roster)[0].reasons == ["name_missing"]
    assert roster.lines.get(number=4).category == "mobile"


def test_it_needs_as_many_statements_for_many_lines_as_for_few(stage, cast, town):
    def statements(count):
        roster = stage(*(someone(n, 所在党支部="槐树湾", 联系电话="") for n in range(1, count)))
        with CaptureQueriesContext(connection) as queries:
            settle_word(
                by=cast.staff, roster=roster, code="branch_unknown", text="槐树湾", value=str(town.huaishuwan.pk)
            )
        return len(queries)

    statements(2)
    assert statements(60) == statements(5) < 40


def test_it_mends_once_for_a_double_tap(stage, cast):
    roster = stage(someone(1, 姓名=""))
    line = refused(roster).get()
    mend_line(by=cast.staff, roster=roster, line=line, mended={"name": "张建一"})
    with pytest.raises(ValidationError):
        mend_line(by=cast.staff, roster=roster, line=line, mended={"name": "张建二"})
    assert roster.lines.get().name == "张建一"


def test_it_traces_without_the_values(stage, mend, cast):
    roster = stage(someone(1, 姓名=""))
    mend(roster, name="张建一")
    row = AuditRow.objects.get(act="mend_roster")
    assert (row.actor, row.detail) == (cast.staff, {"line": 1, "columns": ["name"]})


def test_it_refuses_what_was_written_already(stage, mend, cast):
    roster = stage(someone(1), someone(2, 姓名=""))
    confirm_roster(by=cast.staff, roster=roster)
    with pytest.raises(ValidationError, match=r"written already|已经写入"):
        mend(roster, name="张建二")
    assert not roster.lines.filter(raw__isnull=False).exists()


def test_it_refuses_who_may_not_write(stage, mend, cast):
    with pytest.raises(PermissionDenied):
        mend(stage(someone(1, 姓名="")), by=cast.outsider, name="张建一")


def test_it_says_when_there_is_nothing_to_mend(stage):
    roster = stage(someone(1))
    with pytest.raises(ValidationError):
        row_of(roster.lines.get())
