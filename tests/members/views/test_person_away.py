"""Away or back: /people/<pk>/away/, and what is suggested after six months."""

from datetime import date

import pytest

from members import actions
from members.models import Absence, Category, Enrolment, Standing
from projects.joint.suggestions import away_since_at_least
from tests.conftest import TODAY, enrolled

LONG, SHORT = date(2026, 3, 21), date(2026, 3, 22)


@pytest.fixture
def someone(cast, town):
    return enrolled(town.huaishuwan, "王在外", Category.UNEMPLOYED, by=cast.staff)


@pytest.fixture
def url(someone):
    return f"/people/{someone.pk}/away/"


def test_it_notes_away_and_back_on_one_page(as_user, cast, someone, url):
    client, page = as_user(cast.secretary), f"/people/{someone.pk}/"
    assert f'href="{url}"' in client.get(page).content.decode()
    for _tap in range(2):
        sent = {"act": "away", "since": "2026.3.2", "place": "外县某镇"}
        assert client.post(url, sent)["Location"] == page
    assert "外县某镇" in client.get(page).content.decode()
    assert client.get(url).context["back"] is True
    for _tap in range(2):
        assert client.post(url, {"act": "back", "on": "2026-09-01"})["Location"] == page
    assert Absence.objects.get().to_date == date(2026, 9, 1)
    assert "外县某镇" not in client.get(page).content.decode()
    assert "外县某镇" in client.get(f"/people/{someone.pk}/history/").content.decode()
    assert client.get(url).context["back"] is False


def test_only_who_writes_here_reads_where(as_user, cast, someone, url):
    actions.note_absence(by=cast.secretary, person=someone, since=LONG, place="外县某镇")
    for address in (f"/people/{someone.pk}/", f"/people/{someone.pk}/history/"):
        assert "外县某镇" not in as_user(cast.reader).get(address).content.decode()
    assert as_user(cast.reader).get(url).status_code == 403
    assert as_user(cast.neighbour).get(url).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"since": "2026-09-22", "place": "某镇"}, {"since": "2026-09-01", "place": " "}])
def test_it_shows_what_is_wrong(as_user, cast, url, sent):
    assert as_user(cast.secretary).post(url, {"act": "away"} | sent).status_code == 422
    assert not Absence.objects.exists()


def suggested(client):
    groups = client.get("/suggestions/").context["groups"]
    return [row for rule, rows in groups if rule.code == "away_six_months" for row in rows]


def test_after_six_months_the_category_is_suggested_with_its_reason(as_user, cast, town, someone):
    client = as_user(cast.secretary)
    actions.note_absence(by=cast.secretary, person=someone, since=LONG, place="外县某镇")
    later = enrolled(town.huaishuwan, "李刚走", Category.UNEMPLOYED, by=cast.staff)
    actions.note_absence(by=cast.secretary, person=later, since=SHORT, place="省城")
    [row] = suggested(client)
    assert (row.pk, row.said) == (someone.pk, "自2026年3月21日起外出，在外县某镇")
    form = client.get(row.url).context["form"]
    assert (form["category"].value(), form["reason"].value(), form["primary"].value()) == ("mobile", row.said, "")
    assert not Enrolment.objects.filter(category=Category.MOBILE).exists(), "nothing acts by itself"
    assert suggested(as_user(cast.neighbour)) == []


def test_nothing_is_suggested_once_proposed_back_or_no_member(as_user, cast, town, someone):
    client, people = as_user(cast.secretary), [someone]
    people += [enrolled(town.huaishuwan, name, None, by=cast.staff) for name in ("王回来", "王申请")]
    for person in people:
        actions.note_absence(by=cast.secretary, person=person, since=LONG, place="外县某镇")
    assert len(suggested(client)) == 3
    actions.propose_category(by=cast.secretary, person=someone, category=Category.MOBILE, primary=False, reason="外出")
    actions.note_return(by=cast.secretary, person=people[1], on=TODAY)
    actions.change_standing(by=cast.staff, person=people[2], standing=Standing.APPLICANT, on=TODAY, reason="更正")
    assert suggested(client) == []


@pytest.mark.parametrize(
    ("day", "since"),
    [
        (date(2026, 9, 21), date(2026, 3, 21)),
        (date(2026, 2, 28), date(2025, 8, 31)),
        (date(2026, 2, 27), date(2025, 8, 27)),
        (date(2026, 8, 31), date(2026, 2, 28)),
    ],
)
def test_six_months_from_the_end_of_august_end_with_february(day, since):
    assert away_since_at_least(day) == since
