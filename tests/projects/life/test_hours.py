"""Study hours: computed from who came, studied and made up; a target for members, a higher one for those who lead."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from members.models import Setting
from projects import actions
from projects.life.counts import studied
from tests.conftest import TODAY
from tests.queries import page_queries
from xitun.lib.dates import Year

pytestmark = pytest.mark.django_db
YEAR = Year.of(TODAY)


def of(town, person):
    return next(row for row in studied(town.huaishuwan, YEAR, TODAY) if row.person == person)


def test_it_adds_up_attendance_study_and_make_up(branch, hold, make_up, town):
    make_up(hold(leave=[branch.an]), [branch.an], hours=2)
    hold("study", hours=Decimal("1.5"))
    voided = hold("study", hours=9)
    actions.void_record(by=voided.author, record=voided, reason="重复")
    hold("study", on=date(2025, 12, 30), hours=8)
    assert of(town, branch.an).hours == Decimal("3.5")
    assert of(town, branch.deng).hours == Decimal("5.5")


def test_it_asks_more_of_the_committee(branch, hold, town):
    hold(hours=10)
    assert (of(town, branch.an).target, of(town, branch.an).lacking) == (56, 46)
    assert (of(town, branch.deng).target, of(town, branch.deng).lacking) == (32, 22)
    Setting.objects.create(unit=town.xitun, key="study_hours", value=40, from_date=date(2026, 1, 1))
    assert of(town, branch.deng).target == 40


def test_it_never_counts_the_old_and_sick_as_short(branch, cast, town):
    assert of(town, branch.bai).flexible
    assert of(town, branch.bai).lacking == 0
    assert not of(town, branch.deng).flexible
    entry = actions.Entry(
        kind="life.flexible_study", unit=town.huaishuwan, happened_on=TODAY, submission_id=uuid4(),
        people=(branch.deng,), detail={"year": 2026},
    )  # fmt: skip
    actions.save_record(by=cast.secretary, entry=entry)
    assert of(town, branch.deng).flexible
    assert not next(r for r in studied(town.huaishuwan, Year(2025), TODAY) if r.person == branch.deng).flexible


def test_it_shows_them_in_a_constant_number_of_queries(as_user, cast, branch, hold):
    hold()
    client = as_user(cast.secretary)
    client.get("/life/hours/")
    with page_queries(10):
        page = client.get("/life/hours/?sort=lacking")
    assert [row.person.name for row in page.context["rows"]] == ["安正", "曹远", "邓新", "白玉"]


def test_it_opens_the_rows_behind_a_number(as_user, cast, branch, hold):
    meeting = hold(absent=[branch.an])
    page = as_user(cast.secretary).get(f"/life/people/{branch.an.pk}/?year=2026")
    assert [row.record for row in page.context["rows"]] == [meeting]
    assert page.context["sum"]["absent"] == 1
    assert as_user(cast.neighbour).get(f"/life/people/{branch.an.pk}/").status_code == 404
