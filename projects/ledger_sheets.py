"""A ledger as an Excel file: one sheet a branch, the rows of the page, read in one pass."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from members.models import Unit
from xitun.lib import sheets
from xitun.lib.dates import today

from .ledgers import ledger, subjects

FROZEN = 1


def ledger_sheets(project, user, unit, on=None, *, q=""):
    """Sheets for xitun.lib.sheets.write_xlsx: one for every branch that has rows, or an empty one for `unit`."""
    on = on or today()
    columns, rows = ledger(project, user, unit, on, q=q)
    units = Unit.objects.filter(pk__in=subjects(project, user, unit, on, q=q).order_by().values("unit"))
    head = [sheets.Column(c.key, str(c.heading), c.kind, c.width) for c in columns]
    stream = _Branches(rows)
    return [
        sheets.Sheet(
            name=branch.short_name,
            columns=head,
            rows=stream.of(branch),
            title=_("%(unit)s: ledger of %(people)s") % {"unit": branch, "people": project.people},
            subtitle=_("As it stood on %(day)s") % {"day": date_format(on, "Y-m-d")},
            footer=footer(user),
            frozen=FROZEN,
        )
        for branch in units or [unit]
    ]


def footer(user):
    """What marks a copy that nobody has sealed: who made it, and when."""
    made = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    if user is None:
        return _("Working copy of %(when)s, not sealed") % {"when": made}
    return _("Working copy of %(when)s by %(who)s, not sealed") % {"when": made, "who": user}


def file_name(*parts):
    """A file name that every system takes, in the user's own words."""
    return get_valid_filename("-".join(str(part) for part in parts if part)) + ".xlsx"


class _Branches:
    """Deals one stream of rows, ordered by branch, out to sheets that are written in the same order."""

    def __init__(self, rows):
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, unit):
        while self._next is not None and self._next.unit.pk == unit.pk:
            yield self._next.cells
            self._next = next(self._rows, None)
