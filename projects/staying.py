"""What follows for the duties when it turns out that somebody who had been entered as dead or gone never left."""

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from members.models import Cause, Enrolment

from . import occasions, turns
from .consequences import close_came_too_late
from .models import Due
from .workflow import DEATH, NO_DEATH

WITH_LEAVING = (Cause.HAD_LEFT, Cause.POST_LEFT, Cause.OPENED_LATE)  # what closed besides because they were not there


def owe_again(enrolment_ids, post_ids, *, why, by):
    """Told by members: what had closed with leaving (`why`) is owed again, and what a death made owed to the family is
    not. What was let off stays so, and so does what a sealed quarter counts as closed."""
    _take_condolence_back(enrolment_ids, by=by)
    theirs = Due.objects.filter(Q(enrolment__in=enrolment_ids) | Q(post__in=post_ids), closed_on__isnull=False)
    closed = theirs.filter(closed_why__in=(why, *WITH_LEAVING)).exclude(pk__in=theirs.sealed_as_closed())
    dues = Due.objects.filter(pk__in=list(closed.values_list("pk", flat=True)))
    dues.reopen()
    made = dues.open().exclude(duty__in=occasions.needed_codes())
    made.unmade().close(on=F("opens_on"), by=by, why=Cause.RECORD_VOIDED)
    close_came_too_late(dues, by=by)
    turns.stand_once(dues, by=by)
    occasions.follow_stays(Enrolment.objects.live().filter(pk__in=enrolment_ids), by=by)


def _take_condolence_back(enrolment_ids, *, by):
    """It was owed on no day. What was paid stays settled; a death to come makes one of its own."""
    dues = Due.objects.filter(enrolment__in=enrolment_ids, occasion=DEATH)
    dues.open().close(on=F("opens_on"), by=by, why=Cause.NOT_LEFT)
    dues.update(occasion=Concat(Value(NO_DEATH), Cast("pk", CharField())))
