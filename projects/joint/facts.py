"""What the records say about one enrolment, over a transfer too: read here, judged in rules.py."""

from django.db.models import Min

from members.models import Absence, Enrolment
from projects.models import Record
from projects.stays import stay_ids

from .models import CertificateCheck, Departure, Homecoming


def contacts(enrolment):
    """[(record, day, whether the member was reached)] of the follow-ups and homecomings, in the order of their days."""
    here = Record.objects.live().filter(subjects__enrolment__in=stay_ids([enrolment]))
    tried = here.filter(kind="joint.follow_up").select_related("projects_joint_followup")
    back = here.filter(kind="joint.homecoming").select_related("projects_joint_homecoming")
    found = [(row, row.happened_on, row.projects_joint_followup.reached) for row in tried]
    found += [(row, row.projects_joint_homecoming.returned_on, True) for row in back]
    return sorted(found, key=lambda contact: (contact[1], contact[0].pk))


def noted_absence(enrolment, user):
    """The open Absence in which the stay began, as far as `user` may see it; None where a departure tells of it or
    they came home since."""
    moved, stay = ("joint.departure", "joint.homecoming"), stay_ids([enrolment])
    if Record.objects.live().filter(kind__in=moved, subjects__enrolment__in=stay).exists():
        return None
    return Absence.objects.visible_to(user).filter(to_date=None).in_stay(enrolment)


def last_certificate(enrolment, user):
    """The number of the activity certificate that was written down last of this person, whichever record says it."""
    seen = Record.objects.visible_to(user).live().filter(subjects__person=enrolment.person_id)
    known = []
    for model in (Departure, CertificateCheck):
        rows = model.objects.filter(record__in=seen.values("pk")).exclude(certificate="")
        known += rows.values_list("record__happened_on", "record", "certificate")
    return max(known, default=("",))[-1]


def moves(enrolment, *, but):
    """(departures, homecomings) as Records with their `.detail`, without the Record `but`."""
    here = Record.objects.live().filter(subjects__enrolment__in=stay_ids([enrolment])).exclude(pk=but.pk)
    return [_detailed(model.objects.filter(record__in=here.values("pk"))) for model in (Departure, Homecoming)]


def _detailed(details):
    for detail in (found := list(details.select_related("record"))):
        detail.record.detail = detail
    return [detail.record for detail in found]


def noted_away(enrolment, day):
    """Whether the branch had noted them as away before that day and not as back since."""
    absence = Absence.objects.filter(to_date=None).in_stay(enrolment)
    return absence is not None and absence.from_date < day


def stood_since(enrolment):
    """The day on which the stay began."""
    return Enrolment.objects.filter(pk__in=stay_ids([enrolment])).aggregate(first=Min("from_date"))["first"]
