"""What this user was reminded of and has still to do: newest first. What is done leaves by itself."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.lines import due_line, for_lines
from projects.models import Due, Reminder
from projects.own import told
from xitun.lib.dates import business_date

SHOWN = 200


def reminders_of(user):
    """Reminders that speak to `user` about what is still open, newest first."""
    found = Reminder.objects.visible_to(user).filter(told(user), due__in=Due.objects.visible_to(user).open())
    return found.order_by("-created_at", "due__due_on", "pk")


@login_required
@require_safe
def reminders(request):
    found = list(reminders_of(request.user)[:SHOWN])
    spoken_of = Due.objects.visible_to(request.user).filter(pk__in={r.due_id for r in found})
    dues = {due.pk: due for due in for_lines(spoken_of)}
    back = request.get_full_path()
    groups = [
        {"day": day, "stage": Reminder.Stage(stage), "lines": [_line(request, dues[r.due_id], back) for r in rows]}
        for (day, stage), rows in groupby(found, key=lambda r: (business_date(r.created_at), r.stage))
    ]
    return render(request, "projects/reminders.html", {"groups": groups, "more": len(found) == SHOWN})


def _line(request, due, back):
    return due_line(due, request.user, back=back, with_unit=True)
