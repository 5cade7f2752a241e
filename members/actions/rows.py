"""Correct a day of the past without losing it (DOMAIN §1): what was believed stays as a superseded row, so that "known
at" still answers as it did; what hangs together by that day moves along.

A branch or a standing is a chain of rows: superseded and written anew. A category or a post is named by records and
duties: its row goes on with the true days, and a superseded copy keeps the former ones.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.audit import trace
from members.models import (
    Absence,
    AuditRow,
    BranchMembership,
    Category,
    Cause,
    Enrolment,
    Person,
    PostHolding,
    Standing,
    StandingRow,
    Status,
)
from members.models.enrolments import NEVER_HELD
from members.models.people import CANDIDATE_STANDINGS

from .categories import refuse_before_roll, refuse_future

# What a merge of two files left without a day where the kept row begins (members.actions.joining): it stays there.
EMPTIED = Q(decision_reason=Cause.MERGED, from_date=F("to_date"))


@transaction.atomic
def correct_membership(*, by, row, from_date, reason):
    """The day somebody came to a branch. The branch before ends that day; categories that ended or began with the move
    move along, and the beginning on the roll with it. Returns the new row. Raises ValidationError."""
    row = _current(row, reason)
    refuse_future(from_date, "from_date")
    if from_date == row.from_date:
        return row
    before = _before(row)
    stays = _held(row.person)
    _refuse_start(row, before, from_date)
    _refuse_no_unit(row, before, from_date)
    _refuse_between(stays, before, row, from_date)
    new = _move_start(row, before, from_date, by=by)
    begun = list(stays.filter(unit=row.unit, from_date=row.from_date).exclude(EMPTIED))
    ended = Q(decision_reason=Cause.MERGED, category__in=[stay.category for stay in begun])
    if before:
        ended |= Q(unit=before.unit) & ~EMPTIED
    for stay in stays.filter(ended, to_date=row.from_date):
        keep_copy(stay, by=by, reason=reason, **_end_on(stay, from_date))
    for stay in begun:
        keep_copy(stay, by=by, reason=reason, from_date=from_date)
    first = chain_of(row.person, StandingRow).order_by("from_date", "pk").first()
    if not before and from_date < first.from_date == row.from_date:
        replace_rows([(first, {"from_date": from_date})], by=by)
    _leave_trace(row, {"from_date": from_date}, by=by, reason=reason, path=row.unit.path)
    return new


@transaction.atomic
def correct_standing(*, by, row, from_date, reason, standing=None):
    """The day a standing began, and which it was. Of somebody who left, the ends that came with leaving move along;
    that somebody left at all is not corrected here. Returns the new row. Raises ValidationError."""
    row = _current(row, reason)
    refuse_future(from_date, "from_date")
    standing = standing or row.standing
    if Standing.FORMER in (standing, row.standing) and standing != row.standing:
        raise ValidationError({"standing": _("Leaving the roll and coming back have pages of their own.")})
    if (from_date, standing) == (row.from_date, row.standing):
        return row
    before = _before(row)
    _refuse_start(row, before, from_date)
    new = _move_start(row, before, from_date, by=by, standing=standing)
    if row.standing == Standing.FORMER:
        _move_leaving(row, from_date, by=by, reason=reason)
    _write_person(row, new)
    changes = {"from_date": from_date, "standing": standing}
    _leave_trace(row, changes, by=by, reason=reason, path=row.person.path)
    return new


def _write_person(row, new):
    """Today's columns follow."""
    person = row.person
    if not new.to_date:
        person.standing = new.standing
    if row.standing == new.standing == Standing.FULL and person.full_member_on == row.from_date:
        person.full_member_on = new.from_date
    if person.joined_on == row.from_date:
        if new.standing in CANDIDATE_STANDINGS:
            person.joined_on = None  # nobody has joined yet
        elif row.standing == new.standing == Standing.PROBATIONARY:
            person.joined_on = new.from_date  # the day of the branch's vote
    person.version += 1
    person.save()


@transaction.atomic
def correct_stay(*, by, row, from_date, reason, to_date=None, seen=""):
    """The days of a category. Another one that ended or began with it, by the same day and in the same branch, moves
    along. Returns the row. Raises ValidationError."""
    row = _current(row, reason)
    if row.status in NEVER_HELD:
        raise ValidationError(_("The town has not confirmed this; there is nothing to correct."))
    _refuse_days(row, from_date, to_date)
    days = {"from_date": from_date, "to_date": to_date}
    if (from_date, to_date) == (row.from_date, row.to_date):
        return row
    _refuse_stale(row, seen)
    others = _held(row.person).exclude(pk=row.pk)
    others = others.filter(Q(category=row.category) | Q(primary=True) if row.primary else Q(category=row.category))
    _move_neighbours(others, row, from_date, to_date, by=by, reason=reason)
    _refuse_overlap(others, from_date, to_date)
    _refuse_outside(row, from_date, to_date)
    _leave_trace(row, days, by=by, reason=reason)
    keep_copy(row, by=by, reason=reason, **days)
    return row


