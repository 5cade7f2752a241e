"""回收站: records that were taken back, by whom, when and why, and bringing one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.access import WRITE, require
from members.audit import trace_looks
from members.models import Cause, Person
from projects.bin import may_restore, restore_record
from projects.models import Record, RecordSubject
from projects.words import due_name, kind_name
from xitun.lib.keyset import keyset_page

from .records import find_record

PAGE_SIZE = 30
ORDER = ("-voided_at", "-pk")


@login_required
@require_safe
def record_bin(request):
    require(request.user, WRITE)
    rows = Record.objects.writable_by(request.user).unsealed_for(request.user).exclude(voided_at=None)
    rows = rows.exclude(void_reason=Cause.AMENDED).select_related("unit", "author", "voided_by", "post__person")
    page = keyset_page(rows, ORDER, request.GET, PAGE_SIZE)
    people = _people(page.rows, request.user)
    names = {pk: _(", ").join(name for _person, name in found) for pk, found in people.items()}
    looked = [(row, [person for person, _name in people.get(row.pk, ())]) for row in page.rows if row.restricted]
    if looked:
        trace_looks(request.user, looked)
    lines = [
        {
            "record": row,
            "kind": kind_name(row.kind),
            "who": names.get(row.pk) or (row.post.holder_name if row.post else str(row.unit)),
            "may_restore": may_restore(row, request.user),
        }
        for row in page.rows
    ]
    return render(request, "projects/record_bin.html", {"lines": lines, "page": page})


def _people(records, user):
    """{record pk: [(person pk, name)]} of the people the user may see. One query."""
    rows = RecordSubject.objects.filter(record__in=records, person__in=Person.objects.visible_to(user)).order_by("pk")
    found = {}
    for pk, person, name in rows.values_list("record", "person", "person__name"):
        found.setdefault(pk, []).append((person, name))
    return found


@login_required
@require_POST
def record_restore(request, pk):
    record = find_record(request.user, pk)
    require(request.user, WRITE, record.path)
    if record.voided_at and record.void_reason != Cause.AMENDED and not may_restore(record, request.user):
        raise PermissionDenied
    try:
        _record, missed = restore_record(by=request.user, record=record)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("record", pk=pk)
    messages.success(request, _("The record holds again."))
    if missed:
        words = _("Settled or closed otherwise meanwhile, and left so: %(dues)s.")
        messages.warning(request, words % {"dues": _(", ").join(due_name(due) for due in missed)})
    return redirect("record", pk=pk)
