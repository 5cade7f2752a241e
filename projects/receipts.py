"""Learning material and the like: the text to copy and send, and who of those it went to has answered."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.audit import trace, trace_each
from xitun.lib.dates import today

from . import registry
from .models import PeriodLock, Receipt, Record


def message(kind_code, detail):
    """The text that goes with a record of this kind, from the columns `detail`; "" where none does."""
    project, kind = registry.kinds()[kind_code]
    return getattr(registry.rules(project.code), kind.message)(detail) if kind.message else ""


def asks_for_receipts(record):
    known = registry.kinds().get(record.kind)
    return bool(known) and known[1].receipts and not record.voided_at


@transaction.atomic
def note_receipts(*, by, record, people, answer, on):
    """Note that `people` (ids of those the record went to) have read it, or made up for it, on the day `on`. Who is
    noted already stays so. Returns how many were new."""
    record = Record.objects.select_for_update().get(pk=record.pk)
    if not asks_for_receipts(record):
        raise ValidationError(_("Nobody is to answer this record."))
    if not record.happened_on <= on <= today():
        raise ValidationError({"on": _("The day lies between the sending and today.")})
    _check_open(record, on)
    there = set(record.subjects.values_list("person", flat=True))
    if not set(people) <= there:
        raise ValidationError(_("It was not sent to all of these."))
    new = sorted(set(people) - set(record.receipts.live().values_list("person", flat=True)))
    now = timezone.now()
    Receipt.objects.bulk_create(Receipt(record=record, person_id=pk, answer=answer, on=on, by=by, at=now) for pk in new)
    if new:
        trace_each("note_receipts", by=by, obj=record, people={pk: {} for pk in new}, detail={"answer": str(answer)})
    return len(new)


@transaction.atomic
def undo_receipt(*, by, receipt):
    """It was noted by mistake: that person has not answered. A second time changes nothing. ValidationError when the
    answer counts in a sealed quarter."""
    _check_open(receipt.record, receipt.on)
    if Receipt.objects.live().filter(pk=receipt.pk).update(undone_at=timezone.now()):
        trace("undo_receipt", by=by, obj=receipt.record, person=receipt.person, detail={"answer": receipt.answer})
    return receipt


def _check_open(record, on):
    if PeriodLock.holds(record.path, on):
        raise ValidationError(_("That quarter is sealed. A late fact becomes a correction: ask the town office."))


def take_over(record, new):
    """Part of putting a record right: who has answered a former version has answered the new one, also where a version
    between had left them out. The last answer of each. Raises ValidationError when one of them answered before it was
    sent."""
    answers = Receipt.objects.live().filter(record__in=record.versions(), person__in=new.subjects.values("person"))
    if early := answers.filter(on__lt=new.happened_on).order_by("on").first():
        words = _("It was answered on %(day)s already. Choose that day or an earlier one, or undo that answer first.")
        raise ValidationError({"happened_on": words % {"day": date_format(early.on)}})
    last = answers.order_by().values("person").annotate(last=Max("pk")).values_list("last", flat=True)
    Receipt.objects.filter(pk__in=list(last)).update(record=new)
