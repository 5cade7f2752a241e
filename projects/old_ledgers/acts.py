"""An old ledger is kept, decided on, written and, within thirty days, taken back."""

import base64
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access import WRITE, require
from members.audit import trace
from members.edits import UNDOABLE
from members.models import AuditRow, Cause
from projects import registry
from projects.actions import save_record, void_record
from projects.ledgers import right_for
from projects.models import Discharge, Due, OldLedger, PeriodLock

from .judge import judge

MOST_BYTES = 4 << 20
KEPT_UNCONFIRMED = timedelta(days=7)


@transaction.atomic
def keep_old_ledger(*, by, project, unit, source, filename="", on, method=""):
    """Keep a file for a preview; nothing of it is written. Returns (OldLedger, Judged). Raises FileRefused when it is
    no table, ValidationError when no column of the ledger is in it."""
    require(by, WRITE, unit.path)
    require(by, right_for(project), unit.path)
    forget_old_ledgers()
    source.seek(0)
    data = source.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("The file is larger than %(n)s MB. Split it by branch.") % {"n": MOST_BYTES >> 20})
    upload = OldLedger.objects.create(
        project=project.code,
        unit=unit,
        path=unit.path,
        restricted=project.restricted,
        uploaded_by=by,
        file_name=str(filename)[-200:],
        on=on,
        method=method,
        content=base64.b64encode(data).decode(),
    )
    judged = judge(upload, BytesIO(data))
    trace("keep_old_ledger", by=by, obj=upload, detail={"file": upload.file_name, "rows": judged.rows})
    return upload, judged


@transaction.atomic
def forget_old_ledgers():
    """Destroy files nobody confirmed in their days: by a new upload, and every night."""
    forgotten = OldLedger.objects.filter(confirmed_at=None, created_at__lt=timezone.now() - KEPT_UNCONFIRMED)
    for upload in forgotten.select_for_update():
        kept = AuditRow.objects.filter(act="keep_old_ledger", object_id=str(upload.pk))
        rows = kept.values_list("detail__rows", flat=True).first()
        trace("forget_old_ledger", by=None, obj=upload, detail={"file": upload.file_name, "rows": rows})
        upload.delete()


def judge_kept(upload):
    """Judged of a kept file, by what stands in the database now."""
    if not upload.content:
        raise ValidationError(_("The uploaded file is not kept any more. Upload it again."))
    return judge(upload, BytesIO(base64.b64decode(upload.content)))


def _locked(upload, by):
    upload = OldLedger.objects.select_for_update().select_related("unit", "uploaded_by").get(pk=upload.pk)
    require(by, WRITE, upload.path)
    require(by, right_for(registry.project(upload.project)), upload.path)
    if upload.uploaded_by_id != by.pk:
        raise PermissionDenied
    return upload


@transaction.atomic
def choose_people(*, by, upload, choices):
    """Say whom rows are about. `choices`: {number of the row: key of one of its candidates, "out", or ""}."""
    upload = _locked(upload, by)
    if upload.confirmed_at:
        raise ValidationError(_("This ledger has been written already."))
    upload.choices = upload.choices | choices
    upload.save(update_fields=["choices"])
    return upload


@transaction.atomic
def write_old_ledger(*, by, upload):
    """Write what the preview says, each record through the engine's own act. A second time nothing is written."""
    upload = _locked(upload, by)
    if upload.confirmed_at:
        return upload
    plans = judge_kept(upload).new
    dues = _Dues(plans)
    for plan in plans:
        save_record(by=by, entry=replace(plan.entry, dues=dues.settled_by(plan)))
    upload.confirmed_at, upload.written, upload.content = timezone.now(), len(plans), ""
    upload.save(update_fields=["confirmed_at", "written", "content"])
    trace("write_old_ledger", by=by, obj=upload, detail={"rows": upload.written})
    return upload


class _Dues:
    """The open duties that the records of an old ledger settle: of the turn they happened in, each once."""

    def __init__(self, plans):
        subjects = {plan.subject.pk for plan in plans}
        by_post = any(plan.entry.post for plan in plans)
        self.name = "post_id" if by_post else "enrolment_id"
        duties = {duty for plan in plans for duty in registry.duties_discharged_by(plan.entry.kind)}
        rows = Due.objects.open().filter(duty__in=duties, **{f"{self.name}__in": subjects}).order_by("due_on", "pk")
        self.left = [due for due in rows if not due.is_occasional]

    def settled_by(self, plan):
        if plan.entry.detail.get("reached") is False:
            return ()
        day, allowed = plan.entry.happened_on, registry.duties_discharged_by(plan.entry.kind)
        found = [
            due
            for due in self.left
            if getattr(due, self.name) == plan.subject.pk and due.duty in allowed and due.opens_on <= day <= due.due_on
        ]
        self.left = [due for due in self.left if due not in found]
        return tuple(found)


def may_be_undone(upload):
    written = upload.confirmed_at
    return bool(written and not upload.undone_at and written > timezone.now() - UNDOABLE)


def held_back(upload):
    """Its records that hold and lie in a sealed quarter, or settle what was sealed as done: sealed numbers stay, so
    these are not taken back."""
    locks = PeriodLock.objects.filter(start__lte=OuterRef("happened_on"), end__gt=OuterRef("happened_on"))
    here = locks.annotate(here=ExpressionWrapper(OuterRef("path"), CharField()))
    in_it = Exists(here.filter(here__startswith=F("unit__path")))
    done = Discharge.objects.live().filter(record=OuterRef("pk"), due__in=Due.objects.sealed_as_done())
    sealed = _standing(upload).filter(in_it | Exists(done))
    return sealed.select_related("post").prefetch_related("subjects__person")


def _standing(upload):
    """What it wrote and nobody has put right or taken back since."""
    return upload.records.live().filter(amends=None).order_by("pk")


@transaction.atomic
def undo_old_ledger(*, by, upload, staying=0):
    """Void every record the import wrote. What somebody has put right or taken back since stays as they left it, and
    so does what lies in a quarter sealed since: `staying` is how many of these the user has seen and accepted. Raises
    ValidationError when there are others, or nothing else."""
    upload = _locked(upload, by)
    if not may_be_undone(upload):
        raise ValidationError(_("This can no longer be taken back."))
    sealed = {record.pk for record in held_back(upload)}
    records = [record for record in _standing(upload) if record.pk not in sealed]
    if sealed and not records:
        raise ValidationError(_("All it wrote lies in sealed quarters, whose numbers stay. Nothing was changed."))
    if len(sealed) != staying:
        raise ValidationError(_("Some of it lies in a sealed quarter and stays. Look at which, and decide again."))
    for record in records:
        void_record(by=by, record=record, reason=Cause.IMPORT_UNDONE)
    upload.undone_at = timezone.now()
    upload.save(update_fields=["undone_at"])
    trace("undo_old_ledger", by=by, obj=upload, detail={"rows": len(records), "sealed": len(sealed)})
    return upload, len(records)


@transaction.atomic
def discard_old_ledger(*, by, upload):
    """Throw a file away that was not written."""
    upload = _locked(upload, by)
    if upload.confirmed_at:
        raise ValidationError(_("This ledger has been written already."))
    trace("discard_old_ledger", by=by, obj=upload, detail={"file": upload.file_name})
    upload.delete()
