"""Photos and files of records: looked at, added, taken off. They are served here and nowhere else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import get_visible, require
from projects.forms_papers import AddPapersForm, TakeOffForm
from projects.models import Paper
from projects.papers import add_papers, open_paper, void_paper
from projects.served import served
from projects.targets import right_for_record
from projects.words import kind_name
from xitun.lib import vault
from xitun.lib.forms import carried_out

from .records import find_record, record_page


@login_required
@require_safe
def paper(request, pk):
    """The photo in the browser, anything else as a download."""
    row = _paper(request.user, pk)
    try:
        return served(row, open_paper(by=request.user, paper=row))
    except vault.Missing:
        raise Http404 from None


@login_required
@require_safe
def paper_small(request, pk):
    """The thumbnail; restricted records have none."""
    row = _paper(request.user, pk)
    if not row.thumb_as or row.record.restricted:
        raise Http404
    try:
        return served(row, vault.take(row.thumb_as, row.key))
    except vault.Missing:
        raise Http404 from None


def _paper(user, pk):
    return get_visible(Paper.objects.live().select_related("record"), user, pk=pk)


@login_required
@require_POST
def papers_add(request, pk):
    record = find_record(request.user, pk)
    require(request.user, right_for_record(record), record.path)
    form, kept = AddPapersForm(request.POST, request.FILES), []
    if not carried_out(form, lambda: kept.extend(add_papers(by=request.user, record=record, sending=form.sending()))):
        return record_page(request, record, adding=form)
    words = ngettext("%(n)s paper was put to the record.", "%(n)s papers were put to the record.", len(kept))
    messages.success(request, words % {"n": len(kept)})
    return redirect("record", pk=kept[0].record_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper_off(request, pk):
    row = _paper(request.user, pk)
    require(request.user, right_for_record(row.record), row.record.path)
    form = TakeOffForm(request.POST if request.method == "POST" else None)

    def act():
        void_paper(by=request.user, paper=row, reason=form.cleaned_data["reason"])

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("It was taken off. That it was there stays written down."))
        return redirect("record", pk=row.record_id)
    context = {"paper": row, "kind": kind_name(row.record.kind), "form": form}
    return render(request, "projects/paper_off.html", context, status=422 if form.is_bound else 200)
