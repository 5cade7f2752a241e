"""A ledger on paper: as an Excel file, one sheet a branch, read in one pass; as one table, for print and Word."""

from django.db.models import Count
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from members.models import Unit
from xitun.lib import sheets

FROZEN = 2  # number and name
PAPER_LIMIT = 2000  # lines that are printed or written into one document


def ledger_sheets(ledger):
    """Sheets for xitun.lib.sheets.write_xlsx: one for every branch that has rows, before them how many each has; or an
    empty one for the ledger's unit."""
    counts = dict(ledger.subjects.order_by().values_list("unit").annotate(Count("pk")))
    units = list(Unit.objects.filter(pk__in=counts))
    stream = _Branches(ledger)
    found = [_sheet(ledger, branch, stream.of(branch)) for branch in units or [ledger.unit]]
    return [_overview(ledger, units, counts), *found] if len(units) > 1 else found


def ledger_table(ledger):
    """The whole ledger as one Sheet, in the order of the page."""
    lines = (ledger.line(number, row) for number, row in enumerate(ledger.rows(), 1))
    return _sheet(ledger, ledger.unit, lines)


def _sheet(ledger, unit, lines):
    return sheets.Sheet(
        name=ledger.place(unit, short=True),
        columns=[sheets.Column(c.key, c.title, c.kind, c.width) for c in ledger.head],
        rows=lines,
        title=_("%(unit)s: ledger of %(people)s") % {"unit": ledger.place(unit), "people": ledger.project.people},
        subtitle=" · ".join(filter(None, (ledger.as_of, ledger.note))),
        footer=footer(ledger.user),
        closing=((), signatures()),
        frozen=FROZEN,
    )


def _overview(ledger, units, counts):
    rows = [(number, ledger.place(unit), counts[unit.pk]) for number, unit in enumerate(units, 1)]
    rows.append((None, _("Total"), sum(counts.values())))
    head = [
        sheets.Column("number", _("No."), "integer", 8),
        sheets.Column("branch", _("Branch"), "text", 36),
        sheets.Column("count", _("Number"), "integer", 14),
    ]
    title = _("%(unit)s: ledger of %(people)s") % {"unit": ledger.unit, "people": ledger.project.people}
    return sheets.Sheet(
        _("Overview"), head, rows, title, ledger.as_of, footer(ledger.user), closing=((), signatures()), landscape=False
    )


def signatures():
    """The block below a ledger, to be filled in by hand."""
    return (_("Made by:"), _("Checked by:"), _("In charge:"), _("Filled in on:"))


def footer(user):
    """What marks a copy that nobody has sealed: who made it, and when."""
    made = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    if user is None:
        return _("Working copy of %(when)s, not sealed") % {"when": made}
    return _("Working copy of %(when)s by %(who)s, not sealed") % {"when": made, "who": user}


def file_name(*parts, ending="xlsx"):
    """A file name that every system takes, in the user's own words."""
    return get_valid_filename("-".join(str(part) for part in parts if part)) + f".{ending}"


class _Branches:
    """Deals one stream of rows, branch after branch, out to sheets that are written in the same order."""

    def __init__(self, ledger):
        self._ledger, self._rows = ledger, ledger.rows(by_branch=True)
        self._next = next(self._rows, None)

    def of(self, unit):
        number = 0
        while self._next is not None and self._next.unit.pk == unit.pk:
            number += 1
            yield self._ledger.line(number, self._next)
            self._next = next(self._rows, None)
