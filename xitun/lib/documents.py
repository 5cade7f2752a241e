"""A table as a Word document for official use: A4 landscape, 方正小标宋 and 仿宋 as GB/T 9704 has them, the header
again on every page, no row broken between two, page numbers and a mark in the foot.

Rows are written straight into the XML: the library's own way takes a second for every thousand cells.
"""

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from .sheets import UNWRITABLE, shown

A4 = (Mm(297), Mm(210))
MARGIN = Mm(12)
TITLE, HEAD, BODY = "方正小标宋简体", "黑体", "仿宋_GB2312"
LATIN = "Times New Roman"
NUMBERS = ("integer", "decimal", "quantity", "percent")
SIZES = ((14, 9), (18, 7.5), (24, 6.5))  # up to so many columns: points


def write_docx(target, sheet):
    """Writes a sheets.Sheet to a path or binary buffer as one table."""
    document = Document()
    _page(document, sheet)
    size = next((points for most, points in SIZES if len(sheet.columns) <= most), 5.5)
    _line(document, sheet.title, TITLE, 18)
    if sheet.subtitle:
        _line(document, sheet.subtitle, BODY, 10.5)
    _table(document, sheet, size)
    if texts := [text for line in sheet.closing for text in line]:
        _closing(document, texts)
    document.core_properties.title = sheet.title
    document.core_properties.author = ""
    document.save(target)


def _page(document, sheet):
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    section.footer_distance = Mm(6)
    normal = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    _fonts(normal.element.get_or_add_rPr(), BODY)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(f"{sheet.footer}    " if sheet.footer else "").font.size = Pt(8)
    for place, field in enumerate(("PAGE", "NUMPAGES")):
        foot.add_run(" / " if place else "").font.size = Pt(8)
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        simple.append(_run("1", BODY, 8))
        foot._p.append(simple)


def _line(document, text, font, points):
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph._p.append(_run(text, font, points))


def _closing(document, texts):
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(12)
    stops = (A4[0] - 2 * MARGIN) // len(texts)
    for place in range(1, len(texts)):
        paragraph.paragraph_format.tab_stops.add_tab_stop(stops * place)
    for place, text in enumerate(texts):
        if place:
            paragraph.add_run().add_tab()
        paragraph._p.append(_run(text, BODY, 10.5))


def _table(document, sheet, points):
    table = document.add_table(rows=0, cols=len(sheet.columns))
    table.style, table.autofit = "Table Grid", False
    widths = _widths(sheet.columns)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    centred = ["center"] * len(widths)
    labels = [str(column.label) for column in sheet.columns]
    table._tbl.append(_row(labels, widths, centred, HEAD, points, header=True))
    aligned = ["right" if column.kind in NUMBERS else "left" for column in sheet.columns]
    for row in sheet.rows:
        texts = [shown(value, column.kind) for value, column in zip(row, sheet.columns, strict=True)]
        table._tbl.append(_row(texts, widths, aligned, BODY, points))


def shares(columns):
    """What each column gets of the paper's width (parts of one), by what it asks for."""
    asked = [column.width or 12 for column in columns]
    return [each / sum(asked) for each in asked]


def _widths(columns):
    return [int((A4[0] - 2 * MARGIN) * share) for share in shares(columns)]


def _row(texts, widths, aligned, font, points, *, header=False):
    row, properties = OxmlElement("w:tr"), OxmlElement("w:trPr")
    for name in ("w:cantSplit", *(["w:tblHeader"] if header else [])):
        properties.append(OxmlElement(name))
    row.append(properties)
    for text, width, side in zip(texts, widths, aligned, strict=True):
        cell = OxmlElement("w:tc")
        cell.get_or_add_tcPr().width = width
        paragraph = OxmlElement("w:p")
        place = OxmlElement("w:jc")
        place.set(qn("w:val"), side)
        paragraph.get_or_add_pPr().append(place)
        if text:
            paragraph.append(_run(text, font, points))
        cell.append(paragraph)
        row.append(cell)
    return row


def _run(text, font, points):
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    properties = run.get_or_add_rPr()
    _fonts(properties, font)
    for name in ("w:sz", "w:szCs"):
        size = OxmlElement(name)
        size.set(qn("w:val"), str(int(points * 2)))
        properties.append(size)
    words.text = UNWRITABLE.sub("", text)
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run


def _fonts(properties, font):
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("ascii", "hAnsi"):
        fonts.set(qn(f"w:{name}"), LATIN)
    fonts.set(qn("w:eastAsia"), font)
