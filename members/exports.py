"""The people list as an Excel file: the same scope, the same filters and the same masks as on the screen."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from members.access import EXPORT, scope_of
from members.audit import trace
from members.filters import shown_enrolments
from xitun.lib.dates import age_on, today
from xitun.lib.ids import mask_phone
from xitun.lib.sheets import Column, Sheet, write_xlsx

CHUNK = 2000


@transaction.atomic
def export_people(*, by, people, order, purpose, filters, target):
    """Write `people` (a queryset already narrowed to what `by` may export) to `target` and leave a trace with the
    purpose. Returns the number of rows. `filters`: what narrowed the list, for the trace; never the text searched.
    """
    if not purpose.strip():
        raise ValidationError({"purpose": _("Say what you need the list for.")})
    counted = {"rows": 0, "restricted": False}
    write_xlsx(target, [_sheet(_rows(people, order, by, counted))])
    paths = scope_of(by).paths(EXPORT)
    trace(
        "export_people",
        by=by,
        path=paths[0] if len(paths) == 1 else "",
        restricted=counted["restricted"],
        purpose=purpose.strip()[:200],
        detail={"rows": counted["rows"], "filters": filters},
    )
    return counted["rows"]


def _rows(people, order, user, counted):
    shown = Prefetch("enrolments", shown_enrolments(user).order_by("-primary", "pk"), to_attr="shown_enrolments")
    day = today()
    people = people.select_related("unit").prefetch_related(shown).order_by(*order)
    for person in people.iterator(chunk_size=CHUNK):
        counted["rows"] += 1
        counted["restricted"] |= any(row.restricted for row in person.shown_enrolments)
        yield (
            person.name,
            person.get_sex_display(),
            person.birth_date,
            age_on(person.birth_date, day) if person.birth_date else None,
            str(person.unit),
            person.group,
            person.get_standing_display(),
            _(", ").join(row.get_category_display() for row in person.shown_enrolments),
            person.joined_on,
            person.full_member_on,
            mask_phone(person.phone) if person.phone else "",
        )


def _sheet(rows):
    columns = (
        Column("name", _("Name"), width=12),
        Column("sex", _("Sex"), width=6),
        Column("born", _("Born"), "date"),
        Column("age", _("Age"), "integer"),
        Column("unit", _("Branch"), width=20),
        Column("group", _("Party group")),
        Column("standing", _("Standing"), width=12),
        Column("categories", _("Category"), width=18),
        Column("joined", _("Joined the Party"), "date"),
        Column("full", _("Full member since"), "date"),
        Column("phone", _("Phone"), width=14),
    )
    return Sheet(_("People"), columns, rows, title=_("People on the roll"), frozen=1)
