"""What a person's page says of their place in a project: where it stands, what is next, the facts at a glance.

A room that has something to say defines `panel(file)` in its rules.py: it is given a File and returns a Panel.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from members.models import Absence, Role
from xitun.lib.dates import add_months, today

from . import registry
from .models import Due, Receipt, Record
from .occasions import about
from .stays import stay_ids
from .words import due_name


@dataclass(frozen=True)
class Step:
    """A stage: `state` is done, now or later; `note` its day or a few words."""

    label: str
    note: object = ""
    state: str = "later"


@dataclass(frozen=True)
class Panel:
    """`steps` of the project; `facts` [(label, value)]; `next` the Due that comes first, or None."""

    steps: tuple = ()
    facts: tuple = ()
    next: object = None


class File:
    """One enrolment as its room reads it: `enrolment`, `day`, `records(kind)` newest first, `open_dues` soonest first,
    `away`. Only what `user` may see; over a transfer too. One query a kind that is asked for."""

    def __init__(self, enrolment, user):
        self.enrolment, self.user, self.day = enrolment, user, today()

    @cached_property
    def _stay(self):
        return stay_ids([self.enrolment])

    def records(self, kind):
        """Records of a kind that has columns of its own, each with `.detail`."""
        project = registry.project_of(self.enrolment.category)
        model = registry.detail_model(f"{project.code}.{kind}")
        mine = Record.objects.visible_to(self.user).live().filter(subjects__enrolment__in=self._stay)
        details = model.objects.filter(record__in=mine.values("pk")).select_related("record__author")
        found = []
        for detail in details.order_by("-record__happened_on", "-record_id"):
            detail.record.detail = detail
            found.append(detail.record)
        return found

    def unanswered(self, kind):
        """How many records of this kind of the last three months the person has not answered (Receipt)."""
        project = registry.project_of(self.enrolment.category)
        sent = Record.objects.visible_to(self.user).live().filter(subjects__enrolment__in=self._stay)
        sent = sent.filter(kind=f"{project.code}.{kind}", happened_on__gt=add_months(self.day, -3))
        noted = Receipt.objects.live().filter(record=OuterRef("pk"), person=self.enrolment.person_id)
        return sent.filter(~Exists(noted)).count()

    @cached_property
    def away(self):
        """The Absence that was noted of the person before or in this stay; None where they were back before it."""
        return Absence.objects.visible_to(self.user).in_stay(self.enrolment)

    @cached_property
    def open_dues(self):
        dues = Due.objects.visible_to(self.user).open().filter(enrolment=self.enrolment, opens_on__lte=self.day)
        return list(dues.annotate(about=about()).order_by("due_on", "pk"))


def panels_of(enrolments, user):
    """[{project, panel, name, who}] of those whose room has a panel: `name` of the next due and `who` owes it."""
    found = []
    for enrolment in enrolments:
        project = registry.project_of(enrolment.category)
        make = getattr(registry.rules(project.code), "panel", None)
        if make and (panel := make(File(enrolment, user))):
            coming = panel.next
            found.append(
                {
                    "project": project,
                    "panel": panel,
                    "name": due_name(coming) if coming else "",
                    "who": (coming.assignee or Role(coming.responsible).label) if coming else "",
                }
            )
    return found
