"""Putting a record right: the form with what was written; two who do it at once choose between what both wrote."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.access import require
from projects import registry
from projects.amending import Amended, amend_record, newest
from projects.drafts import keep_draft, signed_writer, spend_draft, was_sent, words_of
from projects.forms_amend import amend_form
from projects.models import Draft
from projects.targets import Target, right_for_record
from projects.words import filled_by
from projects.workflow import Subject
from xitun.lib.conflicts import as_sent, chosen, put_together
from xitun.lib.forms import carried_out

from .drafts import keep_and_say, keep_refused, keeps_words, kept_quietly, offered
from .records import find_record, trace_look
from .sent_again import sent_before, to_put_right


@keeps_words
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_amend(request, pk):
    record = find_record(request.user, pk)
    require(request.user, right_for_record(record), record.path)
    target = _target(record)
    if target is None:
        raise Http404
    if request.method != "POST" and record.voided_at:
        return _to_newest(request, record, target)
    if request.method == "POST":
        request.POST = chosen(request.POST, lambda: _form(request.user, record, target).parts())
    if request.method == "POST" and (known := sent_before(request, target, amends=record)):
        spend_draft(by=request.user, address=request.path)
        return redirect(to_put_right(request, known, target) or reverse("record", args=[known.pk]))
    if "draft" in request.POST:
        if quietly := kept_quietly(request):
            return quietly
        keep_and_say(request)
        return redirect("record", pk=record.pk)
    theirs = newest(record) if record.voided_at else None
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = _form(request.user, record, target, *sent)
    try:
        if not theirs and (done := _carried_out(request, form)):
            messages.success(request, _("Put right. The former version stays readable."))
            return redirect("record", pk=done.pk)
    except Amended as conflict:  # within this very moment
        theirs = conflict.record
    if theirs and not theirs.voided_at:
        return _put_together(request, record, theirs, target, *sent)
    return _page(request, form, theirs)


def _put_together(request, record, theirs, target, sent, files=None):
    """What was written of `record` on top of the version that holds: kept as a draft of that one, and what both have
    changed shown side by side, to choose from. A draft (`files` None) that nobody contradicts goes on in the form."""
    user, address = request.user, reverse("record-amend", args=[theirs.pk])
    mine = _form(user, theirs, target, sent, files)
    base, other = (_form(user, version, target).parts() for version in (record, theirs))
    data, changes, taken, own = put_together(sent, base=base, theirs=other, mine=mine.parts())
    data["submission_id"] = str(uuid4())
    data["writer"] = signed_writer(user, target, address)
    _keep_for(request, address, data if changes or own else None)
    if files is None and not changes:
        return redirect(address if own else reverse("record", args=[theirs.pk]))
    trace_look(user, theirs)
    context = {
        "who": theirs.author or "–",
        "why": theirs.amend_reason,
        "changes": changes,
        "choosing": bool(changes or taken or own or mine.must_choose_again),
        "together": [(part, True) for part in taken] + [(part, False) for part in own],
        "same": as_sent(data, {"csrfmiddlewaretoken", "reason"}),
        "fields": [mine["reason"], *(mine.paper_fields if mine.must_choose_again else ())],
        "choose_again": mine.must_choose_again,
        "retry_url": address,
        "back_url": reverse("record", args=[theirs.pk]),
    }
    return render(request, "errors/conflict.html", context, status=200 if files is None else 409)


@transaction.atomic
def _keep_for(request, address, data):
    """Keep what is left of one's own for the version that holds: what had been kept for the former one would undo there
    what the other has written."""
    if data is None or keep_draft(sent=data, query=request.GET, writer=data["writer"]):
        spend_draft(by=request.user, address=request.path)


def _to_newest(request, record, target):
    """To the version that holds; with what one had written for the former, put together with it."""
    holds = newest(record)
    drafts = Draft.objects.of(request.user)
    draft = drafts.filter(address=request.path).first()
    newer = drafts.filter(address=reverse("record-amend", args=[holds.pk])).exists()
    if draft and not newer and not holds.voided_at and not was_sent(draft):
        return _put_together(request, record, holds, target, words_of(draft))
    return redirect("record", pk=holds.pk)


def _form(user, record, target, *sent):
    """On top of a version: what it settles and who took part are offered; nothing `sent`: as that version stands."""
    return amend_form(record.kind)(*sent, record=record, target=target, user=user)


def _carried_out(request, form):
    """The new version; None when the form was refused or not sent. Raises Amended."""
    done = []

    @transaction.atomic
    def act():
        reason = form.cleaned_data["reason"]
        done.append(amend_record(by=request.user, record=form.record, entry=form.entry(), reason=reason))
        spend_draft(by=request.user, address=request.path)

    return done[0] if form.is_bound and carried_out(form, act) else None


def _page(request, form, theirs):
    """The form; where the record was taken back meanwhile (`theirs`), what was written in it."""
    trace_look(request.user, form.record)
    context = _context(form, theirs)
    address = reverse("record-amend", args=[form.record.pk])
    context["writer"] = signed_writer(request.user, form.target, address)
    keep_refused(request, form, context["writer"])
    context["draft"] = offered(request, form, address)
    status = 409 if theirs else 422 if form.is_bound else 200
    return render(request, "projects/record_amend.html", context, status=status)


def _context(form, theirs):
    headings, opens = filled_by(form.target.project, form.target.kind)
    return {
        "record": form.record,
        "last": form.record,
        "target": form.target,
        "form": form,
        "headings": headings,
        "opens": opens,
        "theirs": theirs,
    }


def _target(record):
    """Whom the record is about, as the form of its kind wants it; None when the kind or the subject is no more."""
    known = registry.kinds().get(record.kind)
    if known is None:
        return None
    subject = record.subjects.exclude(enrolment=None).select_related("enrolment__person").order_by("pk").first()
    if known[1].subject is Subject.ENROLMENT and subject is None:
        return None
    return Target(*known, record.unit, subject.enrolment if subject else None, record.post)
