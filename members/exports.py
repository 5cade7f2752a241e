"""The people list as an Excel file: the same scope, filters, order, columns, day and masks as on the screen."""

from itertools import islice
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.access import EXPORT, scope_of
from members.audit import trace
from members.people_columns import READ, Words, lines
from xitun.lib.sheets import Column, Sheet, write_xlsx

CHUNK = 2000


@transaction.atomic
def export_people(*, by, people, roll, order, columns, purpose, filters, target):
    """Write `people` (a queryset already narrowed to what `by` may export) to `target` and leave traces with the
    purpose. Returns the number of rows. `columns`: of people_columns; `filters`: what was asked, for the trace; never
    the text searched."""
    if not purpose.strip():
        raise ValidationError({"purpose": _("Say what you need the list for.")})
    counted = {path: {"rows": 0, "restricted": False} for path in scope_of(by).paths(EXPORT)}
    write_xlsx(target, [_sheet(columns, roll, _rows(people.order_by(*order), columns, roll, by, counted))])
    _leave_traces(counted, by=by, purpose=purpose.strip()[:200], filters=filters)
    return sum(place["rows"] for place in counted.values())


def _leave_traces(counted, *, by, purpose, filters):
    """A row for each place of which there was anybody, so that whoever decides there sees it; of nobody, for each."""
    for path in [path for path, place in counted.items() if place["rows"]] or counted:
        detail = {"rows": counted[path]["rows"], "filters": filters}
        restricted = counted[path]["restricted"]
        trace("export_people", by=by, path=path, restricted=restricted, purpose=purpose, detail=detail)


def _rows(people, columns, roll, user, counted):
    """Plain columns instead of models, which cost ten times as much. `counted`: {path where the right is held: what was
    read of it}."""
    words, cells = Words(), attrgetter(*(column.key for column in columns), "pk")
    first = next(iter(counted.values()))
    found = people.values_list(*READ, named=True).iterator(chunk_size=CHUNK)
    while batch := list(islice(found, CHUNK)):
        for line in lines(batch, roll, user, words):
            place = next((place for path, place in counted.items() if line.unit.path.startswith(path)), first)
            place["rows"] += 1
            place["restricted"] = place["restricted"] or line.restricted
            yield cells(line)[:-1]


def _sheet(columns, roll, rows):
    head = [Column(column.key, str(column.label), column.kind, column.width) for column in columns]
    title = _("People on the roll")
    if roll.past:
        title = _("People on the roll as of %(day)s") % {"day": date_format(roll.day, "Y-m-d")}
    if roll.past and roll.known:
        title = _("%(title)s, as known on %(day)s") % {"title": title, "day": date_format(roll.known, "Y-m-d")}
    return Sheet(_("People"), head, rows, title=title, frozen=1)
