"""The sample roster against its key, cell by cell: what the readers and parsers make of an office's real habits."""

import json
from pathlib import Path

import pytest

from xitun.lib.dates import DateError, parse_date
from xitun.lib.ids import IdNumberError, parse_id_number
from xitun.lib.names import normalise_name
from xitun.lib.readers import FORMULA, read_workbook

SAMPLES = Path(__file__).parents[1] / "samples"
ID_CODES = {"id_length", "id_check_character", "id_precision_lost", "id_first_generation"}


@pytest.fixture(scope="module")
def lines():
    """(expected, cells by heading) of every line of the key."""
    (sheet,) = read_workbook(SAMPLES / "roster-town.xlsx")
    rows = dict(sheet.rows)
    headings = rows[3]
    key = json.loads((SAMPLES / "roster-town.expected.json").read_text("utf-8"))
    return [(line, dict(zip(headings, rows[line["line"]], strict=True))) for line in key["lines"]]


def test_it_judges_every_id_number_as_the_key_does(lines):
    for expected, cells in lines:
        try:
            number = parse_id_number(cells["身份证号"])
            found = {"id_first_generation"} if number.first_generation else set()
            assert number.value18 == expected["id"]
        except IdNumberError as error:
            found = {error.code}
        assert found == ID_CODES & set(expected["reasons"]), expected["line"]


def test_it_judges_every_date_as_the_key_does(lines):
    for expected, cells in lines:
        invalid = False
        for heading in ("出生日期", "入党时间", "转正时间", "外出时间"):
            try:
                day = cells[heading] and parse_date(cells[heading])
            except DateError:
                invalid = True
            else:
                if heading == "出生日期" and not {"birth_id_mismatch", "id_length"} & set(expected["reasons"]):
                    assert f"{day:%Y%m%d}" == expected["id"][6:14]
        assert invalid == ("date_invalid" in expected["reasons"]), expected["line"]


def test_it_reads_every_name_as_the_key_does(lines):
    for expected, cells in lines:
        if cells["姓名"] not in (None, FORMULA):
            assert normalise_name(cells["姓名"]) == expected["name"]
