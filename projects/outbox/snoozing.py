"""A due that is to be quiet for some days: whoever it speaks to says why. It stays owed, overdue is still derived, and
what is overdue is still passed on to the town."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.audit import trace
from projects.models import Due, Snooze
from xitun.lib.dates import now, today

LONGEST = timedelta(days=14)


def latest(due):
    """The last day until which `due` may be quiet: two weeks, and not beyond the day it is due."""
    longest = today() + LONGEST
    return min(longest, due.due_on) if due.due_on > today() else longest


@transaction.atomic
def snooze_due(*, by, due, until, reason):
    """No reminder of this due to whom it speaks to, until a day. A second one takes the place of the first."""
    due = Due.objects.select_for_update().get(pk=due.pk)
    if not Due.objects.open().filter(pk=due.pk).exists():
        raise ValidationError(_("That duty is settled or closed already. Nothing was changed."))
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    if not today() < until <= latest(due):
        words = _("A day from tomorrow to %(day)s.") % {"day": date_format(latest(due))}
        raise ValidationError({"until": words})
    Snooze.objects.filter(due=due, ended_at=None).update(ended_at=now())
    row = Snooze.objects.create(due=due, until=until, reason=reason.strip(), by=by, at=now())
    detail = {"duty": due.duty, "until": str(until)}
    trace("snooze_due", by=by, obj=due, person=due.person, purpose=reason, detail=detail)
    return row


@transaction.atomic
def wake_due(*, by, due):
    """Let it be heard of again before its day."""
    if not Snooze.objects.filter(due=due, ended_at=None).update(ended_at=now()):
        raise ValidationError(_("It is not quiet any more."))
    trace("wake_due", by=by, obj=due, person=due.person, detail={"duty": due.duty})
