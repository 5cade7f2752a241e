"""A due as one line of a list: whose, what, for when, and the one tap that settles it. Lists of every page use this."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import OuterRef, Subquery

from members.access import WRITE, scope_of
from xitun.lib.ids import mask_phone

from .links import due_link, kinds_of_due
from .models import Due
from .occasions import about
from .past import OWED, Present
from .words import due_name, duty_name, each_once, occasion_name


@dataclass(frozen=True)
class DueLine:
    """`url` is "" for those who may look but not write, and for what is settled or closed. `day` is the one it is seen
    from (None: today)."""

    due: object
    name: str
    what: str
    detail: str
    url: str = ""
    day: object = None

    @property
    def in_place(self):
        """Whether the form may stand in the line; one with the roll of a branch is a page of its own."""
        return not any(kind.rows for _code, kind in kinds_of_due(self.due)[:1])


def for_lines(dues, seen=None):
    """The queryset with all that a line shows, in one statement; `seen` from another day than today (projects.past)."""
    seen = seen or Present()
    record = seen.discharges.filter(due=OuterRef("pk")).values("record")[:1]
    return (
        seen.stated(dues)
        .annotate(record_pk=Subquery(record), about=about())
        .select_related("person", "post", "unit", "assignee")
        .defer("person__id_number", "person__address")
    )


def due_line(due, user, *, back="", with_unit=False, past_day=None):
    """The line of one due read through `for_lines`. `back`: the page to return to after saving. Of a `past_day` phone
    and helper are not kept, and nothing is done."""
    name = due.person.name if due.person else due.post.holder_name if due.post else str(due.unit)
    parts = (
        due.about,
        occasion_name(due.occasion),
        due.unit.short_name if with_unit else "",
        mask_phone(due.person.phone) if due.person and due.person.phone and not past_day else "",
        str(due.assignee) if due.assignee and not past_day else "",
    )
    owed = due.state in OWED and not past_day
    url = due_link(due, back=back) if owed and scope_of(user).can(WRITE, due.path) else ""
    return DueLine(due, name, duty_name(due.duty), " · ".join(filter(None, parts)), url, past_day)


def opened_by(record, user):
    """[(words, day)] of the open dues that a record has made, soonest first; what several people are owed is said once.
    One query."""
    made = _said(Due.objects.visible_to(user).open().filter(occasion=f"r{record.pk}"))
    days = groupby(made, key=attrgetter("due_on"))
    return [(what, day) for day, dues in days for what in each_once(due.what for due in dues)]


def owed_in(user, enrolment):
    """Told to members before an enrolment ends: [(words, day)] of the open dues that close with it, as the user may see
    them."""
    return _closing(user, enrolment=enrolment)


def owed_in_post(user, post):
    """The same before a post is left."""
    return _closing(user, post=post)


def _closing(user, **subject):
    return [(due.what, due.due_on) for due in _said(Due.objects.visible_to(user).open().filter(**subject))]


def _said(dues):
    dues = list(dues.annotate(about=about()).order_by("due_on", "pk"))
    for due in dues:
        due.what = due_name(due)
    return dues
