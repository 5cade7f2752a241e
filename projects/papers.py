"""Photos and documents of records: kept, taken off, looked at, and what nobody's row names any more swept away.

Files are written whole before the row that names them, so a row never lacks its file. What is left over when a
transaction fails, or the machine stops in between, is a file without a row: `sweep_files` removes it a day later.
"""

import logging
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.audit import trace_each
from xitun.lib import vault

from .models import Paper, PeriodLock, Record

logger = logging.getLogger(__name__)

A_RECORD_HOLDS = 24
SWEPT_AT_MOST = 100  # files in one night
SENT_FOR_ELSE = gettext_lazy("This form was sent already, for something else. Open it again and enter it anew.")
LEFT_OVER = 24 * 3600  # seconds: younger files may belong to a transaction that is still open


@dataclass(frozen=True)
class Sending:
    """Several papers sent at once. `prepared`: xitun.lib.papers.Prepared, in their order."""

    submission_id: UUID
    prepared: tuple


def keep_papers(record, sending, *, by):
    """The rows and files of papers for a record, inside the caller's act. Returns [Paper]."""
    if not sending.prepared:
        return []
    if record.papers.live().count() + len(sending.prepared) > A_RECORD_HOLDS:
        raise ValidationError(_("A record holds %(n)s papers at most.") % {"n": A_RECORD_HOLDS})
    rows = [_row(record, sending, number, by) for number in range(len(sending.prepared))]
    return Paper.objects.bulk_create(rows)


def _row(record, sending, number, by):
    paper, key = sending.prepared[number], vault.new_key()
    shown_small = paper.thumb and not record.restricted
    return Paper(
        record=record,
        name=paper.name,
        kind=paper.kind,
        size=len(paper.content),
        sha256=paper.sha256,
        stored_as=vault.put(paper.content, key),
        thumb_as=vault.put(paper.thumb, key) if shown_small else "",
        key=key,
        by=by,
        at=timezone.now(),
        submission_id=sending.submission_id,
        number=number,
    )


@transaction.atomic
def add_papers(*, by, record, sending):
    """Put papers to a record that was saved before, or to the version that holds of it now. The same `submission_id`
    again keeps nothing twice. Raises ValidationError when it was for another record, or this one was taken back.
    Returns [Paper]."""
    if not sending.prepared:
        raise ValidationError(_("Choose a photo or a file."))
    if known := _sent_before(sending, record, by=by):
        return known
    record = _holding(record)
    try:
        with transaction.atomic():
            papers = keep_papers(record, sending, by=by)
    except IntegrityError:  # the other tap of a double tap was first
        if known := _sent_before(sending, record, by=by):
            return known
        raise
    told = {"kind": record.kind, "papers": [paper.pk for paper in papers]}
    trace_each("add_papers", by=by, obj=record, people={pk: {} for pk in record.concerned()}, detail=told)
    return papers


def _sent_before(sending, record, *, by):
    known = list(Paper.objects.filter(submission_id=sending.submission_id).order_by("number"))
    if known and known[0].by_id != getattr(by, "pk", None):
        raise ValidationError(_("Somebody else has sent this form. Open it again and enter it anew."))
    if known and not record.versions().filter(pk=known[0].record_id).exists():
        raise ValidationError({"submission_id": SENT_FOR_ELSE})
    return known


def _holding(record):
    """The version that holds, locked against whoever puts it right at the same time."""
    record = Record.objects.select_for_update().get(pk=record.pk)
    while later := Record.objects.select_for_update().filter(amends=record).first():
        record = later
    if record.voided_at:
        raise ValidationError(_("The record was taken back; nothing can be added to it."))
    _unless_sealed(record)
    return record


def _unless_sealed(record):
    if PeriodLock.holds(record.path, record.happened_on):
        raise ValidationError(_("That quarter is sealed; its papers stay as they were."))


@transaction.atomic
def void_paper(*, by, paper, reason):
    """Take a paper off its record, with a reason. The file stays sealed where it is; nobody is shown it."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    paper = Paper.objects.select_for_update().select_related("record").get(pk=paper.pk)
    if paper.voided_at:
        return paper
    _unless_sealed(paper.record)
    paper.voided_at, paper.voided_by, paper.void_reason = timezone.now(), by, reason.strip()
    paper.save(update_fields=["voided_at", "voided_by", "void_reason"])
    people = {pk: {} for pk in paper.record.concerned()}
    told = {"kind": paper.record.kind, "papers": [paper.pk]}
    trace_each("void_paper", by=by, obj=paper.record, people=people, purpose=reason, detail=told)
    return paper


@transaction.atomic
def open_paper(*, by, paper):
    """The bytes of a paper for whoever may see it; a look at one of a restricted record leaves a trace. Raises
    xitun.lib.vault.Missing."""
    content = vault.take(paper.stored_as, paper.key)
    if paper.record.restricted:
        people = {pk: {} for pk in paper.record.concerned()}
        told = {"kind": paper.record.kind, "papers": [paper.pk]}
        trace_each("view_paper", by=by, obj=paper.record, people=people, purpose=_("routine work"), detail=told)
    return content


def follow(former, new):
    """The papers of a record that was put right belong to its new version."""
    Paper.objects.filter(record=former).update(record=new)


def sweep_files():
    """Remove files that no row names and that no open transaction can be writing. Returns how many. Very many are not
    left over but belong to another database that shares the folder: then none is touched."""
    old = [name for name, age in vault.names() if age > LEFT_OVER]
    rows = Paper.objects.values_list("stored_as", "thumb_as") if old else ()
    named = {name for row in rows for name in row}
    orphans = [name for name in old if name not in named]
    if len(orphans) > SWEPT_AT_MOST:
        logger.error("%s files without a row under media/papers: is this the database they belong to?", len(orphans))
        return 0
    for name in orphans:
        vault.drop(name)
    return len(orphans)


def missing_files():
    """How many rows name a file that is not there, or not as long as it was kept."""
    rows = Paper.objects.values_list("stored_as", "size").iterator()
    return sum(not vault.is_whole(name, size) for name, size in rows)
