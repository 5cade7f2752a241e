"""A turn that is owed once a person (`Duty.once_a_person`) stands once, in however many stays or files of theirs it was
opened: where one of them is settled, it counts, and what else of the turn is open closes."""

from django.db.models import Exists, OuterRef

from members.models import Cause
from members.models.enrolments import LIVE
from xitun.lib.dates import today

from . import registry
from .models import Discharge, Due


def settled_elsewhere():
    """Exists over dues: the person has the same turn settled in another stay."""
    live = Discharge.objects.live().filter(
        due__person=OuterRef("person"), due__duty=OuterRef("duty"), due__occasion=OuterRef("occasion")
    )
    return Exists(live.exclude(due=OuterRef("pk")))


def doubles():
    """Open dues of turns that the person has settled elsewhere; what was due in a sealed quarter stays as it was."""
    dues = Due.objects.open().unsealed().filter(duty__in=registry.once_a_person())
    return dues.filter(settled_elsewhere(), person__isnull=False)


def stand_once(dues, *, by):
    """Part of an act that settled or opened some of `dues` again: of their turns what is open beside a settled one
    closes, and what had closed for such a one is owed again when there is none any more."""
    theirs = dues.filter(duty__in=registry.once_a_person(), person__isnull=False)
    if turns := list(theirs.order_by().values_list("person", "duty", "occasion").distinct()):
        people, duties, occasions = (set(part) for part in zip(*turns, strict=True))
        same = {"person__in": people, "duty__in": duties, "occasion__in": occasions}
        doubles().filter(**same).close(on=today(), by=by, why=Cause.TURN_SETTLED)
        waiting = Due.objects.unsealed().filter(**same, closed_why=Cause.TURN_SETTLED, enrolment__status__in=LIVE)
        waiting.filter(~settled_elsewhere()).reopen()
