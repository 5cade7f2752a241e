"""Decisions of the tracking project: pure functions over values."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xitun.lib.dates import add_months


def may_enter(*, away_since, membership_transferred, day):
    """Mobile: place of work, study or home changed, membership not transferred, six continuous months or more
    [R 2024]. `suggest` only: a person decides."""
    return not membership_transferred and add_months(away_since, 6) <= day


def check_record(kind, entry):
    """A follow-up that reached nobody is a try, not a contact: it may be written, but settles nothing (DOMAIN 2.3)."""
    if kind in ("follow_up", "host_liaison") and not entry.detail.get("reached", True) and entry.dues:
        raise ValidationError(_("Nobody was reached, so this counts as a try and settles no duty."))


def out_of_contact_suggested(tries):
    """Three failed tries on different days suggest a search; out of contact is a person's decision (DOMAIN 2.3).
    `tries`: (day, reached) of the follow-ups, newest first."""
    failed = set()
    for day, reached in tries:
        if reached:
            break
        failed.add(day)
    return len(failed) >= 3


def note(row):
    """Ledger column 备注: what the last follow-up said is needed."""
    last = row.last("follow_up")
    return last.detail.needs if last and last.detail else ""
