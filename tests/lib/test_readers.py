import io
import json
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lib.workbooks import xlsx, xlsx_parts, zipped
from xitun.lib import xlsx_scan
from xitun.lib.readers import FORMULA, FileRefused, cell_text, read_workbook
from xitun.lib.sheets import Column, Sheet, write_xlsx

FILES = Path(__file__).parent / "files"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


def rows_of(source, name=""):
    (sheet,) = read_workbook(source, name)
    return list(sheet.rows)


def refusal(content, name=""):
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    with pytest.raises(FileRefused) as caught:
        for sheet in read_workbook(source, name):
            list(sheet.rows)
    assert caught.value.message
    assert caught.value.remedy
    assert "%(" not in str(caught.value)
    return caught.value.code


# --- what is read ----------------------------------------------------------------------------------------------------


def test_it_gives_each_cell_its_type_and_place():
    rows = (
        '<row r="2"><c r="C2" t="inlineStr"><is><t>姓 名</t></is></c><c r="D2" t="b"><v>1</v></c></row>'
        '<row r="4"><c r="A4"><v>5.5</v></c><c r="D4"><v>7</v></c></row>'
    )
    assert rows_of(xlsx(rows)) == [(2, [None, None, "姓 名", True]), (4, [5.5, None, None, 7.0])]


def test_it_reads_real_dates():
    buffer = io.BytesIO()
    write_xlsx(buffer, [Sheet("S", [Column("d", "D", "date")], [[date(1968, 7, 5)]])])
    assert rows_of(buffer) == [(1, ["D"]), (2, [date(1968, 7, 5)])]


def test_it_tells_a_formula_without_value_from_an_empty_cell():
    rows = (
        '<row r="1"><c r="A1"><f>1</f><v/></c><c r="B1"><f>1</f></c><c r="C1"><f>1</f><v>4</v></c>'
        '<c r="D1" t="str"><f>1</f><v></v></c><c r="E1" t="str"><f>1</f><v>x</v></c><c r="F1" t="e"><v>#N/A</v></c>'
        '<c r="G1"/><c r="H1"><v>8</v></c><c r="I1"><f>1</f></c></row>'
    )
    expected = [FORMULA, FORMULA, 4.0, None, "x", FORMULA, None, 8.0, FORMULA]
    assert rows_of(xlsx(rows)) == [(1, expected)]


def test_it_flags_hidden_sheets_dates_since_1904_and_merged_cells():
    sheets = read_workbook(
        xlsx(
            ONE,
            ONE,
            ONE,
            properties='<workbookPr date1904="1"/>',
            states=["visible", "hidden", "veryHidden"],
            after='<mergeCells count="1"><mergeCell ref="A1:AB3"/></mergeCells>',
        )
    )
    assert [(sheet.name, sheet.hidden, sheet.date1904) for sheet in sheets] == [
        ("S1", False, True),
        ("S2", True, True),
        ("S3", True, True),
    ]
    assert sheets[0].merged == [(1, 1, 3, 28)]


def test_it_may_be_read_again():
    (sheet,) = read_workbook(xlsx(ONE))
    assert list(sheet.rows) == list(sheet.rows) == [(1, [1.0])]


def test_it_reads_old_workbooks():
    roster, hidden = read_workbook(FILES / "roster.xls")
    assert list(roster.rows) == [
        (1, [None, "党员花名册", None, None, None]),
        (3, [None, "姓名", "身份证号", "出生日期", "序号"]),
        (4, [None, "胡强帆", "620000199705044430", date(1997, 5, 4), 1]),
        (6, [None, "李祥鹏", "620000198710049936", 32054, None]),
    ]
    assert (roster.name, roster.hidden, roster.merged) == ("党员花名册", False, [(1, 2, 1, 5)])
    assert (hidden.name, hidden.hidden) == ("隐藏", True)


