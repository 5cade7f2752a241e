"""Whether two people of one branch may be one who was mistyped. Never decides: a person is asked."""

from itertools import islice

from django.db.models import Exists, OuterRef, Q

from members.models import Person, RosterLine

Effect = RosterLine.Effect
CHUNK = 500


def match_alike(lines):
    """Lines of new people who may be somebody on the branch's roll wait for a person. Only those come into memory that
    share the branch and the name or birth date with somebody."""
    there = Person.objects.filter(
        Q(name=OuterRef("name")) | Q(birth_date=OuterRef("birth_date")), unit=OuterRef("unit")
    )
    new = lines.filter(effect=Effect.NEW, person=None).filter(Exists(there))
    found = []
    for some in chunks(new.only("roster", "unit", "name", "birth_date", "id_number").iterator(chunk_size=CHUNK)):
        found += _alike_of(some)
    RosterLine.objects.bulk_update(found, ["person", "effect"], batch_size=CHUNK)


def _alike_of(lines):
    born = {line.birth_date for line in lines if line.birth_date}
    people = Person.objects.filter(
        Q(name__in={line.name for line in lines}) | Q(birth_date__in=born), unit__in={line.unit_id for line in lines}
    )
    of_unit = {}
    for person in people.only("unit", "name", "birth_date", "id_number"):
        of_unit.setdefault(person.unit_id, []).append(person)
    for line in lines:
        line.person = next((person for person in of_unit.get(line.unit_id, ()) if alike(line, person)), None)
        line.effect = Effect.BY_HAND
    return [line for line in lines if line.person]


def chunks(rows):
    while some := list(islice(rows, CHUNK)):
        yield some


def alike(one, other):
    """Whether two people of one branch look like one: the same birth date and one character of the name differs, where
    one of them has no number; or the same name and numbers of which one digit differs, or two neighbours changed
    places. Two other whole numbers prove two people: twins are common."""
    if one.id_number and other.id_number:
        return one.name == other.name and near_numbers(one.id_number, other.id_number)
    same_day = one.birth_date is not None and one.birth_date == other.birth_date
    return same_day and differing(one.name, other.name) == 1


def near_numbers(one, other):
    """Of the check character nothing is asked: it follows from the others."""
    one, other = one[:17], other[:17]
    places = [place for place in range(min(len(one), len(other))) if one[place] != other[place]]
    if len(places) == 2 and places[1] == places[0] + 1:
        return one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]
    return len(one) == len(other) and len(places) == 1


def differing(one, other):
    """How many characters differ; more than any name has where the lengths do."""
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 99
