"""A roster comes in by a page: upload, preview, confirm, result. Nothing is written before the confirmation."""

from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import CONFIRM, WRITE, require, scope_of
from members.edits import Edited
from members.jobs import retry_jobs
from members.models import Person, RosterImport
from members.roster import mend, preview
from members.roster.background import LARGE_ROSTER, job_of, judge_later, write_later
from members.roster.export import write_troubles
from members.roster.forms import RosterForm, WordForm
from members.roster.reasons import REASONS
from members.roster.settle import settle_line
from members.roster.staging import stage_roster
from members.roster.undo import may_be_undone, undo_roster
from members.roster.vocabulary import examples
from members.roster.write import confirm_roster, discard_roster
from members.views.edited import edit_lines
from xitun.lib.keyset import keyset_page
from xitun.lib.readers import FileRefused

PAGE_SIZE = 50
LAST_LINE = 2**31 - 1  # what the column can hold
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
        return redirect("roster-columns" if roster.asking else "roster-preview", pk=roster.pk)
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
        return stage_roster(by=request.user, unit=unit, source=file, filename=file.name, on=on, later=judge_later)
    except FileRefused as refusal:
        form.add_error("file", ValidationError([refusal.message, refusal.remedy]))
    except ValidationError as error:
        form.add_error("file", error)
    return None


@login_required
@require_safe
def roster_preview(request, pk):
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    if roster.busy and (job := job_of(roster)):
        return render(request, "members/roster_busy.html", {"roster": roster, "job": job})
    if roster.asking:
        return redirect("roster-columns", pk=pk)
    counts = preview.counts_of(roster)
    show = preview.group_to_show(request.GET.get("show"), counts)
    page = keyset_page(preview.lines_of(roster, show), ["number"], request.GET, PAGE_SIZE)
    written = roster.confirmed_at is not None
    preview.explain(page, written=written)
    if not written:
        preview.offer(page.rows, request.user)
    context = {
        "roster": roster,
        "show": preview.GROUPS[show][0],
        "known": show != "refused",
        **numbers_of(roster, counts, show),
        "page": page,
        "skipped": preview.skipped_words(roster),
        "headings": preview.heading_words(roster),
        "words": [] if written or show != "refused" else word_forms(roster),
        "may_undo": may_be_undone(roster),
        "decides": scope_of(request.user).can(CONFIRM, roster.path),
        "settle": counts["settle"],
        "refused": counts["refused"],
        "troubled": counts["refused"] + counts["warned"] + counts["settle"],
    }
    return render(request, "members/roster_preview.html", context)


def numbers_of(roster, counts, show):
    return {
        "strip": preview.strip_of(roster, counts, show),
        "to_write": counts["new"] + counts["changed"],
    }


def word_forms(roster):
    """A form for each word that one decision would mend."""
    words = mend.words_of(roster)
    proposed = mend.proposed(words, roster)
    forms = []
    for code, text, n in words:
        initial = {"code": code, "text": text, "value": proposed.get(text, "")}
        forms.append({"form": WordForm(roster=roster, code=code, initial=initial), "text": text, "n": n})
    return forms


@login_required
@require_POST
def roster_mend(request, pk, number):
    """One refused line with what was typed into its cells, judged again. Without JavaScript back to the list."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    if number > LAST_LINE:
        raise Http404
    line = get_object_or_404(roster.lines, number=number)
    mended = {c: request.POST[f"cell-{c}"] for c in mend.columns_of(line) if f"cell-{c}" in request.POST}
    try:
        line = mend.mend_line(by=request.user, roster=roster, line=line, mended=mended)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if request.htmx:
        return _line_alone(request, roster, number, "refused")
    return redirect(f"{reverse('roster-preview', args=[pk])}?show=refused&after={max(number - 1, 0)}")


def _line_alone(request, roster, number, show):
    """The line as it stands now and the numbers above the list, to be swapped in."""
    line = preview.lines_of(roster, "all").get(number=number)
    preview.explain([line], written=roster.confirmed_at is not None)
    if not roster.confirmed_at:
        preview.offer([line], request.user)
    context = {"line": line, "roster": roster, "mended": True, "known": show != "refused"}
    context |= numbers_of(roster, preview.counts_of(roster), show)
    return render(request, "members/roster_mended.html", context)


@login_required
@require_POST
def roster_settle(request, pk, number):
    """Who a line is about that no file decides: `choice` is new, out, same- with the person's key, or empty."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    if number > LAST_LINE:
        raise Http404
    line = get_object_or_404(roster.lines, number=number)
    choice, _dash, key = request.POST.get("choice", "").partition("-")
    known = key.isascii() and key.isdigit() and len(key) < 19
    person = Person.objects.visible_to(request.user).filter(pk=key).first() if known else None
    try:
        settle_line(by=request.user, roster=roster, line=line, choice=choice, person=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if request.htmx:
        return _line_alone(request, roster, number, "settle")
    return redirect(f"{reverse('roster-preview', args=[pk])}?show=settle")


@login_required
@require_POST
def roster_word(request, pk):
    """One decision for all lines that say a word the roster does not understand."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    form = WordForm(request.POST, roster=roster, code=request.POST.get("code"))
    if not form.is_valid():
        messages.error(request, _("Choose what the word means."))
        return redirect("roster-preview", pk=pk)
    try:
        n, left = mend.settle_word(by=request.user, roster=roster, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        counts = {"n": n - left, "left": left}
        words = _("Lines mended: %(n)s.")
        if left:
            words = _("Lines mended: %(n)s. Refused still, for another reason: %(left)s.")
        messages.success(request, words % counts)
    return redirect(f"{reverse('roster-preview', args=[pk])}?show=refused")


@login_required
@require_POST
def roster_confirm(request, pk):
    """Write the roster; a large one is left to a worker, and the page shows that it is under way."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    if not roster.confirmed_at and roster.lines.count() > LARGE_ROSTER:
        write_later(roster, by=request.user)
        return redirect("roster-preview", pk=pk)
    try:
        roster = confirm_roster(by=request.user, roster=roster)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("roster-preview", pk=pk)
    counts = {"created": roster.created, "changed": roster.changed, "unchanged": roster.unchanged}
    messages.success(request, _("Written: %(created)s new, %(changed)s changed, %(unchanged)s unchanged.") % counts)
    return redirect("roster-preview", pk=roster.pk)


@login_required
@require_POST
def roster_retry(request, pk):
    """Work that broke off begins anew."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    try:
        retry_jobs(roster.pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("roster-preview", pk=pk)


@login_required
@require_POST
def roster_undo(request, pk):
    """Take a written roster back. When somebody has worked on its people since, or a quarter was sealed: who and what,
    and the choice to take only the others back (`spare`)."""
    roster = get_object_or_404(rosters_of(request.user), pk=pk)
    try:
        _roster, number = undo_roster(by=request.user, roster=roster, spare="spare" in request.POST)
    except Edited as edited:
        return _edited_page(request, roster, edited)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = ngettext("Taken back: %(n)s person as before.", "Taken back: %(n)s people as before.", number)
        messages.success(request, words % {"n": number})
    return redirect("roster-preview", pk=pk)


def _edited_page(request, roster, edited):
    edits = edit_lines(edited.edits, request.user)
    context = {"roster": roster, "edits": edits, "sealed": edited.sealed, "left": edited.left}
    return render(request, "members/roster_edited.html", context, status=409)


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
