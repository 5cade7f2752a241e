"""An old ledger comes in by a page: upload, preview, choose, confirm, take back. Nothing is written before the
confirmation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from members.access import WRITE, require
from projects import registry
from projects.forms_old_ledger import ChoicesForm, OldLedgerForm
from projects.ledgers import right_for
from projects.models import OldLedger
from projects.old_ledgers.acts import (
    choose_people,
    discard_old_ledger,
    held_back,
    judge_kept,
    keep_old_ledger,
    may_be_undone,
    undo_old_ledger,
    write_old_ledger,
)
from projects.old_ledgers.headings import places_of
from projects.words import record_words
from xitun.lib.readers import FileRefused

SHOWN = 300  # of what is wrong, and of what would be written
RECENT = 5


def uploads_of(user):
    """Seen by whoever made them, as long as they may still write there."""
    return OldLedger.objects.writable_by(user).filter(uploaded_by=user).select_related("unit", "uploaded_by")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def old_ledger_new(request, project):
    try:
        project = registry.project(project.replace("-", "_"))
    except KeyError:
        raise Http404 from None
    require(request.user, WRITE)
    require(request.user, right_for(project))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = OldLedgerForm(*sent, user=request.user, project=project)
    if form.is_bound and form.is_valid() and (upload := _kept(request, form, project)):
        return redirect("old-ledger", pk=upload.pk)
    context = {
        "form": form,
        "project": project,
        "places": [place.heading for place in places_of(project).values()],
        "recent": uploads_of(request.user).filter(project=project.code).order_by("-created_at")[:RECENT],
    }
    return render(request, "projects/old_ledger_new.html", context, status=422 if form.is_bound else 200)


def _kept(request, form, project):
    """The upload, or None with the refusal put into the form."""
    data = dict(form.cleaned_data)
    file = data.pop("file")
    try:
        return keep_old_ledger(by=request.user, project=project, source=file, filename=file.name, **data)[0]
    except FileRefused as refusal:
        form.add_error("file", ValidationError([refusal.message, refusal.remedy]))
    except ValidationError as error:
        form.add_error("file", error)
    return None


def _upload(request, pk):
    upload = get_object_or_404(uploads_of(request.user), pk=pk)
    require(request.user, right_for(registry.project(upload.project)), upload.path)
    return upload


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def old_ledger(request, pk):
    """What would be written and what not; POST says whom doubtful rows are about."""
    upload = _upload(request, pk)
    project = registry.project(upload.project)
    context = {"upload": upload, "project": project, "may_undo": may_be_undone(upload)}
    if upload.confirmed_at:
        return render(request, "projects/old_ledger_done.html", context | _held_back(upload))
    try:
        judged = judge_kept(upload)
    except (FileRefused, ValidationError) as error:  # the branch has changed since the upload
        messages.error(request, " ".join(getattr(error, "messages", None) or [error.message, error.remedy]))
        return redirect("old-ledger-new", project=project.code)
    form = ChoicesForm(request.POST if request.method == "POST" else None, choices=judged.choices)
    if form.is_bound and form.is_valid():
        choose_people(by=request.user, upload=upload, choices=form.chosen())
        return redirect("old-ledger", pk=pk)
    context |= {
        "judged": judged,
        "form": form,
        "open_choices": sum(not choice.chosen for choice in judged.choices),
        "troubles": judged.troubles[:SHOWN],
        "plans": judged.new[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "projects/old_ledger.html", context, status=422 if form.is_bound else 200)


def _held_back(upload):
    """What of it cannot be taken back, as (whom, what and when), and how many that is."""
    records = list(held_back(upload))
    shown = [(_whom(record), record_words(record)) for record in records[:SHOWN]]
    return {"held_back": shown, "staying": len(records), "all_stay": len(records) == upload.written}


def _whom(record):
    names = [subject.person.name for subject in record.subjects.all()]
    return "、".join(names) or (record.post.holder_name if record.post else "")


@login_required
@require_POST
def old_ledger_write(request, pk):
    try:
        upload = write_old_ledger(by=request.user, upload=_upload(request, pk))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = ngettext("%(n)s record was written.", "%(n)s records were written.", upload.written)
        messages.success(request, words % {"n": upload.written})
    return redirect("old-ledger", pk=pk)


@login_required
@require_POST
def old_ledger_undo(request, pk):
    staying = request.POST.get("staying", "")
    staying = int(staying) if staying.isascii() and staying.isdigit() and len(staying) < 7 else 0
    try:
        _taken_back, n = undo_old_ledger(by=request.user, upload=_upload(request, pk), staying=staying)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, ngettext("Taken back: %(n)s record.", "Taken back: %(n)s records.", n) % {"n": n})
    return redirect("old-ledger", pk=pk)


@login_required
@require_POST
def old_ledger_discard(request, pk):
    upload = _upload(request, pk)
    project = upload.project
    try:
        discard_old_ledger(by=request.user, upload=upload)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("old-ledger", pk=pk)
    messages.success(request, _("Thrown away. Nothing was written."))
    return redirect(reverse("old-ledger-new", args=[project]))
