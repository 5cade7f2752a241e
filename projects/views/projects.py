"""One project: who stands in it, what is owed to them, and where to go from there."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from members.access import CONFIRM, WRITE, require, scope_of
from members.audit import trace_list
from members.models import Enrolment, PostHolding
from members.models.dated import true_on
from projects import registry
from projects.ledgers import right_for
from projects.models import Due
from projects.words import duty_name
from projects.workflow import Subject
from xitun.lib.dates import today
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 60


@login_required
@require_safe
def project(request, project):
    try:
        declared = registry.project(project.replace("-", "_"))
    except KeyError:
        raise Http404 from None
    if not declared.category:
        return redirect(declared.code)
    require(request.user, right_for(declared))
    posts = declared.ledger_subject is Subject.POST
    rows = _subjects(request.user, declared)
    owed = Due.objects.visible_to(request.user).open().filter(category=declared.category)
    page = keyset_page(_with_dues(rows, owed, declared), ("path", "pk"), request.GET, PAGE_SIZE)
    if page and declared.restricted:
        trace_list(request.user, declared.category)
    for row in page:  # who stands on the roll leaves it from their own page
        row.may_leave = posts and not row.person_id and scope_of(request.user).can(CONFIRM, row.path)
    context = {
        "project": declared,
        "page": page,
        "count": rows.count(),
        "duties": _by_duty(owed),
        "totals": owed.aggregate(all=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today()))),
        "several_units": len({row.unit_id for row in page}) > 1,
        "may_write": scope_of(request.user).can(WRITE),
        "posts": posts,
        "may_enter_posts": posts and scope_of(request.user).can(CONFIRM),
    }
    return render(request, "projects/project.html", context)


def _subjects(user, declared):
    """Live enrolments, or the posts held today where the project is about posts."""
    if declared.ledger_subject is Subject.POST:
        return PostHolding.objects.visible_to(user).filter(true_on(today()))
    return Enrolment.objects.visible_to(user).live().filter(category=declared.category)


def _with_dues(rows, owed, declared):
    """Each subject with the day of its next open due and how many are overdue."""
    link = "post" if declared.ledger_subject is Subject.POST else "enrolment"
    mine = owed.order_by().filter(**{link: OuterRef("pk")}).values(link)
    late = mine.filter(due_on__lt=today()).annotate(n=Count("pk")).values("n")
    return (
        rows.select_related("person", "unit")
        .defer("person__id_number")
        .annotate(next_due=Subquery(mine.annotate(first=Min("due_on")).values("first")), overdue=Subquery(late))
    )


def _by_duty(owed):
    """[(name, owed, overdue)] a duty of this project."""
    rows = owed.order_by().values("duty").annotate(total=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today())))
    return [(duty_name(row["duty"]), row["total"], row["overdue"]) for row in rows.order_by("duty")]
