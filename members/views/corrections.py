"""Requests for correction: the person asks on their own page and may withdraw; who writes at the branch answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members import actions
from members.access import WRITE, get_visible, require
from members.audit import trace
from members.forms_corrections import AnswerCorrectionForm, AskCorrectionForm
from members.models import CorrectionRequest
from xitun.lib.forms import carried_out
from xitun.lib.keyset import keyset_page

from .own import own_person
from .people_acts import MASKS, conflict_page, form_page, page, posted, shown
from .users import NoFields

SHOWN = 50
SHOWN_OWN = 20


@login_required
@page
def correction_ask(request, pk):
    """The person's own page: what they asked and what became of it, and the form to ask."""
    person = own_person(request.user, pk)
    form = AskCorrectionForm(posted(request))

    def act():
        actions.ask_correction(by=request.user, person=person, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Sent. The branch or the town answers; you will read it here."))
        return redirect("correction-ask", pk=person.pk)
    asked = CorrectionRequest.objects.visible_to(request.user).filter(person=person).select_related("answered_by")
    rows = keyset_page(asked, ("-pk",), request.GET, SHOWN_OWN)
    return form_page(request, "members/correction_ask.html", form, person=person, rows=rows)


@login_required
@require_POST
def correction_withdraw(request, pk):
    row = get_visible(CorrectionRequest.objects.select_related("person"), request.user, pk=pk)
    if row.person_id != request.user.person_id:
        raise PermissionDenied
    form = NoFields({})
    if carried_out(form, lambda: actions.withdraw_correction(by=request.user, request=row)):
        messages.success(request, _("The request is withdrawn."))
    else:
        messages.error(request, " ".join(form.non_field_errors()))
    return redirect("correction-ask", pk=row.person_id)


@login_required
@require_safe
def corrections(request):
    """What waits for an answer where the user writes, oldest first."""
    require(request.user, WRITE)
    waiting = CorrectionRequest.objects.answerable_by(request.user).select_related("person__unit")
    rows = keyset_page(waiting, ("pk",), request.GET, SHOWN)
    return render(request, "members/corrections.html", {"rows": rows})


@login_required
@page
def correction(request, pk):
    """One request beside what the file says now; accept it, or say why not."""
    row = get_visible(CorrectionRequest.objects.select_related("person__unit", "answered_by"), request.user, pk=pk)
    require(request.user, WRITE, row.person.path)
    form = AnswerCorrectionForm(posted(request), request=row)

    def act():
        _decide(row, by=request.user, **form.cleaned_data)

    try:
        if form.is_bound and carried_out(form, act):
            messages.success(request, _("Answered. The person reads it on their page."))
            return redirect("corrections")
    except actions.Conflict as conflict:
        return conflict_page(request, conflict, reverse("correction", args=[row.pk]))
    return form_page(request, "members/correction.html", form, **_beside(row, request.user))


def _decide(row, *, by, decision, version, answer):
    if decision == "refuse":
        return actions.refuse_correction(by=by, request=row, answer=answer)
    return actions.accept_correction(by=by, request=row, version=version, answer=answer)


def _beside(row, user):
    """The page's words. The whole number that was asked for is shown to who decides on it, with a trace; answered, or
    decided by somebody else, it is masked like any other."""
    decides = row.is_waiting and user.person_id != row.person_id
    asked = row.right
    if row.column in MASKS:
        if decides:
            trace(
                "reveal_person", by=user, obj=row.person, person=row.person, purpose=_("deciding a correction request")
            )
        else:
            asked = MASKS[row.column](asked)
    other = row.column == CorrectionRequest.Column.OTHER
    now = "" if other else shown(row.person, row.column, getattr(row.person, row.column))
    return {"row": row, "person": row.person, "now": now, "asked": asked, "open": decides, "other": other}
