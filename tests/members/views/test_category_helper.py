"""Name who helps: /enrolments/<pk>/helper/."""

import pytest

from members.models import AuditRow, Category
from projects.sweep import open_dues
from tests.conftest import enrolled


@pytest.fixture
def row(town, cast):
    return enrolled(town.huaishuwan, "帮扶甲", Category.POOR_WEAK, by=cast.staff).enrolments.get()


@pytest.fixture
def url(row):
    return f"/enrolments/{row.pk}/helper/"


def test_the_branch_names_a_helper_from_the_file(as_user, cast, row, url):
    open_dues()
    client, file = as_user(cast.secretary), f"/people/{row.person_id}/"
    assert f'href="{url}"' in client.get(file).content.decode()
    assert client.post(url, {"helper": cast.director.pk})["Location"] == file
    assert row.dues.get(duty="determined_person.contact").assignee == cast.director
    assert "党建办主任" in client.get(file).content.decode()
    assert client.get(url).context["form"]["helper"].value() == cast.director.pk


def test_it_takes_the_name_away(as_user, cast, row, url):
    client = as_user(cast.staff)
    client.post(url, {"helper": cast.director.pk})
    client.post(url, {"helper": ""})
    row.refresh_from_db()
    assert row.helper is None


def test_it_offers_only_who_may_write_there(as_user, cast, row, url):
    client = as_user(cast.staff)
    assert set(client.get(url).context["form"].fields["helper"].queryset) == {cast.secretary, cast.staff, cast.director}
    for who in (cast.neighbour, cast.reader):
        assert client.post(url, {"helper": who.pk}).status_code == 422
    assert not AuditRow.objects.filter(act="name_helper").exists()


def test_it_is_offered_where_a_helper_owes_something(as_user, cast, person):
    row = person.enrolments.get()
    page = as_user(cast.secretary).get(f"/people/{person.pk}/").content.decode()
    assert f"/enrolments/{row.pk}/helper/" not in page, "nobody is helped in joint management"
