"""Where nobody answers for people: branches without a secretary, people to be helped without a helper; and helpers who
answer for too many. Nobody is ranked: what is found is for the town to settle."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from xitun.lib.dates import today

from .access import RIGHTS, WRITE
from .dated_settings import declare
from .models import Category, Role, RoleGrant, Unit

HELPED = (Category.POOR_WEAK, Category.BACKWARD)  # who has a helper by name (DOMAIN 2.4, 2.6)
HELPER_PEOPLE = declare(
    "helper_people",
    label=_("People one helper may have"),
    unit="people",
    default=8,
    least=1,
    most=100,
    source="[P]",
    used_by=_("Who helps more is shown to the town, so that the load is shared."),
)
WRITERS = [role for role, rights in RIGHTS.items() if WRITE in rights]


def has_secretary():
    """Exists over units: a secretary is in office there or above."""
    return Exists(RoleGrant.objects.held_above("path").filter(role=Role.SECRETARY))


def units_without_secretary():
    """Branches and party groups for which no secretary answers today."""
    units = Unit.objects.order_by().filter(kind__in=(Unit.Kind.BRANCH, Unit.Kind.GROUP)).current(today())
    return units.filter(~has_secretary())


def in_office(user, path):
    """Exists over rows: whom the column `user` names may write today where `path` is, from there or above."""
    return Exists(RoleGrant.objects.held_above(path).filter(user=OuterRef(user), role__in=WRITERS))


def without_helper():
    """Q over enrolments: somebody to be helped, and no helper by name, or one who is in office no more."""
    return Q(Q(helper=None) | ~in_office("helper", "path"), category__in=HELPED)


def overloaded_helpers(enrolments, path, limit):
    """[{"helper" (pk), "name", "n"}] of those who help more people of these enrolments than is usual at `path`, with
    the number that is; ([], 0) where nobody helps anybody."""
    found = (
        enrolments.live().exclude(helper=None).order_by().values("helper", "helper__display_name", "helper__username")
    )
    rows = list(found.annotate(n=Count("person", distinct=True)).order_by("-n", "helper")[:limit])
    if not rows:
        return [], 0
    usual = HELPER_PEOPLE.on(today(), path)
    many = [row | {"name": row["helper__display_name"] or row["helper__username"]} for row in rows if row["n"] > usual]
    return many, usual


def helpers(enrolments, pk):
    """[(pk, name)] of one helper of these enrolments: what a list shows that was narrowed to them."""
    rows = enrolments.filter(helper=pk).values_list("helper", "helper__display_name", "helper__username")[:1]
    return [(str(helper), display or name) for helper, display, name in rows]


def helped_by(enrolments, pk):
    return Exists(enrolments.filter(person=OuterRef("pk"), helper=pk))


def lacking_helper(enrolments):
    return Exists(enrolments.filter(without_helper(), person=OuterRef("pk")))
