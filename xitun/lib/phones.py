"""Phone numbers as people write them: mobile numbers, landlines with their area code, numbers of other countries."""

import re
import unicodedata

from django.utils.translation import gettext as _

_SEPARATOR = re.compile(r"[,，、;；/\s]+")
_MARKS = re.compile(r"[\s\-—()（）]")
_SOUND = re.compile(r"1[3-9]\d{9}|(?:010|02\d|0[3-9]\d\d)[2-9]\d{6,7}|\+(?!86)[1-9]\d{6,14}")
LONGEST = 12  # digits of a landline


class PhoneError(ValueError):
    def __init__(self):
        super().__init__(
            _("This is no phone number. Write 11 digits, or a landline with its area code; leave it empty if unknown.")
        )


def first_phone(text):
    """The first number of a cell that may hold several, without spaces and dashes between its digits; whether it can
    be a phone number, nobody asks."""
    first = next((part for part in _SEPARATOR.split(text) if part), "")
    compact = _MARKS.sub("", text)
    return compact if compact.isdigit() and len(compact) <= LONGEST else first


def parse_phone(text):
    """The digits of a phone number, without blanks, dashes and the 86 of this country before it; "" stays. Raises
    PhoneError for what cannot be called."""
    compact = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    own = re.fullmatch(r"(?:\+|00)?86(1[3-9]\d{9}|0[1-9]\d{8,10})", compact, re.ASCII)
    compact = own[1] if own else compact
    if compact and not (compact.isascii() and _SOUND.fullmatch(compact)):
        raise PhoneError
    return compact
