"""A user's own channel speaks of where they hold a role now: roles begin and end by their days, without an act."""

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Length

from members.access import RIGHTS, WRITE
from members.models import RoleGrant
from projects.models import Channel

WRITERS = [role for role, rights in RIGHTS.items() if WRITE in rights]


def follow_posts(day):
    """Own channels follow the roles that are held on `day`; who holds none keeps the last place. One statement."""
    current = Q(to_date=None) | Q(to_date__gt=day)
    held = RoleGrant.objects.filter(current, from_date__lte=day, role__in=WRITERS, user=OuterRef("user"))
    widest = held.order_by(Length("unit__path"), "unit__path", "pk").values("unit")[:1]
    moved = Channel.objects.filter(user__isnull=False).alias(place=Subquery(widest))
    return moved.filter(place__isnull=False).exclude(unit=F("place")).update(unit=Subquery(widest))
