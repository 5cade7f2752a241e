"""Finding people by what one remembers of them: a piece of the name, its pinyin or initials, the end of the phone
number, or the whole ID number.

Numbers that the screen masks cannot be guessed here digit by digit: more than the last four digits of a phone, and ID
numbers, are looked up only where the user may reveal them anyway.
"""

import re

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from members.access import REVEAL, scope_of
from members.models import NameGram
from xitun.lib.crypto import keyed_hash
from xitun.lib.ids import IdNumberError, normalise, parse_id_number
from xitun.lib.names import fold_query, name_grams, normalise_name

SHOWN_DIGITS = 4  # of a masked phone number (xitun.lib.ids.mask_phone)
_LETTERS = re.compile(r"[^\W_]+")


def search_people(people, text, user):
    """(`people` that match `text`, a hint for the person typing or ""). Nothing matches a text that means nothing."""
    text = (text or "").strip()
    number = normalise(text)
    if number[:-1].isdigit() and number.isascii() and (number.isdigit() or number.endswith("X")):
        return _by_number(people, number, scope_of(user))
    if text.isascii() or not _has_han(text):
        return _by_pinyin(people, text), ""
    return _by_name(people, text), ""


def _by_number(people, number, scope):
    if len(number) in (15, 18):
        try:
            value18 = parse_id_number(number).value18
        except IdNumberError as error:
            return people.none(), str(error)
        return people.filter(scope.q(REVEAL, "path"), id_hash=keyed_hash(value18)), ""
    if len(number) < SHOWN_DIGITS or not number.isdigit():
        return people.none(), _("Type at least the last four digits of a phone number, or a whole ID number.")
    people = people.filter(phone__endswith=number)
    return (people if len(number) == SHOWN_DIGITS else people.filter(scope.q(REVEAL, "path"))), ""


def _by_pinyin(people, text):
    """A prefix of the whole pinyin or of its initials; a name in Latin letters is found by any piece of it."""
    key = fold_query(text)
    if not key:
        return people.none()
    return people.filter(Q(pinyin__startswith=key) | Q(initials__startswith=key) | _all_grams(text))


def _by_name(people, text):
    people = people.filter(_all_grams(text))
    letters = "".join(_LETTERS.findall(normalise_name(text)))
    if len(letters) <= 2:
        return people
    # The grams may stand apart from each other (甲乙丙乙丁 has the grams of 乙丁… too): look at the few that are left.
    bare = Replace(Replace(F("name"), Value("·"), Value("")), Value(" "), Value(""))
    return people.alias(bare_name=bare).filter(bare_name__icontains=letters)


def _all_grams(text):
    """Q: every longest gram of the text (pairs; a single character alone) is among the name's."""
    grams = name_grams(text)
    wanted = {gram for gram in grams if len(gram) == 2} or grams
    found = Q(pk__in=[]) if not wanted else Q()
    for gram in sorted(wanted)[:20]:
        found &= Q(Exists(NameGram.objects.filter(person=OuterRef("pk"), gram=gram)))
    return found


def _has_han(text):
    return any(character > "\u2e7f" for character in text)
