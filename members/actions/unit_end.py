"""A unit ends and its people go on in its successors (撤村并组; DOMAIN §1 and §6, 8)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, DateField, DateTimeField, F, JSONField, Q, Value
from django.db.models.functions import Cast, Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.audit import trace
from members.models import (
    AuditRow,
    BranchMembership,
    Cause,
    Enrolment,
    Person,
    PostHolding,
    Role,
    RoleGrant,
    RosterImport,
    Status,
    Transfer,
    Unit,
)
from members.models.enrolments import LIVE
from members.roster.bulk import insert_select, key_value

from .categories import end_enrolments, refuse_future
from .helping import possible_helpers
from .units import leave_post

NAMED = 5  # so many names in a refusal
SAME = (  # what an enrolment keeps in the successor
    "person category primary restricted carried_over regularise_by consent_on notified_on heard_on helper reason "
    "evidence decided_by decided_at decision_reason"
).split()


@transaction.atomic
def end_unit(*, by, unit, on, successors, assignment=None, reason=""):
    """A branch ends on a day and names its successors. Everybody on its roll goes to the first of them, unless
    `assignment` ({person pk: successor}) says otherwise; who had left the roll stays with the old branch. Categories go
    on over there, open proposals and transfers on their way too; an end that was proposed has to be proposed anew, as
    after a transfer. Posts and roles end (a member's own goes along), rosters not yet written are thrown away. What
    happened before stays with the old branch. A constant number of statements, however many people. Returns the pks of
    those who moved."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    _check(unit, on, successors)
    why = reason or Cause.UNIT_ENDED
    people = Person.objects.on_roll().filter(path__startswith=unit.path)
    people = list(people.locked().values_list("pk", flat=True))
    _check_days(people, on)
    _move_people(people, successors, assignment or {}, by=by, on=on, why=why)
    _move_enrolments(people, successors, by=by, on=on, why=why)
    _move_transfers(people, successors, by=by)
    for holding in PostHolding.objects.filter(path__startswith=unit.path, to_date=None, superseded_at=None):
        leave_post(by=by, holding=holding, on=max(on, holding.from_date), reason=why)
    ended = _end_roles(unit, people, by=by, on=on)
    _discard_rosters(unit, by=by)
    for tell in hooks.unit_ended:
        tell(unit.path, on=on, by=by, why=why)
    Unit.objects.at(unit).current(on).update(ends_on=on)
    unit.successors.set(successors)
    to = {str(successor.pk): str(successor) for successor in successors}
    detail = {"on": str(on), "to": to, "rows": len(people), "roles": ended}
    trace("end_unit", by=by, obj=unit, purpose=reason, detail=detail)
    _trace_people(unit, people, by=by, on=on, reason=reason)
    return people


def _check(unit, on, successors):
    refuse_future(on)
    if unit.kind != Unit.Kind.BRANCH:
        raise ValidationError(_("Only a branch ends like this."))
    if unit.ends_on:
        raise ValidationError(_("This branch has ended already. Nothing was changed."))
    if unit.starts_on and on < unit.starts_on:
        raise ValidationError({"on": _("The end cannot lie before the beginning.")})
    if not successors:
        raise ValidationError({"to": _("Choose the branch its people go to.")})
    for other in successors:
        if other.pk == unit.pk or other.kind != Unit.Kind.BRANCH:
            raise ValidationError({"to": _("A successor is another branch.")})
        if other.ends_on or (other.starts_on and other.starts_on > on):
            words = _("%(unit)s did not stand on that day. Choose a later day or another branch.")
            raise ValidationError({"to": words % {"unit": other}})


def _check_days(people, on):
    late = BranchMembership.objects.filter(person__in=people, to_date=None, superseded_at=None, from_date__gt=on)
    late = late.order_by("from_date").values_list("person__name", "from_date")[:NAMED]
    if names := [f"{name} ({date_format(day)})" for name, day in late]:
        words = _("These people came to the branch later than that day: %(names)s. Choose a later day.")
        raise ValidationError({"on": words % {"names": ", ".join(names)}})


def _move_people(people, successors, assignment, *, by, on, why):
    """Close where they stood, write where they stand. Who came on this very day was never here."""
    now, known = timezone.now(), {successor.pk for successor in successors}
    if any(successor.pk not in known for successor in assignment.values()):
        raise ValidationError({"to": _("A person can only go to one of the successors.")})
    rows = BranchMembership.objects.filter(person__in=people, to_date=None, superseded_at=None)
    rows.filter(from_date=on).update(to_date=on, superseded_at=now)
    rows.update(to_date=on)
    for successor in successors:
        going = [pk for pk in people if assignment.get(pk, successors[0]).pk == successor.pk]
        Person.objects.filter(pk__in=going).update(
            unit=successor, path=successor.path, version=F("version") + 1, updated_at=now
        )
    columns = {"person": F("pk"), "unit": F("unit_id"), "reason": Value(why[:200]), **_stamp(by, on, now)}
    insert_select(BranchMembership, columns, Person.objects.filter(pk__in=people))


def _stamp(by, on, now):
    return {
        "from_date": Value(on, DateField()),
        "recorded_at": Value(now, DateTimeField()),
        "recorded_by": Value(by.pk if by else None, BranchMembership._meta.get_field("recorded_by")),
    }


def _move_enrolments(people, successors, *, by, on, why):
    """What stood ends here and goes on there. The new rows are written first, while the old ones still say who decided,
    and stand only once the old ones have ended: nobody has two at any moment."""
    now = timezone.now()
    old = Enrolment.objects.filter(person__in=people, status__in=LIVE)
    waits = Status.RETURNED
    columns = {name: F(f"{name}_id" if name in ("person", "helper", "decided_by") else name) for name in SAME}
    columns |= {"unit": F("person__unit_id"), "path": F("person__path"), "status": Value(str(waits))}
    columns |= {"version": Value(1), **_stamp(by, on, now)}
    columns["from_date"] = Greatest(F("from_date"), Value(on, DateField()))
    insert_select(Enrolment, columns, old)
    ended = end_enrolments(old, by=by, on=on, why=why)
    new = Enrolment.objects.filter(person__in=people, unit__in=successors, status=waits, recorded_at=now)
    for successor in successors:
        for restricted in (False, True):
            here = Enrolment(path=successor.path, restricted=restricted)
            rows = new.filter(unit=successor, restricted=restricted)
            rows.exclude(helper=None).exclude(helper__in=possible_helpers(here).order_by()).update(helper=None)
        proposed = Enrolment.objects.filter(person__in=people, person__unit=successor, status=Status.PROPOSED)
        proposed.update(unit=successor, path=successor.path)
    gone_on = _successors(ended, new)
    new.update(status=Status.ACTIVE)
    for tell in hooks.enrolments_gone_on:
        tell(gone_on)


def _successors(ended, new):
    """{pk of an ended enrolment: pk of the new one of the same person and category}."""
    found = {(person, category): pk for pk, person, category in new.values_list("pk", "person", "category")}
    rows = Enrolment.objects.filter(pk__in=ended).values_list("pk", "person", "category")
    return {pk: found[person, category] for pk, person, category in rows}


def _move_transfers(people, successors, *, by):
    """A transfer on its way is now the successor's to withdraw, or has come to where it was to go."""
    for successor in successors:
        waiting = Transfer.objects.waiting().filter(person__in=people, person__unit=successor)
        waiting.filter(to_unit=successor).update(
            state=Transfer.State.WITHDRAWN, settled_by=by, settled_at=timezone.now(), settled_reason=Cause.UNIT_ENDED
        )
        waiting.update(unit=successor, path=successor.path)


def _end_roles(unit, people, *, by, on):
    """Roles held at the branch end; a member's own goes along. Returns the pks of the grants that ended."""
    grants = RoleGrant.objects.filter(Q(to_date=None) | Q(to_date__gt=on), unit__path__startswith=unit.path)
    ended = list(grants.order_by("pk").values_list("pk", flat=True))
    ends = Greatest(F("from_date"), Value(on, DateField()))
    RoleGrant.objects.filter(pk__in=ended).update(to_date=ends)
    columns = {"user": F("user_id"), "role": F("role"), "unit": F("user__person__unit_id"), "from_date": F("to_date")}
    columns |= {"granted_by": F("granted_by_id"), "recorded_at": Value(timezone.now(), DateTimeField())}
    own = RoleGrant.objects.filter(pk__in=ended, role=Role.MEMBER, user__person__in=people)
    insert_select(RoleGrant, columns, own)
    return ended


def _trace_people(unit, people, *, by, on, reason):
    """Everybody's own file tells that they went on elsewhere, and so does `members.edits`."""
    columns = {
        "at": Value(timezone.now(), DateTimeField()), "actor": key_value(by), "act": Value("end_unit"),
        "purpose": Value(reason), "object_type": Value(Person._meta.label_lower),
        "object_id": Cast("pk", CharField()), "person": F("pk"), "path": F("path"), "restricted": Value(False),
        "detail": Value({"unit": unit.pk, "on": str(on)}, JSONField()),
    }  # fmt: skip
    insert_select(AuditRow, columns, Person.objects.filter(pk__in=people))


def _discard_rosters(unit, *, by):
    """Uploads not yet written that speak of this branch: their lines would put people on a roll that is no more."""
    here = Q(path__startswith=unit.path) | Q(lines__unit__path__startswith=unit.path)
    for roster in RosterImport.objects.filter(here, confirmed_at=None).distinct():
        trace("discard_roster", by=by, obj=roster, detail={"file": roster.file_name})
        roster.delete()
