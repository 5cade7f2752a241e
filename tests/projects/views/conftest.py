"""What the pages of dues and records start from: one mobile member of Huaishuwan whose dues are open today."""

from uuid import uuid4

import pytest

from projects.models import Due
from projects.sweep import open_dues


@pytest.fixture
def enrolment(person):
    return person.enrolments.get()


@pytest.fixture
def due(person):
    """The open quarterly follow-up of the third quarter."""
    open_dues()
    return Due.objects.get(person=person, duty="joint.follow_up")


@pytest.fixture
def form_url(enrolment):
    return f"/projects/joint/enrolments/{enrolment.pk}/records/follow-up/new/"


@pytest.fixture
def filled(due):
    """A follow-up as the form sends it."""
    return {
        "method": "phone",
        "reached": "on",
        "work_and_life": "工地务工",
        "needs": "",
        "promised": "",
        "narrative": "",
        "happened_on": "2026-09-20",
        "dues": [str(due.pk)],
        "submission_id": str(uuid4()),
    }
