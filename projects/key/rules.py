"""Decisions of the help-and-education project: pure functions over values. Facts are judged, never thoughts."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xitun.lib.dates import add_months

TERM_MONTHS, LONGEST_MONTHS = 6, 12  # DOMAIN 2.6


def may_enter(*, facts, notified_on, heard_on):
    """Dated facts with evidence, then notice, then hearing, in this order (DOMAIN 2.6)."""
    return bool(facts) and bool(notified_on and heard_on) and notified_on <= heard_on


def term_ends(starts_on, months=TERM_MONTHS):
    """The last day of the help: six months by default, never more than twelve."""
    return add_months(starts_on, min(months, LONGEST_MONTHS))


def may_extend(*, starts_on, until, extensions):
    """Once, and within twelve months of the beginning."""
    return extensions == 0 and until <= add_months(starts_on, LONGEST_MONTHS)


def check_record(kind, entry):
    detail = entry.detail
    if kind == "fact" and detail["occurred_on"] > entry.happened_on:
        raise ValidationError({"occurred_on": _("The fact cannot lie after the day it is recorded for.")})
    if kind == "help_term" and detail["ends_on"] > add_months(detail["starts_on"], LONGEST_MONTHS):
        raise ValidationError({"ends_on": _("Help and education lasts twelve months at most.")})
    if kind == "plan_task" and detail["due_on"] < entry.happened_on:
        raise ValidationError({"due_on": _("A task cannot be due before it is given.")})
    if kind == "statement" and detail["position"] in ("answers", "appeals") and not (detail.get("words") or "").strip():
        raise ValidationError({"words": _("Write down what the member says.")})


def released_on(row):
    """Ledger column 解除时间: the day the help was ended, if the last decision ended it."""
    last = row.last("term_review")
    return last.happened_on if last and last.detail and last.detail.outcome == "closed" else ""