@transaction.atomic
def correct_post(*, by, row, from_date, title, reason, to_date=None, seen=""):
    """The days and the name of a post held. Returns the row. Raises ValidationError."""
    row = _current(row, reason)
    _refuse_days(row, from_date, to_date)
    values = {"from_date": from_date, "to_date": to_date, "title": title.strip() or row.title}
    if values == {name: getattr(row, name) for name in values}:
        return row
    _refuse_stale(row, seen)
    _leave_trace(row, values, by=by, reason=reason)
    keep_copy(row, by=by, reason=reason, **values)
    return row


def version_of(row):
    """What a form was shown with, given back as `seen`: a category or a post is the same row in every version."""
    return row.recorded_at.isoformat()


def _refuse_stale(row, seen):
    if seen and seen != version_of(row):
        raise ValidationError(_("This row has been replaced meanwhile. Look at the history again."))


def _current(row, reason):
    """The row as it is now, its person locked."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    if row.person_id:
        Person.objects.locked().get(pk=row.person_id)
    row = type(row).objects.select_related("person").get(pk=row.pk)
    if row.superseded_at:
        raise ValidationError(_("This row has been replaced meanwhile. Look at the history again."))
    return row


def chain_of(person, model):
    return model.objects.filter(person=person, superseded_at=None)


def _held(person):
    rows = Enrolment.objects.select_related("person", "unit").filter(person=person, superseded_at=None)
    return rows.exclude(status__in=NEVER_HELD)


def _before(row):
    """The row of the chain that ends where this one begins."""
    rows = chain_of(row.person, type(row)).filter(to_date=row.from_date, from_date__lt=row.from_date)
    return rows.exclude(pk=row.pk).first()


def _refuse_start(row, before, on):
    """Something of the row, and of the one before, must be left."""
    if row.to_date and on >= row.to_date:
        raise ValidationError({"from_date": _("It ended on %(day)s.") % {"day": date_format(row.to_date)}})
    earlier = chain_of(row.person, type(row)).exclude(pk=row.pk).filter(from_date__lt=row.from_date)
    last = (before and before.from_date) or max((r.to_date for r in earlier if r.to_date), default=None)
    if last and (on <= last if before else on < last):
        words = _("What was before began on %(day)s.") if before else _("What was before ended on %(day)s.")
        raise ValidationError({"from_date": words % {"day": date_format(last)}})


def _move_start(row, before, on, *, by, **values):
    """The row anew from `on`, and the one before until then."""
    changes = [(before, {"to_date": on})] if before and on != row.from_date else []
    return replace_rows([*changes, (row, {"from_date": on, **values})], by=by)


def replace_rows(changes, *, by):
    """Supersede each row and write it anew with other values. Returns the last new one."""
    model = type(changes[0][0])
    model.objects.filter(pk__in=[row.pk for row, _values in changes]).update(superseded_at=timezone.now())
    made = [model.objects.create(**{**_columns(row), **values, "recorded_by": by}) for row, values in changes]
    return made[-1]


def _columns(row):
    fields = [field for field in row._meta.concrete_fields if field.name not in ("id", "recorded_at", "superseded_at")]
    return {field.attname: getattr(row, field.attname) for field in fields}


def keep_copy(row, *, by, reason, **values):
    """Give a row its true values; a superseded copy keeps the former ones and what was known of them since when."""
    model, now = type(row), timezone.now()
    former = {**_columns(row), "superseded_at": now}
    if model is Enrolment:
        former["status"] = Status.ENDED  # a copy is never live
    copy = model.objects.create(**former)
    model.objects.filter(pk=copy.pk).update(recorded_at=_known_since(row))
    before = (row.from_date, row.to_date)
    for name, value in values.items():
        setattr(row, name, value)
    row.recorded_at, row.recorded_by = now, by
    if model is Enrolment:
        row.version += 1
    row.save()
    for tell in hooks.days_corrected:
        tell(row, before=before, by=by, why=reason)


def _known_since(row):
    """When a category began to count: a proposal is none until the town confirms it."""
    if not isinstance(row, Enrolment):
        return row.recorded_at
    traces = AuditRow.objects.filter(act="confirm_category", object_type=row._meta.label_lower, object_id=str(row.pk))
    return max([row.recorded_at, *traces.values_list("at", flat=True)])


def _refuse_days(row, from_date, to_date):
    refuse_future(from_date, "from_date")
    if row.to_date and not to_date:
        raise ValidationError({"to_date": _("It has ended. To take it up again, begin it anew.")})
    if to_date and not row.to_date:
        raise ValidationError({"to_date": _("It goes on. End it on its own page.")})
    if to_date:
        refuse_future(to_date, "to_date")
        if to_date < from_date:
            raise ValidationError({"to_date": _("The end cannot lie before the beginning.")})


def _refuse_no_unit(row, before, on):
    """Nobody stands in a branch before it began or after it ended."""
    late = before and before.unit.ends_on and on > before.unit.ends_on
    early = row.unit.starts_on and on < row.unit.starts_on <= row.from_date
    if unit := (late and before.unit) or (early and row.unit):
        words = _("%(unit)s did not stand on all of these days.")
        raise ValidationError({"from_date": words % {"unit": unit}})


def _refuse_between(stays, before, row, on):
    """A category that began or ended between the two days would fall out of its branch."""
    low, high = sorted((on, row.from_date))
    inside = Q(from_date__gt=low, from_date__lt=high) | Q(to_date__gt=low, to_date__lt=high)
    emptied = Q(unit=row.unit, from_date=row.from_date, to_date__lt=on)
    if before:
        emptied |= Q(unit=before.unit, to_date=row.from_date, from_date__gt=on)
    if stays.filter(inside | emptied).exclude(EMPTIED).exists():
        raise ValidationError(_("A category began or ended between the two days. Correct that one first."))


def _move_leaving(row, on, *, by, reason):
    """Of somebody who left: what ended with it."""
    ended = _held(row.person).filter(to_date=row.from_date)
    posts = PostHolding.objects.filter(person=row.person, to_date=row.from_date, superseded_at=None)
    rows = [*ended, *posts.select_related("person", "unit")]
    if any(each.from_date > on for each in rows):
        raise ValidationError({"from_date": _("A category or post began after that day. Correct that one first.")})
    for each in rows:
        keep_copy(each, by=by, reason=reason, to_date=on)
    for away in ended_away(row):
        replace_rows([(away, {"to_date": max(on, away.from_date)})], by=by)


def ended_away(row):
    """Of somebody who left with the StandingRow `row`: the absence that ended with it. Who was back that very day, by
    somebody's word, was back."""
    ended = Q(to_date=row.from_date) | Q(to_date=F("from_date"), from_date__gt=row.from_date)
    back = AuditRow.objects.filter(act="note_return", person=row.person_id)
    back = back.filter(object_type=Absence._meta.label_lower).values_list("object_id", flat=True)
    return row.person.absences.filter(ended, superseded_at=None).exclude(pk__in=[int(key) for key in back])


