from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, F, Min, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.access import CONFIRM, scope_of
from members.audit import trace
from members.models import BranchMembership, Category, Cause, Enrolment, Person, Standing, Status
from members.models.enrolments import EVIDENCE_LENGTH, LIVE, RESTRICTED_CATEGORIES
from xitun.lib.dates import Quarter, today

# The days the law of the house asks before somebody stands in a restricted category (DOMAIN 2.4, 2.6).
EVIDENCE_DAYS = {Category.POOR_WEAK: ("consent_on",), Category.BACKWARD: ("notified_on", "heard_on")}


def refuse_future(on, name="on"):
    if on > today():
        raise ValidationError({name: _("The date lies ahead. Enter what has happened.")})


def refuse_before_roll(person, on, name="on"):
    """Nobody stands in a category before they stood on a roll."""
    came = _on_roll(person.pk).aggregate(first=Min("from_date"))["first"]
    if came and on < came:
        words = _("The person came onto the roll on %(day)s. Choose that day or a later one.")
        raise ValidationError({name: words % {"day": date_format(came)}})


def _on_roll(person_id):
    return BranchMembership.objects.filter(person_id=person_id, superseded_at=None)


def locked(enrolment, *expected):
    """The enrolment as it is now, its person locked; refused when it stands otherwise than `expected`."""
    Person.objects.locked().get(pk=enrolment.person_id)
    row = Enrolment.objects.select_related("person", "unit").get(pk=enrolment.pk)
    if row.status not in expected:
        raise ValidationError(
            _("This has already been decided (%(status)s). Nothing was changed.") % {"status": row.get_status_display()}
        )
    return row


def _decide(row, *, by, status, reason):
    row.status, row.decided_by, row.decided_at, row.decision_reason = status, by, timezone.now(), reason
    row.version += 1


@transaction.atomic
def propose_category(*, by, person, category, primary=True, on=None, reason, evidence="", **days):
    """A branch proposes; the town decides (`confirm_category`, `return_category`). `evidence` says what it rests on;
    `days` are consent_on, notified_on, heard_on for the restricted two (DOMAIN 2.4, 2.6)."""
    person = Person.objects.locked().select_related("unit").get(pk=person.pk)
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    refuse_future(on or today())
    if person.standing == Standing.FORMER:
        raise ValidationError(_("The person has left the roll; nothing can be proposed."))
    refuse_before_roll(person, on or today())
    if person.enrolments.filter(category=category, status__in=(Status.PROPOSED, *LIVE)).exists():
        raise ValidationError({"category": _("The person already stands in this category, or is proposed for it.")})
    row = Enrolment(
        person=person,
        unit=person.unit,
        path=person.path,
        category=category,
        primary=primary,
        from_date=on or today(),
        reason=reason,
        recorded_by=by,
    )
    enter_evidence(row, days, evidence)
    row.save()
    trace("propose_category", by=by, obj=row, person=person, detail={"category": category, "primary": primary})
    return row


def missing_for(row):
    """What the law of the house still asks before the town may confirm. Empty for the six open categories."""
    if row.category == Category.POOR_WEAK and not row.consent_on:
        return [_("the person's consent")]
    if row.category == Category.BACKWARD:
        asked = (
            (_("a dated fact with evidence"), row.evidence),
            (_("the notice"), row.notified_on),
            (_("the hearing"), row.heard_on),
        )
        return [word for word, known in asked if not known]
    return []


@transaction.atomic
def confirm_category(*, by, enrolment, reason=""):
    """The town confirms a proposal. A new primary category ends the old one on the day the new one begins."""
    row = locked(enrolment, Status.PROPOSED)
    if missing := missing_for(row):
        raise ValidationError(
            _("This category cannot be confirmed yet. Missing: %(what)s.") % {"what": _(", ").join(missing)}
        )
    row.from_date = _earliest_start(row)
    if row.primary:
        _end_primary(row, by=by)
    if Enrolment.objects.filter(person_id=row.person_id, category=row.category, status__in=LIVE).exists():
        raise ValidationError(_("The person already stands in this category, or is proposed for it."))
    _decide(row, by=by, status=Status.ACTIVE, reason=reason)
    row.save()
    _set_primary(row)
    trace("confirm_category", by=by, obj=row, person=row.person, detail={"category": row.category})
    return row


