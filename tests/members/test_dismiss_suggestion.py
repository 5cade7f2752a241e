"""What is suggested, from which day on, and setting it aside for a year."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members import actions
from members.models import AuditRow, Category, DismissedSuggestion, Person, Standing
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.suggestions import Rule, count_suggestions, rule_of, rules
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import add_years, frozen

pytestmark = pytest.mark.usefixtures("in_english")
TURNED = date(2026, 2, 28)


@pytest.fixture
def old(town, cast):
    return enrolled(town.huaishuwan, "李老", Category.RETIRED, by=cast.staff, birth_date=TURNED.replace(year=1961))


def found(user, code, day=TODAY):
    return list(rule_of(code).standing(user, day))


def dismiss(cast, person, fact_on=TURNED, code="turned_elderly"):
    return actions.dismiss_suggestion(by=cast.secretary, person=person, code=code, fact_on=fact_on, reason="再看看")


def test_it_suggests_who_turned_65_until_somebody_proposes(cast, town, old):
    [row] = found(cast.secretary, "turned_elderly")
    assert (row.fact_on, row.age, row.first) == (TURNED, 65, False)
    assert found(cast.neighbour, "turned_elderly") == []
    actions.change_setting(by=None, key="elderly_age", value=66, from_date=TODAY, unit=town.xitun, reason="规定")
    assert found(cast.secretary, "turned_elderly") == []
    actions.change_setting(by=None, key="elderly_age", value=60, from_date=TODAY, unit=town.huaishuwan, reason="规定")
    assert found(cast.secretary, "turned_elderly")[0].age == 60
    actions.propose_category(by=cast.secretary, person=old, category="elderly", primary=False, reason="年满")
    assert found(cast.secretary, "turned_elderly") == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(born=st.dates(date(1900, 1, 1), date(1960, 1, 1)) | st.sampled_from([date(1904, 2, 29), date(1952, 2, 29)]))
def test_the_birthday_is_that_of_the_calendar(cast, old, born):
    Person.objects.filter(pk=old.pk).update(birth_date=born)
    turned = add_years(born, 65)
    assert [row.fact_on for row in found(cast.secretary, "turned_elderly", turned)] == [turned]
    assert found(cast.secretary, "turned_elderly", date.fromordinal(turned.toordinal() - 1)) == []


def test_it_suggests_the_end_when_a_post_is_left_or_taken(cast, town):
    cadre = enrolled(town.huaishuwan, "王主任", Category.IN_SERVICE, by=cast.staff)
    idle = enrolled(town.huaishuwan, "赵同志", Category.UNEMPLOYED, by=cast.staff)
    post = actions.hold_post(by=None, unit=town.huaishuwan, title="主任", person=cadre, from_date=date(2025, 6, 1))
    assert found(cast.secretary, "left_post") == []
    actions.leave_post(by=None, holding=post, on=date(2026, 9, 1))
    actions.hold_post(by=None, unit=town.huaishuwan, title="主任", person=idle, from_date=date(2026, 9, 2))
    assert [(r.person, r.fact_on) for r in found(cast.secretary, "left_post")] == [(cadre, date(2026, 9, 1))]
    assert [(r.person, r.fact_on) for r in found(cast.secretary, "took_post")] == [(idle, date(2026, 9, 2))]


def test_it_suggests_for_full_members_and_deadlines(cast, town):
    new = enrolled(town.huaishuwan, "孙新", Category.DEVELOPING, by=cast.staff, standing=Standing.PROBATIONARY)
    enrolled(town.huaishuwan, "李帮扶", Category.POOR_WEAK, by=cast.staff)
    assert found(cast.secretary, "became_full") == []
    actions.change_standing(by=None, person=new, standing=Standing.FULL, on=date(2026, 9, 3))
    assert [row.fact_on for row in found(cast.secretary, "became_full")] == [date(2026, 9, 3)]
    assert len(found(cast.secretary, "to_regularise")) == 1
    assert found(cast.reader, "to_regularise") == []
    assert count_suggestions(cast.secretary) == 2


def test_nothing_leads_into_a_restricted_category():
    assert not {rule.into for rule in rules()} & set(RESTRICTED_CATEGORIES)
    for category in RESTRICTED_CATEGORIES:
        with pytest.raises(ValueError, match="restricted"):
            Rule("x", "x", "x", None, None, "x", into=category)


def test_who_has_left_is_not_shown(cast, old):
    actions.record_death(by=cast.staff, person=old, on=TODAY)
    assert count_suggestions(cast.secretary) == 0


def test_it_is_set_aside_for_a_year_once(cast, old):
    row = dismiss(cast, old)
    assert dismiss(cast, old) == row, "a double tap"
    assert found(cast.secretary, "turned_elderly") == []
    assert row.until == date(2027, 9, 21)
    told = AuditRow.objects.get(act="dismiss_suggestion")
    assert (told.actor, told.person, told.purpose) == (cast.secretary, old, "再看看")
    Person.objects.filter(pk=old.pk).update(birth_date=date(1961, 3, 1))
    assert len(found(cast.secretary, "turned_elderly")) == 1, "another fact"
    Person.objects.filter(pk=old.pk).update(birth_date=date(1961, 2, 28))
    with frozen(row.until):
        assert len(found(cast.secretary, "turned_elderly", row.until)) == 1
        assert dismiss(cast, old) == row
    assert DismissedSuggestion.objects.get().until == date(2028, 9, 21)


def test_what_does_not_stand_is_not_set_aside(cast, old, person):
    for who, day, code in ((old, TODAY, "turned_elderly"), (person, TURNED, "turned_elderly"), (old, TURNED, "x")):
        with pytest.raises(ValidationError, match="does not stand"):
            dismiss(cast, who, day, code)
