"""For whom a record is entered: an enrolment, a post held or a unit, with the kind. Found from the address."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from members.access import CONFIRM, WRITE, get_visible, require, scope_of
from members.models import Enrolment, PostHolding, Unit
from members.models.enrolments import NEVER_HELD

from . import registry
from .links import SUBJECTS, record_link
from .workflow import Kind, Project, Subject


@dataclass(frozen=True)
class Target:
    project: Project
    kind: Kind
    unit: Unit
    enrolment: Enrolment | None = None
    post: PostHolding | None = None

    @property
    def kind_code(self):
        return f"{self.project.code}.{self.kind.code}"

    @property
    def subject(self):
        return self.enrolment or self.post or self.unit

    @property
    def person(self):
        return self.enrolment.person if self.enrolment else self.post.person if self.post else None

    @property
    def name(self):
        if self.enrolment:
            return self.enrolment.person.name
        return self.post.holder_name if self.post else str(self.unit)

    def due_lookup(self):
        """Q of the dues that concern exactly this subject: also those of another stay that are owed once a person."""
        if self.enrolment:
            again = Q(person=self.enrolment.person_id, unit=self.unit, duty__in=registry.once_a_person())
            return Q(enrolment=self.enrolment) | again
        return Q(post=self.post) if self.post else Q(unit=self.unit, enrolment=None, post=None)

    def link(self, kind, **query):
        """The same form for another kind of this project."""
        return record_link(f"{self.project.code}.{kind.code}", kind.subject, self.subject.pk, **query)


def find_target(user, project, subject, pk, kind):
    """The Target of an address. 404 when the user can see no such thing, 403 when they may not write there."""
    known = registry.kinds().get(f"{project.replace('-', '_')}.{kind.replace('-', '_')}")
    if not known or SUBJECTS[str(known[1].subject)] != subject:
        raise Http404
    project, kind = known
    found = _find(user, project, kind.subject, pk)
    require(user, right_for(kind), found["unit"].path)
    return Target(project, kind, **found)


def right_for(kind):
    """The right that enters, puts right and takes back a record of this Kind (None: one no room declares any more)."""
    return CONFIRM if kind and kind.decided else WRITE


def right_for_record(record):
    return right_for(registry.kinds().get(record.kind, (None, None))[1])


def may_change(record, user):
    """Whether this user may put the record right, take it back, and see what was taken off it."""
    return scope_of(user).can(right_for_record(record), record.path)


def _find(user, project, subject, pk):
    if subject is Subject.ENROLMENT:
        rows = Enrolment.objects.select_related("person", "unit").exclude(status__in=NEVER_HELD)
        rows = rows.filter(superseded_at=None).without_closed_cases()
        row = get_visible(rows, user, pk=pk, category=project.category)
        return {"enrolment": row, "unit": row.unit}
    if subject is Subject.POST:
        row = get_visible(PostHolding.objects.select_related("person", "unit"), user, pk=pk, superseded_at=None)
        return {"post": row, "unit": row.unit}
    return {"unit": get_visible(Unit.objects.branches(), user, pk=pk)}
