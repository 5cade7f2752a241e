"""Dates as offices type them into rosters. Import `parse_date`, `DateError` and `arabic` from xitun.lib.dates."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from xitun.lib.clock import business_date

FIRST_YEAR, LAST_YEAR = 1900, 2199


class DateError(ValueError):
    """A value that is no real day; `partial` when it is a month or year without the day. `code` is `date_invalid`."""

    code = "date_invalid"

    def __init__(self, *, partial=False):
        self.partial = partial
        super().__init__(self.code)

    def __str__(self):
        if self.partial:
            return str(_("The day is missing. Write the whole date, like 1968-07-05."))
        return str(_("This is not a real date. Write it like 1968-07-05."))


_SEPARATOR = r"\s*[-./,、。年月\s]\s*"
_TYPED = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})(?:{_SEPARATOR}(\d{{1,2}}))?\s*[日号月.。]?")
_FIGURE = re.compile(r"^(\d{5,8})\.0+$")  # 21530.0: a program wrote the table as text
_CLOCK_TIME = re.compile(r"[\sT]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−－", "-") | {"\\": "/"})
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_TENS = re.compile(r"([一二三四五六七八九])?十([一二三四五六七八九])?")


def parse_date(value, *, date1904=False):
    """The date a cell or field means: a date, datetime, spreadsheet serial number, or text in any habit of the rosters.

    Understood: 1968-07-05, 1968.7.5, 1968/7/5, 1968年7月5日, 一九六八年七月五日, 19680705 (as text or figure), a time
    of day behind any of them, full-width digits. Raises DateError for the rest: no such day, no day given (1968.07),
    two-digit years and day-first orders (both ambiguous), years outside 1900–2199.
    """
    if isinstance(value, datetime):
        return _sane(business_date(value) if value.tzinfo else value.date())
    if isinstance(value, date):
        return _sane(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_figure(value, date1904)
    return _from_text("" if value is None else str(value), date1904)


def _from_text(text, date1904):
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip().lstrip("'")
    text = _FIGURE.sub(r"\1", _CLOCK_TIME.sub("", text))
    if text.isascii() and text.isdigit():
        return _from_figure(int(text), date1904)
    match = _TYPED.fullmatch(arabic(text))
    if not match:
        raise DateError(partial=bool(re.fullmatch(r"\d{4}\s*年", arabic(text))))
    if match[3] is None:
        raise DateError(partial=True)
    return _day(*map(int, match.groups()))


def _from_figure(value, date1904):
    """8 digits are a typed date, a year or year.month lacks its day, the rest is a serial number of days."""
    if FIRST_YEAR <= value < LAST_YEAR + 1:
        raise DateError(partial=True)
    if 1e7 <= value < 1e8 and value == int(value):
        return _day(int(value) // 10000, int(value) // 100 % 100, int(value) % 100)
    if not LAST_YEAR < value < 110_000:
        looks_like_month = FIRST_YEAR * 100 < value < (LAST_YEAR + 1) * 100 and 1 <= value % 100 <= 12
        raise DateError(partial=looks_like_month)
    # Serial 1 is 1900-01-01, but day 60 was never real (Lotus' leap year), hence the base two days earlier.
    base = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    return _sane(base + timedelta(days=int(value)))


def arabic(text):
    """二〇二四年十二月二十五日 → 2024年12月25日."""
    tens = _TENS.sub(lambda match: f"{match[1] or '一'}{match[2] or '〇'}", text)
    return tens.translate(_NUMERALS)


def _day(year, month, day):
    try:
        return _sane(date(year, month, day))
    except ValueError:
        raise DateError from None


def _sane(day):
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DateError
    return day
