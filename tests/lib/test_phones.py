import pytest

from xitun.lib.phones import PhoneError, first_phone, parse_phone


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("19912343021", "19912343021"),
        (" 199 1234-3021 ", "19912343021"),
        ("１９９１２３４３０２１", "19912343021"),
        ("+86 199 1234 3021", "19912343021"),
        ("008619912343021", "19912343021"),
        ("0934-8612345", "09348612345"),
        ("（010）62345678", "01062345678"),
        ("+852 2345 6789", "+85223456789"),
        ("", ""),
    ],
)
def test_it_keeps_the_digits_of_a_phone_number(text, kept):
    assert parse_phone(text) == kept
    assert parse_phone(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "无",
        "=1+1",
        "8612345",
        "12912343021",
        "1991234302",
        "199123430211",
        "0034-8612345",
        "0934-1612345",
        "+1",
        "12 34",
    ],
)
def test_it_refuses_what_cannot_be_called(text):
    with pytest.raises(PhoneError):
        parse_phone(text)


def test_it_takes_the_first_number_of_a_cell():
    assert first_phone("199 1234 3021") == "19912343021"
    assert first_phone("19912343021、19900001111") == "19912343021"
    assert first_phone("见家属") == "见家属"
