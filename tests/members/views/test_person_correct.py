"""Correcting a file: /people/<pk>/correct/."""

from datetime import date

import pytest

from members import actions as members_acts
from members.models import AuditRow


@pytest.fixture
def url(person):
    return f"/people/{person.pk}/correct/"


@pytest.fixture
def filled(person):
    return {"name": person.name, "version": person.version, "occupation": "务工", "phone": "", "id_number": ""}


def test_it_corrects_and_keeps_what_was_left_empty(as_user, cast, person, url, filled):
    assert as_user(cast.secretary).post(url, filled)["Location"] == f"/people/{person.pk}/"
    person.refresh_from_db()
    assert (person.occupation, person.phone, person.version) == ("务工", "19912343021", filled["version"] + 1)
    assert AuditRow.objects.filter(act="correct_person", actor=cast.secretary).exists()


def test_it_changes_and_removes_the_phone_number(as_user, cast, person, url, filled):
    as_user(cast.secretary).post(url, filled | {"phone": "19900000000"})
    person.refresh_from_db()
    assert person.phone == "19900000000"
    as_user(cast.secretary).post(url, filled | {"clear_phone": "on", "version": person.version})
    person.refresh_from_db()
    assert person.phone == ""


def test_it_shows_masks_only(as_user, cast, url):
    text = as_user(cast.secretary).get(url).content.decode()
    assert "199****3021" in text
    assert "19912343021" not in text


def test_it_shows_both_versions_when_somebody_was_first(as_user, cast, person, url, filled):
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, occupation="电焊工")
    response = as_user(cast.secretary).post(url, filled | {"phone": "19900000000"})
    assert response.status_code == 409
    text = response.content.decode()
    assert "务工" in text
    assert "电焊工" in text
    assert "党建办干部" in text
    assert "19900000000" not in text
    person.refresh_from_db()
    assert person.occupation == "电焊工"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", ""),
        ("version", "x"),
        ("name", ""),
        ("id_number", "620000"),
        ("birth_date", "昨天"),
        ("address", "长" * 121),
        ("joined_on", "9" * 40),
    ],
)
def test_it_shows_what_is_wrong(as_user, cast, url, filled, field, value):
    response = as_user(cast.secretary).post(url, filled | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("staff", 200), ("neighbour", 404), ("outsider", 404), ("admin", 403), ("reader", 403)],
)
def test_it_opens_for_those_who_may_write(as_user, cast, url, filled, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url).status_code == status
    assert client.post(url, filled).status_code == (302 if status == 200 else status)


def test_it_takes_the_reading_of_a_name(as_user, cast, person, url, filled):
    refused = as_user(cast.secretary).post(url, filled | {"reading": "zhang jian"})
    assert refused.status_code == 422
    as_user(cast.secretary).post(url, filled | {"reading": "zhang jian guai"})
    person.refresh_from_db()
    assert (person.reading, person.pinyin, person.initials) == ("zhang jian guai", "zhangjianguai", "zjg")
    as_user(cast.secretary).post(url, filled | {"name": "张建民", "reading": person.reading, "version": person.version})
    person.refresh_from_db()
    assert (person.reading, person.pinyin) == ("", "zhangjianmin")


def test_it_lets_one_choose_field_by_field_when_somebody_saved_first(as_user, cast, person, url, filled):
    mine = filled | {"occupation": "务工", "education": "高中", "phone": "19900000000"}
    theirs = {"occupation": "养殖", "education": "中专"}
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, **theirs)
    client = as_user(cast.secretary)
    answer = client.post(url, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "19912343021" not in page  # their number stays masked, and is kept by an empty box
    assert {change.name for change in answer.context["changes"]} == {"occupation", "education", "phone"}
    chosen = {"take-occupation": "mine", "take-education": "theirs", "phone": ""}
    assert client.post(url, dict(answer.context["same"]) | chosen).status_code == 302
    person.refresh_from_db()
    assert (person.occupation, person.education, person.phone) == ("务工", "中专", "19912343021")


def as_sent(page, **typed):
    """What a browser sends of the form: what it was shown with, and what was typed."""
    form = page.context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    before = {form.add_initial_prefix(name): shown[name] for name in shown if form.fields[name].show_hidden_initial}
    return shown | before | typed


def test_it_asks_only_about_what_both_changed(as_user, cast, person, url):
    client = as_user(cast.secretary)
    page = client.get(url)
    mine = as_sent(page, address="东坡村三社", occupation="务工", joined_on="2001-07-01")
    assert f'name="initial-name" value="{person.name}"' in page.content.decode()
    theirs = {"occupation": "养殖", "education": "大专"}
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, **theirs)
    answer = client.post(url, mine)
    assert [change.name for change in answer.context["changes"]] == ["occupation"]
    assert {str(part.words) for part, _theirs in answer.context["together"]} == {"东坡村三社", "2001年7月1日"}
    client.post(url, dict(answer.context["same"]) | {"take-occupation": "theirs"})
    person.refresh_from_db()
    assert (person.occupation, person.education, person.address) == ("养殖", "大专", "东坡村三社")
    assert person.joined_on == date(2001, 7, 1)


