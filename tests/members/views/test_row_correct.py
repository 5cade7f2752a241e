"""/people/<pk>/history/<kind>/<row>/: one day of the history put right."""

from datetime import date

import pytest

from members import actions
from members.models import Category
from tests.conftest import enrolled

SINCE, MOVED, TRUE = date(2025, 5, 20), date(2026, 3, 10), "2026-02-01"


def url(person, kind, row):
    return f"/people/{person.pk}/history/{kind}/{row.pk}/"


@pytest.fixture
def moved(town, cast, person):
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=MOVED)
    actions.hold_post(by=cast.staff, unit=town.liulin, title="村文书", person=person, from_date=MOVED)
    return person


def rows(person):
    """[(kind, open row)]."""
    held = {"to_date": None, "superseded_at": None}
    return [
        ("branch", person.memberships.get(**held)),
        ("standing", person.standings.get(**held)),
        ("category", person.enrolments.get(**held)),
        ("post", person.posts.get(**held)),
    ]


def test_the_history_links_each_row_for_who_decides(as_user, cast, moved):
    body = as_user(cast.staff).get(f"/people/{moved.pk}/history/").content.decode()
    for kind, row in rows(moved):
        assert url(moved, kind, row) in body
    for name in ("neighbour", "reader", "admin"):
        body = as_user(getattr(cast, name)).get(f"/people/{moved.pk}/history/").content.decode()
        assert "/history/branch/" not in body


def test_it_corrects_each_kind(as_user, cast, moved):
    client = as_user(cast.staff)
    for kind, row in rows(moved):
        row.refresh_from_db()
        page = client.get(url(moved, kind, row))
        assert page.context["form"].initial["from_date"] == row.from_date
        sent = {"from_date": TRUE, "reason": "介绍信", "title": "村文书", "standing": "full"}
        if kind == "category":
            sent["from_date"] = "2026-2-20"
            refused = client.post(url(moved, kind, row), sent)
            assert refused.status_code == 422
            assert "转接组织关系的日期" in refused.content.decode()
            continue
        response = client.post(url(moved, kind, row), sent, follow=True)
        assert response.redirect_chain == [(f"/people/{moved.pk}/history/", 302)]
        assert "仍留在历史中" in response.content.decode()
    held = moved.memberships.filter(superseded_at=None).order_by("from_date")
    assert [row.from_date for row in held] == [SINCE, date(2026, 2, 1)]
    assert moved.posts.get(superseded_at=None).from_date == date(2026, 2, 1)
    former = client.get(f"/people/{moved.pk}/history/").context["rows"]
    assert len([row for row in former if row.superseded]) == 6  # two branches, a standing, two stays, a post


def test_it_shows_what_is_wrong_and_keeps_what_was_typed(as_user, cast, moved):
    kind, row = rows(moved)[0]
    response = as_user(cast.staff).post(url(moved, kind, row), {"from_date": "2019-01-01", "reason": "旧名册"})
    assert response.status_code == 422
    body = response.content.decode()
    assert "前一条是从" in body
    assert "旧名册" in body
    assert as_user(cast.staff).post(url(moved, kind, row), {"from_date": TRUE}).status_code == 422


def test_it_opens_for_who_decides_there_and_for_rows_that_hold(as_user, cast, town, moved):
    for kind, row in rows(moved):
        for name, status in {"neighbour": 403, "reader": 403, "admin": 403, "director": 200}.items():
            assert as_user(getattr(cast, name)).get(url(moved, kind, row)).status_code == status, (kind, name)
        assert as_user(cast.outsider).get(url(moved, kind, row)).status_code == 404
        stranger = enrolled(town.huaishuwan, "白乙", None, by=cast.staff)
        assert as_user(cast.staff).get(url(stranger, kind, row)).status_code == 404
    assert as_user(cast.staff).get(url(moved, "mood", rows(moved)[0][1])).status_code == 404
    branch = rows(moved)[0][1]
    actions.correct_membership(by=cast.staff, row=branch, from_date=date(2026, 2, 1), reason="介绍信")
    assert as_user(cast.staff).get(url(moved, "branch", branch)).status_code == 404


def test_a_row_of_another_town_is_not_there(as_user, cast, town, person):
    old = person.memberships.get()
    actions.transfer_person(by=None, person=person, unit=town.foreign, on=MOVED)
    assert as_user(cast.outsider).get(url(person, "branch", old)).status_code == 404
    body = as_user(cast.outsider).get(f"/people/{person.pk}/history/").content.decode()
    assert url(person, "branch", old) not in body


def test_a_restricted_row_asks_for_its_right(as_user, cast, town):
    someone = enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    row = someone.enrolments.get()
    assert as_user(cast.reader).get(url(someone, "category", row)).status_code == 404
    assert as_user(cast.secretary).get(url(someone, "category", row)).status_code == 403
    assert as_user(cast.staff).get(url(someone, "category", row)).status_code == 200


def test_two_taps_are_one_correction(as_user, cast, moved):
    client = as_user(cast.staff)
    for kind, row in rows(moved):
        if kind == "category":
            continue
        sent = {"from_date": TRUE, "reason": "介绍信", "title": "村文书", "standing": "full"}
        if kind == "post":
            sent["seen"] = client.get(url(moved, kind, row)).context["form"]["seen"].value()
        for _tap in range(2):
            assert client.post(url(moved, kind, row), sent).url == f"/people/{moved.pk}/history/"
    assert moved.memberships.filter(superseded_at=None).count() == 2
    assert moved.posts.count() == 2


def test_the_other_of_two_who_correct_is_told(as_user, cast, moved):
    post = moved.posts.get()
    page = as_user(cast.director).get(url(moved, "post", post))
    seen = page.context["form"]["seen"].value()
    actions.correct_post(by=cast.staff, row=post, from_date=date(2026, 2, 1), title="村文书", reason="任职文件")
    sent = {"from_date": "2026-01-05", "title": "村文书", "reason": "另有文件", "seen": seen}
    response = as_user(cast.director).post(url(moved, "post", post), sent)
    assert response.status_code == 422
    assert "刚才已被更正" in response.content.decode()
