from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.audit import trace
from members.models import (
    BranchMembership,
    Cause,
    Enrolment,
    FormerIdentity,
    NameGram,
    Person,
    Standing,
    StandingRow,
    Status,
    Transfer,
)
from members.models.enrolments import LIVE
from xitun.lib.crypto import keyed_hash
from xitun.lib.dates import today
from xitun.lib.ids import IdNumberError, parse_id_number
from xitun.lib.names import name_grams, normalise_name, search_keys

from .categories import close_absence, end_enrolments, refuse_future
from .soundness import make_sound
from .units import end_offices_of, leave_post, standing_unit, take_own_role_along


class Conflict(Exception):
    """Somebody else saved first. `theirs` is the row as it stands now; `mine` the fields that were to be written."""

    def __init__(self, theirs, mine):
        super().__init__(
            _("Somebody else changed this while you were writing. Nothing of yours was saved over theirs.")
        )
        self.theirs, self.mine = theirs, mine


def lock_person(person):
    """The person's row, locked: dated rows are only written under it, so that none can overlap."""
    return Person.objects.locked().get(pk=person.pk)


def prepare_person(person):
    """Fill what is derived from name and ID number. Used by every path that writes a person, bulk ones included."""
    person.name = normalise_name(person.name)
    person.pinyin, person.initials = search_keys(person.name, person.reading)
    if person.id_number:
        try:
            number = parse_id_number(person.id_number)
        except IdNumberError as error:
            raise ValidationError({"id_number": str(error)}) from None
        person.id_number, person.id_hash = number.value18, keyed_hash(number.value18)
    else:
        person.id_number = person.id_hash = None
    person.path = person.unit.path
    return person


def write_grams(person):
    person.grams.all().delete()
    grams = name_grams(person.name, person.reading)
    for former in person.former_identities.borne().exclude(name=""):
        grams |= name_grams(former.name)
    NameGram.objects.bulk_create(NameGram(gram=gram, person=person) for gram in sorted(grams))


def _refuse_known_number(person, words):
    borne_before = Q(pk__in=FormerIdentity.objects.borne().filter(id_hash=person.id_hash).values("person"))
    holders = Person.objects.filter(Q(id_hash=person.id_hash) | borne_before).exclude(pk=person.pk)
    if person.id_hash and holders.exists():
        raise ValidationError({"id_number": words})


def save_once(person, words):
    """Save, or raise ValidationError with `words` when somebody has this ID number, even when entered this moment."""
    _refuse_known_number(person, words)
    person.full_clean(exclude=["id_number"])
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        _refuse_known_number(person, words)
        raise


def _sent_before(person, *, by):
    """Whom this submission put on a roll already. Raises ValidationError when that was somebody else."""
    known = person.submission_id and Person.objects.filter(submission_id=person.submission_id).first()
    if not known:
        return None
    if known.memberships.earliest("pk").recorded_by_id != getattr(by, "pk", None):
        raise ValidationError(_("Somebody else has sent this form. Open it again and enter it anew."))
    if (known.name, known.unit_id, known.id_hash) != (person.name, person.unit_id, person.id_hash):
        raise ValidationError(_("This form was sent already, for %(name)s. Open it anew.") % {"name": known.name})
    return known


def arrival(came_from, letter_on, on):
    """Where somebody was transferred from, in the words the membership keeps; "" when they simply begin here."""
    if letter_on and letter_on > on:
        raise ValidationError({"letter_on": _("The receipt cannot lie before the letter.")})
    words = {"where": came_from.strip(), "day": letter_on and date_format(letter_on)}
    if words["where"] and words["day"]:
        return _("from %(where)s, letter of %(day)s") % words
    return _("from %(where)s") % words if words["where"] else ""


