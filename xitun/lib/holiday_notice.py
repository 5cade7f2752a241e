"""Reading a year's holidays from the notice that the State Council's office publishes each November
(国务院办公厅关于…年部分节假日安排的通知), pasted as it stands, or from one day a line. No models, no I/O.

一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
2027-02-14 上班 春节
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from xitun.lib.typed_dates import DateError, parse_date

LONGEST = 20_000  # characters; a notice has a thousand
_YEAR = re.compile(r"(\d{4})年(?:部分)?节假日安排")
_ITEM = re.compile(r"(?:^|[\s。;])[一二三四五六七八九十]+、\s*([^:。]{2,16}):")
_BRACKET = re.compile(r"\(([^()]*)\)")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(\([^()]*\))?")
_TO = re.compile(r"\s*(?:至|到|-|—|~)+\s*")
_TOTAL = re.compile(r"共\s*(\d+)\s*天")
_FREE = {"休", "休息", "假", "放假"}
_WORKS = {"上班", "班", "工作"}
_NAMES = "一二三四五六日"


@dataclass(frozen=True)
class Day:
    """A day on which the weekday does not decide: free (a holiday) or worked in lieu of one."""

    day: date
    works: bool
    name: str


class NoticeError(ValueError):
    """What was pasted cannot be read; the words say where and why."""


def notice_year(text):
    """The year a notice names in its title, or None."""
    found = _YEAR.search(_plain(text))
    return int(found[1]) if found else None


def read_notice(text, year):
    """[Day] of `year`, by day. Raises NoticeError when a date, a weekday or a number of days contradicts another, or
    when there is nothing to read."""
    text = _plain(text)
    if len(text) > LONGEST:
        raise NoticeError(_("This is too long to be a year's holidays."))
    named = notice_year(text)
    if named and named != year:
        raise NoticeError(_("This is the notice for %(named)s, not for %(year)s.") % {"named": named, "year": year})
    items = list(_ITEM.finditer(text))
    days = _items(text, items, year) if items else _lines(text)
    found = {}
    for day in days:
        if day.day in found and found[day.day].works != day.works:
            raise NoticeError(_("%(day)s is said to be free and to be worked.") % {"day": day.day.isoformat()})
        found.setdefault(day.day, day)
    if not found:
        raise NoticeError(_("No day was found in this. Paste the whole notice, or write one day a line."))
    return [found[day] for day in sorted(found)]


def _plain(text):
    return unicodedata.normalize("NFKC", text).replace("〔", "(").replace("〕", ")")


def _items(text, items, year):
    for number, item in enumerate(items):
        end = items[number + 1].start() if number + 1 < len(items) else len(text)
        name = item[1].strip()
        for sentence in re.split(r"[。;\n]", text[item.end() : end]):
            yield from _sentence(sentence, name, year)


def _sentence(sentence, name, year):
    works, free = "上班" in sentence, "放假" in sentence
    if not (works or free):
        return
    days = list(_days(sentence, year))
    total = _TOTAL.search(sentence)
    if free and total and int(total[1]) != len(days):
        words = _("“%(name)s” says %(total)s days, but %(found)s were read: %(text)s")
        raise NoticeError(words % {"name": name, "total": total[1], "found": len(days), "text": sentence.strip()})
    for day in days:
        yield Day(day, works and not free, name)


def _days(sentence, year):
    """Every day a sentence names, ranges filled; a part without its month is in the month before it."""
    month, last, end = 0, None, 0
    for found in _DAY.finditer(sentence):
        month = int(found[2] or month)
        day = _date(int(found[1] or year), month, int(found[3]), found[0])
        _check_weekday(day, found[4] or "")
        if last and _TO.fullmatch(sentence[end : found.start()]):
            if not last < day < last + timedelta(days=15):
                raise NoticeError(_("Not a stretch of days: %(text)s") % {"text": sentence.strip()})
            yield from (last + timedelta(days=n) for n in range(1, (day - last).days + 1))
        else:
            yield day
        last, end = day, found.end()


def _date(year, month, day, text):
    try:
        return date(year, month, day)
    except ValueError:
        raise NoticeError(_("There is no such day: %(text)s") % {"text": text}) from None


def _check_weekday(day, bracket):
    said = _WEEKDAY.search(bracket)
    if said and said[1].replace("天", "日") != _NAMES[day.weekday()]:
        words = _("%(day)s is no %(weekday)s. Is this the notice of another year?")
        raise NoticeError(words % {"day": day.isoformat(), "weekday": said[0]})


def _lines(text):
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _line(number, line.strip())


def _line(number, line):
    first, *words = re.split(r"[\s,;、]+", line)
    states = [word for word in words if word in _WORKS | _FREE]
    try:
        day = parse_date(first) if len(states) == 1 else None
    except DateError:
        day = None
    if day is None:
        words = _("Line %(n)s cannot be read: %(text)s. Write a date, then 休 or 上班, then the name.")
        raise NoticeError(words % {"n": number, "text": line[:40]})
    return Day(day, states[0] in _WORKS, "".join(word for word in words if word not in states)[:20])
