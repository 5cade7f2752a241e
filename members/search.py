"""Finding people by what one remembers of them: a piece of the name, its pinyin or initials, both mixed, the end of the
phone number, or the whole ID number.

Numbers that the screen masks cannot be guessed here digit by digit: more than the last four digits of a phone, and ID
numbers, are looked up only where the user may reveal them anyway.
"""

import re
import unicodedata
from functools import reduce
from itertools import islice, product
from operator import or_

from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from members.access import REVEAL, scope_of
from members.models import FormerIdentity, NameGram
from members.models.people import SHOWN_DIGITS, PhoneTail
from xitun.lib.crypto import keyed_hash
from xitun.lib.ids import IdNumberError, normalise, parse_id_number
from xitun.lib.names import fold_query, fragments, normalise_name
from xitun.lib.readings import heads_and_initials, readings, ways_to_type

_LETTERS = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"([a-z0-9]+)")
_HAN_FROM = "\u2e80"
MANY_WAYS = 20  # to read what was typed
MOBILE = 13  # digits of a mobile number with 86 before it


def search_people(people, text, user):
    """(`people` that match `text`, a hint for the person typing or ""). Nothing matches a text that means nothing."""
    text = unicodedata.normalize("NFKC", text or "").strip()
    number = normalise(text).removeprefix("+")
    if number[:-1].isdigit() and number.isascii() and (number.isdigit() or number.endswith("X")):
        return _by_number(people, number, scope_of(user))
    if not any(character >= _HAN_FROM for character in text):
        return _by_pinyin(people, text), ""
    if re.search("[a-zA-Z]", text):
        return _by_both(people, text), ""
    return _by_name(people, text), ""


def _by_number(people, number, scope):
    if len(number) in (15, 18):
        try:
            value18 = parse_id_number(number).value18
        except IdNumberError as error:
            return people.none(), str(error)
        key = keyed_hash(value18)
        former = FormerIdentity.objects.borne().filter(id_hash=key).values("person")
        return people.filter(scope.q(REVEAL, "path"), Q(id_hash=key) | Q(pk__in=former)), ""
    if len(number) < SHOWN_DIGITS or not number.isdigit():
        return people.none(), _("Type at least the last four digits of a phone number, or a whole ID number.")
    if len(number) == MOBILE:
        number = number.removeprefix("86")
    people = people.alias(phone_tail=PhoneTail(F("phone"))).filter(phone_tail=number[-SHOWN_DIGITS:])
    if len(number) > SHOWN_DIGITS:
        people = people.filter(scope.q(REVEAL, "path"), phone__endswith=number)
    return people, ""


def _by_pinyin(people, text):
    """The front of the whole pinyin, of the initials, or of the first syllables and the initials of the rest; a name
    in Latin letters is found by any piece of it."""
    key = fold_query(text)
    if not key:
        return people.none()
    ways = ways_to_type(key)
    found = [_under(_front(way)) for way in ways]
    for head, initials in sorted({pair for way in ways for pair in heads_and_initials(way)}):
        both = _under(_front(initials))
        found.append(both.filter(person__in=_under(_front(head))) if head else both)
    if pairs := [gram for gram in fragments(text) if len(gram) == 2]:
        found.append(_all_fragments(pairs))
    return people.filter(pk__in=found[0].union(*found[1:]))


def _by_name(people, text):
    people = _with_fragments(people, text)
    letters = "".join(_LETTERS.findall(normalise_name(text)))
    if len(letters) <= 2:
        return people
    # The pairs may stand apart from each other (甲乙丙乙丁 has those of 乙丁… too): look at the few that are left.
    bare = Replace(Replace(F("name"), Value("·"), Value("")), Value(" "), Value(""))
    former = FormerIdentity.objects.borne().alias(bare_name=bare).filter(bare_name__icontains=letters)
    return people.alias(bare_name=bare).filter(Q(bare_name__icontains=letters) | Q(pk__in=former.values("person")))


def _by_both(people, text):
    """Characters and letters mixed (张jg, zhang建国, 阿Q): the characters stand in the name, and the whole, read aloud,
    is a piece of a reading of it."""
    runs = [run for run in _RUNS.split(fold_query(text)) if run]
    for run in runs:
        if not run.isascii():
            people = _with_fragments(people, run)
    ways = [[(run, run)] if run.isascii() else readings(run) for run in runs]
    keys = {"".join(part) for way in islice(product(*ways), MANY_WAYS) for part in zip(*way, strict=True)}
    spelt = sorted({spelling for key in keys for spelling in ways_to_type(key)})
    return people.filter(pk__in=_under(reduce(or_, (Q(gram__contains=key) for key in spelt))))


def _with_fragments(people, text):
    """Every longest fragment of the text (pairs; a single character alone) is among the name's."""
    grams = fragments(text)
    wanted = sorted({gram for gram in grams if len(gram) == 2} or grams)[:20]
    return people.filter(pk__in=_all_fragments(wanted)) if wanted else people.none()


def _all_fragments(grams):
    found = _under(Q(gram=grams[0]))
    for gram in grams[1:20]:
        found = found.filter(person__in=_under(Q(gram=gram)))
    return found


def _under(condition):
    """Keys of the people who have such a gram."""
    return NameGram.objects.filter(condition).values("person")


def _front(key):
    """Q: the gram begins with `key`. Said twice, since one engine finds its index by LIKE and the other by a range."""
    return Q(gram__startswith=key, gram__gte=key, gram__lte=f"{key}zzzzzzzz")
