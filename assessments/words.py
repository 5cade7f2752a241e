"""The words of the quarterly report, the same on the page and in the file."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models.people import CANDIDATE_STANDINGS, MEMBER_STANDINGS

from .dignity import FEW, WITHHELD

STANDINGS = (*MEMBER_STANDINGS, *CANDIDATE_STANDINGS)
PEOPLE_WORDS = {
    "opening": gettext_lazy("At the beginning"),
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "closing": gettext_lazy("At the end"),
}
DUTY_WORDS = {
    "due": gettext_lazy("Duties due"),
    "on_time": gettext_lazy("Done on time"),
    "late": gettext_lazy("Done late"),
    "open": gettext_lazy("Not yet done"),
    "closed": gettext_lazy("No longer owed"),
}


def hidden_note():
    return _("%(few)s: fewer than five. %(withheld)s: withheld, because subtraction would reveal a smaller number.") % {
        "few": FEW, "withheld": WITHHELD,
    }  # fmt: skip
