"""Two files that are one person become one; within thirty days they can be taken apart again."""

import json

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.access import CONFIRM, require
from members.audit import trace
from members.edits import UNDOABLE, Edited, edits_of
from members.models import Enrolment, FormerIdentity, Merge, Person, Standing
from members.models.people import PersonQuerySet
from xitun.lib.dates import today

from .identity import borne_since
from .joining import OF_ENROLMENT, going_along, join_stays, take_back
from .people import prepare_person, save_once, write_grams
from .soundness import make_sound
from .units import take_own_role_along

COLUMNS = (
    "name id_number sex ethnicity birth_date phone group joined_on full_member_on education occupation address"
).split()
KEPT = (*COLUMNS, "reading", "pinyin", "initials", "id_hash", "category")
BORNE = ("name", "id_number")
ENROLMENT = "members.enrolment"
SUPERSEDED = ("members.branchmembership", "members.standingrow")
MOVING = (
    "members.absence", ENROLMENT, "members.postholding", "members.formeridentity", "members.transfer",
    "members.correctionrequest", "members.user",
)  # fmt: skip


@transaction.atomic
def merge_people(*, by, keep, other, choices=None, reason):
    """Let `other` go into `keep`: what was written about it follows, its file is voided. `choices` says by column
    whose value holds, "keep" or "other"; unsaid, the kept file's, or the other's where that is blank. Raises
    ValidationError. Returns the Merge."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    keep, other = _locked(keep.pk, other.pk, by=by)
    _refuse(keep, other, choices or {})
    values = _values(keep, other, choices or {})
    former = {"kept": _columns(keep, KEPT), "other": _columns(other, KEPT)}
    for person, with_ in ((keep, other), (other, keep)):
        trace("merge_people", by=by, obj=person, person=person, purpose=reason, detail={"with": with_.name})
    borne = _keep_borne(keep, other, values, by=by, reason=reason)
    moved, former["enrolments"] = _move(keep, other, by=by)
    _void(other, into=keep)
    _write(keep, values)
    take_own_role_along(keep, by=by, on=today())
    former = json.dumps(former, default=str)  # days and moments
    return Merge.objects.create(
        kept=keep, other=other, by=by, at=timezone.now(), reason=reason, moved=moved | borne, former=former
    )


def _locked(keep_id, other_id, *, by):
    """Both files, locked in one order whoever comes from which side; the right is asked at both."""
    rows = PersonQuerySet(Person).filter(pk__in=(keep_id, other_id)).locked()
    people = {person.pk: person for person in rows}
    for person in people.values():
        if by is not None:
            require(by, CONFIRM, person.path)
    return people[keep_id], people[other_id]


def _refuse(keep, other, choices):
    both = (keep, other)
    if keep.pk == other.pk:
        raise ValidationError(_("This is one and the same file."))
    if keep.voided_at or other.voided_at:
        raise ValidationError(_("One of the two files is no longer there. Nothing was changed."))
    if keep.standing == Standing.FORMER != other.standing:
        words = _("The file to keep has left the roll, the other stands on it. Keep the other, or put it back first.")
        raise ValidationError(words)
    if any(person.transfers.waiting().exists() for person in both):
        raise ValidationError(_("One of the two is on the way to another branch. Settle that transfer first."))
    if all(person.absences.open().exists() for person in both):
        raise ValidationError(_("Both are noted as away. Enter the return in one of the two files first."))
    if any(person.corrections.waiting().exists() for person in both):
        raise ValidationError(_("A correction of one of the two files was asked for. Answer that first."))
    if all(hasattr(person, "user") for person in both):
        raise ValidationError(_("Both have a sign-in of their own. Close the account of one first."))
    if keep.id_number and other.id_number and keep.id_number != other.id_number and "id_number" not in choices:
        raise ValidationError({"id_number": _("The ID numbers differ. Say which one is right.")})


def _values(keep, other, choices):
    """{column: value} of what the kept file is to say otherwise than now."""
    values = {}
    for name in COLUMNS:
        mine, theirs = getattr(keep, name), getattr(other, name)
        side = choices.get(name) or ("keep" if mine else "other")
        if side == "other" and theirs != mine:
            values[name] = theirs
    if "name" in values:
        values["reading"] = other.reading
    return values


def _keep_borne(keep, other, values, *, by, reason):
    """Name and number that one of the files bore, and the kept one from now on does not, still find it. Returns
    {"borne.<side>": keys}."""
    borne = {}
    for side, person in (("kept", keep), ("other", other)):
        old = _columns(person, BORNE)
        old = {name: value for name, value in old.items() if value and value != values.get(name, getattr(keep, name))}
        if "id_number" in old:
            old["id_hash"] = person.id_hash
        began = min(borne_since(person), today())
        evidence = FormerIdentity.Evidence.MERGE
        told = {"recorded_by": by, "evidence": evidence, "reason": reason[:200]}
        rows = (
            [FormerIdentity.objects.create(person=keep, from_date=began, to_date=today(), **told, **old)] if old else []
        )
        borne[f"borne.{side}"] = [row.pk for row in rows]
    return borne


def _columns(row, names):
    return {name: getattr(row, name) for name in names}


def _keys(rows):
    return list(rows.values_list("pk", flat=True))


def _move(keep, other, *, by):
    """What was the other's is the kept person's, or ends. Returns ({label: keys}, {key: columns} of both files'
    enrolments before)."""
    rows = Enrolment.objects.filter(person__in=(keep, other), superseded_at=None)
    former = {row.pk: _columns(row, OF_ENROLMENT) for row in rows}
    moved, told = join_stays(keep, other, by=by)
    for label in SUPERSEDED:
        moved[label] = _keys(apps.get_model(label).objects.filter(person=other, superseded_at=None))
        apps.get_model(label).objects.filter(pk__in=moved[label]).update(superseded_at=timezone.now())
    for label in MOVING:
        theirs = apps.get_model(label).objects.filter(person=other)
        moved[label] = _keys(going_along(theirs) if label == ENROLMENT else theirs)
        apps.get_model(label).objects.filter(pk__in=moved[label]).update(person=keep)
    for tell in hooks.people_merged:
        moved |= dict(tell(keep.pk, other.pk, by=by, **told))
    return moved, former


def _void(other, *, into):
    other.grams.all().delete()
    other.voided_at, other.merged_into = timezone.now(), into
    other.id_hash, other.category = None, ""
    other.version += 1
    other.save()


def _write(keep, values):
    for name, value in values.items():
        setattr(keep, name, value)
    prepare_person(keep)
    make_sound(keep, values)
    keep.version += 1
    save_once(keep, _("Another person already has this ID number."))
    write_grams(keep)


def may_be_undone(merge):
    """Whether the days for taking it apart are not over. Whether nobody worked on it since, the act itself looks."""
    return not merge.undone_at and merge.at > timezone.now() - UNDOABLE


@transaction.atomic
def undo_merge(*, by, merge):
    """Two files again, as they stood before `merge_people`. Raises Edited when somebody has worked on the kept person
    since, ValidationError when it is too late or cannot be."""
    keep, other = _locked(merge.kept_id, merge.other_id, by=by)
    merge = Merge.objects.get(pk=merge.pk)
    if merge.undone_at:
        raise ValidationError(_("There is nothing to take back. Nothing was changed."))
    if not may_be_undone(merge):
        words = _("These files were merged on %(day)s. That can be taken back for %(n)s days.")
        raise ValidationError(words % {"day": date_format(merge.at), "n": UNDOABLE.days})
    if edits := edits_of([keep.pk, other.pk], since=merge.at):
        raise Edited(edits)
    former = json.loads(merge.former)
    _refuse_undo(keep, other, former)
    _give_back(other, merge, former["enrolments"], by=by)
    for side, person in (("kept", keep), ("other", other)):  # taken back with whose name and number they are
        rows = FormerIdentity.objects.filter(pk__in=merge.moved.get(f"borne.{side}", ()))
        rows.update(person=person, superseded_at=timezone.now())
    _restore(keep, former["kept"])
    other.voided_at = other.merged_into = None
    _restore(other, former["other"])
    take_own_role_along(other, by=by, on=today())
    Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())
    for person, from_ in ((keep, other), (other, keep)):
        trace("undo_merge", by=by, obj=person, person=person, detail={"from": from_.name})
    return other


def _refuse_undo(keep, other, former):
    numbers = [former[side]["id_hash"] for side in ("kept", "other") if former[side]["id_hash"]]
    if Person.objects.filter(id_hash__in=numbers).exclude(pk__in=(keep.pk, other.pk)).exists():
        raise ValidationError(_("Another file has taken one of the ID numbers since. Nothing was changed."))
    if other.unit.ends_on and other.unit.ends_on <= today():
        raise ValidationError(_("The branch of the other file has ended since. Nothing was changed."))


def _give_back(other, merge, enrolments, *, by):
    for label in SUPERSEDED:
        apps.get_model(label).objects.filter(pk__in=merge.moved[label]).update(superseded_at=None)
    for label in MOVING:  # a merge may be older than a table
        apps.get_model(label).objects.filter(pk__in=merge.moved.get(label, ())).update(person=other)
    ended = merge.moved.get("absence.ended", ())  # of older merges, which kept a file that had left
    other.absences.filter(pk__in=ended).update(to_date=None)
    take_back(merge.moved, by=by)
    for key, columns in enrolments.items():
        Enrolment.objects.filter(pk=key).update(**columns, version=F("version") + 1)
    for tell in hooks.merge_undone:
        tell(merge.kept_id, merge.other_id, moved=merge.moved, since=merge.at, by=by)


def _restore(person, columns):
    for name, value in columns.items():
        setattr(person, name, Person._meta.get_field(name).to_python(value))
    person.version += 1
    person.save()
    write_grams(person)
