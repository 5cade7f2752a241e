"""A roster comes in by a page: upload, preview, confirm, result. Nothing is written before the confirmation."""

from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import WRITE, require
from members.models import RosterImport
from members.roster import preview
from members.roster.export import write_troubles
from members.roster.forms import RosterForm
from members.roster.reasons import REASONS
from members.roster.staging import stage_roster
from members.roster.vocabulary import examples
from members.roster.write import confirm_roster, discard_roster
from xitun.lib.keyset import keyset_page
from xitun.lib.readers import FileRefused

PAGE_SIZE = 50
RECENT = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rosters_of(user):
    """Uploads are seen by whoever made them, as long as they may still write there."""
    return RosterImport.objects.writable_by(user).filter(uploaded_by=user).select_related("unit")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster_import(request):
    require(request.user, WRITE)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterForm(*sent, user=request.user)
    if form.is_bound and form.is_valid() and (roster := _staged(request, form)):
        return redirect("roster-preview", pk=roster.pk)
    context = {
        "form": form,
        "recent": rosters_of(request.user).order_by("-created_at")[:RECENT],
        "reasons": REASONS.values(),
        "words": examples(),
    }
    return render(request, "members/roster_import.html", context, status=422 if form.is_bound else 200)


def _staged(request, form):
    """The roster, or None with the refusal put into the form."""
    file, unit, on = (form.cleaned_data[name] for name in ("file", "unit", "on"))
    try:
        return stage_roster(by=request.user, unit=unit, source=file, filename=file.name, on=on)
    except FileRefused as refusal:
        form.add_error("file", ValidationError([refusal.message, refusal.remedy]))
    except ValidationError as error:
        form.add_error("file", error)
    return None


@login_required
@require_safe
def roster_preview(request, pk):
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    counts = preview.counts_of(roster)
    show = preview.group_to_show(request.GET.get("show"), counts)
    page = keyset_page(preview.lines_of(roster, show), ["number"], request.GET, PAGE_SIZE)
    preview.explain(page, written=roster.confirmed_at is not None)
    context = {
        "roster": roster,
        "show": preview.GROUPS[show][0],
        "known": show != "refused",
        "strip": preview.strip_of(counts, show, roster.confirmed_at),
        "page": page,
        "skipped": preview.skipped_words(roster),
        "to_write": counts["new"] + counts["changed"],
        "troubled": counts["refused"] + counts["warned"] + counts["settle"],
    }
    return render(request, "members/roster_preview.html", context)


@login_required
@require_POST
def roster_confirm(request, pk):
    roster = confirm_roster(by=request.user, roster=get_object_or_404(rosters_of(request.user), pk=pk))
    counts = {"created": roster.created, "changed": roster.changed, "unchanged": roster.unchanged}
    messages.success(request, _("Written: %(created)s new, %(changed)s changed, %(unchanged)s unchanged.") % counts)
    return redirect("roster-preview", pk=roster.pk)


@login_required
@require_POST
def roster_discard(request, pk):
    try:
        discard_roster(by=request.user, roster=get_object_or_404(rosters_of(request.user), pk=pk))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("roster-preview", pk=pk)
    messages.success(request, _("Thrown away. Nothing was written."))
    return redirect("roster-import")


@login_required
@require_safe
def roster_troubles(request, pk):
    """The refused and warned lines as an Excel file, to mend the roster by."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    target = BytesIO()
    write_troubles(roster, target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=_("Roster, lines to mend.xlsx"), content_type=XLSX)