@transaction.atomic
def register_person(*, by, unit, name, standing=Standing.FULL, on=None, came_from="", letter_on=None, **fields):
    """Put a person on a unit's roll; `came_from` and `letter_on` when transferred in from outside. `fields` are plain
    columns of Person. Raises ValidationError when the ID number
    already stands on a roll (the same person is never entered twice: transfer instead). The same `submission_id`
    again returns the first person: a double tap makes one."""
    if standing == Standing.FORMER:
        raise ValidationError({"standing": _("Nobody comes onto a roll as one who has left it.")})
    person = prepare_person(Person(unit=unit, name=name, standing=standing, **fields))
    if known := _sent_before(person, by=by):
        return known
    standing_unit(unit)
    make_sound(person)
    reason = arrival(came_from, letter_on, on or today())
    try:
        save_once(person, _("A person with this ID number is already on a roll. Ask for a transfer instead."))
    except (IntegrityError, ValidationError):  # the other tap of a double tap was first
        if known := _sent_before(person, by=by):
            return known
        raise
    _begin_on_roll(person, by=by, on=on or today(), reason=reason)
    return person


def _begin_on_roll(person, *, by, on, reason):
    unit, standing = person.unit, person.standing
    write_grams(person)
    BranchMembership.objects.create(person=person, unit=unit, from_date=on, recorded_by=by, reason=reason)
    StandingRow.objects.create(person=person, standing=standing, from_date=on, recorded_by=by)
    trace("register_person", by=by, obj=person, person=person, detail={"unit": unit.pk, "standing": standing})


@transaction.atomic
def correct_person(*, by, person, version, **fields):
    """Correct plain columns. `version` is the one the form was shown with; raises Conflict when it is no longer so."""
    current = lock_person(person)
    if current.version != version:
        raise Conflict(current, fields)
    changed = {key: value for key, value in fields.items() if getattr(current, key) != value}
    if not changed:
        return current
    if "name" in changed:
        changed.setdefault("reading", "")  # a new name is read anew
    for key, value in changed.items():
        setattr(current, key, value)
    prepare_person(current)
    changed |= {name: getattr(current, name) for name in make_sound(current, changed)}
    current.version += 1
    save_once(current, _("Another person already has this ID number."))
    if {"name", "reading"} & changed.keys():
        write_grams(current)
    trace("correct_person", by=by, obj=current, person=current, detail={k: str(v) for k, v in changed.items()})
    return current


def supersede_row(person, model, *, by, on, **values):
    """Close the open dated row at `on` and open the next. A row that began on the same day is superseded whole."""
    open_row = model.objects.filter(person=person, to_date__isnull=True, superseded_at__isnull=True).first()
    if open_row:
        if open_row.from_date > on:
            raise ValidationError(
                _("This cannot be dated %(on)s: the present state began on %(start)s.")
                % {"on": date_format(on), "start": date_format(open_row.from_date)}
            )
        if open_row.from_date == on:
            open_row.superseded_at = timezone.now()
        open_row.to_date = on
        open_row.save()
    return model.objects.create(person=person, from_date=on, recorded_by=by, **values)


def _end_transfer(person, *, by, why):
    """A transfer on its way has no meaning any more."""
    person.transfers.waiting().update(
        state=Transfer.State.WITHDRAWN, settled_by=by, settled_at=timezone.now(), settled_reason=why[:200]
    )


@transaction.atomic
def change_standing(*, by, person, standing, on, reason=""):
    """Move a person to another standing on a day. Becoming former ends every open enrolment and, with it, the dues."""
    refuse_future(on)
    person = lock_person(person)
    if person.standing == Standing.FORMER != standing:
        raise ValidationError(_("The person has left the roll. Nothing was changed."))
    supersede_row(person, StandingRow, by=by, on=on, standing=standing, reason=reason)
    person.standing = standing
    person.version += 1
    person.save()
    if standing == Standing.FORMER:
        end_enrolments(person.enrolments.filter(status__in=LIVE), by=by, on=on, why=reason)
        person.enrolments.filter(status=Status.PROPOSED).update(status=Status.RETURNED, decision_reason=reason)
        _end_transfer(person, by=by, why=reason)
        close_absence(person, on=on)
        person.category = ""
        person.save(update_fields=["category"])
    trace("change_standing", by=by, obj=person, person=person, detail={"standing": standing, "on": str(on)})
    return person


