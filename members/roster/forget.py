"""What of rosters is kept for some days only: uploads nobody confirmed, and what stood before an import while it can be
taken back. It is destroyed with a trace of what and how many; by a new upload, and every night."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from members.audit import trace
from members.edits import UNDOABLE
from members.models import RosterFormer, RosterImport

KEPT_UNCONFIRMED = timedelta(days=7)


@transaction.atomic(savepoint=False)
def forget_rosters():
    now = timezone.now()
    forgotten = RosterImport.objects.filter(confirmed_at=None, created_at__lt=now - KEPT_UNCONFIRMED)
    for roster in forgotten.select_for_update():
        trace("forget_roster", by=None, obj=roster, detail={"file": roster.file_name, "rows": roster.lines.count()})
        roster.delete()
    over = RosterFormer.objects.filter(roster__confirmed_at__lt=now - UNDOABLE)
    for roster in RosterImport.objects.filter(pk__in=over.values("roster")):
        forget_formers(roster, by=None)


def forget_formers(roster, *, by):
    """Destroy what stood before the import. Part of an act."""
    rows, _each = roster.formers.all().delete()
    if rows:
        trace("forget_formers", by=by, obj=roster, detail={"file": roster.file_name, "rows": rows})
