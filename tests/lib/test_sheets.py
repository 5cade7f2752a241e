import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from xitun.lib.sheets import Column, Sheet, unique_labels, unique_names, write_xlsx


def written(*sheets):
    buffer = io.BytesIO()
    write_xlsx(buffer, sheets)
    return buffer.getvalue()


def read(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def part(data, name):
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def one_cell(value, kind="text"):
    columns = [Column("a", "A", kind), Column("b", "B")]
    return read(written(Sheet("S", columns, [[value, "."]])))["S"][1][0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "620000199011266757", "007", "http://a.cn", "_x0041_"])
def test_it_keeps_text_as_text(text):
    data = written(Sheet("S", [Column("a", "A")], [[text]]))
    assert read(data)["S"] == [["A"], [text]]
    assert "<f>" not in part(data, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(data, "xl/worksheets/sheet1.xml")


def test_it_writes_real_dates_and_numbers():
    columns = [
        Column("name", "Name"),
        Column("day", "Day", "date"),
        Column("at", "At", "datetime"),
        Column("n", "Count", "integer"),
        Column("pay", "Pay", "decimal"),
    ]
    row = {
        "pay": Decimal("3330.00"),
        "n": 3,
        "at": datetime(2026, 3, 31, 16, 30, tzinfo=UTC),
        "day": date(2026, 9, 30),
        "name": "格桑·德吉",
        "other": "not asked for",
    }
    assert read(written(Sheet("S", columns, iter([row]))))["S"] == [
        ["Name", "Day", "At", "Count", "Pay"],
        ["格桑·德吉", date(2026, 9, 30), datetime(2026, 4, 1, 0, 30), 3.0, 3330.0],
    ]


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        ("<5", "integer", "<5"),
        (None, "date", ""),
        ("", "integer", ""),
        (0, "integer", 0),
        (12, "text", "12"),
        (date(1899, 1, 1), "date", "1899-01-01"),
        (10**17, "integer", "100000000000000000"),
        (float("nan"), "decimal", "nan"),
        (True, "text", "Yes"),
        (date(2026, 1, 2), "text", "2026-01-02"),
        (datetime(2026, 3, 31, 16, 30, tzinfo=UTC), "text", "2026-04-01 00:30"),
        ("a\x00b\x0bc\ud800d", "text", "abcd"),
    ],
)
def test_it_writes_what_does_not_fit_as_text(value, kind, cell):
    assert one_cell(value, kind) == cell


def test_it_cuts_text_longer_than_a_cell():
    assert one_cell("好" * 40_000) == "好" * 32_766 + "…"


def test_it_writes_the_header_of_an_empty_sheet():
    data = written(Sheet("S", [Column("a", "姓名"), Column("b", "日期", "date")], iter(())))
    assert read(data)["S"] == [["姓名", "日期"]]


def test_it_writes_several_sheets_with_titles():
    columns = [Column("a", "A"), Column("b", "B")]
    data = written(
        Sheet("在职党员", columns, [[1, 2]], title="台账", subtitle="2026年第三季度"),
        Sheet("在职党员", columns[:1], [["x"]], title="Only"),
        Sheet("plain", columns, []),
    )
    assert read(data) == {
        "在职党员": [["台账", ""], ["2026年第三季度", ""], ["A", "B"], ["1", "2"]],
        "在职党员 (2)": [["Only"], ["A"], ["x"]],
        "plain": [["A", "B"]],
    }


def test_it_prints_on_a4_with_the_header_on_every_page():
    data = written(Sheet("S", [Column("a", "A", width=30)], [["x"]], title="T", footer="A&B 未封存", frozen=1))
    sheet = part(data, "xl/worksheets/sheet1.xml")
    assert re.search(r'<pageSetup paperSize="9"[^>]* orientation="landscape"', sheet)
    assert "A&amp;&amp;B 未封存" in sheet
    assert 'xSplit="1" ySplit="2"' in sheet
    assert re.search(r'<col min="1" max="1" width="30\.', sheet)
    assert "S!$2:$2" in part(data, "xl/workbook.xml")


def test_it_passes_on_an_error_and_leaves_no_file(tmp_path):
    def rows():
        yield ["x"]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        write_xlsx(tmp_path / "a.xlsx", [Sheet("S", [Column("a", "A")], rows())])
    assert not list(tmp_path.iterdir())


def test_it_writes_to_a_path(tmp_path):
    write_xlsx(tmp_path / "账.xlsx", [Sheet("S", [Column("a", "A")], [["x"]])])
    assert read((tmp_path / "账.xlsx").read_bytes()) == {"S": [["A"], ["x"]]}


def test_it_refuses_rows_of_another_length():
    with pytest.raises(ValueError):
        written(Sheet("S", [Column("a", "A")], [["x", "y"]]))


def test_it_refuses_a_workbook_without_sheets():
    with pytest.raises(ValueError, match="at least one sheet"):
        written()


def test_it_numbers_labels_that_repeat():
    assert unique_labels([Column("a", "备注"), Column("b", "备注")]) == ["备注", "备注 (2)"]
    assert read(written(Sheet("S", [Column("a", "备注"), Column("b", "备注")], [[1, 2]])))["S"][1] == ["1", "2"]


def test_it_makes_names_that_excel_takes():
    assert list(unique_names(["a/b:[c]*?\\", "'x'", "", "History", "A" * 40, "a" * 40])) == [
        "a b  c", "x", "Sheet", "History (2)", "A" * 31, "a" * 27 + " (2)",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_it_writes_sheets_under_any_names(names):
    sheets = [Sheet(name, [Column("a", "A")], [[number]]) for number, name in enumerate(names)]
    result = read(written(*sheets))
    assert [rows[1][0] for rows in result.values()] == [str(number) for number in range(len(names))]
    assert all(len(name) <= 31 for name in result)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_it_reads_back_what_it_wrote(values):
    columns = [Column(str(n), f"C{n}") for n in range(len(values))]
    rows = read(written(Sheet("S", columns, [values])))["S"]
    expected = [re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", value) for value in values]
    assert [str(cell) for cell in (rows[1] if len(rows) > 1 else [""] * len(values))] == expected


def test_it_keeps_memory_flat_however_many_rows():
    resource = pytest.importorskip("resource")
    columns = [Column(str(n), f"C{n}") for n in range(20)]
    written(Sheet("S", columns, []))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    buffer = io.BytesIO()
    write_xlsx(buffer, [Sheet("S", columns, ([f"第{n}行"] * 20 for n in range(20_000)))])
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 20_000
