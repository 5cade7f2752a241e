"""A fact that nobody can say is not asked for again for a quarter."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from members import actions
from members.completeness import FACTS, files_to_complete, people_to_complete
from members.models import AuditRow, Category, FactUnknown
from tests.conftest import TODAY, enrolled
from tests.scene import _id_number
from xitun.lib.dates import frozen

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def person(town, cast):
    days = {"birth_date": date(1970, 3, 2), "joined_on": date(1999, 7, 1), "full_member_on": date(2000, 7, 1)}
    more = {"id_number": _id_number(1970, 2), "education": "高中", "phone": ""}
    return enrolled(town.huaishuwan, "赵缺项", Category.MOBILE, by=cast.staff, **days, **more)


def set_aside(cast, person, fact="phone"):
    return actions.set_aside_fact(by=cast.secretary, person=person, fact=fact)


def asked(user, fact="phone"):
    return list(people_to_complete(user).filter(FACTS[fact].asked(user)))


def test_it_asks_again_after_a_quarter(cast, person):
    assert asked(cast.secretary) == [person]
    row = set_aside(cast, person)
    assert row.until == TODAY + timedelta(days=90)
    assert asked(cast.secretary) == asked(cast.staff) == list(files_to_complete(cast.staff)) == []
    with frozen(row.until - timedelta(days=1)):
        assert asked(cast.secretary) == []
    with frozen(row.until):
        assert asked(cast.secretary) == [person]
        assert set_aside(cast, person) != row


def test_a_second_tap_sets_it_aside_once(cast, person):
    assert set_aside(cast, person) == set_aside(cast, person)
    assert FactUnknown.objects.count() == AuditRow.objects.filter(act="set_aside_fact").count() == 1


@pytest.mark.parametrize(("fact", "words"), [("education", "already"), ("category", "aside"), ("name", "aside")])
def test_it_refuses_what_the_file_has_and_what_no_box_holds(cast, person, fact, words):
    with pytest.raises(ValidationError, match=words):
        set_aside(cast, person, fact)
    assert not FactUnknown.objects.exists()


def test_it_goes_with_the_person(cast, town, person):
    row = set_aside(cast, person)
    actions.transfer_person(by=cast.staff, person=person, unit=town.liulin, on=TODAY)
    assert asked(cast.neighbour) == []
    assert FactUnknown.objects.visible_to(cast.neighbour).get() == row
    assert not FactUnknown.objects.visible_to(cast.secretary).exists()


def test_it_leaves_a_trace_where_the_person_stands(cast, person):
    set_aside(cast, person)
    row = AuditRow.objects.get(act="set_aside_fact")
    assert (row.person, row.path, row.actor, row.detail) == (person, person.path, cast.secretary, {"fact": "phone"})
