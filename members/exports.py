"""The people list as an Excel file: the same scope, the same filters and the same masks as on the screen."""

from collections import defaultdict
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.access import EXPORT, scope_of
from members.audit import trace
from members.filters import shown_enrolments
from members.models import Category, Person, Standing, Unit
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
    """Plain columns, each word of the choices looked up once: models and translations a row cost ten times as much."""
    standings, sexes, categories = (
        {code: str(label) for code, label in choices}
        for choices in (Standing.choices, Person.Sex.choices, Category.choices)
    )
    units = {unit.pk: str(unit) for unit in Unit.objects.filter(people__in=people.order_by()).distinct()}
    shown = shown_enrolments(user).order_by("-primary", "pk").values_list("person_id", "category", "restricted")
    found = people.order_by(*order).values_list(
        "pk", "name", "sex", "birth_date", "unit_id", "group", "standing", "joined_on", "full_member_on", "phone"
    ).iterator(chunk_size=CHUNK)  # fmt: skip
    day, comma = today(), _(", ")
    while batch := list(islice(found, CHUNK)):
        counted["rows"] += len(batch)
        named = defaultdict(list)
        for person, category, restricted in shown.filter(person__in=[row[0] for row in batch]):
            named[person].append(categories[category])
            counted["restricted"] |= restricted
        for pk, name, sex, born, unit, group, standing, joined, full, phone in batch:
            age, phone = born and age_on(born, day), phone and mask_phone(phone)
            words = sexes.get(sex, sex), standings.get(standing, standing), comma.join(named[pk])
            yield name, words[0], born, age, units[unit], group, words[1], words[2], joined, full, phone


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
