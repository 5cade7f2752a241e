"""What an act gives as the reason is said in the language of whoever reads, not of whoever acted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from members import actions
from members.actions.returning import has_died
from members.models import Category, Cause, StandingRow, Status
from members.models.causes import why_said
from projects.models import Due
from projects.sweep import open_dues
from tests.conftest import TODAY
from xitun.own_topics import TOPICS


def page(client, user, person, language, what="person"):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(what, args=[person.pk]), headers={"accept-language": language}).content.decode()


def test_it_says_a_death_in_the_readers_language(client, cast, person):
    open_dues(TODAY)
    with translation.override("en"):
        actions.record_death(by=cast.secretary, person=person, on=TODAY)
    row = person.enrolments.get()
    assert (row.status, row.decision_reason) == (Status.ENDED, "#died")
    assert StandingRow.objects.get(person=person, to_date=None).reason == "#died"
    closed = set(Due.objects.filter(enrolment=row).exclude(closed_on=None).values_list("closed_why", flat=True))
    assert closed == {"#died"}
    for language, word in (("zh-hans", "去世"), ("en", "died")):
        said = page(client, cast.staff, person, language)
        assert word in said
        assert "#died" not in said


def test_what_was_written_in_words_stays_as_written(client, cast, person):
    actions.record_death(by=cast.secretary, person=person, on=TODAY)
    StandingRow.objects.filter(person=person, to_date=None).update(reason="去世")
    assert "去世" in page(client, cast.staff, person, "en")
    assert why_said("随子女迁居 #died") == "随子女迁居 #died"
    assert why_said("") == ""


def test_no_page_of_a_category_shows_a_code(client, cast, person):
    waits = actions.propose_category(by=cast.secretary, person=person, category=Category.ELDERLY, reason="年满")
    actions.record_death(by=cast.secretary, person=person, on=TODAY)
    client.force_login(cast.staff, backend="django.contrib.auth.backends.ModelBackend")
    for url in (f"/people/{person.pk}/categories/", f"/enrolments/{waits.pk}/withdraw/"):
        body = client.get(url, headers={"accept-language": "zh-hans"}).content.decode()
        assert "去世" in body
        assert "#died" not in body


@pytest.mark.parametrize("reason", ["#died", "died", "去世"])
def test_a_death_is_known_however_it_was_kept(cast, person, reason):
    actions.record_death(by=cast.secretary, person=person, on=TODAY)
    StandingRow.objects.filter(person=person, to_date=None).update(reason=reason)
    assert has_died(person)


def test_it_says_why_in_the_api_and_the_own_copy(client, cast, person):
    actions.transfer_person(by=cast.staff, person=person, unit=cast.neighbour.grants.get().unit, on=TODAY)
    old = person.enrolments.get(status=Status.ENDED)
    assert old.decision_reason == Cause.TRANSFERRED
    client.force_login(cast.staff, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/api/v1/enrolments/{old.pk}/", headers={"accept-language": "zh-hans"})
    assert answer.json()["decision_reason"] == "组织关系转出"
    with translation.override("zh-hans"):
        topic = next(topic for topic in TOPICS if "members.Enrolment" in topic.tables)
        assert "组织关系转出" in str(list(topic.rows(person, cast.staff)))


def test_an_organisation_outside_is_said_as_such(client, cast, person):
    day = TODAY - timedelta(days=1)
    row = actions.propose_transfer(by=cast.staff, person=person, elsewhere="外县某支部", letter_on=day, reason="随迁")
    with translation.override("zh-hans"):
        actions.receive_transfer(by=cast.staff, transfer=row, on=TODAY)
    assert "transferred out" in page(client, cast.staff, person, "en")


def test_every_cause_has_its_words_in_both_languages():
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all(why_said(cause) and why_said(cause)[0] != "#" for cause in Cause.values)