def test_two_who_change_different_things_lose_nothing(as_user, cast, person, url):
    client = as_user(cast.secretary)
    mine = as_sent(client.get(url), address="东坡村三社")
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, education="大专")
    answer = client.post(url, mine)
    assert (answer.status_code, answer.context["changes"]) == (409, [])
    assert client.post(url, dict(answer.context["same"])).status_code == 302
    person.refresh_from_db()
    assert (person.education, person.address) == ("大专", "东坡村三社")


@pytest.mark.parametrize("forged", ["昨天", "9" * 40, None])
def test_what_is_not_known_to_have_stood_there_is_asked(as_user, cast, person, url, filled, forged):
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, education="大专")
    sent = filled | {"joined_on": "2001-07-01"} | ({"initial-joined_on": forged} if forged else {})
    answer = as_user(cast.secretary).post(url, sent)
    assert {change.name for change in answer.context["changes"]} == {"occupation", "joined_on"}


def test_what_was_emptied_is_empty_and_what_was_not_touched_stays(as_user, cast, person, url):
    members_acts.correct_person(by=None, person=person, version=person.version, occupation="务工", address="一社")
    client = as_user(cast.secretary)
    sent = as_sent(client.get(url)) | {"occupation": ""}
    assert client.post(url, sent).status_code == 302
    person.refresh_from_db()
    assert (person.occupation, person.address, person.phone) == ("", "一社", "19912343021")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_shows_days_as_people_read_them(as_user, cast, person, url, filled, language):
    theirs = date(1981, 4, 5)
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, birth_date=theirs)
    client = as_user(cast.secretary)
    client.cookies["django_language"] = language
    answer = client.post(url, filled | {"birth_date": "1980-03-02"})
    saved, mine = ("1981年4月5日", "1980年3月2日") if language == "zh-hans" else ("5 Apr 1981", "2 Mar 1980")
    assert saved in answer.content.decode()
    assert mine in answer.content.decode()
    chosen = dict(answer.context["same"]) | {"take-birth_date": "theirs"}
    assert client.post(url, chosen).status_code == 302
    person.refresh_from_db()
    assert person.birth_date == theirs


@pytest.mark.parametrize(("choice", "number"), [("theirs", "19900000000"), ("mine", "")])
def test_a_number_that_one_took_out_and_another_changed_is_chosen(as_user, cast, person, url, filled, choice, number):
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, phone="19900000000")
    client = as_user(cast.secretary)
    page = client.post(url, filled | {"clear_phone": "on"})
    assert "19900000000" not in page.content.decode()
    assert client.post(url, dict(page.context["same"]) | {"take-phone": choice}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.occupation) == (number, "务工")


def test_a_number_both_have_typed_stands_nowhere_on_the_page(as_user, cast, person, url, filled):
    theirs = {"phone": "19900000000", "occupation": "电焊工"}
    members_acts.correct_person(by=cast.staff, person=person, version=person.version, **theirs)
    client = as_user(cast.secretary)
    page = client.post(url, filled | {"phone": "19900000000"})
    assert "19900000000" not in page.content.decode()
    assert client.post(url, dict(page.context["same"]) | {"take-occupation": "mine"}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.occupation) == ("19900000000", "务工")
