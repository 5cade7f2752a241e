"""What the town looks at before it confirms a proposal: why it is not ticked beforehand, and what it would end."""

from django.db.models import Q
from django.utils.translation import gettext as _

from members.models import Enrolment, Status
from members.models.enrolments import LIVE, RESTRICTED_CATEGORIES
from xitun.lib.dates import Quarter, today


def add_doubts(rows, user):
    """Give each of `rows` (proposed Enrolments) `ends`, the visible primary enrolment it would end or None, and
    `doubts`, words why it is confirmed one by one. One query, none without rows. Returns the rows as a list."""
    rows = list(rows)
    ends, proposals = _others(rows, user) if rows else ({}, {})
    for row in rows:
        row.ends = ends.get(row.person_id) if row.primary else None
        row.doubts = list(_doubts(row, user, proposals.get(row.person_id, 0)))
    return rows


def _others(rows, user):
    """({person: primary enrolment}, {person: number of proposals}) of the people of `rows`."""
    found = Enrolment.objects.visible_to(user).filter(
        Q(status=Status.PROPOSED) | Q(status__in=LIVE, primary=True), person__in={row.person_id for row in rows}
    )
    ends, proposals = {}, {}
    for other in found:
        if other.status == Status.PROPOSED:
            proposals[other.person_id] = proposals.get(other.person_id, 0) + 1
        else:
            ends[other.person_id] = other
    return ends, proposals


def _doubts(row, user, proposals):
    if row.category in RESTRICTED_CATEGORIES:
        yield _("is decided one by one")
    if row.ends:
        yield _("ends another category")
    if row.from_date < Quarter.of(today()).start:
        yield _("begins in an earlier quarter")
    if proposals > 1:
        yield _("the person has another proposal")
    if row.recorded_by_id == user.pk:
        yield _("proposed by yourself")
