"""The traces of one's own file in plain words: who, in which role, did or looked at what, when and what for.

Of a trace's detail only the names of columns are told: its values may speak of somebody else.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from members.models import AuditRow
from members.trace_words import FIELDS
from members.views.audit import ACTS
from xitun.lib.dates import business_date


@dataclass(frozen=True)
class Look:
    at: datetime
    who: str
    role: str  # "branch secretary · Huaishuwan", as held that day
    act: str
    columns: str  # "phone, address" of a correction
    purpose: str


def looks_of(user):
    """Traces others left on `user`'s own file. Three queries however many rows."""
    return AuditRow.objects.about_own_file(user).select_related("actor").prefetch_related("actor__grants__unit")


def told(rows):
    return [_told(row) for row in rows]


def _told(row):
    columns = [str(FIELDS[name].verbose_name) for name in row.detail if name in FIELDS] if row.detail else []
    return Look(
        at=row.at,
        who=str(row.actor) if row.actor else _("the program itself"),
        role=_role(row),
        act=str(ACTS.get(row.act) or row.act.replace("_", " ")),
        columns=_(", ").join(columns),
        purpose=row.purpose,
    )


def _role(row):
    """The role under which the actor could do this: held that day at the nearest unit above; "" when none is."""
    day = business_date(row.at)
    held = [
        grant
        for grant in (row.actor.grants.all() if row.actor else ())
        if grant.from_date <= day and (grant.to_date is None or grant.to_date > day) and row.path.startswith(grant.path)
    ]
    if not held:
        return ""
    nearest = max(held, key=lambda grant: len(grant.unit.path) if grant.unit else 0)
    return " · ".join(filter(None, (nearest.get_role_display(), str(nearest.unit or ""))))
