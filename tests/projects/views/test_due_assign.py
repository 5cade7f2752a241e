"""Taking a duty on, or giving it to somebody: /dues/<pk>/assign/."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from members import actions as members_acts
from members.models import AuditRow
from projects.actions import assign_due, waive_due
from projects.models import Due
from tests.conftest import TODAY

NOBODYS = "/dues/?whose=nobody"


def url(due):
    return f"/dues/{due.pk}/assign/"


@pytest.fixture
def vacant(cast, due):
    """A due of a branch that has no secretary any more."""
    members_acts.end_role(by=None, grant=cast.secretary.grants.get(), on=TODAY - timedelta(days=1))
    return due


def test_what_is_nobodys_is_taken_on_with_one_tap_from_the_list(as_user, cast, vacant):
    client = as_user(cast.staff)
    page = client.get(NOBODYS).content.decode()
    assert url(vacant) in page
    assert url(vacant) not in client.get("/dues/").content.decode()
    answer = client.post(url(vacant), {"assignee": cast.staff.pk, "next": NOBODYS})
    assert answer.url == NOBODYS
    vacant.refresh_from_db()
    assert vacant.assignee == cast.staff
    assert url(vacant) not in client.get(NOBODYS).content.decode()
    trace = AuditRow.objects.get(act="assign_due")
    assert (trace.actor, trace.detail["assignee"]) == (cast.staff, cast.staff.pk)


def test_it_is_given_to_whoever_writes_there_or_to_nobody_by_name(as_user, cast, due):
    client = as_user(cast.staff)
    form = client.get(url(due)).context["form"]
    assert set(form.fields["assignee"].queryset) == {cast.secretary, cast.staff, cast.director}
    for sent, who in ((cast.secretary.pk, cast.secretary), ("", None)):
        assert client.post(url(due), {"assignee": sent}).status_code == 302
        due.refresh_from_db()
        assert due.assignee == who
    for wrong in (cast.neighbour.pk, cast.reader.pk, cast.outsider.pk, "x"):
        assert client.post(url(due), {"assignee": wrong}).status_code == 422


def test_it_is_no_more_given_when_it_was_settled_or_closed(cast, due):
    waive_due(by=cast.staff, due=due, reason="住院")
    with pytest.raises(ValidationError):
        assign_due(by=cast.staff, due=due, assignee=cast.staff)


def test_it_is_given_to_nobody_who_may_not_write_there(cast, due):
    with pytest.raises(ValidationError):
        assign_due(by=cast.staff, due=due, assignee=cast.reader)
    assert Due.objects.get(pk=due.pk).assignee is None


@pytest.mark.parametrize(("who", "status"), [("admin", 403), ("reader", 403), ("neighbour", 404), ("outsider", 404)])
def test_it_is_for_who_writes_there(as_user, cast, due, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(url(due)).status_code == status
    assert client.post(url(due), {"assignee": cast.staff.pk}).status_code == status


def test_it_is_offered_on_the_form_to_the_town(as_user, cast, due, form_url):
    assert url(due) in as_user(cast.staff).get(f"{form_url}?due={due.pk}").content.decode()
    assert url(due) not in as_user(cast.secretary).get(f"{form_url}?due={due.pk}").content.decode()
