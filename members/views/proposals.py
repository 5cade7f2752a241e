"""What a branch has proposed and the town has not decided yet: what is still missing, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members import actions
from members.access import CONFIRM, WRITE, require, scope_of
from members.actions.categories import missing_for
from members.actions.proposals import may_withdraw
from members.audit import trace_view
from members.exits import add_exits
from members.forms_enrolments import WithdrawForm
from members.models import Enrolment, Status
from xitun.lib.forms import carried_out
from xitun.lib.keyset import keyset_page

from .enrolments import enrolment_for
from .people_acts import form_page, page, posted, to_person

PAGE_SIZE = 100


@login_required
@require_safe
def proposals(request):
    """What waits for the town, oldest first."""
    require(request.user, WRITE)
    mine = Enrolment.objects.writable_by(request.user)
    waiting = mine.filter(status=Status.PROPOSED).select_related("person", "unit", "recorded_by")
    rows = keyset_page(waiting, ("recorded_at", "pk"), request.GET, PAGE_SIZE)
    for row in rows:
        row.missing = missing_for(row)
    exits = mine.filter(status=Status.EXIT_PROPOSED).select_related("person", "unit").order_by("path", "pk")
    context = {
        "rows": rows,
        "exits": add_exits(exits[:PAGE_SIZE], request.user),
        "may_decide": scope_of(request.user).can(CONFIRM),
    }
    return render(request, "members/proposals.html", context)


@login_required
@page
def proposal_withdraw(request, pk):
    """The branch takes back what it proposed."""
    row = enrolment_for(request.user, pk)
    form = WithdrawForm(posted(request))

    def act():
        actions.withdraw_proposal(by=request.user, enrolment=row, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Taken back. It can be proposed again."))
        return to_person(row.person)
    trace_view(request.user, row.person, [row])
    open_ = row.status == Status.PROPOSED
    context = {"row": row, "person": row.person, "open": open_, "may": open_ and may_withdraw(row, request.user)}
    return form_page(request, "members/proposal_withdraw.html", form, **context)
