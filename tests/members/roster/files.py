"""Rosters made for tests: ID numbers of region 620000, phones 199…, nobody real. Workbooks are written by hand,
because a writer that calculates formulas or drops blank cells could not make the mess that offices send."""

import zipfile
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape

from xitun.lib.ids import check_character
from xitun.lib.xlsx_scan import cell_name

SERIAL_BASE = date(1899, 12, 30)
HEADINGS = [
    "序号",
    "所在党支部",
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "入党时间",
    "转正时间",
    "人员类别",
    "联系电话",
    "分类",
]

MORE = [*HEADINGS, "流入地", "外出时间", "困难类型", "兼类", "党内职务"]


def id_number(born="19680705", order=123):
    """A well-formed number; `order` is odd for a man."""
    first17 = f"620000{born}{order:03}"
    return first17 + check_character(first17)


def someone(number=1, **changes):
    """A faultless line under HEADINGS, as a dict in their order."""
    row = {
        "序号": number,
        "所在党支部": "槐树湾村党支部",
        "姓名": f"张建{'一二三四五六七八九十'[number % 10]}",
        "性别": "男",
        "身份证号": id_number(order=101 + 2 * number),
        "出生日期": "1968-07-05",
        "入党时间": "1995-07-01",
        "转正时间": "1996-07-01",
        "人员类别": "正式党员",
        "联系电话": f"1991234{number:04}",
        "分类": "无职党员",
    }
    return row | changes


def table(*people, headings=HEADINGS):
    """Rows of a table: the headings, then each person's values under them."""
    return [list(headings), *[[person.get(heading, "") for heading in headings] for person in people]]


def csv_bytes(rows, encoding="utf-8", separator=","):
    return "\r\n".join(separator.join(str(cell) for cell in row) for row in rows).encode(encoding)


class Formula:
    """A formula cell, with the value a spreadsheet stored beside it or without any."""

    def __init__(self, text, stored=None):
        self.text, self.stored = text, stored


def xlsx_bytes(sheets, merged=()):
    """An .xlsx of {sheet name: rows}; `merged` are ranges such as "A1:K1" of every sheet."""
    files = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _RELATIONS.format(_relation(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(
            "".join(_relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1))
            + _relation(0, "styles", "styles.xml")
        ),
        "xl/styles.xml": _STYLES,
    }
    for number, rows in enumerate(sheets.values(), 1):
        files[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows, merged)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return stream.getvalue()


def _sheet(rows, merged):
    lines = "".join(
        f'<row r="{r}">{"".join(_cell(_place(r, c), cell) for c, cell in enumerate(row))}</row>'
        for r, row in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{name}"/>' for name in merged)
    merges = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    return f"<worksheet {_MAIN}><sheetData>{lines}</sheetData>{merges}</worksheet>"


def _cell(place, value):
    if value is None or value == "":
        return ""
    if isinstance(value, Formula):
        kind, stored = (' t="str"', escape(value.stored)) if value.stored is not None else ("", "")
        return f'<c r="{place}"{kind}><f>{escape(value.text)}</f><v>{stored}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - SERIAL_BASE).days}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _place(row, column):
    return cell_name(row, column + 1)


def _types(count):
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{sheets}</Types>'
    )


def _workbook(names):
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, 1))
    return f'<workbook {_MAIN} xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets></workbook>'


def _relation(number, kind, target):
    return f'<Relationship Id="r{number}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_STYLES = (
    f'<styleSheet {_MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def roster_of(*people, headings=MORE):
    return BytesIO(xlsx_bytes({"Sheet1": table(*people, headings=headings)}))
