"""What became of files that were merged."""

from django.utils import timezone

from members.access import CONFIRM, scope_of
from members.edits import UNDOABLE
from members.models import Merge, Person


def kept_file(pk):
    """The key of the file that a merged one went into, through however many merges; None for any other key."""
    kept = None
    while pk := Person._base_manager.filter(pk=pk).values_list("merged_into", flat=True).first():
        kept = pk
    return kept


def undoable_merges(person, user):
    """The merges into this file that `user` may still take apart, the newest first. No query without the right."""
    if not scope_of(user).can(CONFIRM, person.path):
        return []
    rows = Merge.objects.writable_by(user, CONFIRM).filter(undone_at=None, at__gt=timezone.now() - UNDOABLE)
    return rows.filter(kept=person).select_related("other", "by").defer("moved", "former").order_by("-at")
