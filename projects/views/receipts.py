"""Who has read what was sent: noted for several people in one tap, and taken back one by one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.access import WRITE, require
from members.models import Person
from projects.forms_receipts import ReceiptForm, receipts_of
from projects.models import Receipt
from projects.receipts import note_receipts, undo_receipt
from xitun.lib.forms import carried_out

from .records import find_record, record_page


@login_required
@require_POST
def record_receipts(request, pk):
    record = find_record(request.user, pk)
    require(request.user, WRITE, record.path)
    receipts, noted = receipts_of(request.user, record, request.POST) or {"form": ReceiptForm(request.POST)}, []
    form = receipts["form"]
    if carried_out(form, lambda: noted.append(note_receipts(by=request.user, record=record, **form.cleaned_data))):
        words = ngettext("Noted for %(n)s person.", "Noted for %(n)s people.", noted[0]) % {"n": noted[0]}
        messages.success(request, words)
        return redirect("record", pk=record.pk)
    return record_page(request, record, receipts=receipts)


@login_required
@require_POST
def receipt_undo(request, pk):
    people = Person.objects.visible_to(request.user)
    receipt = get_object_or_404(Receipt.objects.select_related("person").filter(person__in=people), pk=pk)
    record = find_record(request.user, receipt.record_id)
    require(request.user, WRITE, record.path)
    try:
        undo_receipt(by=request.user, receipt=receipt)
        messages.success(request, _("Taken back: not answered yet."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("record", pk=record.pk)
