"""What the records say about one enrolment, over a transfer too: read here, judged in rules.py."""

from django.db.models import Q

from members.models import Absence
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


def noted_absence(enrolment, user):
    """The Absence in which the stay began, as far as `user` may see it; None where a departure tells of it already."""
    stay = stay_ids([enrolment])
    if Record.objects.live().filter(kind="joint.departure", subjects__enrolment__in=stay).exists():
        return None
    away = Q(to_date=None) | Q(to_date__gte=enrolment.from_date)
    rows = Absence.objects.visible_to(user).filter(away, person=enrolment.person_id, superseded_at=None)
    return rows.order_by("from_date", "pk").last()
