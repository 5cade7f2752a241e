"""What nobody can say about a person is not asked for again for a while."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import trace
from members.completeness import FACTS, lacks
from members.models import FactUnknown
from xitun.lib.dates import today

from .people import lock_person

ASIDE_FOR = timedelta(days=90)  # a quarter


@transaction.atomic
def set_aside_fact(*, by, person, fact):
    """`fact`, a code of FactUnknown.Fact, is not known now: nobody is asked for it for a quarter. Again within that
    time returns the first row. Raises ValidationError when the file has it."""
    person = lock_person(person)
    if fact not in FactUnknown.Fact.values:
        raise ValidationError(_("This cannot be set aside."))
    if not lacks(person, FACTS[fact]):
        raise ValidationError(_("The file has this already."))
    if known := person.unknown_facts.filter(fact=fact, until__gt=today()).first():
        return known
    row = FactUnknown.objects.create(person=person, fact=fact, until=today() + ASIDE_FOR, by=by)
    trace("set_aside_fact", by=by, obj=row, person=person, path=person.path, detail={"fact": fact})
    return row
