"""What the headings of an uploaded roster mean, where the program does not know or was told otherwise."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.roster.forms_headings import HeadingsForm
from members.roster.headings import unpack
from members.roster.mapping import map_columns
from members.roster.offices import office_of
from members.views.roster import rosters_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_columns(request, pk):
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    headings = unpack(roster.headings)
    if roster.confirmed_at or not headings:
        messages.info(request, _("There is nothing to say about the headings of this roster any more."))
        return redirect("roster-preview", pk=pk)
    form = HeadingsForm(request.POST if request.method == "POST" else None, headings=headings)
    if form.is_bound and form.is_valid() and _mapped(request, roster, form):
        return redirect("roster-preview", pk=pk)
    context = {"roster": roster, "form": form, "office": office_of(roster.unit)}
    return render(request, "members/roster_columns.html", context, status=422 if form.is_bound else 200)


def _mapped(request, roster, form):
    """Whether the answers were taken; if not, why stands in the form."""
    try:
        map_columns(by=request.user, roster=roster, answers=form.answers())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The roster was judged anew. The same headings need no question next time."))
    return True
