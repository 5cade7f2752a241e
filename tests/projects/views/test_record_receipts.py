"""Sending learning material: the text to copy, who has not answered, one tap for several."""

import uuid

import pytest

from members.models import Category
from projects.models import Due, Receipt, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled


@pytest.fixture
def other(town, cast):
    return enrolled(town.huaishuwan, "李某", Category.MOBILE, by=cast.staff).enrolments.get()


@pytest.fixture
def url(person, other):
    open_dues(TODAY)
    return f"/projects/joint/enrolments/{person.enrolments.get().pk}/records/learning-push/new/"


def sent(page, **more):
    return {
        "title": "党章学习", "text": "https://example.org/1", "channel": "group", "happened_on": "2026-09-21",
        "submission_id": str(uuid.uuid4()), "together": page.context["form"]["together"].value(),
        "dues": page.context["form"]["dues"].value(), **more,
    }  # fmt: skip


def test_it_shows_the_text_to_copy_before_anything_is_saved(as_user, cast, url):
    client = as_user(cast.secretary)
    page = client.post(url, sent(client.get(url), prepare="1"))
    assert page.status_code == 200
    assert page.context["message"].splitlines()[:2] == ["【学习】党章学习", "https://example.org/1"]
    assert not Record.objects.exists()
    assert client.post(url, sent(page, title="", prepare="1")).status_code == 422


def test_all_who_owe_it_are_ticked_and_settled_at_once(as_user, cast, url, other):
    client = as_user(cast.secretary)
    page = client.get(url)
    assert page.context["form"]["together"].value() == [str(other.pk)]
    client.post(url, sent(page))
    assert Record.objects.get().subjects.count() == 2
    assert not Due.objects.open().filter(duty="joint.learning").exists()


def test_several_receipts_are_noted_in_one_tap_and_undone(as_user, cast, url, person, other):
    client = as_user(cast.secretary)
    client.post(url, sent(client.get(url)))
    page = f"/records/{Record.objects.get().pk}/"
    assert "未回复" in client.get(page).content.decode()
    both = {"people": [person.pk, other.person_id], "on": "2026-09-21", "answer": "read"}
    assert client.post(f"{page}receipts/", both).status_code == 302
    assert client.get(page).context["receipts"]["form"] is None
    client.post(f"/receipts/{Receipt.objects.get(person=person).pk}/undo/")
    assert list(Receipt.objects.live().values_list("person", flat=True)) == [other.person_id]
    again = client.post(f"{page}receipts/", both | {"people": [other.person_id]})
    assert again.status_code == 422, "who has answered is not offered"


def test_a_decision_of_the_town_is_not_the_branch_s_to_enter(as_user, cast, person):
    base = f"/projects/joint/enrolments/{person.enrolments.get().pk}/records/out-of-contact/new/"
    chooser = f"/records/new/?person={person.pk}"
    assert as_user(cast.secretary).get(base).status_code == 403
    assert "out-of-contact" not in as_user(cast.secretary).get(chooser).content.decode()
    assert "out-of-contact" in as_user(cast.staff).get(chooser).content.decode()
    values = {"reason": "多方查找", "happened_on": "2026-09-21", "submission_id": str(uuid.uuid4())}
    assert as_user(cast.staff).post(base, values).status_code == 302
    record = Record.objects.get()
    for path in (f"/records/{record.pk}/void/", f"/records/{record.pk}/amend/"):
        assert as_user(cast.secretary).post(path, {"reason": "不同意"}).status_code == 403
