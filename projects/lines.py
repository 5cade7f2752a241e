"""A due as one line of a list: whose, what, for when, and the one tap that settles it. Lists of every page use this."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from members.access import WRITE, scope_of
from xitun.lib.ids import mask_phone

from .links import due_link
from .models import Discharge
from .words import duty_name, occasion_name


@dataclass(frozen=True)
class DueLine:
    """`url` is "" for those who may look but not write, and for what is settled or closed."""

    due: object
    name: str
    what: str
    detail: str
    url: str = ""


def for_lines(dues):
    """The queryset with all that a line shows, in one statement."""
    record = Discharge.objects.live().filter(due=OuterRef("pk")).values("record")[:1]
    return (
        dues.with_state()
        .annotate(record_pk=Subquery(record))
        .select_related("person", "post", "unit", "assignee")
        .defer("person__id_number", "person__address")
    )


def due_line(due, user, *, back="", with_unit=False):
    """The line of one due read through `for_lines`. `back`: the page to return to after saving."""
    name = due.person.name if due.person else due.post.holder_name if due.post else str(due.unit)
    parts = (
        occasion_name(due.occasion),
        due.unit.short_name if with_unit else "",
        mask_phone(due.person.phone) if due.person and due.person.phone else "",
        str(due.assignee) if due.assignee else "",
    )
    owed = due.state in ("open", "overdue")
    url = due_link(due, back=back) if owed and scope_of(user).can(WRITE, due.path) else ""
    return DueLine(due, name, duty_name(due.duty), " · ".join(filter(None, parts)), url)
