from django.utils.translation import gettext as _

from members.access import VIEW_RESTRICTED, scope_of
from members.models import AuditRow

# acts on a person that change nothing
LOOKS = {"copy_own_data", "print_form", "reveal_person", "view_paper", "view_restricted"}
SENSITIVE = {"id_number", "phone", "password", "address", "narrative"}


def trace(act, *, by, obj=None, person=None, path="", restricted=False, purpose="", detail=None):
    """Write the audit row of an act, inside the caller's transaction. `detail` names fields and plain values;
    sensitive fields are named without their value."""
    row = _row(act, by, obj, path=path, restricted=restricted, purpose=purpose, detail=detail)
    row.person = person
    row.save(force_insert=True)
    return row


def trace_each(act, *, by, obj, people, purpose="", detail=None):
    """An act that concerns several: a row for each of them, so that everybody's own file tells of it. `people`:
    {key: what the row says of this one besides}; for nobody one row without a person. One statement."""
    rows = []
    for pk, own in people.items() or ((None, {}),):
        rows.append(_row(act, by, obj, purpose=purpose, detail=(detail or {}) | own))
        rows[-1].person_id = pk
    AuditRow.objects.bulk_create(rows)


def _row(act, by, obj, *, path="", restricted=False, purpose="", detail=None):
    clean = {key: ("…" if key in SENSITIVE else value) for key, value in (detail or {}).items()}
    return AuditRow(
        actor=by,
        act=act,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        path=path or getattr(obj, "path", ""),
        restricted=restricted or getattr(obj, "restricted", False),
        purpose=purpose,
        detail=clean,
    )


def trace_looks(user, found):
    """A row for everybody of whom something restricted was read, in one statement. `found`: [(obj, its people)]."""
    rows = []
    for obj, people in found:
        for pk in people or (None,):
            detail = {"shown": [obj._meta.model_name]}
            rows.append(_row("view_restricted", user, obj, purpose=_("routine work"), detail=detail))
            rows[-1].person_id = pk
    AuditRow.objects.bulk_create(rows)


def trace_list(user, category):
    """A list of the people of a restricted category was read: a row for each place where that right is held, however
    many people stand on it."""
    for path in scope_of(user).paths(VIEW_RESTRICTED):
        detail = {"shown": ["person"], "category": category}
        trace("view_restricted", by=user, path=path, restricted=True, purpose=_("routine work"), detail=detail)


def trace_view(user, person, *shown):
    """One row a view, when anything restricted stands on the page. `shown`: lists of rows."""
    seen = sorted({kind for rows in shown for row in rows if row.restricted for kind in [row._meta.model_name]})
    if seen:
        trace(
            "view_restricted",
            by=user,
            obj=person,
            person=person,
            restricted=True,
            purpose=_("routine work"),
            detail={"shown": seen},
        )
