"""What the records say about one enrolment, over a transfer too: read here, judged in rules.py."""

from projects.models import Record
from projects.stays import stay_ids


def contacts(enrolment):
    """[(record, day, whether the member was reached)] of the follow-ups and homecomings, in the order of their days."""
    here = Record.objects.live().filter(subjects__enrolment__in=stay_ids([enrolment]))
    tried = here.filter(kind="joint.follow_up").select_related("projects_joint_followup")
    back = here.filter(kind="joint.homecoming").select_related("projects_joint_homecoming")
    found = [(row, row.happened_on, row.projects_joint_followup.reached) for row in tried]
    found += [(row, row.projects_joint_homecoming.returned_on, True) for row in back]
    return sorted(found, key=lambda contact: (contact[1], contact[0].pk))
