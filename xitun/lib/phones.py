"""Phone numbers as people write them: mobile numbers, landlines with their area code, numbers of other countries."""

import re
import unicodedata

from django.utils.translation import gettext as _

_BETWEEN = re.compile(r"[,、;/|\n]+")  # of several numbers, once normalised
_LABEL = re.compile(r"[(（]?(?:本人|手机|座机|固定电话|固话|电话)(?:号码?)?[)）]?[:：]?")
_LETTER = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"(\d+)\.(\d+)(?:E\+?(\d+))?", re.IGNORECASE | re.ASCII)
_MOBILE = re.compile(r"(?<!\d)(?<!\d\.)1[3-9]\d{9}(?!\d|\.\d)", re.ASCII)
_MARKS = re.compile(r"[\s\-—()（）]")
_SOUND = re.compile(r"1[3-9]\d{9}|(?:010|02\d|0[3-9]\d\d)[2-9]\d{6,7}|\+(?!86)[1-9]\d{6,14}")
LONGEST_CELL = 100  # characters


class PhoneError(ValueError):
    def __init__(self):
        super().__init__(
            _("This is no phone number. Write 11 digits, or a landline with its area code; leave it empty if unknown.")
        )


def read_phone(text):
    """The number that a cell of a workbook surely holds: of several the first mobile, else the first landline; "" for
    an empty one. Raises PhoneError where digits are lost or missing, and for words: they may name somebody else."""
    if len(text) > LONGEST_CELL:
        raise PhoneError
    text = _LABEL.sub(" ", unicodedata.normalize("NFKC", text)).strip("' \t\r\n")
    text = _whole_figure(text)
    if not text:
        return ""
    if _LETTER.search(text):
        raise PhoneError
    parts = [text, *_MOBILE.findall(text), *_BETWEEN.split(text), *text.split()]
    found = [number for part in parts if (number := _sound(part))]
    if not found:
        raise PhoneError
    return next((number for number in found if _MOBILE.fullmatch(number)), found[0])


def _whole_figure(text):
    """The digits of 19912343021.0 or 1.9912343021E+10, as Excel writes numbers out; the text where some are lost."""
    figure = _FIGURE.fullmatch(text)
    if not figure:
        return text
    whole, fraction, exponent = figure.groups(default="")
    if not exponent:
        return whole if fraction.strip("0") == "" else text
    return whole + fraction if len(exponent) < 4 and len(fraction) == int(exponent) else text


def _sound(part):
    try:
        return parse_phone(part)
    except PhoneError:
        return ""


def parse_phone(text):
    """The digits of a phone number, without blanks, dashes and the 86 of this country before it; "" stays. Raises
    PhoneError for what cannot be called."""
    compact = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    own = re.fullmatch(r"(?:\+|00)?86(1[3-9]\d{9}|0[1-9]\d{8,10})", compact, re.ASCII)
    compact = own[1] if own else compact
    if compact and not (compact.isascii() and _SOUND.fullmatch(compact)):
        raise PhoneError
    return compact
