import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lib.workbooks import sheet_xml, xlsx_parts, zipped
from xitun.lib.refused import FileRefused
from xitun.lib.xlsx_scan import SheetScan, _scan_plain, cell_name, parts_of, scan_xlsx


def scanned(xml):
    archive, parts = parts_of(zipped(xlsx_parts(xml)).getvalue())
    (scan,) = scan_xlsx(archive, parts)[1]
    return scan.rows, scan.columns, scan.valueless


def is_plain(xml):
    return _scan_plain(xml.encode(), SheetScan("S")) is not None


CELLS = st.builds(
    "<c r='{0}'{1}>{2}</c>".format,
    st.builds(cell_name, st.integers(1, 40), st.integers(1, 60)),
    st.sampled_from(["", " s='3'", " t='str'", " t='e'", " t='s'"]),
    st.sampled_from(["<v>1</v>", "<f>A1</f>", "<f>A1</f><v/>", "<f>A1</f><v>2</v>", "<f t='shared' si='0'/><v>3</v>"]),
)


@given(st.lists(CELLS, max_size=8).map("".join))
def test_it_finds_the_same_written_plainly_or_not(cells):
    strange = sheet_xml(f"<row>{cells}</row>")
    plain = strange.replace("'", '"')
    assert is_plain(plain)
    assert not is_plain(strange) or not cells
    assert scanned(plain) == scanned(strange)


@pytest.mark.parametrize(
    "xml",
    [
        "<row><c><v>1</v></c><c><v>1</v></c></row>",  # cells without a reference
        '<row><c r="&#66;1"><v>1</v></c></row>',
        '<row><c t=">" r="B1"><v>1</v></c></row>',
        """<row><c x=' r="A1"' r="B1"><v>1</v></c></row>""",
        '<row><c r = "b1"><v>1</v></c></row>',
        '<row><c\n\tr="$B$1"\n><v>1</v></c></row>',
        '<row><f>1</f></row><row><c r="B1"><v>1</v></c></row>',  # a formula outside any cell
        '<row><!-- <c r="Z9"> --><c r="B1"><v>1</v></c></row>',
        '<row><x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="B1"><v>1</v></x:c></row>',
    ],
)
def test_it_is_not_fooled_by_strange_writing(xml):
    assert scanned(sheet_xml(xml)) == (1, 2, set())


def test_it_reads_sheets_written_under_a_prefix_and_in_utf_16():
    xml = sheet_xml('<row><c r="B1"><f>1</f></c></row>')
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")
    assert scanned(prefixed) == (1, 2, {(1, 2)})
    assert scanned(f'<?xml version="1.0" encoding="UTF-16"?>{xml}'.encode("utf-16")) == (1, 2, {(1, 2)})


@pytest.mark.parametrize(("place", "name"), [((1, 1), "A1"), ((3, 28), "AB3"), ((9, 26), "Z9"), ((1, 16384), "XFD1")])
def test_it_names_cells(place, name):
    assert cell_name(*place) == name


@pytest.mark.parametrize("again", [' r="ZZZZ99999999"', "\tr='ZZZZ99999999'", ' r = "ZZZZ99999999"'])
def test_a_cell_that_names_its_place_twice_is_refused(again):
    """The fast reader would believe the last, and end the process."""
    plain = sheet_xml('<row><c r="J1"><v>1</v></c></row>')
    assert is_plain(plain)
    with pytest.raises(FileRefused):
        scanned(plain.replace('r="J1"', f'r="J1"{again}'))


def test_an_encoding_nobody_knows_is_refused():
    parts = xlsx_parts(sheet_xml(""))
    parts["xl/workbook.xml"] = '<?xml version="1.0" encoding="GBK2"?>' + parts["xl/workbook.xml"]
    archive, found = parts_of(zipped(parts).getvalue())
    with pytest.raises(FileRefused):
        scan_xlsx(archive, found)
