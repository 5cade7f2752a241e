"""The dated numbers of organisational life."""

from django.utils.translation import gettext_lazy as _

from members.dated_settings import declare

STUDY_HOURS = declare(
    "study_hours",
    label=_("Study hours a year"),
    unit="hours",
    default=32,
    least=0,
    most=200,
    source="DOMAIN §2.0 [R]",
    used_by=_("Every member's target on the page of study hours; the elderly and the sick are never counted as short."),
)
STUDY_HOURS_LEADING = declare(
    "study_hours_leading",
    label=_("Study hours a year of secretaries and committee"),
    unit="hours",
    default=56,
    least=0,
    most=200,
    source="DOMAIN §2.0 [R]",
    used_by=_("The target of who was on the committee in the year."),
)
COMMITTEE_FROM = declare(
    "committee_from",
    label=_("Full members from which a branch has a committee"),
    unit="people",
    default=7,
    least=0,
    most=100,
    source="支部工作条例 8",
    used_by=_(
        "Committee meetings are owed by branches of that size; below, a secretary leads alone. For one branch: 0 where "
        "it has a committee though it is smaller, 100 where it has none."
    ),
    of_branch=True,
)
