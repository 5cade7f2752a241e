"""Decisions of the problem-solving project: pure functions over values."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

STABLE_QUARTERS = 2  # DOMAIN 2.4 [P]


def may_enter(*, consent_on):
    """Only with the person's own consent (DOMAIN 2.4)."""
    return consent_on is not None


def may_exit(*, changes, member_signed):
    """Two stable quarters in a row and the member's signature. `changes`: the updates, newest first."""
    recent = changes[:STABLE_QUARTERS]
    return member_signed and len(recent) == STABLE_QUARTERS and all(c in ("better", "stable") for c in recent)


def check_record(kind, entry):
    if kind == "contact" and not entry.detail.get("reached", True) and entry.dues:
        raise ValidationError(_("Nobody was reached, so this counts as a try and settles no duty."))


def visits(row):
    """Ledger column 走访记录: the day of the newest visit, condolences included."""
    days = [last.happened_on for last in (row.last("visit"), row.last("condolence")) if last]
    return max(days, default="")
