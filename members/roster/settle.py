"""Lines that no file decides: namesakes, near-duplicates, people whose standing went further. A person says who it is,
the line is judged again at once, and nothing is written before the roster is confirmed."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import Person, RosterLine, Standing
from members.roster import staging
from members.roster.differences import DAYS, contradicts
from xitun.lib.ids import mask_id, mask_phone

Effect, Settled = RosterLine.Effect, RosterLine.Settled
_ABOUT_STATE = ("standing", "category", "also", "post")  # what stays as recorded when only the details are taken
_BLANK = dict.fromkeys(_ABOUT_STATE, "") | dict.fromkeys(DAYS)


@dataclass(frozen=True)
class Candidate:
    """Somebody on the roll whom a line may be about; `number` and `phone` are masked."""

    person: Person
    number: str
    phone: str
    other_number: bool  # both numbers are known and differ


def is_known(line):
    """Whether the ID number, or one borne before, says already who it is: only what becomes of them is open."""
    same_number = line.id_hash is not None and line.person is not None and line.person.id_hash == line.id_hash
    return same_number or line.former_number


def candidates_of(lines, by):
    """{line.pk: [Candidate]} among the people that `by` may see; one statement. Lines come with their person."""
    open_lines = [line for line in lines if line.effect == Effect.BY_HAND]
    if not open_lines:
        return {}
    alike = Q(pk__in=[line.person_id for line in open_lines if line.person_id])
    alike |= Q(unit__in={line.unit_id for line in open_lines}, name__in={line.name for line in open_lines})
    people = list(Person.objects.visible_to(by).filter(alike).select_related("unit").order_by("pk"))
    return {line.pk: [_candidate(line, person) for person in people if _may_be(line, person)] for line in open_lines}


def _may_be(line, person):
    if is_known(line):
        return person.pk == line.person_id
    return person.pk == line.person_id or (person.unit_id, person.name) == (line.unit_id, line.name)


def _candidate(line, person):
    other = bool(line.id_hash and person.id_hash and line.id_hash != person.id_hash)
    return Candidate(person, mask_id(person.id_number or ""), mask_phone(person.phone), other)


def choices_of(line, candidates):
    """What may be said of the line: [(value, person or None)]; value is one of Settled, or "" to decide again."""
    if line.settled:
        return [("", None)]
    if line.effect == Effect.ELSEWHERE:
        return [(Settled.OUT, None)]
    if line.effect != Effect.BY_HAND:
        return []
    on_roll = [c.person for c in candidates if c.person.standing != Standing.FORMER]
    chosen = [(Settled.SAME, person) for person in on_roll]
    new = [(Settled.NEW, None)] if candidates and not is_known(line) else []
    return [*chosen, *new, (Settled.OUT, None)]


@transaction.atomic
def settle_line(*, by, roster, line, choice, person=None):
    """Say who a line is about: `same` (this `person`), `new`, or `out` to leave it out; "" takes the decision back.
    Where the roster's standing or dates lie behind what is recorded, only the plain details of `same` are taken, and no
    days that contradict those recorded. Returns the line. Raises ValidationError when this cannot be said of it."""
    roster = staging.open_roster(roster, by=by)
    line = roster.lines.select_related("person").get(number=line.number)
    allowed = choices_of(line, candidates_of([line], by).get(line.pk, []))
    if (choice, person) not in allowed:
        raise ValidationError(_("This cannot be said of the line. Look at the roster again."))
    _refuse_second(roster, line, choice, person)
    _put(line, choice, person)
    line = _judged(roster, line)
    if choice == Settled.SAME and line.effect == Effect.BY_HAND:
        contradicting = roster.lines.filter(contradicts(), pk=line.pk).exists()
        for columns in (DAYS, _ABOUT_STATE) if contradicting else (_ABOUT_STATE,):
            if line.effect == Effect.BY_HAND:
                _leave_as_recorded(line, columns)
                line = _judged(roster, line)
    if choice in (Settled.SAME, Settled.NEW) and line.effect in (Effect.BY_HAND, Effect.ELSEWHERE):
        raise ValidationError(_("This cannot be said of the line. Look at the roster again."))
    trace("settle_line", by=by, obj=roster, person=person, detail={"line": line.number, "choice": choice})
    return line


def _refuse_second(roster, line, choice, person):
    """One person has one line, and two people who are alike in everything need a number to be told apart."""
    others = roster.lines.exclude(pk=line.pk).filter(effect__in=(Effect.NEW, Effect.CHANGED, Effect.UNCHANGED))
    if choice == Settled.SAME and (other := others.filter(person=person).first()):
        raise ValidationError(_("Line %(line)s is about this person already.") % {"line": other.line})
    alike = {"unit": line.unit_id, "name": line.name, "birth_date": line.birth_date, "id_hash": None}
    if choice == Settled.NEW and line.id_hash is None and others.filter(effect=Effect.NEW, **alike).exists():
        raise ValidationError(
            _("Another line without ID number says the same. Write the ID numbers into the file to tell them apart.")
        )


def _put(line, choice, person):
    for name, value in line.suggestions.pop("recorded", {}).items():
        setattr(line, name, value)
    line.settled, line.settled_person = choice, person
    line.save(update_fields=["settled", "settled_person", "suggestions", *_BLANK])


def _leave_as_recorded(line, columns):
    """Take nothing of these columns from the line; what they say is kept for deciding again."""
    said = {name: (value := getattr(line, name)) and str(value) for name in columns}
    line.suggestions["recorded"] = line.suggestions.get("recorded", {}) | said
    for name in columns:
        setattr(line, name, _BLANK[name])
    line.save(update_fields=["suggestions", *columns])


def _judged(roster, line):
    staging.match(roster, only=[line.pk])
    return roster.lines.select_related("person").get(pk=line.pk)
