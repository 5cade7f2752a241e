"""A branch of four members, one of them away, and a candidate; posts held; the forms of organisational life."""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from members import actions as members_acts
from members.models import Category, Standing
from projects import actions
from projects.life.rolls import roll
from projects.links import record_link
from projects.workflow import Subject
from tests.conftest import TODAY, enrolled


@pytest.fixture
def branch(town, cast):
    """`.an` holds the secretary's post, `.bai` is old, `.cao` is away, `.deng` is on probation, `.er` a candidate."""
    unit, by = town.huaishuwan, cast.staff
    people = SimpleNamespace(
        an=enrolled(unit, "安正", Category.UNEMPLOYED, by=by, birth_date=date(1980, 3, 2)),
        bai=enrolled(unit, "白玉", Category.ELDERLY, by=by, birth_date=date(1950, 3, 2)),
        cao=enrolled(unit, "曹远", Category.MOBILE, by=by),
        deng=enrolled(unit, "邓新", None, by=by, standing=Standing.PROBATIONARY),
        er=enrolled(unit, "尔来", None, by=by, standing=Standing.ACTIVIST),
    )
    members_acts.hold_post(
        by=by, unit=unit, title="党支部书记", person=people.an, holder_name="安正", from_date=date(2025, 6, 1)
    )
    return people


@pytest.fixture
def form_url(town):
    """`form_url("theme_day", due=913)`: the record form of a kind for Huaishuwan."""
    return lambda kind, **query: record_link(f"life.{kind}", Subject.UNIT, town.huaishuwan.pk, **query)


def sent(kind="theme_day", *, came=(), leave=(), absent=(), **more):
    """What the page of a meeting sends."""
    data = {"topic": "学习条例", "hours": "4", "happened_on": TODAY.isoformat(), "submission_id": str(uuid4())}
    for state, people in (("present", came), ("leave", leave), ("absent", absent)):
        data |= {f"who_{person.pk}": state for person in people}
    return data | more


@pytest.fixture
def hold(town, cast):
    """`hold("theme_day", leave=[…], absent=[…])` saves a meeting of Huaishuwan by the act; who is not named came."""

    def act(kind="theme_day", *, on=TODAY, leave=(), absent=(), hours=4, dues=(), who=None, by=None):
        rows = []
        for person in roll(town.huaishuwan, on) if who is None else who:
            state = "leave" if person in leave else "absent" if person in absent else "present"
            rows.append({"person_id": person.pk, "state": state, "hours": hours if state == "present" else 0})
        entry = actions.Entry(
            kind=f"life.{kind}", unit=town.huaishuwan, happened_on=on, submission_id=uuid4(), dues=tuple(dues),
            detail={"topic": "学习条例", "hours": hours}, rows=tuple(rows),
        )  # fmt: skip
        return actions.save_record(by=by or cast.secretary, entry=entry)

    return act


@pytest.fixture
def make_up(town, cast):
    """`make_up(meeting, [person])` notes that they have made up for it, for two hours."""

    def act(meeting, people, *, hours=2, on=TODAY):
        rows = tuple({"person_id": person.pk, "state": "present", "hours": hours} for person in people)
        entry = actions.Entry(
            kind="life.make_up", unit=town.huaishuwan, happened_on=on, submission_id=uuid4(), rows=rows,
            detail={"meeting": meeting, "how": "home", "hours": hours},
        )  # fmt: skip
        return actions.save_record(by=cast.secretary, entry=entry)

    return act
