"""A person's history as one table: branch, standing, posts and categories, from when to when, as who entered it when.

What a reader may not see is not on the page: enrolments and posts by their own scope, a branch out of scope unnamed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import CONFIRM, VIEW, WRITE, get_visible, scope_of
from members.audit import trace_view
from members.models import Absence, Category, FormerIdentity, Person, PostHolding
from members.models.causes import why_said
from members.models.enrolments import NEVER_HELD
from xitun.lib.ids import mask_id

from .timeline import enrolments_of, hides_closed_case


@dataclass(frozen=True)
class Held:
    """One dated row in words."""

    kind: str
    what: str
    since: date
    until: date | None
    entered: datetime
    by: str
    superseded: datetime | None
    correct_url: str = ""


@login_required
@require_safe
def history(request, pk):
    user = request.user
    person = get_visible(Person.objects.select_related("unit"), user, pk=pk)
    enrolments = _enrolments(person, user)
    rows = [
        *_branches(person, user),
        *_standings(person, user),
        *_identities(person, user),
        *_posts(person, user),
        *_absences(person, user),
        *(_category(row, user) for row in enrolments),
    ]
    trace_view(user, person, enrolments)
    context = {
        "person": person,
        "may_correct": any(row.correct_url for row in rows),
        "rows": sorted(rows, key=lambda row: (row.since, row.entered), reverse=True),
        "back_url": reverse("person", args=[person.pk]),
    }
    return render(request, "members/person_history.html", context)


def _held(row, kind, what, *, by=True, correct_url=""):
    who = str(row.recorded_by or "") if by else ""
    return Held(kind, what, row.from_date, row.to_date, row.recorded_at, who, row.superseded_at, correct_url)


def _correct_url(user, row, kind, *paths):
    """Where this row is put right; "" for who may not, and for what was replaced or never held."""
    may = not row.superseded_at and all(scope_of(user).can(CONFIRM, path) for path in paths)
    return reverse("row-correct", args=[row.person_id, kind, row.pk]) if may else ""


def branch_said(row, user):
    """(the branch a membership names, why, whether the reader may know which): a branch out of scope stays unnamed."""
    scope = scope_of(user)
    named = scope.can(VIEW, row.unit.path) or user.person_id == row.person_id
    # a reason may say what only those who write here know
    why = why_said(row.reason) if scope.can(WRITE, row.unit.path) else ""
    return str(row.unit) if named else _("another branch"), why, named


def standing_said(row):
    more = _("probation extended by %(n)s months") % {"n": row.extended_months} if row.extended_months else ""
    return " · ".join(filter(None, (row.get_standing_display(), more)))


def _branches(person, user):
    for row in person.memberships.select_related("unit", "recorded_by"):
        branch, why, named = branch_said(row, user)
        what = " · ".join(filter(None, (branch, why)))
        url = _correct_url(user, row, "branch", person.path, row.unit.path)
        yield _held(row, _("branch"), what, by=named, correct_url=url)


def _standings(person, user):
    for row in person.standings.select_related("recorded_by"):
        url = _correct_url(user, row, "standing", person.path)
        yield _held(row, _("standing"), standing_said(row), correct_url=url)


def _identities(person, user):
    """Names and numbers borne before; the number masked, what showed the change for those who write here."""
    near = scope_of(user).can(WRITE, person.path) or user.person_id == person.pk
    for row in FormerIdentity.objects.visible_to(user).filter(person=person).select_related("recorded_by"):
        parts = [row.name, row.id_number and mask_id(row.id_number)]
        parts += [row.get_evidence_display(), row.reason] if near else []
        yield _held(row, _("former name or number"), " · ".join(part for part in parts if part))


def _posts(person, user):
    for row in PostHolding.objects.visible_to(user).filter(person=person).select_related("recorded_by"):
        yield _held(row, _("post"), row.title, correct_url=_correct_url(user, row, "post", row.path))


def _absences(person, user):
    """Where somebody was away, for those who write here and the person."""
    if scope_of(user).can(WRITE, person.path) or user.person_id == person.pk:
        for row in Absence.objects.visible_to(user).filter(person=person).select_related("recorded_by"):
            yield _held(row, _("away"), row.place)


def _enrolments(person, user):
    """Those the reader may see; a closed case of help and education is not listed (DOMAIN 2.6)."""
    rows = enrolments_of(person, user).select_related("recorded_by")
    return list(rows.exclude(category=Category.BACKWARD) if hides_closed_case(person, user) else rows)


def _category(row, user):
    words = [row.get_category_display()]
    if not row.superseded_at:  # a former version of a row that goes on has no state of its own
        words.append(row.get_status_display())
    held = row.status not in NEVER_HELD
    url = _correct_url(user, row, "category", row.path) if held else ""
    return _held(row, _("category"), " · ".join(words), correct_url=url)
