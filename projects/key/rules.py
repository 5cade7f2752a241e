"""Decisions of the help-and-education project: pure functions over values. Facts are judged, never thoughts."""

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from xitun.lib.dates import add_months

from .models import TERM_MONTHS, Outcome, TermSoFar, term_so_far

LONGEST_MONTHS = 12  # DOMAIN 2.6


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
    if kind == "help_term":
        _check_term(detail, _so_far(entry))
    if kind == "term_review":
        _check_review(detail, _so_far(entry))
    if kind == "plan_task" and detail["due_on"] < entry.happened_on:
        raise ValidationError({"due_on": _("A task cannot be due before it is given.")})
    if kind == "statement" and detail["position"] in ("answers", "appeals") and not (detail.get("words") or "").strip():
        raise ValidationError({"words": _("Write down what the member says.")})


def _so_far(entry):
    return term_so_far(entry.enrolments[0]) if entry.enrolments else TermSoFar()


def _check_term(detail, so_far):
    if detail["ends_on"] > add_months(detail["starts_on"], LONGEST_MONTHS):
        raise ValidationError({"ends_on": _("Help and education lasts twelve months at most.")})
    if so_far.starts_on:
        words = _("The help has its term already, until %(day)s. The decision at the end of the term may extend it.")
        raise ValidationError(words % {"day": date_format(so_far.ends_on)})


def _check_review(detail, so_far):
    until = detail.get("until")
    if detail["outcome"] != Outcome.EXTENDED:
        if until:
            raise ValidationError({"until": _("Only an extension has a new end. Leave this empty.")})
        return
    if not so_far.starts_on:
        raise ValidationError(_("Enter the term of the help first; then it can be extended."))
    if so_far.extensions:
        raise ValidationError({"outcome": _("The help was extended once already. It can be ended or referred.")})
    if not until:
        raise ValidationError({"until": _("Say until when it is extended.")})
    if until <= so_far.ends_on:
        words = _("The term runs until %(day)s already.") % {"day": date_format(so_far.ends_on)}
        raise ValidationError({"until": words})
    if not may_extend(starts_on=so_far.starts_on, until=until, extensions=so_far.extensions):
        last = date_format(add_months(so_far.starts_on, LONGEST_MONTHS))
        words = _("Help and education lasts twelve months at most, here until %(day)s.") % {"day": last}
        raise ValidationError({"until": words})


def term_until(row):
    """Ledger column 时限: the end of the term, or of its extension."""
    term, review = row.last("help_term"), row.last("term_review")
    extended = review.detail.until if review and review.detail else None
    return extended or (term.detail.ends_on if term and term.detail else "")


def released_on(row):
    """Ledger column 解除时间: the day the help was ended, if the last decision ended it."""
    last = row.last("term_review")
    return last.happened_on if last and last.detail and last.detail.outcome == "closed" else ""
