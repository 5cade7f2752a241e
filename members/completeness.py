"""What a file lacks, as questions about people. The list, its numbers and its forms all ask through here, so that they
never differ; the numbers count files to finish and compare nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xitun.lib.dates import today

from .access import VIEW_RESTRICTED, scope_of
from .filters import shown_enrolments
from .models import Enrolment, FactUnknown, Person, Standing, Status
from .models.people import MEMBER_STANDINGS

Known = FactUnknown.Fact


def _no_category(user):
    """In no category and proposed for none; only where the user may know of all eight, since to anybody else it would
    list the people of the restricted two."""
    proposed = Enrolment.objects.visible_to(user).filter(status=Status.PROPOSED)
    held = [Exists(rows.filter(person=OuterRef("pk"))) for rows in (shown_enrolments(user), proposed)]
    return scope_of(user).q(VIEW_RESTRICTED, "path") & ~held[0] & ~held[1]


@dataclass(frozen=True, eq=False)
class Fact:
    """`missing(user)` is the Q of people whose file lacks it. `typed`: one box holds it, and it may be not known."""

    code: str
    label: str | Promise
    missing: Callable
    typed: bool = True

    def asked(self, user):
        """Q of the people to ask for: without the fact, and not set aside."""
        if not self.typed:
            return self.missing(user)
        aside = FactUnknown.objects.filter(person=OuterRef("pk"), fact=self.code, until__gt=today())
        return self.missing(user) & ~Exists(aside)


def _typed(known, **empty):
    return Fact(known.value, known.label, lambda _user: Q(**empty))


FACTS = {
    fact.code: fact
    for fact in (
        _typed(Known.PHONE, phone=""),
        _typed(Known.ID_NUMBER, id_hash=None),
        _typed(Known.BIRTH_DATE, birth_date=None),
        _typed(Known.JOINED_ON, joined_on=None, standing__in=MEMBER_STANDINGS),
        _typed(Known.FULL_MEMBER_ON, full_member_on=None, standing=Standing.FULL),
        _typed(Known.EDUCATION, education=""),
        Fact("category", _("category"), _no_category, typed=False),
    )
}


def facts_for(user):
    """The facts this user may know to be missing."""
    restricted = scope_of(user).can(VIEW_RESTRICTED)
    return [fact for fact in FACTS.values() if fact.typed or restricted]


def people_to_complete(user):
    return Person.objects.writable_by(user).on_roll()


def files_to_complete(user):
    """The people whose file lacks something a box can hold."""
    return people_to_complete(user).filter(reduce(or_, (fact.asked(user) for fact in FACTS.values() if fact.typed)))


def lacks(person, fact):
    """Whether the file has no such fact (a typed one), set aside or not."""
    return Person.objects.filter(fact.missing(None), pk=person.pk).exists()


def counts_by_path(user):
    """[{"path", <fact>: n, …}] for every unit with people on its roll, in the order of the tree. One query."""
    counts = {fact.code: Count("pk", filter=fact.asked(user)) for fact in facts_for(user)}
    return list(people_to_complete(user).order_by("path").values("path").annotate(**counts))
