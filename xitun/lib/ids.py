"""Chinese resident identity numbers (GB 11643-1999) and the masks under which numbers are shown.

Nothing here stores or logs a number. Errors carry a code of the roster contract, never the number itself.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from operator import mul

from django.utils.translation import gettext_lazy as _

from xitun.lib.clock import today

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

MESSAGES = {
    "id_length": _("An ID number has 18 characters (15 on old cards). Check it against the card."),
    "id_check_character": _(
        "The last character does not fit the other digits, so one of them is mistyped. Check it against the card."
    ),
    "id_precision_lost": _(
        "The spreadsheet stored this number as a figure and lost its last digits. "
        "Format the column as text and type the whole number again."
    ),
    "date_invalid": _("The birth date inside the ID number is not a real date. Check it against the card."),
}

_NOISE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff'`‘’´\"“”\-‐‑‒–—−]+")
_LOOK_LIKE_X = str.maketrans({"x": "X", "×": "X", "✕": "X", "Х": "X", "х": "X", "Χ": "X", "χ": "X"})
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?E\+?\d{1,2}")
_WHOLE_FIGURE = re.compile(r"(\d+)\.0+")


class IdNumberError(ValueError):
    """`code` is one of MESSAGES; `str()` is the message for the person typing, in the active language."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)

    def __str__(self):
        return str(MESSAGES[self.code])


@dataclass(frozen=True, slots=True)
class IdNumber:
    """`value18` is always the 18-character form; `first_generation` says that 15 digits were given."""

    value18: str
    birth_date: date
    sex: str
    first_generation: bool = False

    def __repr__(self):
        return f"<IdNumber {mask_id(self.value18)}>"


def normalise(text):
    """The number as it would stand on the card: half-width, no spaces, quotes or dashes inside, a capital X."""
    if text is None:
        return ""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).translate(_LOOK_LIKE_X).upper()


def check_character(first17):
    """The MOD 11-2 check character of seventeen digits."""
    if len(first17) != len(WEIGHTS):
        raise ValueError(f"{len(first17)} digits, not {len(WEIGHTS)}")
    return CHECK_CHARACTERS[sum(map(mul, map(int, first17), WEIGHTS)) % 11]


def parse_id_number(value):
    """An IdNumber from what stands in a form field or cell (str, int or float); IdNumberError otherwise.

    A spreadsheet keeps 15 significant digits, so 18 digits in a numeric cell are damaged beyond repair.
    """
    digits = _from_figure(value) if isinstance(value, float) else _from_text(normalise(value))
    if len(digits) == 15 and _is_number(digits):
        return _first_generation(digits)
    if len(digits) != 18:
        raise IdNumberError("id_length")
    if not _is_number(digits[:17]) or check_character(digits[:17]) != digits[17]:
        # Damaged figures end in 000; a genuine number may too, and then its check character is right.
        raise IdNumberError("id_precision_lost" if digits.endswith("000") else "id_check_character")
    return _id_number(digits)


def mask_id(value18):
    """Six digits of region and nothing more: region, birth date and the tail together would rebuild the number."""
    return value18[:6] + "*" * (len(value18) - 6) if len(value18) > 12 else "*" * len(value18)


def mask_phone(phone):
    """`19912343021` → `199****3021`; shorter numbers keep their last two digits at most."""
    digits = "".join(str(phone).split())
    if len(digits) >= 11:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 4 else "*" * len(digits)


def _from_figure(value):
    """Digits of a numeric cell, unless it is longer than a spreadsheet can hold."""
    if not value.is_integer() or value < 0:
        raise IdNumberError("id_length")
    if value >= 1e16:
        raise IdNumberError("id_precision_lost")
    return str(int(value))


def _from_text(text):
    if _SCIENTIFIC.fullmatch(text):
        raise IdNumberError("id_precision_lost")
    whole = _WHOLE_FIGURE.fullmatch(text)
    return whole[1] if whole else text


def _first_generation(digits15):
    """Region, two-digit year (all such cards are of people born in 19xx), order code; no check character."""
    first17 = digits15[:6] + "19" + digits15[6:]
    return _id_number(first17 + check_character(first17), first_generation=True)


def _id_number(value18, *, first_generation=False):
    try:
        birth_date = date(int(value18[6:10]), int(value18[10:12]), int(value18[12:14]))
    except ValueError:
        raise IdNumberError("date_invalid") from None
    if not date(1900, 1, 1) <= birth_date <= today():
        raise IdNumberError("date_invalid")
    return IdNumber(value18, birth_date, "M" if int(value18[16]) % 2 else "F", first_generation)


def _is_number(text):
    return text.isascii() and text.isdigit()
