"""Heart-to-heart talks with people of the branch, whether they stand in a category or not."""

from datetime import timedelta
from uuid import uuid4

import pytest

from members import actions
from projects.models import Record
from tests.conftest import TODAY, enrolled
from xitun.lib.dates import frozen

pytestmark = pytest.mark.django_db


def talk(people, **more):
    data = {"form": "several", "topic": "近期生产生活", "agreed": "下月再谈", "narrative": "谈了收成"}
    data |= {"happened_on": TODAY.isoformat(), "submission_id": str(uuid4())}
    return data | {"together": [str(person.pk) for person in people]} | more


def test_it_is_with_one_or_several_of_the_branch(as_user, cast, branch, form_url):
    client = as_user(cast.secretary)
    page = client.get(f"{form_url('talk')}?person={branch.er.pk}")
    assert page.context["form"].fields["together"].initial == [str(branch.er.pk)]
    assert client.post(form_url("talk"), talk([])).status_code == 422
    assert client.post(form_url("talk"), talk([branch.deng, branch.er])).status_code == 302
    record = Record.objects.get()
    assert {row.person.name for row in record.subjects.all()} == {"邓新", "尔来"}
    assert record.subjects.exclude(enrolment=None).count() == 0
    assert "近期生产生活" in client.get(f"/people/{branch.deng.pk}/").content.decode()


def test_it_is_put_right_with_who_took_part(as_user, cast, branch, form_url):
    client = as_user(cast.secretary)
    client.post(form_url("talk"), talk([branch.deng, branch.er]))
    url = f"/records/{Record.objects.get().pk}/amend/"
    assert set(client.get(url).context["form"].fields["together"].initial) == {
        str(branch.deng.pk), str(branch.er.pk),
    }  # fmt: skip
    assert client.post(url, talk([branch.deng], reason="记错一人")).status_code == 302
    assert [row.person for row in Record.objects.get(voided_at=None).subjects.all()] == [branch.deng]


def test_it_takes_nobody_of_another_branch(as_user, cast, branch, form_url, town):
    other = enrolled(town.liulin, "刘邻", None, by=cast.staff)
    assert as_user(cast.secretary).post(form_url("talk"), talk([other])).status_code == 422


def test_it_is_offered_beside_the_person(as_user, cast, branch):
    page = as_user(cast.secretary).get(f"/records/new/?person={branch.er.pk}")
    links = [kind["url"] for group in page.context["groups"] for kind in group["kinds"]]
    assert any("/records/talk/new/" in url and url.endswith(f"?person={branch.er.pk}") for url in links)


def test_it_tells_namesakes_apart_by_the_year_of_birth(as_user, cast, branch, form_url):
    type(branch.er).objects.filter(pk=branch.er.pk).update(name=branch.deng.name, birth_date="1956-03-01")
    form = as_user(cast.secretary).get(form_url("talk")).context["form"]
    names = dict(form.fields["together"].choices)
    assert names[str(branch.er.pk)] == f"{branch.deng.name} 1956"


def test_flexible_study_asks_for_whom_and_not_with_whom(as_user, cast, branch, form_url):
    assert (
        as_user(cast.secretary).get(form_url("flexible-study")).context["form"].fields["together"].label == "适用党员"
    )


def test_it_is_put_right_though_who_took_part_stands_on_another_day_on_the_roll_by_now(as_user, cast, branch, form_url):
    """The roll is asked of whom is named anew, and of another day."""
    client = as_user(cast.secretary)
    client.post(form_url("talk"), talk([branch.er]))
    row = branch.er.memberships.get(superseded_at=None)
    later = TODAY + timedelta(days=1)
    with frozen(later):
        actions.correct_membership(by=cast.staff, row=row, from_date=later, reason="介绍信日期")
        url = f"/records/{Record.objects.get().pk}/amend/"
        assert client.post(url, talk([branch.er], narrative="谈了就业", reason="补充")).status_code == 302
        assert Record.objects.get(voided_at=None).narrative == "谈了就业"
        url = f"/records/{Record.objects.get(voided_at=None).pk}/amend/"
        early = (TODAY - timedelta(days=1)).isoformat()
        assert client.post(url, talk([branch.er], happened_on=early, reason="日期")).status_code == 422
