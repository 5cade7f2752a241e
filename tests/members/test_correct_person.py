"""Correcting plain columns: whoever saved first is never overwritten unseen."""

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import AuditRow
from tests.members.test_register_person import ID_NUMBER, with_check

pytestmark = pytest.mark.usefixtures("in_english")


def test_it_changes_what_was_changed(cast, person):
    version = person.version
    actions.correct_person(by=cast.secretary, person=person, version=version, occupation="果农", phone="19900001111")
    person.refresh_from_db()
    assert (person.occupation, person.phone, person.version) == ("果农", "19900001111", version + 1)


def test_it_traces_the_fields_without_sensitive_values(cast, person):
    actions.correct_person(by=cast.secretary, person=person, version=person.version, phone="19900001111", group="一组")
    row = AuditRow.objects.get(act="correct_person")
    assert row.detail == {"phone": "…", "group": "一组"}
    assert (row.actor, row.person, row.path) == (cast.secretary, person, person.path)


def test_it_shows_the_conflict_and_keeps_both_versions(cast, person):
    version = person.version
    actions.correct_person(by=cast.staff, person=person, version=version, occupation="教师")
    with pytest.raises(actions.Conflict) as conflict:
        actions.correct_person(by=cast.secretary, person=person, version=version, occupation="果农")
    assert conflict.value.theirs.occupation == "教师"
    assert conflict.value.mine == {"occupation": "果农"}
    person.refresh_from_db()
    assert person.occupation == "教师"


def test_it_writes_nothing_when_nothing_changed(cast, person):
    version = person.version
    actions.correct_person(by=cast.secretary, person=person, version=version, name=person.name)
    person.refresh_from_db()
    assert person.version == version
    assert not AuditRow.objects.filter(act="correct_person").exists()


def test_it_renews_the_search_keys(cast, person):
    actions.correct_person(by=cast.secretary, person=person, version=person.version, name="李卫东")
    person.refresh_from_db()
    assert (person.pinyin, person.initials) == ("liweidong", "lwd")
    assert "张" not in set(person.grams.values_list("gram", flat=True))


def test_it_refuses_the_number_of_another(town, cast, person):
    actions.register_person(by=cast.staff, unit=town.liulin, name="李四", id_number=with_check(ID_NUMBER))
    with pytest.raises(ValidationError, match="already has this ID number"):
        actions.correct_person(
            by=cast.secretary, person=person, version=person.version, id_number=with_check(ID_NUMBER)
        )
    person.refresh_from_db()
    assert person.id_hash is None
