"""A person's categories to read at length and to print: every stay and proposal with its days, its reasons, what it
rests on, and who did what when.

What a reader may not see is not on the page; a look at restricted content leaves a trace, as on the person's own page.
"""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import get_visible
from members.audit import trace_view
from members.models import AuditRow, Enrolment, Person
from members.models.enrolments import NEVER_HELD
from members.views.audit import ACTS
from xitun.lib.dates import now

from .dossier import categories_of
from .timeline import hides_closed_case

STEPS = (
    "propose_category", "complete_proposal", "withdraw_proposal", "return_category", "confirm_category",
    "carry_over_category", "regularise_category", "name_helper", "propose_exit", "decline_exit", "end_category",
)  # fmt: skip


@login_required
@require_safe
def categories(request, pk):
    user = request.user
    person = get_visible(Person.objects.select_related("unit"), user, pk=pk)
    rows = categories_of(person, user, hides_closed_case(person, user))
    _add_steps(rows, user)
    for row in rows:
        row.held = row.status not in NEVER_HELD
        row.days = [(label, day) for label, day in _days(row) if day]
    trace_view(user, person, rows)
    return render(request, "members/person_stays.html", {"person": person, "rows": rows, "printed": now()})


def _days(row):
    field = Enrolment._meta.get_field
    for name in ("consent_on", "notified_on", "heard_on"):
        yield field(name).verbose_name, getattr(row, name)
    yield _("To be regularised by"), row.carried_over and row.regularise_by


def _add_steps(rows, user):
    """Give each row `steps`: (trace, act in words) of what was done with it, as far as the reader may see traces. One
    query; none without rows."""
    found = {str(row.pk): [] for row in rows}
    if rows:
        traces = AuditRow.objects.visible_to(user).filter(
            act__in=STEPS, object_type=Enrolment._meta.label_lower, object_id__in=found, person=rows[0].person_id
        )
        for trace in traces.select_related("actor").order_by("pk"):
            found[trace.object_id].append((trace, ACTS[trace.act]))
    for row in rows:
        row.steps = found[str(row.pk)]
