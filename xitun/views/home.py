"""The first page after signing in: what this person's role has to do now."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from members.access import WRITE, scope_of
from members.completeness import files_to_complete
from members.filters import shown_enrolments
from members.models import CorrectionRequest, Enrolment, Person, Role, Status, Transfer, Unit
from members.suggestions import count_suggestions
from projects.drafts import drafts_of
from projects.joint.host_links import answers_to_note
from projects.own import own_duties
from projects.views.reminders import nudges_of, reminders_of
from xitun.lib.dates import Quarter, days_left, now, today
from xitun.owed import lines, nearest_first, owed, tally

from .home_admin import admin_page
from .town import town_page

DUE_NOW = 8
RETURNED_SHOWN = 3
TRANSFERS_SHOWN = 10
DRAFTS_SHOWN = 3
HOST_ANSWERS_SHOWN = 10
RETURNED_FOR = timedelta(days=60)
NEW = timedelta(days=7)  # a reminder is news for a week


@login_required
@require_safe
def home(request):
    scope = scope_of(request.user)
    if scope.has_role(Role.TOWN_STAFF, Role.DIRECTOR):
        return town_page(request)
    if scope.has_role(Role.SECRETARY):
        return secretary_page(request)
    if scope.has_role(Role.ADMIN):
        return admin_page(request)
    if scope.has_role(Role.READER):
        return town_page(request)
    return render(request, "xitun/home_member.html", {"person_id": request.user.person_id})


def secretary_page(request):
    """What the branch still owes this quarter, nearest first, each one tap from its form."""
    user, quarter = request.user, Quarter.of(today())
    mine = owed(user, quarter).filter(own_duties(user))
    people = Person.objects.writable_by(user).on_roll()
    proposals = Enrolment.objects.writable_by(user)
    context = {
        "quarter": quarter,
        "days_left": days_left(quarter.last_day),
        "units": list(Unit.objects.writable_by(user, WRITE).branches().current(today())[:2]),
        "owed": tally(mine),
        "lines": lines(nearest_first(mine)[:DUE_NOW], user, back=reverse("home")),
        "reminders": reminders_of(user).filter(created_at__gte=now() - NEW).count(),
        "nudge": nudges_of(user).first(),
        "uncategorised": people.exclude(pk__in=shown_enrolments(user).values("person")).count(),
        "to_complete": files_to_complete(user).count(),
        "waiting": proposals.filter(status__in=(Status.PROPOSED, Status.EXIT_PROPOSED)).count(),
        "corrections": CorrectionRequest.objects.answerable_by(user).count(),
        "suggestions": count_suggestions(user),
        "returned": _returned(proposals, user),
        "host_answers": list(answers_to_note(user)[:HOST_ANSWERS_SHOWN]),
        "transfers": _transfers(user),
        "drafts": drafts_of(user, DRAFTS_SHOWN),
    }
    return render(request, "xitun/home_secretary.html", context)


def _transfers(user):
    """People on their way from or to the own branch, the letter that ends first at the top."""
    rows = Transfer.objects.writable_by(user).waiting().select_related("person", "unit", "to_unit")
    return list(rows.order_by("valid_until", "pk")[:TRANSFERS_SHOWN])


def _returned(proposals, user):
    """Proposals the town sent back lately and nobody has answered by a new one."""
    newer = Enrolment.objects.visible_to(user).filter(person=OuterRef("person"), recorded_at__gt=OuterRef("decided_at"))
    newer = newer.filter(pk__gt=OuterRef("pk"), superseded_at=None)  # not an older one whose days were put right
    rows = proposals.filter(~Exists(newer), status=Status.RETURNED, decided_at__gte=now() - RETURNED_FOR)
    return list(rows.select_related("person").order_by("-decided_at")[:RETURNED_SHOWN])
