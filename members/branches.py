"""The tree of units from a CSV file, by command or by page: level, name, name_en, parent, one unit a line."""

import csv
import io

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from xitun.lib.refused import FileRefused
from xitun.lib.text_tables import decode

from .actions import create_unit
from .models import Unit

COLUMNS = ("level", "name", "name_en", "parent")
MAX_BYTES = 5 * 1024 * 1024
# What may stand directly under what; None is the root.
UNDER = {
    None: (Unit.Kind.COUNTY, Unit.Kind.TOWN),
    Unit.Kind.COUNTY: (Unit.Kind.TOWN,),
    Unit.Kind.TOWN: (Unit.Kind.BRANCH,),
    Unit.Kind.BRANCH: (Unit.Kind.GROUP,),
    Unit.Kind.GROUP: (),
}


def read_rows(content):
    """The rows of a CSV file (bytes; UTF-8 or GB18030) as dictionaries. ValidationError says what to do instead."""
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    try:
        rows = list(csv.DictReader(io.StringIO(decode(content), newline=""), strict=True))
    except FileRefused as error:
        raise ValidationError(str(error)) from None
    except csv.Error as error:
        raise ValidationError(_("The file cannot be read as CSV: %(error)s") % {"error": error}) from None
    if not rows or not {"level", "name"} <= set(rows[0]):
        raise ValidationError(_("The first line must name the columns level, name, name_en, parent."))
    return rows


@transaction.atomic
def import_branches(rows, *, by=None):
    """Create what is missing, line by line; a parent stands above its children. Returns how many were created.
    ValidationError names the line; then nothing at all was written."""
    created = 0
    for number, row in enumerate(rows, start=2):
        kind, name, parent_name = (str(row.get(key) or "").strip() for key in ("level", "name", "parent"))
        if kind not in Unit.Kind.values or not name:
            raise ValidationError(
                _("Line %(n)s: level must be county, town, branch or group, and name given.") % {"n": number}
            )
        parent = _parent(parent_name, number)
        check_place(kind, parent, prefix=_("Line %(n)s: ") % {"n": number})
        siblings = Unit.objects.get_children(parent) if parent else Unit.objects.get_root_nodes()
        if siblings.filter(name=name, ends_on__isnull=True).exists():
            continue
        _create(kind, name, (row.get("name_en") or "").strip(), parent, by=by, number=number)
        created += 1
    return created


def check_place(kind, parent, prefix=""):
    """County › town › branch › group: a unit stands under the level above its own."""
    if kind not in UNDER[parent.kind if parent else None]:
        raise ValidationError(
            prefix
            + _("A %(kind)s cannot stand here: the order is county, town, branch, group.")
            % {"kind": Unit.Kind(kind).label}
        )


def _create(kind, name, name_en, parent, *, by, number):
    fields = {"name": name, "name_en": name_en}
    for key, value in fields.items():
        if len(value) > (limit := Unit._meta.get_field(key).max_length):
            raise ValidationError(
                _("Line %(n)s: %(column)s is longer than %(limit)s characters.")
                % {"n": number, "column": key, "limit": limit}
            )
    try:
        create_unit(by=by, kind=kind, parent=parent, **fields)
    except ValidationError as error:
        words = "; ".join(error.messages)
        raise ValidationError(_("Line %(n)s: %(error)s") % {"n": number, "error": words}) from None


def _parent(name, number):
    if not name:
        return None
    found = list(Unit.objects.filter(name=name, ends_on__isnull=True)[:2])
    if len(found) != 1:
        raise ValidationError(
            _("Line %(n)s: the parent %(name)s must stand above this line, once.") % {"n": number, "name": name}
        )
    return found[0]
