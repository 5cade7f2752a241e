"""Rosters as they must never be and always are: more than sixty files, each with what has to become of it.

A case is (what makes the file's bytes, expected, perhaps its name). Expected is the code under which it is refused;
or the number of lines that are taken, with {reason: how often} for what is wrong with the others.
"""

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

from .files import HEADINGS, Formula, csv_bytes, id_number, someone, table, xlsx_bytes

FILES = Path(__file__).parents[2] / "lib" / "files"
TWO = [someone(1), someone(2)]


def book(*people, headings=HEADINGS, above=(), below=(), merged=(), name="花名册"):
    return lambda: xlsx_bytes({name: [*above, *table(*people, headings=headings), *below]}, merged)


def rows(*lines, merged=()):
    return lambda: xlsx_bytes({"花名册": list(lines)}, merged)


def text(encoding, separator=",", people=TWO):
    return lambda: csv_bytes(table(*people), encoding, separator)


def changed(make, part="", old="", new="", **added):
    """The workbook with a piece of one part replaced, or with parts added (name with / as __)."""

    def build():
        stream = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(make())) as source,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name == part:
                    if old.encode() not in content:
                        raise AssertionError(f"{old} is not in {name}")
                    content = content.replace(old.encode(), new.encode())
                target.writestr(name, content)
            for name, content in added.items():
                with target.open(name.replace("__", "/"), "w") as more:
                    more.writelines([content] if isinstance(content, bytes) else content)
        return stream.getvalue()

    return build


def bomb(size):
    """A workbook of a few kilobytes that unpacks to `size` MB."""
    return changed(book(*TWO), xl__media__a=[bytes(1 << 20)] * size)


def lying_bomb():
    data = bomb(300)()
    return data.replace(struct.pack("<L", 300 << 20), struct.pack("<L", 10))


def one(**values):
    return book(someone(1, **values))


def dates(*typed):
    return book(*[someone(n, 入党时间=value) for n, value in enumerate(typed, start=1)])


