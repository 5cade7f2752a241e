"""When something may go out."""

from datetime import date, datetime

import pytest

from members import actions
from projects.outbox.quiet import DEFAULT, QuietHours, over
from tests.conftest import TODAY
from xitun.lib.dates import SHANGHAI

DAY = {"from": "12:00", "to": "14:00", "rest_days": False}
NEVER = {"from": "00:00", "to": "00:00", "rest_days": False}


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "asked", "allowed"),
    [
        (DEFAULT, "2026-09-21 20:59", "2026-09-21 20:59"),
        (DEFAULT, "2026-09-21 21:00", "2026-09-22 07:30"),
        (DEFAULT, "2026-09-22 00:10", "2026-09-22 07:30"),
        (DEFAULT, "2026-09-22 07:30", "2026-09-22 07:30"),
        (DAY, "2026-09-22 13:00", "2026-09-22 14:00"),
        (DAY, "2026-09-22 23:00", "2026-09-22 23:00"),
        (NEVER, "2026-09-22 03:00", "2026-09-22 03:00"),
        (DEFAULT | {"rest_days": True}, "2026-09-26 10:00", "2026-09-28 07:30"),
        (DEFAULT | {"rest_days": True}, "2026-09-30 22:00", "2026-10-08 07:30"),  # National Day
        (DEFAULT | {"rest_days": True}, "2026-09-20 10:00", "2026-09-20 10:00"),  # a Sunday worked in lieu
    ],
)
def test_it_waits_for_the_end_of_the_quiet(rule, asked, allowed):
    assert over(rule, moment(asked)) == moment(allowed)


def test_it_takes_the_rule_of_the_nearest_place_in_force(town):
    late = {"from": "22:00", "to": "06:00", "rest_days": False}
    actions.set_practice(by=None, key="quiet_hours", value=late, from_date=TODAY, unit=town.xitun)
    tonight = moment("2026-09-21 21:30")
    assert QuietHours(TODAY).over(town.huaishuwan.path, tonight) == tonight
    assert QuietHours(TODAY).over(town.foreign.path, tonight) == moment("2026-09-22 07:30")
    assert QuietHours(date(2026, 9, 20)).over(town.huaishuwan.path, tonight) == moment("2026-09-22 07:30")
