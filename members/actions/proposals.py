"""What a branch does with a proposal of its own that the town has not decided yet."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access import CONFIRM, scope_of
from members.audit import trace
from members.models import Status

from .categories import EVIDENCE_DAYS, enter_evidence, locked


@transaction.atomic
def complete_proposal(*, by, enrolment, consent_on=None, notified_on=None, heard_on=None, evidence=""):
    """Enter what a proposal still lacks: the days its category asks for, and what it rests on in words. What is left
    empty stays as it is. The town decides as before (`confirm_category`)."""
    row = locked(enrolment, Status.PROPOSED)
    known = _known(row)
    enter_evidence(row, {"consent_on": consent_on, "notified_on": notified_on, "heard_on": heard_on}, evidence)
    new = {name: value for name, value in _known(row).items() if value != known[name]}
    if not new:
        raise ValidationError(_("There is nothing new here. Enter a day, or what the proposal rests on."))
    row.version += 1
    row.save()
    told = {name: str(value) for name, value in new.items() if name != "evidence"}  # the words stay with the row alone
    trace("complete_proposal", by=by, obj=row, person=row.person, detail={"category": row.category, **told})
    return row


def _known(row):
    return {name: getattr(row, name) for name in (*EVIDENCE_DAYS.get(row.category, ()), "evidence")}


@transaction.atomic
def withdraw_proposal(*, by, enrolment, reason):
    """A branch takes its own proposal back before the town has decided; it may propose again. What the town office
    itself proposed is not the branch's to take back."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    row = locked(enrolment, Status.PROPOSED)
    if not may_withdraw(row, by):
        raise ValidationError(_("The town office proposed this. Ask there to have it taken back."))
    row.status, row.decided_by, row.decided_at, row.decision_reason = Status.WITHDRAWN, by, timezone.now(), reason
    row.version += 1
    row.save()
    trace("withdraw_proposal", by=by, obj=row, person=row.person, purpose=reason, detail={"category": row.category})
    return row


def may_withdraw(row, user):
    """Whether `user`, who writes there, may take the proposal back. Costs queries where others than they proposed."""
    if row.recorded_by_id in (None, user.pk) or scope_of(user).can(CONFIRM, row.path):
        return True
    return not scope_of(row.recorded_by).can(CONFIRM, row.path)
