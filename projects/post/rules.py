"""Decisions of the responsibility project: pure functions over values."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

AREAS = (
    "party_building civilisation security industry consolidation services policies environment"
).split()  # the columns of AnnualPlan


def may_enter(*, holds_post):
    """In service: holds a village cadre post (DOMAIN §2)."""
    return holds_post


def check_record(kind, entry):
    if kind == "annual_plan" and not any((entry.detail.get(area) or "").strip() for area in AREAS):
        raise ValidationError(_("Write the goals of at least one area."))
    if kind == "month_task" and entry.detail["due_on"] < entry.happened_on:
        raise ValidationError({"due_on": _("A task cannot be due before it is given.")})
