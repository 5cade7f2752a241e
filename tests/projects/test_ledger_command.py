"""manage.py ledger and manage.py open_dues."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from docx import Document
from python_calamine import CalamineWorkbook

from members import actions as members_acts
from members.models import Category
from projects.models import Due, Reminder, SweepRun
from tests.conftest import enrolled
from tests.projects.ledger_cells import table
from xitun import doctor
from xitun.lib.dates import frozen


def run(*args, **options):
    out = StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue().strip()


def names(path):
    book = CalamineWorkbook.from_path(path)
    names = [name for name in book.sheet_names if name not in ("汇总", "Overview")]
    return {name: [row[1] for row in book.get_sheet_by_name(name).to_python()[3:-2]] for name in names}


def test_it_writes_all_rows_of_a_unit(town, cast, person, tmp_path):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    target = tmp_path / "mobile.xlsx"
    assert run("ledger", "mobile", "--branch", "西屯镇", "--out", str(target)) == str(target)
    assert names(target) == {"槐树湾村": ["张建国"], "柳林村": ["李某"]}
    assert [row["name"] for row in table("joint", None, town.xitun)] == ["张建国", "李某"]


@pytest.mark.parametrize("branch", ["槐树湾村", "槐树湾村党支部", " 槐树湾村支部 "])
def test_it_knows_the_branch_with_or_without_its_ending(town, cast, person, tmp_path, branch):
    target = tmp_path / "joint.xlsx"
    run("ledger", "joint", "--branch", branch, "--out", str(target))
    assert names(target) == {"槐树湾村": ["张建国"]}


def test_it_knows_the_path_and_the_day(town, cast, person, tmp_path):
    target = tmp_path / "joint.xlsx"
    run("ledger", "joint", "--branch", town.huaishuwan.path, "--out", str(target), "--on", "2025-01-01")
    assert "张建国" not in names(target)["槐树湾村"]


def test_it_writes_word_and_what_was_known(town, cast, person, tmp_path):
    target = tmp_path / "joint.docx"
    run("ledger", "joint", "--branch", "西屯镇", "--out", str(target))
    assert [row.cells[1].text for row in Document(target).tables[0].rows[1:]] == ["张建国"]
    run("ledger", "joint", "--branch", "西屯镇", "--out", str(target), "--known", "2025-01-01")
    assert len(Document(target).tables[0].rows) == 1


@pytest.mark.parametrize(
    "args,words",
    [
        (("fishing", "--branch", "槐树湾村", "--out", "a.xlsx"), "mobile"),
        (("mobile", "--branch", "槐树弯村", "--out", "a.xlsx"), "槐树湾村党支部"),
        (("mobile", "--branch", "槐树湾村", "--out", "a.csv"), ".xlsx"),
        (("mobile", "--branch", "槐树湾村", "--out", "/nowhere/at/all/a.xlsx"), "/nowhere/at/all"),
        (("mobile", "--branch", "槐树湾村", "--out", "a.xlsx", "--on", "soon"), "--on soon"),
        (("mobile", "--branch", "槐树湾村", "--out", "a.xlsx", "--known", "soon"), "--known soon"),
    ],
)
def test_it_says_what_is_wrong(town, args, words):
    with pytest.raises(CommandError, match=words):
        run("ledger", *args)


def test_it_asks_for_the_path_when_two_units_share_a_name(town):
    twin = members_acts.create_unit(by=None, kind="branch", name="槐树湾村党支部", parent=town.beitun)
    with pytest.raises(CommandError, match=twin.path):
        run("ledger", "mobile", "--branch", "槐树湾村", "--out", "a.xlsx")


def test_it_does_the_nights_work_by_hand(cast, person):
    """docs/operations.md: no dues, no reminders in the morning: `manage open_dues` does it, and doctor is content."""
    with frozen(date(2026, 9, 30)):
        number = int(run("open_dues"))
        assert number == Due.objects.count() > 0
        assert Reminder.objects.exists()
        assert doctor.sweep(list(SweepRun.objects.all())).state == "ok"
        assert run("open_dues") == "0"


def test_open_dues_prints_how_many_were_new(person):
    number = int(run("open_dues", "--date", "2026-09-21"))
    assert number == Due.objects.count() > 0
    assert run("open_dues", "--date", "2026-09-21") == "0"
    assert Due.objects.filter(occasion="2026Q4").count() == 0
    run("open_dues", "--date", str(date(2026, 10, 8)))
    assert Due.objects.filter(occasion="2026Q4", duty="joint.follow_up").count() == 1


def test_open_dues_says_what_is_wrong_with_a_day(db):
    with pytest.raises(CommandError, match="--date soon"):
        run("open_dues", "--date", "soon")
