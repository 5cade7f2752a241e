"""Away and back of somebody who is not among the mobile: a dated fact, from which nothing follows by itself."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.models import Absence, AuditRow, Category, Standing
from tests.conftest import TODAY, enrolled

pytestmark = pytest.mark.usefixtures("in_english")
SINCE = date(2026, 3, 2)


@pytest.fixture
def someone(cast, town):
    return enrolled(town.huaishuwan, "王在外", Category.UNEMPLOYED, by=cast.staff)


def note(cast, person, since=SINCE, place="外县某镇"):
    return actions.note_absence(by=cast.secretary, person=person, since=since, place=place)


def back(cast, person, on=TODAY):
    return actions.note_return(by=cast.secretary, person=person, on=on)


def held():
    return list(Absence.objects.order_by("pk").values_list("from_date", "to_date", "place"))


def test_it_notes_since_when_and_where(cast, someone):
    for _tap in range(2):
        note(cast, someone)
    assert held() == [(SINCE, None, "外县某镇")]
    assert AuditRow.objects.get(act="note_absence").path == someone.path
    for _tap in range(2):
        back(cast, someone)
    assert held() == [(SINCE, TODAY, "外县某镇")]
    assert AuditRow.objects.filter(act="note_return").count() == 1
    assert someone.enrolments.get().category == Category.UNEMPLOYED


def test_leaving_again_is_another_absence(cast, someone):
    note(cast, someone)
    back(cast, someone, on=date(2026, 8, 1))
    with pytest.raises(ValidationError, match="was back on"):
        note(cast, someone, since=date(2026, 7, 31))
    note(cast, someone, since=date(2026, 8, 1), place="省城")
    assert held() == [(SINCE, date(2026, 8, 1), "外县某镇"), (date(2026, 8, 1), None, "省城")]


def test_it_refuses_what_cannot_be(cast, town, someone, person):
    for said, words in (({"since": TODAY + timedelta(days=1)}, "lies ahead"), ({"place": " "}, "Say where to")):
        with pytest.raises(ValidationError, match=words):
            note(cast, someone, **said)
    with pytest.raises(ValidationError, match="among the mobile"):
        note(cast, person)
    with pytest.raises(ValidationError, match="not noted as away"):
        back(cast, someone)
    note(cast, someone)
    with pytest.raises(ValidationError, match="away since"):
        note(cast, someone, place="省城")
    with pytest.raises(ValidationError, match="before the beginning"):
        back(cast, someone, on=SINCE - timedelta(days=1))
    actions.record_death(by=cast.secretary, person=someone, on=TODAY)
    with pytest.raises(ValidationError, match="left the roll"):
        note(cast, someone)


def test_a_transfer_a_homecoming_and_leaving_the_roll_end_it(cast, town, someone):
    note(cast, someone)
    actions.transfer_person(by=cast.staff, person=someone, unit=town.liulin, on=date(2026, 9, 1))
    assert held() == [(SINCE, date(2026, 9, 1), "外县某镇")]
    note(cast, someone, since=date(2026, 9, 1))
    row = actions.propose_category(
        by=cast.staff, person=someone, category=Category.MOBILE, primary=False, on=date(2026, 9, 2), reason="外出"
    )
    actions.confirm_category(by=cast.staff, enrolment=row)
    actions.come_home(by=cast.staff, enrolment=row, on=date(2026, 9, 10), reason="返乡")
    assert held()[1:] == [(date(2026, 9, 1), date(2026, 9, 10), "外县某镇")]
    note(cast, someone, since=date(2026, 9, 10))
    actions.record_death(by=cast.staff, person=someone, on=TODAY)
    assert held()[2:] == [(date(2026, 9, 10), TODAY, "外县某镇")]


def test_it_follows_into_the_kept_file_and_goes_back(cast, town, someone):
    keep = enrolled(town.huaishuwan, "王在外", None, by=cast.staff)
    note(cast, someone)
    row = actions.merge_people(by=cast.staff, keep=keep, other=someone, reason="同一人")
    assert Absence.objects.get().person == keep
    actions.undo_merge(by=cast.staff, merge=row)
    assert Absence.objects.get().person == someone
    note(cast, keep)
    with pytest.raises(ValidationError, match="Both are noted as away"):
        actions.merge_people(by=cast.staff, keep=keep, other=someone, reason="同一人")


def test_it_does_not_go_into_the_file_of_one_who_has_left(cast, town, someone):
    """That one is no file to keep beside one on the roll; into the other it does not matter."""
    left = enrolled(town.huaishuwan, "王在外", None, by=cast.staff)
    actions.change_standing(by=cast.staff, person=left, standing=Standing.FORMER, on=TODAY, reason="退党")
    note(cast, someone)
    with pytest.raises(ValidationError, match="has left the roll"):
        actions.merge_people(by=cast.staff, keep=left, other=someone, reason="同一人")
    assert held() == [(SINCE, None, "外县某镇")]
    row = actions.merge_people(by=cast.staff, keep=someone, other=left, reason="同一人")
    assert held() == [(SINCE, None, "外县某镇")]
    actions.undo_merge(by=cast.staff, merge=row)
    assert held() == [(SINCE, None, "外县某镇")]


def test_what_an_older_merge_had_ended_comes_back_with_its_undo(cast, town, someone):
    """When files that had left were still kept, being away ended with the merge."""
    note(cast, someone)
    keep = enrolled(town.huaishuwan, "王在外", None, by=cast.staff)
    row = actions.merge_people(by=cast.staff, keep=keep, other=someone, reason="同一人")
    row.moved["absence.ended"] = list(Absence.objects.values_list("pk", flat=True))
    row.save()
    Absence.objects.update(to_date=TODAY)
    actions.undo_merge(by=cast.staff, merge=row)
    assert held() == [(SINCE, None, "外县某镇")]