TABLE = "花名册\r\n姓名,身份证号,备注\r\n\r\n胡强帆,620000199705044430,\r\n"
CELLS = [(1, ["花名册"]), (2, ["姓名", "身份证号", "备注"]), (4, ["胡强帆", "620000199705044430", None])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_it_reads_text_tables(encoding, delimiter):
    assert rows_of(io.BytesIO(TABLE.replace(",", delimiter).encode(encoding)), "名册.csv") == CELLS


def test_it_reads_a_text_table_that_is_called_a_workbook():
    assert rows_of(io.BytesIO(TABLE.replace(",", "\t").encode("gbk")), "名册.xls") == CELLS


def test_it_reads_quoted_cells_and_rare_characters():
    text = '姓名,住址\n"𠮷,㛃","8社\n""上""院"\n下一个,x\n'
    assert rows_of(io.BytesIO(text.encode("gb18030")), "a.csv") == [
        (1, ["姓名", "住址"]),
        (2, ["𠮷,㛃", '8社\n"上"院']),
        (3, ["下一个", "x"]),
    ]


def test_it_reads_a_single_column():
    assert rows_of(io.BytesIO("姓名\n胡强帆\n".encode()), "a.csv") == [(1, ["姓名"]), (2, ["胡强帆"])]


SAMPLE = Path(__file__).parents[1] / "samples" / "roster-town.xlsx"


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample roster is not here")
def test_it_finds_every_formula_of_the_sample_roster():
    key = json.loads(SAMPLE.with_name("roster-town.expected.json").read_text("utf-8"))
    expected = {line["line"] for line in key["lines"] if "formula_cell" in line["reasons"]}
    assert {number for number, cells in rows_of(SAMPLE) if FORMULA in cells} == expected


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (FORMULA, ""),
        (19912343021.0, "19912343021"),
        (5.5, "5.5"),
        (620000199011266752.0, "6.200001990112668e+17"),
        (date(1968, 7, 5), "1968-07-05"),
        (" x ", "x"),
        (7, "7"),
    ],
)
def test_it_shows_a_cell_as_text(cell, text):
    assert cell_text(cell) == text


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"\xef\xbb\xbf\r\n ", "a.csv", "empty"),
        (b",,,\r\n,,,\r\n", "a.csv", "empty"),
        (b"\x00" * 100, "a.csv", "empty"),
        (b"%PDF-1.7 ...", "a.xlsx", "not_a_spreadsheet"),
        (b"\x89PNG\r\n", "a.csv", "not_a_spreadsheet"),
        (b"no table and no lines", "a.xlsx", "not_a_spreadsheet"),
        (b"a,b\x01\x02\x03", "a.csv", "not_a_spreadsheet"),
        (b"<html><table><tr><td>1</td></tr></table>", "a.xls", "web_page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "a.xls", "web_page"),
        (b"a,b\xff\xff\r\n", "a.csv", "encoding"),
        (b'a,b\r\n1,2\r\n"c,d\r\n', "a.csv", "broken_csv"),
        (b"PK\x03\x04 cut off", "a.xlsx", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing", "a.xls", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "a.xls", "word_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "a.xls", "broken"),
    ],
)
def test_it_refuses_what_is_no_table(content, name, code):
    assert refusal(content, name) == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("word/document.xml", "word_document"),
        ("xl/workbook.bin", "other_spreadsheet"),
        ("ppt/presentation.xml", "not_a_spreadsheet"),
    ],
)
def test_it_refuses_other_packages(path, code):
    assert refusal(zipped({path: "<x/>"})) == code


def test_it_refuses_open_document():
    assert refusal(zipped({"mimetype": "x", "content.xml": "<x/>"}), "a.xlsx") == "other_spreadsheet"


def test_it_refuses_a_password():
    assert refusal(FILES / "password.xlsx") == "encrypted"


def test_it_refuses_a_password_on_an_old_workbook():
    data = (FILES / "roster.xls").read_bytes()
    window, file_password = struct.pack("<HH", 0x3D, 18), struct.pack("<HH", 0x2F, 18)
    assert refusal(data.replace(window, file_password, 1), "a.xls") in {"encrypted", "broken"}


def test_it_refuses_a_file_that_is_too_big(settings):
    settings.XITUN_MAX_UPLOAD_BYTES = 2 * 2**20
    assert len(rows_of(io.BytesIO(b"a,b\n" * 2**19), "a.csv")) == 2**19
    assert refusal(b"a,b\n" * 2**19 + b"c", "a.csv") == "too_big"


