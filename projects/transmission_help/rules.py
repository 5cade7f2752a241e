"""Decisions of the residual-warmth project: pure functions over values."""

from members.suggestions import ELDERLY_AGE
from xitun.lib.dates import add_years, age_on

MEDAL_YEARS = 50  # 光荣在党50年纪念章


def may_enter(*, birth_date, day, agrees, frail=False, age=ELDERLY_AGE.default):
    """Elderly: the age of the setting, or frailty; the member agrees. Never automatic."""
    return agrees and (frail or (birth_date is not None and age_on(birth_date, day) >= age))


def medal_due(*, joined_on, day):
    """Whether fifty years of membership are complete on `day` [R]."""
    return joined_on is not None and add_years(joined_on, MEDAL_YEARS) <= day


def age(row):
    """Ledger column 年龄, in whole years on the ledger's day."""
    return age_on(row.person.birth_date, row.day) if row.person.birth_date else ""


def party_age(row):
    """Ledger column 党龄, in whole years since joining."""
    return age_on(row.person.joined_on, row.day) if row.person.joined_on else ""


def care(row):
    """Ledger column 走访慰问: the newest day of a visit or condolence."""
    days = [last.happened_on for last in (row.last("visit"), row.last("condolence")) if last]
    return max(days, default="")
