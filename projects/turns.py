"""A turn stands once in a stay, at however many branches or in however many files it was opened, and one that is owed
once a person (`Duty.once_a_person`) in however many stays of theirs: where one of them is settled or was let off, that
counts, and what else of the turn is open closes."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import Exact

from members.models import Cause
from members.models.enrolments import LIVE
from xitun.lib.dates import today

from . import registry
from .models import Discharge, Due
from .stays import began


def settled_elsewhere():
    """Q over dues: the person has the same turn settled at another branch of the stay, or in another stay; or was let
    off it there."""
    done, let_off = Discharge.objects.live(), Due.objects.let_off()
    return Q(Exists(_same_turn(done, "due", "due__"))) | Q(Exists(_same_turn(let_off, "pk", "")))


def _same_turn(rows, due, of):
    """Those `rows` of the turn that a due of the query around belongs to which are another due's; `of`: how a row
    names its due."""
    same = {f"{of}{name}": OuterRef(name) for name in ("person", "duty", "occasion")}
    same_stay = Q(Exact(began(f"{of}enrolment__"), began("enrolment__", OuterRef)))
    once = Q(**{f"{of}duty__in": registry.once_a_person()})
    return rows.filter(once | same_stay, **same).exclude(**{due: OuterRef("pk")})


def doubles():
    """Open dues of turns that the person has settled elsewhere; what was due in a sealed quarter stays as it was."""
    return Due.objects.open().unsealed().filter(settled_elsewhere(), enrolment__isnull=False)


def stand_once(dues, *, by):
    """Part of an act that settled or opened some of `dues` again: of their turns what is open beside a settled one
    closes, and what had closed for such a one is owed again when there is none any more."""
    theirs = dues.filter(enrolment__isnull=False).order_by()
    if turns := list(theirs.values_list("person", "duty", "occasion").distinct()):
        people, duties, occasions = (set(part) for part in zip(*turns, strict=True))
        same = {"person__in": people, "duty__in": duties, "occasion__in": occasions}
        doubles().filter(**same).close(on=today(), by=by, why=Cause.TURN_SETTLED)
        waiting = Due.objects.unsealed().filter(**same, closed_why=Cause.TURN_SETTLED, enrolment__status__in=LIVE)
        waiting.filter(~settled_elsewhere()).reopen()