def leave_posts(posts, *, by, on, why):
    """Part of an act by which somebody leaves the roll: what they hold of these posts is left with it."""
    for holding in posts.filter(to_date=None, superseded_at=None):
        leave_post(by=by, holding=holding, on=max(on, holding.from_date), reason=why)


@transaction.atomic
def record_death(*, by, person, on):
    """A death ends every open duty, post and office that day (DOMAIN §2), and makes what is owed to the family. Raises
    ValidationError when one of the offices is not for `by` to end; a last administrator's role and account stay."""
    person = lock_person(person)  # before looking at what is open: another act may just be ending it
    ended = list(person.enrolments.filter(status__in=LIVE).values_list("pk", flat=True))
    person = change_standing(by=by, person=person, standing=Standing.FORMER, on=on, reason=Cause.DIED)
    leave_posts(person.posts, by=by, on=on, why=Cause.DIED)
    end_offices_of(person, by=by, on=on)
    for tell in hooks.person_died:
        tell(ended, on=on, by=by)
    return person


@transaction.atomic
def transfer_person(*, by, person, unit, on, reason=""):
    """Move a person to another unit. Enrolments end here and are opened again there, so that past quarters stay with
    the old unit and nobody is counted twice (DOMAIN §6, 5 and 18)."""
    refuse_future(on)
    person = lock_person(person)
    if person.standing == Standing.FORMER:
        raise ValidationError(_("The person has left the roll; nobody can be transferred from there."))
    if person.unit_id == unit.pk:
        raise ValidationError(_("The person already stands on this branch's roll."))
    unit = standing_unit(unit)
    supersede_row(person, BranchMembership, by=by, on=on, unit=unit, reason=reason)
    why = reason or Cause.TRANSFERRED
    _end_transfer(person, by=by, why=why)
    close_absence(person, on=on)
    person.enrolments.filter(status=Status.PROPOSED).update(status=Status.RETURNED, decision_reason=why)
    moved = list(person.enrolments.filter(status__in=LIVE))
    end_enrolments(person.enrolments.filter(status__in=LIVE), by=by, on=on, why=why)
    gone_on = {}
    for row in moved:
        gone_on[row.pk] = Enrolment.objects.create(
            person=person,
            unit=unit,
            path=unit.path,
            category=row.category,
            primary=row.primary,
            status=Status.ACTIVE,
            from_date=max(on, row.from_date),
            recorded_by=by,
            reason=row.reason,
            evidence=row.evidence,
            carried_over=row.carried_over,
            regularise_by=row.regularise_by,
            consent_on=row.consent_on,
            notified_on=row.notified_on,
            heard_on=row.heard_on,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            decision_reason=row.decision_reason,
        ).pk
    for tell in hooks.enrolments_gone_on:
        tell(gone_on)
    person.unit, person.path = unit, unit.path
    person.category = next((row.category for row in moved if row.primary), "")
    person.version += 1
    person.save()
    take_own_role_along(person, by=by, on=on)
    trace("transfer_person", by=by, obj=person, person=person, detail={"to": unit.pk, "on": str(on)})
    return person


@transaction.atomic
def reveal_person(*, by, person, purpose):
    """Show the whole ID number and phone once. Logged with its purpose, never with the value (DOMAIN §5)."""
    purpose = purpose.strip()
    if not purpose:
        raise ValidationError({"purpose": _("Say what you need the whole number for.")})
    trace("reveal_person", by=by, obj=person, person=person, purpose=purpose)
    return {"id_number": person.id_number, "phone": person.phone}
