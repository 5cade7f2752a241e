"""The one record form, opened and sent for every kind of record of every room."""

from uuid import uuid4

import pytest

from members import actions as members_acts
from projects import registry
from projects.links import record_link
from projects.models import Record
from projects.workflow import Subject
from tests.conftest import enrolled

SANE = {"DecimalField": "1", "IntegerField": "2026", "TypedDateField": "2026-09-21", "BooleanField": "on"}
# Kinds whose own rules want more than a hurry gives: two introducers, votes that add up, a term of months, a new end
# for an extension, a meeting that was missed, people.
ASK_FOR_MORE = set(
    "life.make_up life.talk life.flexible_study key.help_term key.term_review direct.introducers direct.admission_vote "
    "direct.conversion_vote".split()
)


@pytest.fixture
def link(town, cast):
    """Address of the form of a kind, for a subject that fits it."""
    post = members_acts.hold_post(by=cast.staff, unit=town.huaishuwan, title="村文书", holder_name="非党员")

    people = {}

    def of(code):
        project, kind = registry.kinds()[code]
        if kind.subject is Subject.UNIT:
            return record_link(code, kind.subject, town.huaishuwan.pk)
        if kind.subject is Subject.POST:
            return record_link(code, kind.subject, post.pk)
        if project not in people:
            people[project] = enrolled(town.huaishuwan, "党员甲", project.category, by=cast.staff)
        return record_link(code, kind.subject, people[project].enrolments.get().pk)

    return of


def plausible(form):
    """What a person in a hurry would send: the first choice, a word, a number, today."""
    data = {"happened_on": "2026-09-21", "submission_id": str(uuid4())}
    for field in form:
        name, control = field.name, field.field
        if name in data or name in ("dues", "together"):
            continue
        if type(control).__name__ == "ModelChoiceField":
            continue
        if getattr(control, "choices", None):
            data[name] = next(value for value, _label in control.choices if value)
        else:
            data[name] = SANE.get(type(control).__name__, "二")
    return data


@pytest.mark.parametrize("project", registry.all_rooms(), ids=lambda p: p.code)
def test_it_opens_and_saves_every_kind(as_user, cast, link, project):
    client, saved, refused = as_user(cast.staff), [], []
    for code in (f"{project.code}.{kind.code}" for kind in project.kinds):
        url = link(code)
        page = client.get(url)
        assert page.status_code == 200, code
        response = client.post(url, plausible(page.context["form"]))
        assert response.status_code == 302 or response.context["form"].errors, code
        (saved if response.status_code == 302 else refused).append(code)
    assert set(refused) <= ASK_FOR_MORE
    for record in Record.objects.all():
        assert client.get(f"/records/{record.pk}/").status_code == 200
    assert sorted(Record.objects.values_list("kind", flat=True)) == sorted(saved)
