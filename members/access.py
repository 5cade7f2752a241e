"""Scope in one place: who may see and write what. Every view, API, export, count and task starts here.

Out of scope is 404, exactly like a missing object; in scope without the right is 403.
"""

from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.shortcuts import get_object_or_404

from xitun.lib.dates import today

VIEW = "view"
VIEW_RESTRICTED = "view_restricted"  # hardship and help-plan content (DOMAIN §5)
WRITE = "write"  # enter people and records
CONFIRM = "confirm"  # decide categories, waive, import directly
SEAL = "seal"
MANAGE = "manage"  # units, users, settings
EXPORT = "export"  # ledgers
REPORT = "report"  # quarterly report
REVEAL = "reveal"  # whole ID number and phone, with a purpose

RIGHTS = {
    "secretary": {VIEW, VIEW_RESTRICTED, WRITE, EXPORT, REPORT, REVEAL},
    "town_staff": {VIEW, VIEW_RESTRICTED, WRITE, CONFIRM, EXPORT, REPORT, REVEAL},
    "director": {VIEW, VIEW_RESTRICTED, WRITE, CONFIRM, SEAL, EXPORT, REPORT, REVEAL},
    "admin": {VIEW, MANAGE, REPORT},
    "reader": {VIEW, REPORT},
    "member": set(),
}


@dataclass(frozen=True)
class Grant:
    role: str
    path: str  # "" is the whole tree, which has no name of its own
    name: str = ""  # of the unit
    name_en: str = ""


class Scope:
    """What one user holds today. Costs one query, once a request."""

    def __init__(self, user):
        self.user = user
        self.person_id = getattr(user, "person_id", None)

    @cached_property
    def grants(self):
        if not self.user.is_authenticated or not self.user.is_active:
            return ()
        day = today()
        rows = self.user.grants.filter(Q(to_date__isnull=True) | Q(to_date__gt=day), from_date__lte=day)
        found = rows.values_list("role", "unit__path", "unit__name", "unit__name_en")
        return tuple(Grant(role, *(word or "" for word in unit)) for role, *unit in found)

    def paths(self, right):
        """Shortest set of path prefixes where `right` is held."""
        held = sorted({g.path for g in self.grants if right in RIGHTS[g.role]}, key=len)
        return [p for i, p in enumerate(held) if not any(p.startswith(q) for q in held[:i])]

    def can(self, right, path=None):
        """Whether `right` is held at `path`; without a path, anywhere."""
        return any(path is None or path.startswith(p) for p in self.paths(right))

    def covers(self, wider, right):
        """Whether `wider` is held wherever `right` is."""
        held = self.paths(wider)
        return all(any(path.startswith(above) for above in held) for path in self.paths(right))

    def has_role(self, *roles):
        return any(g.role in roles for g in self.grants)

    def q(self, right, field):
        paths = self.paths(right)
        if "" in paths:
            return ~Q(pk__in=[])  # an empty Q would fall out of every "or"
        q = Q(pk__in=[])
        for path in paths:
            q |= Q(**{f"{field}__startswith": path})
        return q


def scope_of(user):
    if not hasattr(user, "_scope"):
        user._scope = Scope(user)
    return user._scope


class ScopedQuerySet(models.QuerySet):
    """Subclasses say where the unit path is, whether rows can be restricted, and which field names the file's owner."""

    scope_field = "path"
    restricted_field = None
    own_field = None

    def visible_to(self, user):
        scope = scope_of(user)
        return self.filter(self._visible_q(scope)) if scope.grants or scope.person_id else self.none()

    def writable_by(self, user, right=WRITE):
        scope = scope_of(user)
        return self.filter(scope.q(right, self.scope_field) & self._unless_restricted(scope, right))

    def locked(self):
        """The rows, locked in one order. Not their keys: who holds something else may still write a row that names
        them, so an act that locks a duty first does not wait for one that locks its person first."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def _visible_q(self, scope):
        q = scope.q(VIEW, self.scope_field) & self._unless_restricted(scope, VIEW)
        if self.own_field and scope.person_id:
            q |= Q(**{self.own_field: scope.person_id})
        return q

    def _unless_restricted(self, scope, right):
        if not self.restricted_field or scope.covers(VIEW_RESTRICTED, right):
            return Q()  # else every row of every query would be asked twice where it stands
        return Q(**{self.restricted_field: False}) | scope.q(VIEW_RESTRICTED, self.scope_field)


def get_visible(queryset, user, **lookup):
    """The object if `user` may see it, else 404, the same as when it does not exist."""
    return get_object_or_404(queryset.visible_to(user), **lookup)


def require(user, right, path=None):
    """403 unless `user` holds `right` at `path`. Call after `get_visible`, so that absence and refusal stay apart."""
    if not scope_of(user).can(right, path):
        raise PermissionDenied
