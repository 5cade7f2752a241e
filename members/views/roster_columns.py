"""An uploaded roster's own workbook: what its headings mean, and the same workbook back with what is wrong in it."""

from io import BytesIO
from pathlib import PurePath

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.roster.background import judge_later
from members.roster.forms_headings import HeadingsForm
from members.roster.headings import unpack
from members.roster.mapping import map_columns
from members.roster.marked import hand_back_roster
from members.roster.offices import office_of
from members.views.roster import XLSX, rosters_of


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
        roster = map_columns(by=request.user, roster=roster, answers=form.answers(), later=judge_later)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if not roster.busy:
        messages.success(request, _("The roster was judged anew. The same headings need no question next time."))
    return True


@login_required
@require_POST
def roster_marked(request, pk):
    """The workbook as it was sent, with what is wrong beside the cells. A POST, since it is traced."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    target = BytesIO()
    try:
        hand_back_roster(by=request.user, roster=roster, target=target)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("roster-preview", pk=pk)
    target.seek(0)
    name = _("%(file)s (checked).xlsx") % {"file": PurePath(roster.file_name).stem or _("Roster")}
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
