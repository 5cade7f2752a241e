"""Putting a record right: the form with what was written; two who do it at once see each other's version."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.access import require
from projects import registry
from projects.amending import Amended, amend_record, newest
from projects.forms_amend import amend_form
from projects.targets import Target, right_for_record
from projects.words import filled_by
from projects.workflow import Subject
from xitun.lib.forms import carried_out

from .records import detail_of, find_record, sent_before


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_amend(request, pk):
    record = find_record(request.user, pk)
    require(request.user, right_for_record(record), record.path)
    target = _target(record)
    if target is None:
        raise Http404
    if request.method != "POST" and record.voided_at:
        return redirect("record", pk=newest(record).pk)
    if request.method == "POST" and (known := sent_before(request)):
        return redirect("record", pk=known.pk)
    theirs, done = newest(record) if record.voided_at else None, []
    if theirs and not theirs.voided_at:
        record = theirs  # what it settles and who took part are now those of the version that holds
    sent = request.POST if request.method == "POST" else None
    form = amend_form(record.kind)(sent, record=record, target=target, user=request.user)

    def act():
        reason = form.cleaned_data["reason"]
        done.append(amend_record(by=request.user, record=record, entry=form.entry(), reason=reason))

    try:
        if not theirs and form.is_bound and carried_out(form, act):
            messages.success(request, _("Put right. The former version stays readable."))
            return redirect("record", pk=done[0].pk)
    except Amended as conflict:  # within this very moment
        theirs = conflict.record
    if theirs:
        form.data = form.data.copy()
        form.data["submission_id"] = str(uuid4())
    status = 409 if theirs else 422 if form.is_bound else 200
    return render(request, "projects/record_amend.html", _context(record, target, form, theirs), status=status)


def _context(record, target, form, theirs):
    headings, opens = filled_by(target.project, target.kind)
    return {
        "record": record,
        "last": record,
        "target": target,
        "form": form,
        "headings": headings,
        "opens": opens,
        "theirs": theirs,
        "their_detail": detail_of(theirs) if theirs else [],
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