def _earliest_start(row):
    """The day from which `row` may hold: a proposal dated back must neither overlap a stay that has ended meanwhile
    (a second primary, the same category) nor begin here before the person came onto the roll or from another unit."""
    same = Q(category=row.category) | (Q(primary=True) if row.primary else Q(pk__in=[]))
    stays = Enrolment.objects.filter(same, person_id=row.person_id, status=Status.ENDED, superseded_at=None)
    on_roll = list(_on_roll(row.person_id).values_list("from_date", "to_date"))
    came = min((start for start, _end in on_roll), default=row.from_date)
    ended = [*stays.filter(to_date__isnull=False).values_list("to_date", flat=True), *(end for _start, end in on_roll)]
    return max(filter(None, [row.from_date, came, *ended]))


def _end_primary(row, *, by):
    old = Enrolment.objects.filter(person_id=row.person_id, primary=True, status__in=LIVE)
    starts = max([row.from_date, *old.values_list("from_date", flat=True)])
    row.from_date = starts
    end_enrolments(old, by=by, on=starts, why=Cause.ENDED)  # not why: the next one may be restricted


def _set_primary(row):
    if row.primary:
        Person.objects.filter(pk=row.person_id).update(category=row.category)


@transaction.atomic
def return_category(*, by, enrolment, reason):
    """The town sends a proposal back, with the reason the branch will read."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the branch should change.")})
    row = locked(enrolment, Status.PROPOSED)
    _decide(row, by=by, status=Status.RETURNED, reason=reason)
    row.save()
    trace("return_category", by=by, obj=row, person=row.person, detail={"category": row.category})
    return row


@transaction.atomic
def carry_over_category(*, by, person, category, on=None, reason):
    """Someone who already stood in a restricted category on an old roster: written as carried over, to be
    regularised before the quarter ends, not as confirmed by anyone (DOMAIN §2)."""
    if category not in RESTRICTED_CATEGORIES:
        raise ValidationError({"category": _("Only the two restricted categories are carried over.")})
    on = on or today()
    person = Person.objects.locked().select_related("unit").get(pk=person.pk)
    if person.standing == Standing.FORMER:
        raise ValidationError(_("The person has left the roll. Nothing was changed."))
    if person.enrolments.filter(category=category, status__in=LIVE).exists():
        raise ValidationError({"category": _("The person already stands in this category, or is proposed for it.")})
    row = Enrolment(
        person=person,
        unit=person.unit,
        path=person.path,
        category=category,
        from_date=on,
        status=Status.ACTIVE,
        carried_over=True,
        regularise_by=Quarter.of(on).last_day,
        reason=reason,
        recorded_by=by,
    )
    row.from_date = _earliest_start(row)
    _end_primary(row, by=by)
    row.save()
    _set_primary(row)
    trace("carry_over_category", by=by, obj=row, person=person, detail={"category": category})
    return row


@transaction.atomic
def regularise_category(*, by, enrolment, consent_on=None, notified_on=None, heard_on=None, evidence="", reason=""):
    """Make good what an old roster did not bring: days, and the facts it rests on. Who writes here enters them, who
    confirms here also ends the "carried over", once nothing is missing. Returns the row: still `carried_over` when the
    town has yet to look."""
    row = locked(enrolment, *LIVE)
    if not row.carried_over:
        raise ValidationError(_("This is regular already. Nothing was changed."))
    days = {"consent_on": consent_on, "notified_on": notified_on, "heard_on": heard_on}
    days = {name: day for name, day in days.items() if day}
    enter_evidence(row, days, evidence)
    finished = scope_of(by).can(CONFIRM, row.path) and not missing_for(row)
    if finished:
        _decide(row, by=by, status=row.status, reason=reason)
        row.carried_over = False
    elif not days and not evidence.strip():
        what = _(", ").join(missing_for(row)) or _("the town's decision")
        raise ValidationError(_("This cannot be regularised yet. Missing: %(what)s.") % {"what": what})
    row.save()
    told = {"category": row.category, "finished": finished, **{name: str(day) for name, day in days.items()}}
    trace("regularise_category", by=by, obj=row, person=row.person, purpose=reason, detail=told)
    return row


def enter_evidence(row, days, words=""):
    """Set on `row` what a stay rests on: the days its category asks for, and words. What is empty leaves what is known
    there. Raises ValidationError; never called from outside an act."""
    if len(words.strip()) > EVIDENCE_LENGTH:
        raise ValidationError({"evidence": _("At most %(n)s characters.") % {"n": EVIDENCE_LENGTH}})
    row.evidence = words.strip() or row.evidence
    for name, day in days.items():
        if not day:
            continue
        if name not in EVIDENCE_DAYS.get(row.category, ()):
            raise ValidationError({name: _("This category does not ask for that day.")})
        refuse_future(day, name)
        setattr(row, name, day)
    if row.notified_on and row.heard_on and row.heard_on < row.notified_on:
        raise ValidationError({"heard_on": _("The hearing cannot lie before the notice.")})


@transaction.atomic
def propose_exit(*, by, enrolment, reason):
    """A branch proposes that an enrolment should end. It stands, and its duties with it, until the town confirms
    (`end_category`) or declines (`decline_exit`). Who proposed and why is kept in the trace (`members.exits`)."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    row = locked(enrolment, Status.ACTIVE)
    row.status = Status.EXIT_PROPOSED
    row.version += 1
    row.save()
    trace("propose_exit", by=by, obj=row, person=row.person, purpose=reason, detail={"category": row.category})
    return row