def _end_on(row, day):
    """What changes of a row that ends where another one begins, when that moves: of an emptied one both days."""
    emptied = row.decision_reason == Cause.MERGED and row.from_date == row.to_date
    return {"from_date": day, "to_date": day} if emptied else {"to_date": day}


def _move_neighbours(others, row, from_date, to_date, *, by, reason):
    turns = [("to_date", "from_date", from_date)]
    turns += [("from_date", "to_date", to_date)] if row.to_date else []
    for theirs, mine, day in turns:
        was = getattr(row, mine)
        if day == was:
            continue
        for other in others.filter(**{theirs: was}):
            merged = other.category == row.category and other.to_date == was and other.decision_reason == Cause.MERGED
            if other.unit_id != row.unit_id and not merged:
                raise ValidationError({mine: _("This is the day of the move. Correct it at the branch.")})
            days = _end_on(other, day) if merged else {theirs: day}
            nothing_left = other.from_date >= day if theirs == "to_date" else (other.to_date or date.max) <= day
            if nothing_left and days.keys() == {theirs}:
                raise ValidationError({mine: _("Nothing would be left of the category beside it.")})
            keep_copy(other, by=by, reason=reason, **days)


def _refuse_overlap(others, from_date, to_date):
    later = Q(to_date=None) | Q(to_date__gt=from_date)
    clash = others.filter(later, from_date__lt=to_date or date.max).order_by("from_date").first()
    if clash:
        if clash.category == Category.BACKWARD and clash.status == Status.ENDED:  # sealed: not even its day is said
            raise ValidationError(_("Another category held on some of these days."))
        words = _("Another category began on %(day)s; the two cannot hold on the same days.")
        raise ValidationError(words % {"day": date_format(clash.from_date)})


def _refuse_outside(row, from_date, to_date):
    """In force only while the person was on that branch's roll, unless it was otherwise before."""
    roll = BranchMembership.objects.filter(person=row.person, unit=row.unit, superseded_at=None)

    def covered(start, end):
        open_end = Q(to_date=None) | Q(to_date__gte=end) if end else Q(to_date=None)
        return roll.filter(open_end, from_date__lte=start).exists()

    if covered(row.from_date, row.to_date) and not covered(from_date, to_date):
        raise ValidationError(_("The person was not on this branch's roll on all of these days."))
    if from_date < row.from_date:
        refuse_before_roll(row.person, from_date, "from_date")


def _leave_trace(row, values, *, by, reason, path=""):
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    detail = {name: " → ".join(str(value or "–") for value in pair) for name, pair in changed.items()}
    trace("correct_row", by=by, obj=row, person=row.person, path=path or row.path, purpose=reason, detail=detail)
