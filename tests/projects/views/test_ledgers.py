"""The index of ledgers: /ledgers/."""

from datetime import date

from members import actions as members_acts
from members.models import Category
from tests.conftest import enrolled
from tests.projects.ledger_cells import write

URL = "/ledgers/"


def counts(client):
    return {project.code: count for project, count, _last in client.get(URL).context["projects"]}


def test_it_counts_who_stands_in_each_ledger_of_the_scope(as_user, town, cast, person):
    enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    enrolled(town.huaishuwan, "王某", Category.POOR_WEAK, by=cast.staff)
    assert counts(as_user(cast.secretary))["joint"] == 1
    assert counts(as_user(cast.secretary))["determined_person"] == 1
    assert counts(as_user(cast.staff))["joint"] == 2
    assert counts(as_user(cast.neighbour))["determined_person"] == 0
    assert counts(as_user(cast.outsider))["joint"] == 0


def test_it_does_not_name_the_restricted_ledgers_to_others(as_user, cast):
    for user in (cast.admin, cast.reader):
        client = as_user(user)
        assert counts(client).keys().isdisjoint({"determined_person", "key"})
        assert "帮扶对象" not in client.get(URL).content.decode()


def test_it_asks_to_sign_in(client, db):
    assert client.get(URL).status_code == 302


def test_it_is_not_for_members(as_user, cast, person):
    from members import actions

    user = actions.create_user(by=None, username="member", password="correct horse", person=person)
    actions.grant_role(by=None, user=user, role="member", unit=person.unit)
    assert as_user(user).get(URL).status_code == 403
    assert as_user(user).get("/ledgers/joint/").status_code == 403


def test_it_says_when_something_was_last_entered_in_the_own_scope(as_user, town, cast, person, on_day):
    follow_up = {"method": "phone", "reached": True}
    other = enrolled(town.liulin, "李某", Category.MOBILE, by=cast.staff)
    closed = enrolled(town.huaishuwan, "王某", Category.BACKWARD, by=cast.staff)
    for day, who in ((2, person), (5, other)):
        stay = who.enrolments.get()
        on_day(
            date(2026, 9, day),
            lambda stay=stay, day=day: write(cast.staff, "joint.follow_up", date(2026, 9, day), stay, **follow_up),
        )
    write(cast.staff, "key.talk", date(2026, 9, 9), closed.enrolments.get(), topic="近况")

    def last(user, code):
        found = {project.code: last for project, _n, last in as_user(user).get(URL).context["projects"]}
        return found[code] and found[code].day

    assert [last(user, "joint") for user in (cast.secretary, cast.staff, cast.outsider)] == [2, 5, None]
    assert last(cast.staff, "key")
    members_acts.end_category(by=cast.staff, enrolment=closed.enrolments.get(), on=date(2026, 9, 10), reason="解除")
    assert last(cast.staff, "key") is None, "a closed case is sealed"
