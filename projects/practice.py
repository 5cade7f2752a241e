"""The dated numbers of the engine: how late is late, when reminders come, which feasts carry duties."""

from django.utils.translation import gettext_lazy as _

from members.dated_settings import SWITCH, declare

ENTRY_DAYS = declare(
    "entry_days",
    label=_("Days of the quarter left for a newcomer to owe its duties"),
    unit="days",
    default=30,
    least=0,
    most=90,
    source="DOMAIN §2",
    used_by=_("Who enters a category with fewer days of the quarter left owes nothing until the next one."),
)
LATE_AFTER = declare(
    "late_entry_workdays",
    label=_("Working days after which a record is marked as entered late"),
    unit="workdays",
    default=5,
    least=1,
    most=60,
    source="DOMAIN §2",
    used_by=_("Counts from the day it happened; whether a duty was done in time does not depend on it."),
)
REMIND_FIRST = declare(
    "remind_first_days",
    label=_("First reminder before a due day"),
    unit="days",
    default=30,
    least=8,
    most=90,
    source="DOMAIN 2.3",
    used_by=_("To whoever is responsible, so many days before."),
)
REMIND_AGAIN = declare(
    "remind_again_days",
    label=_("Second reminder before a due day"),
    unit="days",
    default=7,
    least=1,
    most=7,
    source="DOMAIN 2.3",
    used_by=_("To whoever is responsible, so many days before."),
)
FESTIVALS = {
    "spring_festival": declare(
        "festival_spring_festival",
        label=_("Duties at Spring Festival"),
        unit=SWITCH,
        default=1,
        least=0,
        most=1,
        source="DOMAIN 2.3, 2.4 [P]",
        used_by=_("Family visits to the mobile and condolence visits at Spring Festival."),
    ),
    "july_first": declare(
        "festival_july_first",
        label=_("Duties on 1 July"),
        unit=SWITCH,
        default=1,
        least=0,
        most=1,
        source="DOMAIN 2.4 [P]",
        used_by=_("Condolence visits on the Party's birthday."),
    ),
}
