"""Put a day of a person's history right: a branch, a standing, a category, a post."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from members import actions
from members.access import CONFIRM, get_visible, require, scope_of
from members.audit import trace_view
from members.forms_rows import PostForm, StandingForm, StayedForm, StayForm
from members.models import BranchMembership, Enrolment, Person, PostHolding, StandingRow
from members.models.enrolments import NEVER_HELD
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, posted

KINDS = {
    "branch": (BranchMembership, StayForm, actions.correct_membership),
    "standing": (StandingRow, StandingForm, actions.correct_standing),
    "category": (Enrolment, StayedForm, actions.correct_stay),
    "post": (PostHolding, PostForm, actions.correct_post),
}


@login_required
@page
def row_correct(request, pk, kind, row):
    if kind not in KINDS:
        raise Http404
    model, form_class, act = KINDS[kind]
    person = get_visible(Person.objects.select_related("unit"), request.user, pk=pk)
    if request.method == "POST" and _replaced(request.user, model, person, row):
        messages.info(request, _("This row has been replaced meanwhile. Look at the history again."))
        return redirect("person-history", pk=person.pk)
    row = _row(request.user, model, person, row)
    form = form_class(posted(request), row=row)
    if form.is_bound and carried_out(form, lambda: act(by=request.user, row=row, **form.cleaned_data)):
        messages.success(request, _("Corrected. What was entered before stays in the history, struck out."))
        return redirect("person-history", pk=person.pk)
    if isinstance(row, Enrolment):
        trace_view(request.user, person, [row])
    context = {"person": person, "row": row, "kind": kind, "what": _words(row)}
    back = reverse("person-history", args=[person.pk])
    return form_page(request, "members/row_correct.html", form, cancel_url=back, **context)


def _replaced(user, model, person, pk):
    """Whether this is a branch or standing of before: the other tap, or another hand, was quicker."""
    if model in (Enrolment, PostHolding) or not scope_of(user).can(CONFIRM, person.path):
        return False
    return model.objects.filter(pk=pk, person=person).exclude(superseded_at=None).exists()


def _words(row):
    if isinstance(row, BranchMembership):
        return str(row.unit)
    if isinstance(row, PostHolding):
        return row.title
    return row.get_standing_display() if isinstance(row, StandingRow) else row.get_category_display()


def _row(user, model, person, pk):
    """The row as it holds: 404 when it is not this person's, was replaced, is sealed or is out of scope; 403 without
    the right where it held."""
    rows = model.objects.filter(person=person, superseded_at=None).select_related("person")
    if model is Enrolment:
        rows = rows.exclude(status__in=NEVER_HELD).without_closed_cases()
    if model in (Enrolment, PostHolding):
        row = get_visible(rows, user, pk=pk)
        require(user, CONFIRM, row.path)
        return row
    require(user, CONFIRM, person.path)
    row = get_object_or_404(rows, pk=pk)
    if model is BranchMembership and not scope_of(user).can(CONFIRM, row.unit.path):
        raise Http404  # another town's roll
    return row
