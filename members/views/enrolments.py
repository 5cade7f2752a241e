"""What happens to an enrolment while it stands: it is made regular, its end is proposed, somebody helps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from members import actions
from members.access import CONFIRM, WRITE, get_visible, require, scope_of
from members.actions.categories import missing_for
from members.audit import trace_view
from members.exits import add_exits
from members.forms_enrolments import ComeHomeForm, DecideExitForm, HelperForm, ProposeExitForm, RegulariseForm
from members.models import Category, Enrolment, Status
from members.models.enrolments import LIVE
from xitun.lib.forms import carried_out

from .people_acts import closes_with, form_page, from_link, page, posted, to_person


def enrolment_for(user, pk, right=WRITE):
    """The enrolment, 404 when out of scope, sealed or replaced, 403 without `right` at its unit."""
    rows = Enrolment.objects.visible_to(user).without_closed_cases()
    row = get_visible(rows.select_related("person", "unit", "decided_by", "helper"), user, pk=pk, superseded_at=None)
    require(user, right, row.path)
    return row


@login_required
@page
def category_regularise(request, pk):
    """Consent, or notice and hearing, for somebody carried over from an old roster, or what a proposal lacks."""
    row = enrolment_for(request.user, pk)
    form = RegulariseForm(posted(request), enrolment=row)
    proposed = row.status == Status.PROPOSED
    make_good = actions.complete_proposal if proposed else actions.regularise_category
    decides = scope_of(request.user).can(CONFIRM, row.path)
    done = []

    def act():
        done.append(make_good(by=request.user, enrolment=row, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        if proposed or done[0].carried_over:
            missing = _("Kept. Still to enter: %(what)s.") % {"what": _(", ").join(missing_for(done[0]))}
            messages.success(request, missing if missing_for(done[0]) else _("Kept. Now the town decides."))
            return to_person(row.person)
        messages.success(request, _("The category is regular now."))
        return redirect("decisions")
    context = {"row": row, "person": row.person, "missing": missing_for(row), "decides": decides}
    context |= {"proposed": proposed, "open": proposed or (row.carried_over and row.status in LIVE)}
    trace_view(request.user, row.person, [row])
    return form_page(request, "members/category_regularise.html", form, **context)


@login_required
@page
def category_come_home(request, pk):
    """A mobile person is back; the next category may be proposed at once."""
    row = enrolment_for(request.user, pk)
    form = ComeHomeForm(posted(request), initial=from_link(request, "on", "reason"))

    def act():
        actions.come_home(by=request.user, enrolment=row, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The homecoming was entered. What was owed while away has been closed that day."))
        return to_person(row.person)
    open_ = row.status in LIVE and row.category == Category.MOBILE
    told = {"row": row, "person": row.person, "open": open_, "closes": closes_with(request.user, row)}
    return form_page(request, "members/category_come_home.html", form, **told)


@login_required
@page
def category_propose_exit(request, pk):
    """The branch asks the town to end a category."""
    row = enrolment_for(request.user, pk)
    form = ProposeExitForm(posted(request), initial=from_link(request, "reason"))

    def act():
        actions.propose_exit(by=request.user, enrolment=row, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Proposed. The category stands until the town decides."))
        return to_person(row.person)
    open_ = row.status == Status.ACTIVE
    return form_page(request, "members/category_propose_exit.html", form, row=row, person=row.person, open=open_)


@login_required
@page
def category_decide_exit(request, pk):
    """The town ends what the branch proposed to end, or keeps it."""
    row = add_exits([enrolment_for(request.user, pk, CONFIRM)], request.user)[0]
    form = DecideExitForm(posted(request))

    def act():
        _decide_exit(row, by=request.user, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        ended = form.cleaned_data["decision"] == "end"
        messages.success(
            request,
            _("The category has ended. What was still owed has been closed.") if ended else _("The category stays."),
        )
        return redirect("decisions")
    open_ = row.status == Status.EXIT_PROPOSED
    return form_page(request, "members/category_decide_exit.html", form, row=row, person=row.person, open=open_)


def _decide_exit(row, *, by, decision, on, reason):
    if row.status != Status.EXIT_PROPOSED:  # end_category would end an active one too
        raise ValidationError(_("No end is proposed any more. Nothing was changed."))
    if decision == "keep":
        return actions.decline_exit(by=by, enrolment=row, reason=reason)
    why = reason.strip() or (row.exit.purpose if row.exit else "")
    return actions.end_category(by=by, enrolment=row, on=on, reason=why)


@login_required
@page
def category_helper(request, pk):
    """Name who helps the person; what is open of the helper's duties goes over to them."""
    row = enrolment_for(request.user, pk)
    form = HelperForm(posted(request), enrolment=row)

    def act():
        actions.name_helper(by=request.user, enrolment=row, helper=form.cleaned_data["helper"])

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The helper was kept. What is open of their duties is theirs now."))
        return to_person(row.person)
    open_ = row.status in LIVE
    return form_page(request, "members/category_helper.html", form, row=row, person=row.person, open=open_)