def test_it_refuses_an_empty_workbook():
    assert refusal(xlsx("")) == "empty"
    assert refusal(xlsx('<row r="1"><c r="A1" s="1"/></row>')) == "empty"


def test_it_refuses_what_unpacks_to_too_much(monkeypatch):
    monkeypatch.setattr(xlsx_scan, "UNPACKED_LIMIT", 2**20)
    assert refusal(zipped(xlsx_parts("x") | {"xl/media/a.png": b"\0" * 2**21})) == "zip_bomb"


def test_it_refuses_a_bomb_that_lies_about_its_size(monkeypatch):
    monkeypatch.setattr(xlsx_scan, "UNPACKED_LIMIT", 2**20)
    data = zipped({"xl/workbook.xml": b"\0" * 2**22}).getvalue()
    assert data.count(struct.pack("<L", 2**22)) == 2
    assert refusal(data.replace(struct.pack("<L", 2**22), struct.pack("<L", 10))) == "zip_bomb"


def test_it_refuses_a_package_of_countless_parts(monkeypatch):
    monkeypatch.setattr(xlsx_scan, "PARTS_LIMIT", 10)
    assert refusal(zipped({f"p{n}": "" for n in range(11)})) == "zip_bomb"


@pytest.mark.parametrize("far", ["XFD1048576", "XFD400", "F1048576"])
def test_it_refuses_a_cell_far_from_the_list_and_names_it(far):
    row = "".join(c for c in far if c.isdigit())
    book = xlsx(ONE + f'<row r="{row}"><c r="{far}"><v>1</v></c></row>')
    with pytest.raises(FileRefused, match=far) as caught:
        read_workbook(book)
    assert caught.value.code == "too_far"


def test_it_reads_past_empty_cells_far_from_the_list():
    assert rows_of(xlsx(ONE + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')) == [(1, [1.0])]


def test_it_survives_an_old_workbook_with_a_cell_far_away():
    data = (FILES / "roster.xls").read_bytes()
    cell = data.find(struct.pack("<HH", 0xFD, 10)) + 4
    assert refusal(data[:cell] + struct.pack("<HH", 65535, 65535) + data[cell + 4 :], "a.xls") == "broken"


@pytest.mark.parametrize(
    "change",
    [
        {"xl/worksheets/sheet1.xml": "<worksheet"},
        {"xl/workbook.xml": "<workbook><sheets><sheet name='x'/></sheets></workbook>"},
        {"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "a">]><workbook/>'},
        {"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a "a">]><worksheet>&a;</worksheet>'},
        {"xl/_rels/workbook.xml.rels": "<x/>"},
        {"XL/WORKSHEETS/SHEET1.xml": "<worksheet/>"},
        {"xl/worksheets/sheet1.xml": '<worksheet><row r="1"><c r="AAAA1"><v>1</v></c></row></worksheet>'},
        {"xl/worksheets/sheet1.xml": '<worksheet><row r="9999999"><c r="A9999999"><v>1</v></c></row></worksheet>'},
        {"xl/worksheets/sheet1.xml": '<worksheet><row r="x"><c r="A 1"><v>1</v></c></row></worksheet>'},
    ],
)
def test_it_refuses_a_damaged_workbook(change):
    assert refusal(zipped(xlsx_parts("<worksheet/>") | change)) in {"broken", "empty"}


def test_it_refuses_parts_under_a_password():
    data = bytearray(xlsx(ONE).getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.start_dir
    data[start + 8] |= 1
    assert refusal(bytes(data)) == "encrypted"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_it_answers_any_damage_with_a_table_or_a_refusal(data):
    content = bytearray(xlsx(ONE * 3, ONE).getvalue())
    for _each in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        answer = [list(sheet.rows) for sheet in read_workbook(io.BytesIO(bytes(content)), "a.xlsx")]
    except FileRefused as error:
        answer = str(error)
    assert answer


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.xlsx", "a.csv", ""]))
def test_it_answers_any_bytes_with_a_table_or_a_refusal(content, name):
    try:
        answer = [list(sheet.rows) for sheet in read_workbook(io.BytesIO(content), name)]
    except FileRefused as error:
        answer = str(error)
    assert answer
