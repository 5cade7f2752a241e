"""催办: what will go out is shown first, word for word."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.access import CONFIRM, get_visible, require
from members.models import Unit
from projects.forms_outbox import NudgeForm
from projects.links import safe_next
from projects.models import Due
from projects.outbox.nudging import Nudge, nudge, preview
from projects.words import due_name
from xitun.lib.dates import now
from xitun.lib.forms import add_act_errors, carried_out

page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@page
def nudge_unit(request, pk):
    unit = get_visible(Unit.objects.branches(), request.user, pk=pk)
    require(request.user, CONFIRM, unit.path)
    return _nudge(request, unit, None, f"{reverse('dues')}?unit={unit.pk}")


@login_required
@page
def nudge_due(request, pk):
    due = get_visible(Due.objects.select_related("person", "unit", "assignee"), request.user, pk=pk)
    require(request.user, CONFIRM, due.path)
    return _nudge(request, due.unit, due, f"{reverse('dues')}?unit={due.unit_id}")


def _nudge(request, unit, due, default):
    asked, back = Nudge(unit, due), safe_next(request, default)
    form = NudgeForm(request.POST if request.method == "POST" else None)

    def act():
        nudge(by=request.user, unit=unit, due=due, seen=form.cleaned_data["seen"])

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Nudged. It stands on their page of reminders."))
        return redirect(back)
    refused = _refused(asked)
    shown = [] if refused else list(preview(asked))
    if form.is_bound and shown:  # the numbers have changed: what is sent back is what is shown now
        bound, form = form, NudgeForm({"seen": shown[0][2]})
        form.is_valid()
        add_act_errors(form, ValidationError(bound.non_field_errors().as_data() or [_("Look at it again.")]))
    elif shown:
        form = NudgeForm(initial={"seen": shown[0][2]})
    context = {
        "asked": asked, "unit": unit, "due": due, "name": due_name(due) if due else "", "form": form, "back": back,
        "refused": refused, "shown": shown, "waits": asked.channels and asked.goes_out > now(),
    }  # fmt: skip
    return render(request, "projects/nudge.html", context, status=422 if request.method == "POST" else 200)


def _refused(asked):
    try:
        asked.check()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
