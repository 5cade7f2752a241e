"""The rules J1–J15 of developing members (发展党员工作细则; DOMAIN 2.8): pure functions over values.

A rule that blocks or warns returns "block", "warn" or "" (nothing stands against it); others return a day or a bool.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xitun.lib.dates import add_months, add_years, age_on, probation_ends
from xitun.lib.workdays import workdays_between

BLOCK, WARN, CLEAR = "block", "warn", ""
CANDIDATES = ("applicant", "activist", "target", "probationary")


def may_enter(*, standing):
    """Applicants, activists, development targets and probationary members."""
    return standing in CANDIDATES


def age_to_apply(birth_date, applied_on):
    """J1: eighteen on the day of application."""
    return CLEAR if age_on(birth_date, applied_on) >= 18 else BLOCK


def talk_due(applied_on):
    """J2: the last day of the talk, a month after the application."""
    return add_months(applied_on, 1)


def contacts(standings):
    """J3: one to two full members as training contacts; one is a warning. `standings`: those of the contacts."""
    if not 1 <= len(standings) <= 2 or any(s != "full" for s in standings):
        return BLOCK
    return WARN if len(standings) == 1 else CLEAR


def target_from(activist_on):
    """J5: the first day on which an activist may become a development target."""
    return add_years(activist_on, 1)


def introducers(standings):
    """J6: two full members introduce."""
    return CLEAR if len(standings) == 2 and all(s == "full" for s in standings) else BLOCK


def training_enough(*, days, hours):
    """J8: at least three days or twenty-four hours."""
    return CLEAR if days >= 3 or hours >= 24 else BLOCK


def leaves_soon(*, day, leaves_on):
    """J9: a target who leaves within three months is a warning."""
    return WARN if leaves_on is not None and leaves_on <= add_months(day, 3) else CLEAR


def vote_passes(*, due, present, yes):
    """J10: more than half of those due are present, and more than half of those *due* vote yes. Written opinions count
    in `yes`, never in `present`. 30 due, 16 present, 15 yes fails."""
    return 2 * present > due and 2 * yes > due


def published_long_enough(*, starts_on, ends_on):
    """J11: five working days of publicity, both ends counted; fewer is a warning."""
    return CLEAR if workdays_between(starts_on - timedelta(days=1), ends_on) >= 5 else WARN


def approval_in_time(*, voted_on, approved_on):
    """J12: within three months of the vote; later is a warning, after six it is blocked."""
    if approved_on <= add_months(voted_on, 3):
        return CLEAR
    return WARN if approved_on <= add_months(voted_on, 6) else BLOCK


def full_member_from(*, voted_on, extended_months=0):
    """J13: who converts on time is a full member from the day probation ended, whatever the day of the meeting."""
    return probation_ends(voted_on, extended_months)


def may_extend(*, months, extensions):
    """J14: once, by six to twelve months."""
    return CLEAR if extensions == 0 and 6 <= months <= 12 else BLOCK


def conversion_approval_due(voted_on):
    """J14: the last day of the approval, three months after the conversion vote."""
    return add_months(voted_on, 3)


def through_the_league(*, birth_date, applied_on, league):
    """J15: under twenty-eight one normally comes through the Youth League."""
    return CLEAR if league or age_on(birth_date, applied_on) >= 28 else WARN


def check_record(kind, entry):
    if kind == "application":
        for row in entry.enrolments:
            born = row.person.birth_date
            if born and age_to_apply(born, entry.happened_on) == BLOCK:
                raise ValidationError(_("An applicant must be eighteen on the day of application."))


def contact_names(row):
    """Ledger column 培养联系人: both names."""
    return _both(row.last("contacts"))


def introducer_names(row):
    """Ledger column 入党介绍人: both names."""
    return _both(row.last("introducers"))


def _both(last):
    return "、".join(filter(None, (last.detail.first, last.detail.second))) if last and last.detail else ""