def packed(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return lambda: stream.getvalue()


BRANCH = "槐树湾村党支部"
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
WITH_X = next(number for order in range(1, 99) if (number := id_number(order=order)).endswith("X"))
WIDE = [f"栏{n}" for n in range(255 - len(HEADINGS))]
GROUPED = [
    ["姓名", "身份证号", "所在党支部", "分类", "流动情况", ""],
    ["", "", "", "", "流入地", "外出时间"],
    ["张建一", id_number(), "槐树湾村党支部", "流动党员", "某市", "2026-01-01"],
]
BRANCH_SHEETS = {"槐树湾村党支部": table(*TWO, headings=["姓名", "身份证号", "分类"])}
REFUSED_ONE = {
    "name_missing": {"姓名": ""},
    "branch_unknown": {"所在党支部": "槐树"},
    "category_unknown": {"分类": "优秀党员"},
    "id_length": {"身份证号": "62000019680705"},
    "id_check_character": {"身份证号": id_number()[:-1] + "A"},
    "date_invalid": {"入党时间": "1995-02-30"},
    "birth_id_mismatch": {"出生日期": "1968-07-06"},
    "sex_id_mismatch": {"性别": "女"},
}

CASES = {
    # --- no tables at all, bombs and locks
    "nothing": (lambda: b"", "empty"),
    "blanks": (lambda: b"\xef\xbb\xbf \r\n \r\n", "empty", "a.csv"),
    "zip bomb": (bomb(300), "zip_bomb"),
    "zip bomb that lies": (lying_bomb, "zip_bomb"),
    "two cells in far corners": (changed(book(*TWO), SHEET, 'r="K3"', 'r="XFD1048576"'), "too_far"),
    "truncated zip": (lambda: book(*TWO)()[:900], "broken"),
    "sheet without its end": (changed(book(*TWO), SHEET, "</worksheet>", ""), 2),
    "damaged sheet": (changed(book(*TWO), SHEET, "<sheetData>", "<sheetData"), "broken"),
    "entities": (changed(book(*TWO), SHEET, "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "broken"),
    "password": (lambda: (FILES / "password.xlsx").read_bytes(), "encrypted"),
    "open document": (packed(mimetype="x", content_xml="<x/>"), "other_spreadsheet", "a.ods"),
    "word document": (packed(word__document_xml="<x/>"), "word_document", "a.docx"),
    "web page called xls": (lambda: b"<html><table><tr><td>1</td></tr></table>", "web_page", "a.xls"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "not_a_spreadsheet"),
    "no encoding": (lambda: b"\xe5\xa7,\xff\xff\r\n1,2", "encoding", "a.csv"),
    "lone quotation mark": (lambda: '姓名,身份证号\n"张,1\n2,3\n'.encode(), "broken_csv", "a.csv"),
    "only headings": (book(), 0),
    "a count by branch": (rows(["支部", "人数"], ["柳林村", 43]), 0),
    "hidden sheet only": (changed(book(*TWO), BOOK, "sheetId=", 'state="hidden" sheetId='), 0),
    # --- workbooks of every make
    "macros": (changed(book(*TWO), xl__vbaProject=b"VBA"), 2, "a.xlsm"),
    "old xls": (lambda: (FILES / "roster.xls").read_bytes(), (0, {"branch_unknown": 2}), "a.xls"),
    "csv called xls": (text("gbk", "\t"), 2, "a.xls"),
    "hidden rows": (changed(book(*TWO), SHEET, '<row r="2"', '<row r="2" hidden="1"'), 2),
    "hidden columns": (
        changed(book(*TWO), SHEET, "<sheetData>", '<cols><col min="2" max="3" hidden="1"/></cols><sheetData>'),
        2,
    ),
    "dates since 1904": (changed(dates(33419), BOOK, "<sheets>", '<workbookPr date1904="1"/><sheets>'), 1),
    "very many columns": (book(*[p | dict.fromkeys(WIDE, "值") for p in TWO], headings=[*HEADINGS, *WIDE]), 2),
    "sheet a branch": (lambda: xlsx_bytes(BRANCH_SHEETS), 2),
    "sheet a branch unknown": (
        lambda: xlsx_bytes({"某某村": BRANCH_SHEETS["槐树湾村党支部"]}),
        (0, {"branch_unknown": 2}),
    ),
    "notes sheet beside": (lambda: xlsx_bytes({"填表说明": [["说明"], ["一"]], "花名册": table(*TWO)}), 2),
    # --- text of every make
    **{
        f"csv {encoding} {name}": (text(encoding, separator), 2, "a.csv")
        for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
        for name, separator in (("comma", ","), ("semicolon", ";"), ("tab", "\t"))
    },
    "csv of old lines": (lambda: csv_bytes(table(*TWO)).replace(b"\r\n", b"\r"), 2, "a.csv"),
    # --- headings
    "heading on row 12": (book(*TWO, above=[[f"第{n}行说明"] for n in range(11)]), 2),
    "merged title": (book(*TWO, above=[["西屯镇党员花名册"]], merged=["A1:K1"]), 2),
    "two rows of headings": (rows(*GROUPED), 1),
    "two rows merged": (rows(*GROUPED, merged=["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1"]), 1),
    "heading twice": (book(*[p | {"联系电话 ": "1"} for p in TWO], headings=[*HEADINGS, "联系电话 "]), 2),
    "heading repeated on each page": (book(*TWO, below=[HEADINGS, list(someone(3).values())]), 3),
    "headings with remarks": (
        rows(
            ["＊姓 名\n（必填）", "身份证号码(18位)", "所在党支部", "分类"],
            ["张一", id_number(), "槐树湾村党支部", "流动党员"],
        ),
        1,
    ),
    "headings in English": (
        rows(["Name", "ID number", "Branch", "Category"], ["张一", id_number(), "槐树湾村党支部", "mobile"]),
        1,
    ),
    # --- rows
    "totals and signatures below": (
        book(*TWO, below=[["合计", "2人"], ["制表人：某", "", "审核：某"], ["备注：以上属实"]]),
        2,
    ),
    "blank rows between": (book(someone(1), {}, {}, someone(2), {}), 2),
    "branch merged over a block": (book(someone(1), someone(2, 所在党支部=""), merged=["B2:B3"]), 2),
    "branch as a banner": (
        rows(["姓名", "身份证号", "分类"], ["槐树湾村党支部"], ["张一", id_number(), "流动党员"]),
        1,
    ),
    "the same number twice": (book(someone(1), someone(1)), (1, {"duplicate_in_file": 1})),
    # --- cells
    **{code: (one(**values), (0, {code: 1})) for code, values in REFUSED_ONE.items()},
    "number as a figure": (one(身份证号=620000196807051000.0), (0, {"id_precision_lost": 1})),
    "number as 6.2E+17": (one(身份证号="6.2E+17"), (0, {"id_precision_lost": 1})),
    "number with a leading quote": (one(身份证号="'" + id_number(order=103)), 1),
    "number in full-width digits": (
        one(身份证号=id_number(order=103).translate({48 + n: 0xFF10 + n for n in range(10)})),
        1,
    ),
    "number of 15 digits": (one(身份证号="620000680705103"), (1, {"id_first_generation": 1})),
    "number with a small x": (one(身份证号=WITH_X.lower(), 性别=""), 1),
    "formula without value": (one(姓名=Formula("A1")), (0, {"formula_cell": 1})),
    "formula with its value": (one(姓名=Formula("A1", "张建一")), 1),
    "text that begins like a formula": (one(姓名="=1+1"), (0, {"formula_cell": 1})),
    "full-width equals sign": (one(姓名="＝1+1"), (0, {"formula_cell": 1})),
    "trailing and hard spaces": (
        one(姓名="\u3000张建一\xa0 ", 所在党支部=" 槐树湾村党支部\xa0", 分类="无职党员\u3000"),
        1,
    ),
    "line breaks in cells": (
        one(姓名="张建一\r\n", 所在党支部="槐树湾村\r\n党支部", 联系电话="1991234\r\n0001"),
        1,
    ),
    "name of 40 characters": (one(姓名="阿" * 40), 1),
    "name of 41 characters": (one(姓名="阿" * 41), (0, {"name_missing": 1})),
    "name with a middle dot": (one(姓名="买买提•艾力"), 1),
    "rare characters": (one(姓名="王𠮷㛃"), 1),
    "phone as a figure": (one(联系电话=19912340001.0), 1),
    "dates in ten ways": (
        dates(
            "1995-07-01",
            "1995/7/1",
            "1995.7.1",
            "1995年7月1日",
            "19950701",
            "１９９５年７月１日",
            "一九九五年七月一日",
            date(1995, 7, 1),
            "1995-07-01 00:00:00",
            34881,
        ),
        10,
    ),
    "a month where a day is due": (dates("二〇二四年五月"), (0, {"date_invalid": 1})),
    "a month where months are": (
        rows(
            ["姓名", "身份证号", "所在党支部", "分类", "入党年月"],
            ["张一", id_number(), "槐树湾村党支部", "流动党员", "二〇二四年五月"],
        ),
        1,
    ),
    "joined as a child": (one(入党时间="1980-01-01"), (1, {"joined_under_18": 1})),
    "joined tomorrow": (one(入党时间="2999-01-01"), (0, {"date_invalid": 1})),
    "surrogates and controls": (one(姓名="张\x07建", 备注="a"), 1),
}
