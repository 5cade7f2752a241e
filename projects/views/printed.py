"""A paper of the office to print: A4, filled in from what is known, with room to write in what is not."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import require
from members.audit import trace
from members.models import Enrolment, PostHolding
from members.models.enrolments import NEVER_HELD
from projects import registry
from projects.ledgers import right_for
from projects.links import SUBJECTS
from projects.printed import form_of, paper
from projects.workflow import Subject
from xitun.lib.dates import today


@login_required
@require_safe
def printed_form(request, project, subject, pk, form):
    project, declared = _declared(project, subject, form)
    row = _subject(request.user, project, pk)
    require(request.user, right_for(project), row.path)
    if project.restricted:
        detail = {"form": declared.code}
        told = {"person": row.person, "restricted": True, "purpose": _("routine work"), "detail": detail}
        trace("print_form", by=request.user, obj=row, **told)
    filled = paper(project, declared, row, request.user, today())
    context = {"project": project, "row": row, "paper": filled, "day": today()}
    return render(request, "projects/printed_form.html", context)


def _declared(slug, subject, code):
    try:
        project = registry.project(slug.replace("-", "_"))
    except KeyError:
        raise Http404 from None
    declared = form_of(project, code.replace("-", "_"))
    if declared is None or SUBJECTS[str(project.ledger_subject)] != subject:
        raise Http404
    return project, declared


def _subject(user, project, pk):
    if project.ledger_subject is Subject.POST:
        rows = PostHolding.objects.visible_to(user).select_related("person", "unit")
        return get_object_or_404(rows, pk=pk, superseded_at=None)
    rows = Enrolment.objects.visible_to(user).without_closed_cases().exclude(status__in=NEVER_HELD)
    rows = rows.select_related("person", "unit", "helper")
    return get_object_or_404(rows, pk=pk, category=project.category, superseded_at=None)
