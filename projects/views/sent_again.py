"""A form that has made its record already, sent once more: by a double tap, or after Back, perhaps with other words."""

from uuid import UUID

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.amending import newest
from projects.drafts import keep_draft, signed_writer
from projects.forms_amend import amend_form
from projects.models import Record
from projects.targets import may_change
from xitun.lib.conflicts import unlike


def sent_before(request, target, **which):
    """The record this very form has already made; None for one that is new. `which`: more of what it would be."""
    try:
        submission = UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return None
    mine = Record.objects.visible_to(request.user).filter(submission_id=submission, author=request.user, **which)
    if target.enrolment:
        mine = mine.filter(subjects__person=target.person)
    return mine.filter(kind=target.kind_code, unit=target.unit).first()


def to_put_right(request, record, target):
    """Where what was changed after Back waits as the record's correction; "" when nothing was changed."""
    if newest(record).voided_at or not may_change(record, request.user):
        return ""
    form, about = amend_form(record.kind), {"record": record, "target": target, "user": request.user}
    sent, saved = _sent_anew(request), form(**about)
    for name in {"dues", "together"} & saved.fields.keys() - sent.keys():
        sent.setlist(name, saved[name].value())  # a form loaded anew no longer offers what is settled
    if not unlike(form(sent, **about).parts(), saved.parts()):
        return ""
    words = _("This form had been saved already. What you changed since is below: say why, and save.")
    return _kept_at(reverse("record-amend", args=[record.pk]), request, sent, target, words)


def to_write_anew(request, record, target):
    """Where the words of a form wait whose record was taken back before it was sent again; "" otherwise."""
    if not newest(record).voided_at:
        return ""
    words = _("The record of this form was taken back. What you wrote is below: save it to write it anew.")
    return _kept_at(request.path, request, _sent_anew(request), target, words) and request.get_full_path()


def _sent_anew(request):
    """What was sent, without the number of the form that has made a record."""
    sent = request.POST.copy()
    del sent["submission_id"]
    return sent


def _kept_at(address, request, sent, target, words):
    """`address`, where what was sent waits, and is said to; "" when it cannot be kept."""
    if not keep_draft(sent=sent, query=request.GET, writer=signed_writer(request.user, target, address)):
        return ""
    messages.info(request, words)
    return address