@transaction.atomic
def decline_exit(*, by, enrolment, reason):
    """The town keeps the enrolment, with the reason the branch will read."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it should stay.")})
    row = locked(enrolment, Status.EXIT_PROPOSED)
    _decide(row, by=by, status=Status.ACTIVE, reason=reason)
    row.save()
    trace("decline_exit", by=by, obj=row, person=row.person, purpose=reason, detail={"category": row.category})
    return row


@transaction.atomic
def end_category(*, by, enrolment, on=None, reason):
    """A named person ends an enrolment with a reason. Its open dues close with it."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    row = locked(enrolment, *LIVE)
    on = on or today()
    refuse_future(on)
    if on < row.from_date:
        raise ValidationError({"on": _("The end cannot lie before the beginning.")})
    end_enrolments(Enrolment.objects.filter(pk=row.pk), by=by, on=on, why=reason)
    if row.primary:
        Person.objects.filter(pk=row.person_id).update(category="")
    trace("end_category", by=by, obj=row, person=row.person, detail={"category": row.category, "on": str(on)})
    row.refresh_from_db()
    return row


@transaction.atomic
def come_home(*, by, enrolment, on, reason, category=""):
    """A mobile person is back: the enrolment ends that day, and what was owed with it. `category`, when given, is
    proposed as the next one; the town decides (DOMAIN 2.3)."""
    row = locked(enrolment, *LIVE)
    if row.category != Category.MOBILE:
        raise ValidationError(_("Only who is away can come home."))
    row = end_category(by=by, enrolment=row, on=on, reason=reason)
    close_absence(row.person, on=on)
    trace("come_home", by=by, obj=row, person=row.person, detail={"on": str(on)})
    if category:
        propose_category(by=by, person=row.person, category=category, primary=row.primary, on=on, reason=reason)
    return row


def close_absence(person, *, on):
    """Part of an act after which nobody is away from here any more: a homecoming, a transfer, leaving the roll."""
    person.absences.open().update(to_date=Greatest(F("from_date"), Value(on, DateField())))


def end_enrolments(queryset, *, by, on, why):
    """End many at once and tell the apps above; never called from outside an act."""
    ids = list(queryset.values_list("pk", flat=True))
    now = timezone.now()
    ends = Greatest(F("from_date"), Value(on, DateField()))  # a death before the day of entry leaves an empty stay
    Enrolment.objects.filter(pk__in=ids).update(
        status=Status.ENDED, to_date=ends, decided_by=by, decided_at=now, decision_reason=why[:200]
    )
    for tell in hooks.enrolments_ended:
        tell(ids, on=on, by=by, why=why)
    return ids
