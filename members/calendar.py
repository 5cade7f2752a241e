"""The year as an office works it: the days on which the weekday does not decide, and who knows them."""

from dataclasses import dataclass

from django.utils.translation import get_language

from members.models import Holiday
from xitun.lib.workdays import DAY, knows_year, published, published_names

NOTICE_MONTH = 11  # the State Council's office publishes a year's holidays in the November before


@dataclass
class Feast:
    """One holiday: its free days as stretches [(first, last)], and the days worked in lieu."""

    name: str
    free: list
    worked: list


def feasts(days):
    """[Feast] by their first free day. `days`: xitun.lib.holiday_notice.Day, Holiday, or the like."""
    found = {}
    for row in sorted(days, key=lambda row: row.day):
        feast = found.setdefault(row.name, Feast(row.name, [], []))
        if row.works:
            feast.worked.append(row.day)
        elif feast.free and feast.free[-1][1] + DAY == row.day:
            feast.free[-1] = (feast.free[-1][0], row.day)
        else:
            feast.free.append((row.day, row.day))
    return sorted(found.values(), key=lambda feast: feast.free[0][0] if feast.free else feast.worked[0])


def days_of(year):
    """What is known of a year: the library's days, else the office's own; [] when nobody knows."""
    table = published(year)
    if not table:
        return list(Holiday.objects.filter(superseded_at=None, day__year=year).select_related("recorded_by"))
    chinese = (get_language() or "zh").startswith("zh")
    names = {day: pair[chinese] for day, pair in published_names(year).items()}
    return [Holiday(day=day, works=works, name=names[day]) for day, works in table.items()]


def year_asked_for(day):
    """The year whose holidays somebody should enter now, or None: the running one, and from November on the next."""
    years = [day.year, *([day.year + 1] if day.month >= NOTICE_MONTH else [])]
    return next((year for year in years if not knows_year(year)), None)
