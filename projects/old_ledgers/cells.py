"""What a cell of an old ledger says: days as they were jotted down, choices by their words, figures. No models read.

Raises CellError with a code of WHY for whatever cannot be told; nothing is guessed.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from projects.shared import Method
from xitun.lib.dates import DateError, arabic, parse_date
from xitun.lib.readers import FORMULA, cell_text

# (why, how to mend)
WHY = {
    "formula": (_("a formula without a stored value"), _("Type the value itself into the cell.")),
    "no_day": (_("no date in it"), _("Write the day, like 3.15 or 2026-03-15.")),
    "perhaps_a_day": (_("a figure that may be a date"), _("Write dates like 4月2日, or the figure with its unit.")),
    "not_a_day": (_("not a real date"), _("Write the day, like 3.15 or 2026-03-15.")),
    "two_days": (_("may be two days: Excel drops the last zero of 3.10"), _("Write 3月1日 or 3月10日.")),
    "several_days": (_("several dates"), _("Leave one date in this cell.")),
    "choice": (_("not one of the words of this column"), _("Write one of: %(words)s.")),
    "number": (_("not a number"), _("Write figures only.")),
    "too_long": (_("longer than the column holds"), _("Shorten it to %(limit)s characters.")),
}


class CellError(ValueError):
    """`code` is a key of WHY."""

    def __init__(self, code, **details):
        self.code, self.details = code, details
        super().__init__(code)

    @property
    def why(self):
        return str(WHY[self.code][0])

    @property
    def mend(self):
        return str(WHY[self.code][1]) % self.details


@dataclass(frozen=True)
class Jotted:
    """A day and the words beside it: 3月15日 电话，一切都好."""

    day: date
    words: str = ""


_NO_UNIT = r"(?![\d.]|\s*[万元块次人个名户岁%％届]|[亩斤吨里米天年倍度分千百]|小时|公[斤里]|k[gm])"
_APART = r"(?<![^\s,，;；、。:：()（）/—和及与-])"  # 3.15 within words may be a figure
_DAY = re.compile(
    rf"(?<![\d.])(?:(?P<year>\d{{4}})\s*[-./年]\s*(?P<m>\d{{1,2}})\s*[-./月]|(?P<month>\d{{1,2}})\s*月"
    rf"|{_APART}(?P<dotted>\d{{1,2}})\s*[./])\s*(?P<day>\d{{1,2}})\s*[日号]?{_NO_UNIT}"
)
_PERHAPS = re.compile(rf"(?<![\d.])(?P<month>\d{{1,2}})\s*[./]\s*(?P<day>\d{{1,2}}){_NO_UNIT}")
_EDGES = " \t\r\n,，、;；:：.。()（）-—"
_WORDS_OF = (
    (Method.WECHAT, re.compile(r"微信|视频|wechat", re.IGNORECASE)),
    (Method.QQ, re.compile(r"qq", re.IGNORECASE)),
    (Method.IN_PERSON, re.compile(r"见面|面谈|当面|上门|入户|走访|in person", re.IGNORECASE)),
    (Method.PHONE, re.compile(r"打?电话|手机|通话|(?:tele)?phone", re.IGNORECASE)),
)
_NOT_REACHED = re.compile(
    r"未接|没接|[拒不]接(?![受待])|无人接|(?:联系|打|拨|接)不[上到通]|(?:无法|[未没不]能)(?:联系|接(?![受待])|打|拨)"
    r"|[未没](?:联系|打|拨)[上到通]|电话[未没]通|不在服务区|占线|忙音|关机|停机|空号|失联"
)


def is_blank(cell):
    return cell is None or (isinstance(cell, str) and cell.strip(" \t\r\n　-—/无") == "")


def jotted(cell, *, year, date1904=False):
    """[Jotted] of a cell, in order. A day without a year is one of `year`."""
    if cell is FORMULA:
        raise CellError("formula")
    if not isinstance(cell, str):
        return [Jotted(_from_figure(cell, year, date1904))]
    text = unicodedata.normalize("NFKC", cell).strip()
    try:
        return [Jotted(parse_date(text, date1904=date1904))]
    except (ValueError, OverflowError):
        pass
    found = list(_DAY.finditer(text)) or list(_DAY.finditer(text := arabic(text)))
    told = {match.end("day") for match in found}
    if any(_exists(year, *map(int, m.groups())) for m in _PERHAPS.finditer(text) if m.end("day") not in told):
        raise CellError("perhaps_a_day")
    if not found:
        raise CellError("no_day")
    starts = [0, *(match.start() for match in found[1:]), len(text)]
    parts = zip(found, starts, starts[1:], strict=False)
    return [
        Jotted(_real(match, year), (text[start : match.start()] + text[match.end() : end]).strip(_EDGES))
        for match, start, end in parts
    ]


def _real(match, year):
    try:
        month = match["m"] or match["month"] or match["dotted"]
        return date(int(match["year"] or year), int(month), int(match["day"]))
    except ValueError:
        raise CellError("not_a_day")


def _from_figure(value, year, date1904):
    """3.15 as a number is 15 March; 3.1 may be the 1st or the 10th, which Excel writes alike."""
    if isinstance(value, float) and 1 <= value < 13 and not value.is_integer():
        month, _dot, day = f"{value:.10g}".partition(".")
        if len(day) == 1 and _exists(year, int(month), int(day) * 10):
            raise CellError("two_days")
        if len(day) <= 2 and _exists(year, int(month), int(day)):
            return date(year, int(month), int(day))
        raise CellError("not_a_day")
    try:
        return parse_date(value, date1904=date1904)
    except (ValueError, OverflowError) as error:
        partial = isinstance(error, DateError) and error.partial
        raise CellError("no_day" if partial else "not_a_day")


def _exists(year, month, day):
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def one_day(cell, *, year, date1904=False):
    days = jotted(cell, year=year, date1904=date1904)
    if len(days) > 1:
        raise CellError("several_days")
    return days[0].day


def how(words):
    """(Method or "", whether they were reached, what is left to tell) of the words beside a day."""
    method = next((method for method, pattern in _WORDS_OF if pattern.search(words)), "")
    rest = words
    for _method, pattern in _WORDS_OF:
        rest = pattern.sub("", rest)
    return method, not _NOT_REACHED.search(words), words if rest.strip(_EDGES + "联系") else ""


def value_for(field, cell, *, year, date1904=False):
    """The cell as a value of a model field."""
    if cell is FORMULA or (isinstance(cell, str) and cell.lstrip()[:1] in ("=", "＝")):
        raise CellError("formula")
    if isinstance(field, models.DateField):
        return one_day(cell, year=year, date1904=date1904)
    text = unicodedata.normalize("NFC", cell_text(cell)).strip()
    if field.choices:
        return _choice(field, text)
    if isinstance(field, models.BooleanField):
        return _yes_or_no(text)
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return _number(field, text)
    if field.max_length and len(text) > field.max_length:
        raise CellError("too_long", limit=field.max_length)
    return text


def _choice(field, text):
    words = {}
    for language in ("en", "zh-hans"):
        with override(language):
            words |= {str(label).casefold(): value for value, label in field.flatchoices if value != ""}
    value = words.get(text.casefold(), text if text in dict(field.flatchoices) else None)
    if value is None:
        raise CellError("choice", words="、".join(str(label) for code, label in field.flatchoices if code != ""))
    return value


def _yes_or_no(text):
    for value, words in ((True, ("是", "有", "yes", "√", "✓", "true")), (False, ("否", "没有", "no", "×", "false"))):
        if text.casefold() in words:
            return value
    raise CellError("choice", words="是、否")


def _number(field, text):
    plain = re.sub(r"[,，\s]|元$|人$|次$|户$|名$", "", unicodedata.normalize("NFKC", text))
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise CellError("number")
    whole = isinstance(field, models.IntegerField)
    if not number.is_finite() or abs(number) > 10**9 or (whole and number != int(number)):
        raise CellError("number")
    return int(number) if whole else number
