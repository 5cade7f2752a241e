"""A record's page: /records/<pk>/."""

import pytest

from members import actions as members_acts
from members.models import Category
from projects.actions import Entry, save_record
from projects.models import Record
from tests.conftest import TODAY, enrolled


@pytest.fixture
def record(as_user, cast, due, form_url, filled):
    as_user(cast.secretary).post(form_url, filled | {"narrative": "秋后返乡"}, follow=True)  # spends the message
    return Record.objects.get()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("staff", 200),
        ("director", 200),
        ("admin", 200),
        ("reader", 200),
        ("neighbour", 404),
        ("outsider", 404),
    ],
)
def test_it_opens_in_scope_only(as_user, cast, record, who, status):
    response = as_user(getattr(cast, who)).get(f"/records/{record.pk}/")
    assert response.status_code == status


def test_it_leads_back_to_the_one_whom_it_concerns(as_user, cast, record, person):
    back = f'<a class="back" href="/people/{person.pk}/">'
    assert back in as_user(cast.secretary).get(f"/records/{record.pk}/").content.decode()


def test_it_shows_what_was_written_and_settled(as_user, cast, record):
    text = as_user(cast.secretary).get(f"/records/{record.pk}/", headers={"Accept-Language": "en"}).content.decode()
    for words in ("张建国", "工地务工", "秋后返乡", "槐树湾书记", "quarterly follow-up"):
        assert words in text


def test_it_says_days_as_they_are_said_everywhere(as_user, cast, due, form_url, filled):
    promise = {"promised": "办好孩子转学", "promised_by": "2026-10-12"}
    as_user(cast.secretary).post(form_url, filled | promise, follow=True)
    text = as_user(cast.secretary).get(f"/records/{Record.objects.get().pk}/").content.decode()
    assert "2026年10月12日" in text
    assert "2026-10-12" not in text


def test_it_lets_readers_look_but_not_take_back(as_user, cast, record):
    reader = as_user(cast.reader).get(f"/records/{record.pk}/").content.decode()
    assert "/void/" not in reader
    assert "/void/" in as_user(cast.staff).get(f"/records/{record.pk}/").content.decode()


def test_it_shows_the_new_branch_only_the_one_who_moved_there(as_user, cast, town, person, enrolment):
    other = enrolled(town.huaishuwan, "马文海", Category.MOBILE, by=cast.staff)
    entry = Entry(
        kind="joint.family_visit",
        unit=town.huaishuwan,
        happened_on=TODAY,
        submission_id="11111111-1111-4111-8111-111111111111",
        enrolments=(enrolment, other.enrolments.get()),
    )
    record = save_record(by=cast.secretary, entry=entry)
    members_acts.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=TODAY)
    text = as_user(cast.neighbour).get(f"/records/{record.pk}/").content.decode()
    assert "张建国" in text
    assert "马文海" not in text
    own = as_user(cast.secretary).get(f"/records/{record.pk}/").content.decode()
    assert "张建国" in own
    assert "马文海" in own
    assert f"/people/{person.pk}/" not in own


@pytest.mark.parametrize("pk", ["0", "99999999", "99999999999999999999999"])
def test_it_is_not_found(as_user, cast, pk):
    assert as_user(cast.secretary).get(f"/records/{pk}/").status_code == 404
