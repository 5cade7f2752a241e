"""Decisions of organisational life: who owes a meeting, what a record of attendance must say, what the ledger lists."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from members.models import BranchMembership, Cause, Standing, StandingRow
from members.models.dated import true_on
from projects.models import Record
from projects.words import kind_name
from xitun.lib.dates import today

from .models import Attendance, MakeUp, State, Why
from .practice import COMMITTEE_FROM
from .rolls import candidates, roll, stood
from .workflow import MEETINGS

HOURS = {"theme_day": "4", "general_meeting": "2", "party_lecture": "2", "study": "2", "group_meeting": "1"}  # [P]


def may_enter(**_facts):
    """Nobody is enrolled in it: it concerns every branch."""
    return False


def usual_hours(kind):
    """Study hours a meeting of this kind usually counts; the hand that enters it may say otherwise."""
    return Decimal(HOURS.get(kind, "0"))


def with_committee(units, day):
    """The branches that owe committee meetings: those with full members enough to have elected a committee. A branch
    that is smaller and has one nevertheless, or larger and has none, sets the number for itself."""
    least = COMMITTEE_FROM.by_path(day)
    default = Value(int(least.pop("")), IntegerField())
    nearest_first = sorted(least.items(), key=lambda item: -len(item[0]))
    wanted = Case(*(When(path__startswith=path, then=Value(int(n))) for path, n in nearest_first), default=default)
    full = StandingRow.objects.filter(true_on(day), person=OuterRef("person"), standing=Standing.FULL)
    here = BranchMembership.objects.filter(true_on(day), Exists(full), person__voided_at=None, unit=OuterRef("pk"))
    units = units.alias(committee_from=wanted, full_members=_number(here, "unit"))
    return units.filter(full_members__gte=F("committee_from"))


def with_groups(units, day):
    """The branches that owe group meetings: those whose members stand in party groups."""
    here = BranchMembership.objects.filter(true_on(day), unit=OuterRef("pk"), person__voided_at=None)
    return units.filter(Exists(here.exclude(person__group="")))


def check_record(kind, entry):
    if kind == "make_up":
        _check_make_up(entry)
    elif f"life.{kind}" in MEETINGS:
        _check_roll(kind, entry)


def check_restored(kind, entry):
    """What was taken back comes back as it was written: who stood on the roll then was judged then, and hours made up
    for twice count once. A make-up stays one for a meeting that holds."""
    if kind == "make_up":
        _meeting_of(entry)


def named(record):
    """Of whom a record speaks by name in a list of its own rows: who made up; a meeting is the branch's."""
    if record.kind != "life.make_up":
        return []
    return list(record.attendance.order_by("person__pinyin", "pk").values_list("person__name", flat=True))


def _check_roll(kind, entry):
    """Everybody who was due that day is accounted for, once, and nobody else as due. A committee says who is on it, a
    party group who was of it: no days are kept of groups."""
    on_roll = set(roll(entry.unit, entry.happened_on).values_list("pk", flat=True))
    due = {row["person_id"] for row in entry.rows if row.get("due", True)}
    guests = {row["person_id"] for row in entry.rows} - due
    known = on_roll.union(stood(entry.unit, entry.happened_on).values_list("pk", flat=True))
    if len(due) + len(guests) != len(entry.rows) or not due <= known:
        raise ValidationError(_("Somebody named was not on the branch's roll on that day. Nothing was saved."))
    if kind == "committee_meeting" and on_roll and not due:
        raise ValidationError(_("Say who is on the committee: tick whether they came."))
    if kind not in ("committee_meeting", "group_meeting") and on_roll - due:
        raise ValidationError(_("Say of everybody who was on the roll on that day whether they came."))
    if any(row["state"] != State.PRESENT for row in entry.rows if row["person_id"] in guests):
        raise ValidationError(_("A candidate who was invited and did not come need not be named."))
    if guests - set(candidates(entry.unit, entry.happened_on).values_list("pk", flat=True)):
        raise ValidationError(_("Only candidates of the branch are invited without being counted."))


def _check_make_up(entry):
    """For a meeting that holds, of this branch or of the one that somebody came from, by people who missed it; or for
    one of which nothing was kept. One after another for the same meeting: twice would count the hours twice. Where the
    meeting was taken back since, or they have moved on, what was studied stays, and stays theirs alone."""
    meeting, missed = _meeting_of(entry)
    if meeting is None:
        known = roll(entry.unit, entry.happened_on).values_list("pk", flat=True)
    elif missed is None:
        known = entry.before.attendance.values_list("person", flat=True)
    else:
        known = missed.values_list("person", flat=True)
    if {row["person_id"] for row in entry.rows} - set(known):
        raise ValidationError(_("Somebody named did not miss this meeting, or has made up for it. Nothing was saved."))


def _meeting_of(entry):
    """(the meeting a make-up is for, locked, what of it may be made up for here), None twice where nothing was kept of
    it. One that was taken back, or is another branch's affair, only for what was already written of it."""
    meeting = entry.detail.get("meeting")
    if meeting is None:
        return None, None
    meeting = Record.objects.locked().get(pk=meeting.pk)
    its_own = bool(entry.before) and MakeUp.objects.filter(record=entry.before, meeting=meeting).exists()
    missed = None if meeting.voided_at else _missed_here(meeting, entry)
    if meeting.kind not in MEETINGS or (missed is None and not its_own):
        raise ValidationError({"meeting": _("There is no such record in this branch.")})
    if entry.happened_on < meeting.happened_on:
        raise ValidationError({"happened_on": _("That was before the meeting.")})
    return meeting, missed


