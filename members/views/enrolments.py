"""What happens to an enrolment while it stands: it is made regular, its end is proposed, somebody helps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from members import actions
from members.access import CONFIRM, WRITE, get_visible, require, scope_of
from members.actions.categories import missing_for
from members.forms_enrolments import RegulariseForm
from members.models import Enrolment
from members.models.enrolments import LIVE
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, posted, to_person


def enrolment_for(user, pk, right=WRITE):
    """The enrolment, 404 when out of scope, 403 without `right` at its unit."""
    row = get_visible(Enrolment.objects.select_related("person", "unit", "decided_by", "helper"), user, pk=pk)
    require(user, right, row.path)
    return row


@login_required
@page
def category_regularise(request, pk):
    """Consent, or notice and hearing, for somebody carried over from an old roster."""
    row = enrolment_for(request.user, pk)
    form = RegulariseForm(posted(request), enrolment=row)
    decides = scope_of(request.user).can(CONFIRM, row.path)
    done = []

    def act():
        done.append(actions.regularise_category(by=request.user, enrolment=row, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        if done[0].carried_over:
            messages.success(
                request, _("The days were kept.") if missing_for(done[0]) else _("Kept. Now the town decides.")
            )
            return to_person(row.person)
        messages.success(request, _("The category is regular now."))
        return redirect("decisions")
    context = {"row": row, "person": row.person, "missing": missing_for(row), "decides": decides}
    context["open"] = row.carried_over and row.status in LIVE
    return form_page(request, "members/category_regularise.html", form, **context)
