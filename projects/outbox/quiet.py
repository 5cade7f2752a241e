"""Hours in which nothing goes out: a dated setting of the house, a town or a branch."""

from datetime import datetime, time, timedelta

from members.models import Setting
from xitun.lib.dates import SHANGHAI
from xitun.lib.workdays import is_workday

KEY = "quiet_hours"
DEFAULT = {"from": "21:00", "to": "07:30", "rest_days": False}
LONGEST = 40  # days without a working day: more than any holiday


class QuietHours:
    """The rules in force on a day; one query however many places are asked for."""

    def __init__(self, day):
        self.rules = Setting.values_on(KEY, day=day)

    def rule(self, path):
        """The rule nearest upwards of `path`."""
        nearest = (path[:end] for end in range(len(path), -1, -4))
        return next((self.rules[place] for place in nearest if place in self.rules), DEFAULT)

    def over(self, path, moment):
        """The first moment from `moment` on at which something may go out there."""
        return over(self.rule(path), moment)


def over(rule, moment):
    """`moment` itself when `rule` lets something go out then, else the first moment after that it does."""
    begins, ends = time.fromisoformat(rule["from"]), time.fromisoformat(rule["to"])
    local = moment.astimezone(SHANGHAI)
    for _day in range(LONGEST):
        if rule.get("rest_days") and not is_workday(local.date()):
            local = _at(local, time.min, days=1)
        elif begins > ends and local.time() >= begins:
            local = _at(local, ends, days=1)
        elif (begins > ends and local.time() < ends) or begins <= local.time() < ends:
            local = _at(local, ends)
        else:
            return local
    return local


def _at(local, clock, days=0):
    return datetime.combine(local.date() + timedelta(days=days), clock, SHANGHAI)