def meetings_missed(user, unit, since, *, known=None):
    """The meetings from a day on that somebody of this branch has still to make up for, here or where they came from;
    and `known`, the one in question, whatever its day. For who writes in that branch."""
    missed = Attendance.objects.visible_to(user).to_study()
    missed = missed.filter(Q(record__unit=unit) | Q(person__unit=unit))
    wanted = Q(pk__in=missed.values("record"), happened_on__gte=since, voided_at=None)
    rows = Record.objects.filter(wanted | Q(pk=known.pk) if known else wanted, kind__in=MEETINGS)
    return rows.select_related("projects_life_meeting", "unit").order_by("-happened_on", "-pk")


def _missed_here(meeting, entry):
    """Attendance of who may make up for it in the branch of the entry; None where it is another branch's affair."""
    missed = Attendance.objects.missed().filter(record=meeting)
    if meeting.unit_id == entry.unit.pk:
        return missed
    since = Q(to_date=None) | Q(to_date__gt=entry.happened_on)
    here = BranchMembership.objects.filter(since, superseded_at=None, unit=entry.unit)
    due = Attendance.objects.filter(record=meeting, due=True, person__in=here.values("person"))
    return missed.filter(person__in=here.values("person")) if due.exists() else None


def rows_of(kind, unit, day, detail, sent):
    """Entry.rows of what was `sent` by the API, [{"person", "state", "why", "note"}]: at a meeting everybody of the
    roll of that day came who is not named; of the committee and of make-ups only who is named."""
    said = {row["person"]: row for row in sent}
    people = list(said)
    if f"life.{kind}" in MEETINGS and kind != "committee_meeting":
        group = detail.get("group", "") if kind == "group_meeting" else ""
        people = [*dict.fromkeys([*roll(unit, day, group=group).values_list("pk", flat=True), *said])]
    guests = set(candidates(unit, day).filter(pk__in=said).values_list("pk", flat=True))
    return tuple(_row_of(pk, said.get(pk, {}), detail, pk not in guests) for pk in people)


def rows_again(rows, detail):
    """Entry.rows of a record that is put right by what is said of it, not of its people."""
    return tuple(row | {"hours": _hours(row["state"], detail)} for row in rows)


def _hours(state, detail):
    return detail.get("hours", 0) if state == State.PRESENT else 0


def _row_of(pk, said, detail, due):
    state, why = said.get("state", State.PRESENT), said.get("why", "")
    if state not in State.values or (why and why not in Why.values):
        raise ValidationError({"attendance": _("Send present, leave or absent, and a reason only for leave.")})
    hours = _hours(state, detail)
    why = why if state == State.LEAVE else ""
    return {"person_id": pk, "due": due, "state": state, "why": why, "note": said.get("note") or None, "hours": hours}


def ledger_records(records, *, on=None, moment=None):
    """What the ledger lists of `records`: the meetings and study sessions, each with its numbers; made up for by the
    day `on`, as far as it was known at `moment` (None: as it stands)."""
    rows = Attendance.objects.known(moment).filter(record=OuterRef("pk"))
    made_up = _made_up("meeting", OuterRef("pk"), on, moment)
    if moment:  # make-ups go along with the newest version: those of a former one are found by the first
        later = _made_up("meeting__origin", Coalesce(OuterRef("origin"), OuterRef("pk")), on, moment)
        made_up = Case(When(void_reason=Cause.AMENDED, then=later), default=made_up, output_field=IntegerField())
    return records.filter(kind__in=MEETINGS).select_related("author").annotate(
        topic=F("projects_life_meeting__topic"),
        host=F("projects_life_meeting__host"),
        hours=F("projects_life_meeting__hours"),
        due=_number(rows.filter(due=True), "record"),
        came=_number(rows.filter(due=True, state=State.PRESENT), "record"),
        leave=_number(rows.filter(state=State.LEAVE), "record"),
        absent=_number(rows.filter(state=State.ABSENT), "record"),
        made_up=made_up,
    )  # fmt: skip


def _made_up(key, meeting, on, moment):
    """How many made up for a `meeting` at which they were not; `key`: by which column of a make-up it is found."""
    key = f"record__projects_life_makeup__{key}"
    came = Attendance.objects.filter(record=OuterRef(OuterRef("pk")), person=OuterRef("person"), state=State.PRESENT)
    held = Record.objects.held(moment).filter(happened_on__lte=on or today())
    return _number(Attendance.objects.filter(~Exists(came), record__in=held, **{key: meeting}), key, of="person")


def _number(rows, key, of="pk"):
    """How many `rows` there are, or different ones `of` them; `key` is the column they are correlated by."""
    counted = rows.order_by().values(key).annotate(n=Count(of, distinct=of != "pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def ledger_search(text):
    """Q: part of a topic, or of the name of who chaired."""
    return Q(projects_life_meeting__topic__icontains=text) | Q(projects_life_meeting__host__icontains=text)


def kind(row):
    return kind_name(row.subject.kind)
