"""Categories: the branch proposes, the town decides, a named person ends."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members import actions
from members.access import CONFIRM, get_visible, require
from members.actions.categories import missing_for
from members.audit import trace_view
from members.doubts import add_doubts
from members.exits import add_exits
from members.forms import DecideForm, EndCategoryForm, ProposeForm
from members.models import Enrolment, Status, Transfer
from members.models.enrolments import RESTRICTED_CATEGORIES
from xitun.lib.forms import carried_out
from xitun.lib.keyset import keyset_page

from .people_acts import closes_with, form_page, from_link, page, person_for, posted, to_person

PAGE_SIZE = 100  # what one press of "confirm all on this page" may decide


@login_required
@page
def category_propose(request, pk):
    person = person_for(request.user, pk)
    initial = from_link(request, "category", "primary", "reason")
    if initial.get("category") in RESTRICTED_CATEGORIES:
        initial = {}
    form = ProposeForm(posted(request), initial=initial, user=request.user, path=person.path)
    made = []

    def act():
        made.append(actions.propose_category(by=request.user, person=person, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        if missing := missing_for(made[0]):
            words = _("Proposed, but the town cannot confirm it yet. Still to enter: %(what)s.")
            messages.warning(request, words % {"what": _(", ").join(missing)})
        else:
            messages.success(request, _("Proposed. The town decides; you will see the answer on this page."))
        return to_person(person)
    present = Enrolment.objects.visible_to(request.user).live().filter(person=person)
    return form_page(request, "members/category_propose.html", form, person=person, present=present)


@login_required
@page
def decisions(request):
    """The town's queue, oldest first, and what was carried over from old rosters and is not regular yet."""
    require(request.user, CONFIRM)
    waiting = Enrolment.objects.writable_by(request.user, CONFIRM).filter(status=Status.PROPOSED)
    if request.method == "POST":
        return _confirm_many(request, waiting)
    rows = keyset_page(
        waiting.select_related("person", "unit", "recorded_by"), ("recorded_at", "pk"), request.GET, PAGE_SIZE
    )
    for row in add_doubts(rows, request.user):
        row.missing = missing_for(row)
        row.bulk = row.category not in RESTRICTED_CATEGORIES
    exits = Enrolment.objects.writable_by(request.user, CONFIRM).filter(status=Status.EXIT_PROPOSED)
    carried = Enrolment.objects.writable_by(request.user, CONFIRM).live().filter(carried_over=True)
    carried_rows = carried.select_related("person", "unit").order_by("regularise_by", "path", "pk")[:PAGE_SIZE]
    for row in carried_rows:
        row.missing = missing_for(row)
    transfers = (
        Transfer.objects.writable_by(request.user, CONFIRM).waiting().select_related("person", "unit", "to_unit")
    )
    context = {
        "rows": rows,
        "transfers": transfers.select_related("person", "unit", "to_unit").order_by("valid_until", "pk")[:PAGE_SIZE],
        "count": waiting.count() + exits.count(),
        "exits": add_exits(exits.select_related("person", "unit").order_by("path", "pk")[:PAGE_SIZE], request.user),
        "carried": carried_rows,
        "carried_count": carried.count(),
    }
    return render(request, "members/decisions.html", context)


def _confirm_many(request, waiting):
    """Confirm the ticked proposals of the six open categories, each by itself: one refusal does not hold the rest."""
    ids = [pk for pk in request.POST.getlist("enrolment") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    rows = waiting.filter(pk__in=ids[:PAGE_SIZE]).exclude(category__in=RESTRICTED_CATEGORIES).select_related("person")
    done = []
    for row in rows:
        try:
            actions.confirm_category(by=request.user, enrolment=row)
            done.append(row.person.name)
        except ValidationError as error:
            messages.error(request, f"{row.person}: {' '.join(error.messages)}")
    if done:
        words = ngettext(
            "%(n)s proposal was confirmed: %(names)s.", "%(n)s proposals were confirmed: %(names)s.", len(done)
        )
        messages.success(request, words % {"n": len(done), "names": ", ".join(done)})
    elif not ids:
        messages.warning(request, _("Nothing was ticked. Tick the proposals to confirm."))
    return redirect("decisions")


def _enrolment_for(user, pk):
    rows = Enrolment.objects.visible_to(user).without_closed_cases()
    rows = rows.select_related("person", "unit", "recorded_by", "decided_by")
    row = get_visible(rows, user, pk=pk, superseded_at=None)
    require(user, CONFIRM, row.path)
    return row


@login_required
@page
def category_decide(request, pk):
    row = _enrolment_for(request.user, pk)
    form = DecideForm(posted(request))

    def act():
        decide = actions.confirm_category if form.cleaned_data["decision"] == "confirm" else actions.return_category
        decide(by=request.user, enrolment=row, reason=form.cleaned_data["reason"])

    if form.is_bound and carried_out(form, act):
        confirmed = form.cleaned_data["decision"] == "confirm"
        messages.success(request, _("Confirmed.") if confirmed else _("Returned to the branch with your reason."))
        return redirect("decisions")
    trace_view(request.user, row.person, [row])
    present = Enrolment.objects.visible_to(request.user).live().filter(person=row.person_id)
    context = {"row": row, "missing": missing_for(row), "present": present, "open": row.status == Status.PROPOSED}
    return form_page(request, "members/category_decide.html", form, **context)


@login_required
@page
def category_end(request, pk):
    row = _enrolment_for(request.user, pk)
    form = EndCategoryForm(posted(request))

    def act():
        actions.end_category(by=request.user, enrolment=row, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The category has ended. What was still owed has been closed."))
        return to_person(row.person)
    told = {"row": row, "person": row.person, "closes": closes_with(request.user, row)}
    return form_page(request, "members/category_end.html", form, **told)
