"""A ledger with both days: what was true on the one, as far as it had been entered by the end of the other."""

import uuid
from datetime import date

import pytest
from django.utils import translation

from members import actions as members_acts
from members.models import Category, Standing
from projects import actions
from projects.amending import amend_record
from projects.bin import restore_record
from tests.conftest import enrolled
from tests.projects.ledger_cells import table, write

FEBRUARY, MARCH, MAY, JULY = (date(2026, month, 10) for month in (2, 3, 5, 7))
GONE = {"departs_on": FEBRUARY, "destination": "兰州"}


@pytest.fixture
def stay(town, cast, on_day):
    return on_day(FEBRUARY, lambda: enrolled(town.huaishuwan, "张某", Category.MOBILE, by=cast.staff)).enrolments.get()


@pytest.fixture
def seen(town, cast):
    """`seen("joint", "destination", on, known)`: what stands in a column."""

    def ask(code, key, on, known):
        return [row[key] for row in table(code, cast.staff, town.xitun, on, known=known)]

    return ask


def test_a_record_put_right_shows_its_former_version(town, cast, stay, seen, on_day):
    """A late entry, put right, taken back: each seen from before and after."""
    first = on_day(MARCH, lambda: write(cast.secretary, "joint.departure", FEBRUARY, stay, **GONE))
    detail = GONE | {"destination": "石河子"}
    entry = actions.Entry("joint.departure", town.huaishuwan, FEBRUARY, uuid.uuid4(), (stay,), detail=detail)
    put_right = {"by": cast.secretary, "record": first, "entry": entry, "reason": "地点写错"}
    second = on_day(MAY, lambda: amend_record(**put_right))
    on_day(JULY, lambda: actions.void_record(by=cast.staff, record=second, reason="未外出"))
    days = (FEBRUARY, MARCH, MAY, JULY, None)
    known = [seen("joint", "destination", JULY, day) for day in days]
    assert known == [[""], ["兰州"], ["石河子"], [""], [""]]
    read = [table("joint", cast.reader, town.xitun, JULY, known=day) for day in days]
    assert [[row["destination"] for row in rows] for rows in read] == known  # who only reads has the same ledger


def test_the_days_and_standings_are_those_believed_then(town, cast, seen, on_day):
    """Seen from March nobody knew of the standing since February, nor that the stay would end."""
    fields = {"by": cast.staff, "standing": Standing.APPLICANT, "since": FEBRUARY}
    who = on_day(FEBRUARY, lambda: enrolled(town.huaishuwan, "王某", Category.DEVELOPING, **fields))
    change = {"by": cast.staff, "person": who, "standing": Standing.ACTIVIST, "on": MARCH}
    on_day(MAY, lambda: members_acts.change_standing(**change))
    end = {"by": cast.staff, "enrolment": who.enrolments.get(), "on": MAY, "reason": "放弃"}
    on_day(JULY, lambda: members_acts.end_category(**end))
    with translation.override("en"):
        known = [seen("direct", "standing", JULY, day) for day in (date(2026, 1, 1), MARCH, MAY, JULY)]
    assert known == [[], ["applicant"], ["activist"], []]


def test_a_stay_whose_days_were_put_right_keeps_its_records(cast, stay, seen, on_day):
    on_day(FEBRUARY, lambda: write(cast.secretary, "joint.departure", FEBRUARY, stay, **GONE))
    for day, true in ((MAY, MARCH), (JULY, MAY)):
        right = {"by": cast.staff, "row": stay, "from_date": true, "reason": "核对档案"}
        on_day(day, lambda right=right: members_acts.correct_stay(**right))
    assert seen("joint", "destination", FEBRUARY, MARCH) == ["兰州"]
    assert seen("joint", "destination", MARCH, MAY) == ["兰州"]
    assert seen("joint", "destination", FEBRUARY, None) == seen("joint", "destination", MARCH, JULY) == []


def test_a_post_that_was_left_or_put_right_later_keeps_its_records(town, cast, seen, on_day):
    post = {"by": cast.staff, "unit": town.huaishuwan, "title": "文书", "holder_name": "赵某", "from_date": FEBRUARY}
    holding = on_day(FEBRUARY, lambda: members_acts.hold_post(**post))
    task = {"area": "industry", "title": "修水渠", "due_on": MARCH}
    on_day(FEBRUARY, lambda: write(cast.secretary, "post.month_task", FEBRUARY, post=holding, **task))
    on_day(MAY, lambda: members_acts.leave_post(by=cast.staff, holding=holding, on=MARCH))
    right = {"by": cast.staff, "row": holding, "from_date": FEBRUARY, "to_date": MAY, "title": "", "reason": "核对"}
    on_day(JULY, lambda: members_acts.correct_post(**right))
    assert [seen("post", "plan", MARCH, day) for day in (MARCH, MAY, JULY)] == [["修水渠"], [], ["修水渠"]]


def test_what_was_taken_back_then_is_not_known_then_though_it_was_brought_back(cast, stay, seen, on_day):
    one = on_day(FEBRUARY, lambda: write(cast.secretary, "joint.departure", FEBRUARY, stay, **GONE))
    on_day(MARCH, lambda: actions.void_record(by=cast.staff, record=one, reason="误录"))
    on_day(MAY, lambda: restore_record(by=cast.staff, record=one))
    on_day(JULY, lambda: actions.void_record(by=cast.staff, record=one, reason="未外出"))
    on_day(JULY, lambda: restore_record(by=cast.staff, record=one))
    known = [seen("joint", "destination", JULY, day) for day in (FEBRUARY, MARCH, MAY, JULY, None)]
    assert known == [["兰州"], [""], ["兰州"], ["兰州"], ["兰州"]]
