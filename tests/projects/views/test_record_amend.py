"""/records/<pk>/amend/: the record form once more, with what was written."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members import actions as members_acts
from members.models import Category
from projects import actions
from projects.models import Draft, Record
from projects.sweep import open_dues
from tests.conftest import TODAY, enrolled
from tests.projects.conftest import FOLLOW_UP, due_of, entry, follow_up, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(mobile):
    open_dues(TODAY)
    return due_of("joint.follow_up", mobile)


@pytest.fixture
def record(cast, mobile, due):
    return actions.save_record(by=cast.secretary, entry=follow_up(mobile, dues=(due,), narrative="原话"))


def url(record):
    return f"/records/{record.pk}/amend/"


def sent(due=None, **changes):
    """What a browser sends of the form."""
    data = FOLLOW_UP | {"reached": "True", "happened_on": TODAY.isoformat(), "narrative": "原话", "reason": "写错了"}
    return data | {"submission_id": str(uuid.uuid4()), "dues": [str(due.pk)] if due else []} | changes


def test_it_shows_what_was_written(as_user, cast, record, due):
    client = as_user(cast.secretary)
    assert url(record) in client.get(f"/records/{record.pk}/").content.decode()
    form = client.get(url(record)).context["form"]
    assert form.initial["narrative"] == "原话"
    assert form["work_and_life"].value() == FOLLOW_UP["work_and_life"]
    assert form["dues"].value() == [str(due.pk)]


def test_what_no_hand_may_choose_stays_as_it_was(as_user, cast, mobile):
    """The host organisation answered through its link; putting its words right does not make it a phone call."""
    said = {"method": "link", "reached": True, "feedback": "每月参加学系"}
    record = actions.save_record(by=cast.secretary, entry=entry("joint.host_liaison", mobile, detail=said))
    client = as_user(cast.secretary)
    shown = client.get(url(record)).context["form"]["method"]
    assert [radio.data["value"] for radio in shown if radio.data["selected"]] == ["link"]
    change = sent(method="link", feedback="每月参加学习")
    assert client.post(url(record), change).status_code == 302
    row = Record.objects.live().get().projects_joint_hostliaison
    assert (row.method, row.feedback) == ("link", "每月参加学习")
    client.post(url(row.record), sent(method="phone", feedback="每月参加学习"))
    by_phone = Record.objects.live().get()
    assert by_phone.projects_joint_hostliaison.method == "phone"
    assert client.post(url(by_phone), change | {"submission_id": str(uuid.uuid4())}).status_code == 422


def test_it_writes_the_new_version(as_user, cast, record, due):
    client = as_user(cast.staff)
    response = client.post(url(record), sent(due, narrative="改后"))
    new = Record.objects.live().get()
    assert (response.status_code, response.url) == (302, f"/records/{new.pk}/")
    body = client.get(response.url).content.decode()
    assert "写错了" in body
    assert f"/records/{record.pk}/" in body
    former = client.get(f"/records/{record.pk}/").content.decode()
    assert f"/records/{new.pk}/" in former
    assert "原话" in former
    assert "#amended" not in former
    assert state_of(due) == "on_time"
    assert client.get(url(record)).url == f"/records/{new.pk}/"


def test_a_double_tap_writes_once(as_user, cast, record, due):
    client, data = as_user(cast.secretary), sent(due)
    assert client.post(url(record), data).url == client.post(url(record), data).url
    assert Record.objects.count() == 2


def test_it_says_what_is_wrong(as_user, cast, record, due):
    client = as_user(cast.secretary)
    for wrong in ({"reason": ""}, {"happened_on": "2026-12-01"}, {"happened_on": "x"}):
        response = client.post(url(record), sent(due, narrative="改后", **wrong))
        assert response.status_code == 422
        assert "改后" in response.content.decode()
    assert Record.objects.live().get() == record


def conflict(as_user, cast, record, due, theirs, mine):
    """(client, page): the secretary's answer to what the town's staff had put right a moment before."""
    assert as_user(cast.staff).post(url(record), sent(due, **theirs)).status_code == 302
    client = as_user(cast.secretary)
    page = client.post(url(record), sent(due, **mine))
    assert page.status_code == 409
    return client, page


def again(client, page, **choices):
    """Sends the page of a conflict with the choices made on it, as a browser does; the new version."""
    body = page.content.decode()
    form = {}
    for name, value in page.context["same"]:
        form.setdefault(name, []).append(value)
    form |= dict(re.findall(r'name="(take-[\w-]+)" value="(\w+)" checked', body)) | {"reason": "写错了"}
    answer = client.post(page.context["retry_url"], form | choices)
    assert answer.status_code == 302, answer.content.decode()
    return Record.objects.live().get()


def test_two_who_put_it_right_see_each_other(as_user, cast, record, due):
    theirs, mine = {"narrative": "干部改的", "reason": "听错了"}, {"narrative": "书记改的"}
    client, page = conflict(as_user, cast, record, due, theirs, mine)
    body, new = page.content.decode(), Record.objects.live().get()
    assert all(words in body for words in ("干部改的", "书记改的", "听错了", 'value="写错了"', f'action="{url(new)}"'))
    assert new.narrative == "干部改的"
    assert [change.name for change in page.context["changes"]] == ["narrative"]
    latest = again(client, page, **{"take-narrative": "mine"})
    assert (latest.narrative, latest.amends, latest.amend_reason) == ("书记改的", new, "写错了")
    assert state_of(due) == "on_time"


def test_what_is_saved_stays_unless_one_chooses_otherwise(as_user, cast, record, due):
    client, page = conflict(as_user, cast, record, due, {"method": "wechat"}, {"method": "qq"})
    assert again(client, page).projects_joint_followup.method == "wechat"


def test_both_texts_are_kept_unless_one_chooses_otherwise(as_user, cast, record, due):
    client, page = conflict(as_user, cast, record, due, {"narrative": "干部改的"}, {"narrative": "书记改的"})
    assert again(client, page).narrative.splitlines() == ["干部改的", "书记改的"]


def test_no_text_grows_longer_than_it_may(as_user, cast, record, due):
    _client, page = conflict(as_user, cast, record, due, {"narrative": "甲" * 2000}, {"narrative": "乙" * 2000})
    assert "take-narrative" in page.content.decode()
    assert 'value="both"' not in page.content.decode()


def test_what_one_of_them_changed_is_taken_over_and_said(as_user, cast, record, due):
    theirs = {"method": "wechat", "dues": []}
    mine = {"needs": "子女入学", "happened_on": "2026-08-03"}
    client, page = conflict(as_user, cast, record, due, theirs, mine)
    assert page.context["changes"] == []
    told = {part.label: (part.words, is_theirs) for part, is_theirs in page.context["together"]}
    assert told.pop("日期") == ("2026年8月3日", False)
    assert ("子女入学", False) in told.values()
    assert ("微信", True) in told.values()
    assert "子女入学" in page.content.decode()
    new = again(client, page)
    detail = new.projects_joint_followup
    assert (detail.method, detail.needs, str(new.happened_on)) == ("wechat", "子女入学", "2026-08-03")
    assert state_of(due) == "open"


def test_two_who_wrote_the_same_have_nothing_left_to_save(as_user, cast, record, due):
    _client, page = conflict(as_user, cast, record, due, {"narrative": "一样"}, {"narrative": " 一样 "})
    assert not page.context["choosing"]
    assert "<form" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_a_third_one_is_shown_again(as_user, cast, record, due):
    client, page = conflict(as_user, cast, record, due, {"narrative": "甲"}, {"narrative": "乙", "needs": "子女入学"})
    first = Record.objects.live().get()
    as_user(cast.director).post(url(first), sent(due, narrative="丙"))
    client = as_user(cast.secretary)
    form = dict(page.context["same"]) | {"take-narrative": "mine", "reason": "写错了", "dues": [str(due.pk)]}
    page = client.post(url(first), form)
    assert page.status_code == 409
    assert [(change.yours, change.theirs) for change in page.context["changes"]] == [("乙", "丙")]
    new = again(client, page, **{"take-narrative": "mine"})
    assert (new.narrative, new.projects_joint_followup.needs) == ("乙", "子女入学")


def test_a_choice_that_is_none_changes_nothing(as_user, cast, record, due):
    client, page = conflict(as_user, cast, record, due, {"narrative": "甲"}, {"narrative": "乙"})
    odd = {"take-narrative": "x", "take-dues": "both", "take-": "theirs", "take-nothing": "theirs"}
    assert again(client, page, **odd).narrative == "乙"


def test_chosen_files_are_asked_for_again(as_user, cast, record, due):
    as_user(cast.staff).post(url(record), sent(due, narrative="甲"))
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")
    page = as_user(cast.secretary).post(url(record), sent(due, narrative="乙", files=paper))
    body = page.content.decode()
    assert 'type="file" name="files"' in body
    assert 'enctype="multipart/form-data"' in body


def test_one_taken_back_is_not_put_right(as_user, cast, record, due):
    actions.void_record(by=cast.staff, record=record, reason="误录")
    response = as_user(cast.secretary).post(url(record), sent(due))
    assert response.status_code == 409
    assert "<form" not in response.content.decode().split("<main")[1].split("</main>")[0]
    assert as_user(cast.secretary).get(url(record)).url == f"/records/{record.pk}/"


def test_who_took_part_stays_ticked_though_they_have_left(as_user, cast, town, mobile, due):
    other = enrolled(town.huaishuwan, "李四", Category.MOBILE, by=cast.staff).enrolments.get()
    briefing = entry("joint.briefing", mobile, other, detail={"explained": "流动党员须知"})
    record = actions.save_record(by=cast.secretary, entry=briefing)
    members_acts.end_category(by=cast.staff, enrolment=other, reason="返乡")
    form = as_user(cast.secretary).get(url(record)).context["form"]
    assert form["together"].value() == [str(other.pk)]
    data = sent(together=[str(other.pk)], explained="补充说明")
    as_user(cast.secretary).post(url(record), data)
    new = Record.objects.live().get()
    assert set(new.subjects.values_list("enrolment", flat=True)) == {mobile.pk, other.pk}
    assert new.projects_joint_briefing.explained == "补充说明"


def test_it_is_for_who_writes_there(as_user, cast, record, due):
    for name, status in {"neighbour": 404, "outsider": 404, "reader": 403, "admin": 403}.items():
        client = as_user(getattr(cast, name))
        assert client.get(url(record)).status_code == status
        assert client.post(url(record), sent(due)).status_code == status
    assert Record.objects.live().get() == record


def test_the_former_version_cannot_be_undone_back_by_a_tap(as_user, cast, record, due):
    as_user(cast.secretary).post(url(record), sent(due))
    new = Record.objects.live().get()
    body = as_user(cast.secretary).get(f"/records/{new.pk}/").content.decode()
    assert 'name="undo"' not in body


def test_who_comes_second_loses_no_words(as_user, cast, record, due):
    """What was sent stands in the form for the version that holds, and is kept as a draft of it; where the record was
    taken back, it can be read and copied."""
    client = as_user(cast.secretary)
    writer = re.search(r'name="writer" value="([^"]+)"', client.get(url(record)).content.decode())[1]
    as_user(cast.staff).post(url(record), sent(due, narrative="镇里改的", method="wechat"))
    new = Record.objects.live().get()
    client = as_user(cast.secretary)
    page = client.post(url(record), sent(due, narrative="村里改的", writer=writer))
    assert page.status_code == 409
    assert f'action="{url(new)}"' in page.content.decode()
    form = client.get(url(new)).context["form"]
    assert (form["narrative"].value(), form["method"].value()) == ("村里改的", "wechat")
    actions.void_record(by=cast.staff, record=new, reason="误录")
    page = client.post(url(new), sent(due, narrative="村里又改", writer=writer))
    assert page.status_code == 409
    assert "村里又改" in page.content.decode()


def writer_of(client, record):
    return re.search(r'name="writer" value="([^"]+)"', client.get(url(record)).content.decode())[1]


def test_a_draft_of_the_former_version_undoes_nothing_of_the_new_one(as_user, cast, record, due):
    """The page keeps the whole form by itself, also what its writer has not touched."""
    client = as_user(cast.secretary)
    mine = sent(due, needs="子女入学", writer=writer_of(client, record), draft="1")
    assert client.post(url(record), mine, headers={"X-Keep": "1"}).status_code == 204
    as_user(cast.staff).post(url(record), sent(due, narrative="镇里改的", method="wechat"))
    new = Record.objects.live().get()
    client = as_user(cast.secretary)
    answer = client.get(url(record))
    assert (answer.status_code, answer.url) == (302, url(new))
    form = client.get(url(new)).context["form"]
    said = {name: form[name].value() for name in ("narrative", "method", "needs", "reason")}
    assert said == {"narrative": "镇里改的", "method": "wechat", "needs": "子女入学", "reason": "写错了"}
    assert Draft.objects.get().address == url(new)


def test_a_draft_that_the_new_version_contradicts_is_shown_beside_it(as_user, cast, record, due):
    client = as_user(cast.secretary)
    client.post(url(record), sent(due, narrative="村里改的", writer=writer_of(client, record), draft="1"))
    as_user(cast.staff).post(url(record), sent(due, narrative="镇里改的", method="wechat"))
    client = as_user(cast.secretary)
    page = client.get(url(record))
    assert page.status_code == 200
    assert [(change.yours, change.theirs) for change in page.context["changes"]] == [("村里改的", "镇里改的")]
    new = again(client, page, **{"take-narrative": "mine"})
    assert (new.narrative, new.projects_joint_followup.method) == ("村里改的", "wechat")
    assert not Draft.objects.exists()


def test_a_draft_that_says_nothing_of_its_own_is_spent(as_user, cast, record, due):
    client = as_user(cast.secretary)
    client.post(url(record), sent(due, writer=writer_of(client, record), draft="1"))
    as_user(cast.staff).post(url(record), sent(due, narrative="镇里改的"))
    answer = as_user(cast.secretary).get(url(record))
    assert answer.url == f"/records/{Record.objects.live().get().pk}/"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("mine", ["村里改的", "镇里改的"])
def test_what_the_page_had_kept_does_not_come_back_after_a_conflict(as_user, cast, record, due, mine):
    client = as_user(cast.secretary)
    kept = sent(due, narrative=mine, writer=writer_of(client, record))
    client.post(url(record), kept | {"draft": "1"}, headers={"X-Keep": "1"})
    as_user(cast.staff).post(url(record), sent(due, narrative="镇里改的"))
    client = as_user(cast.secretary)
    page = client.post(url(record), kept)
    if page.context["choosing"]:
        again(client, page, **{"take-narrative": "theirs"})
    assert not Draft.objects.exists()
    assert Record.objects.live().get().narrative == "镇里改的"
