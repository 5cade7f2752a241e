from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xitun.lib.dates import frozen
from xitun.lib.ids import MESSAGES, IdNumberError, check_character, mask_id, mask_phone, normalise, parse_id_number

VALID = "62000019901126675X"


def code_of(value):
    with pytest.raises(IdNumberError) as caught:
        parse_id_number(value)
    return caught.value.code


def test_it_reads_birth_date_and_sex():
    number = parse_id_number(VALID)
    assert (number.value18, number.birth_date, number.sex) == (VALID, date(1990, 11, 26), "M")
    assert parse_id_number("620000197608188564").sex == "F"
    assert not number.first_generation


@pytest.mark.parametrize(
    "typed",
    [
        "62000019901126675x",
        " 620000 19901126 675X ",
        "６２００００１９９０１１２６６７５Ｘ",
        "'62000019901126675X",
        "‘62000019901126675X",
        "620000\u300019901126\u00a0675X",
        "620000-19901126-675X",
        "620000１９９０1126675х",
        "\ufeff62000019901126675X\u200b",
        "62000019901126675×",
        "62000019901126675Ⅹ",
        "620000 1990\n1126 675X\r\n",
    ],
)
def test_it_reads_a_number_however_it_was_typed(typed):
    assert parse_id_number(typed).value18 == VALID


@pytest.mark.parametrize(
    ("card", "value18", "sex"),
    [
        ("620000520718075", "620000195207180757", "M"),
        ("620000450122226", "620000194501222263", "F"),
        (620000520718075.0, "620000195207180757", "M"),
        ("620000520718075.0", "620000195207180757", "M"),
    ],
)
def test_it_lengthens_a_first_generation_number(card, value18, sex):
    number = parse_id_number(card)
    assert (number.value18, number.sex, number.first_generation) == (value18, sex, True)


@pytest.mark.parametrize(
    "value",
    [
        6.20000196709121e17,
        "6.20000196709121E+17",
        "6.2e17",
        "6.2 E+17",
        "６.２E+17",
        "620000196709121000",
        "620000196709121000.0",
    ],
)
def test_it_refuses_a_number_the_spreadsheet_damaged(value):
    assert code_of(value) == "id_precision_lost"


def test_it_accepts_a_genuine_number_that_ends_in_000():
    genuine = next(
        number
        for day in range(1, 29)
        for order in range(10)
        if (number := f"620000199011{day:02}{order}00") and check_character(number) == "0"
    )
    assert parse_id_number(genuine + "0").value18 == genuine + "0"


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        "6200001968012299",
        "6200001968012299178",
        "六二零",
        62.5,
        -620000520718075.0,
        6200001968012299.0,
        "\x00",
    ],
)
def test_it_refuses_a_wrong_length(value):
    assert code_of(value) == "id_length"


@pytest.mark.parametrize(
    "value",
    [
        "620000200110287851",
        "620000196801229916",
        "62000019680122991A",
        "6200001968O1229917",
        "X20000199011266750",
        "٦20000199011266750",
    ],
)
def test_it_refuses_a_wrong_check_character(value):
    assert code_of(value) == "id_check_character"


@pytest.mark.parametrize(
    "first17",
    [
        "62000019900230123",
        "62000019901301123",
        "62000018991231123",
        "62000020990101123",
    ],
)
def test_it_refuses_a_birth_date_that_is_no_day(first17):
    assert code_of(first17 + check_character(first17)) == "date_invalid"


def test_it_refuses_a_birth_after_today():
    first17 = "62000020260102123"
    with frozen(date(2026, 1, 1)):
        assert code_of(first17 + check_character(first17)) == "date_invalid"
    with frozen(date(2026, 1, 2)):
        assert parse_id_number(first17 + check_character(first17)).birth_date == date(2026, 1, 2)


def test_it_refuses_a_first_generation_birth_date_that_is_no_day():
    assert code_of("620000520230075") == "date_invalid"


def test_it_never_repeats_the_number_in_an_error_or_repr():
    with pytest.raises(IdNumberError) as caught:
        parse_id_number("620000199011266751")
    assert "1990" not in f"{caught.value} {caught.value!r}"
    assert "1126" not in repr(parse_id_number(VALID))


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_it_catches_every_single_mistyped_digit(birth, order, place, step):
    first17 = f"620000{birth:%Y%m%d}{order:03}"
    number = first17 + check_character(first17)
    assert parse_id_number(number).birth_date == birth
    mistyped = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert code_of(mistyped) in {"id_check_character", "id_precision_lost"}


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_it_finds_the_same_person_by_old_and_new_number(birth, order):
    first17 = f"620000{birth:%Y%m%d}{order:03}"
    old = parse_id_number(f"620000{birth:%y%m%d}{order:03}")
    assert old.value18 == parse_id_number(first17 + check_character(first17)).value18


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.none()))
def test_it_answers_anything_with_a_number_or_a_code(value):
    try:
        answer = parse_id_number(value).value18
    except IdNumberError as error:
        answer = error.code
    assert answer in MESSAGES or len(answer) == 18


@given(st.text("0123456789０９xXＸ×- \u3000'"))
def test_it_normalises_once_and_for_all(text):
    assert normalise(normalise(text)) == normalise(text)


def test_it_masks_so_that_nothing_rebuilds_the_number():
    assert mask_id(VALID) == "620000************"
    assert mask_id("620000") == "******"
    assert mask_id("") == ""


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("19912343021", "199****3021"),
        ("199 1234 3021", "199****3021"),
        ("8123456", "*****56"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_it_masks_phones(phone, masked):
    assert mask_phone(phone) == masked
