"""Accounts: how people sign in, whose account an administrator may touch, and the acts on accounts.

An account is looked after from the units where it holds roles. One that also holds a role outside the administrator's
scope may be seen but not touched: its slip would open doors the administrator has no key to.
"""

from itertools import count

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from xitun.lib.dates import today

from . import actions
from .access import CONFIRM, MANAGE, scope_of
from .actions.people import lock_person
from .audit import trace
from .models import Role, RoleGrant, Standing, Unit, User
from .slips import end_sign_ins

FAILURE_LIMIT = 5
SLIP_NAME = "/s/"  # under this name wrong slip codes are counted; no user name can hold a slash
SLIP_FAILURE_LIMIT = 20  # a whole office sits behind one address, and a code cannot be guessed in millions of tries
# Town staff see all that these see already, so a slip gives them nothing new.
ASSISTED = (Role.SECRETARY, Role.MEMBER)
PLACES = {
    Role.SECRETARY: (Unit.Kind.BRANCH,),
    Role.MEMBER: (Unit.Kind.BRANCH, Unit.Kind.GROUP),
    Role.TOWN_STAFF: (Unit.Kind.TOWN, Unit.Kind.COUNTY),
    Role.DIRECTOR: (Unit.Kind.TOWN, Unit.Kind.COUNTY),
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False


def failure_limit(request, credentials):
    """How many failures close a name at an address (django-axes)."""
    return SLIP_FAILURE_LIMIT if (credentials or {}).get("username") == SLIP_NAME else FAILURE_LIMIT


# whose account ------------------------------------------------------------------------------------------------------


def open_grants():
    """Roles held now or from a day to come."""
    return RoleGrant.objects.not_ended()


def accounts_for(by):
    """Accounts `by` looks after: all for an administrator of the whole tree; else those holding a role within the
    scope, and those who held one there and hold none now. Town staff: secretaries and members of their branches."""
    scope = scope_of(by)
    if scope.can(MANAGE, ""):
        return User.objects.all()
    mine = Q(scope.q(MANAGE, "unit__path")) | (scope.q(CONFIRM, "unit__path") & Q(role__in=ASSISTED))
    theirs = RoleGrant.objects.filter(mine, user=OuterRef("pk"))
    held = open_grants().filter(user=OuterRef("pk"))
    return User.objects.filter(Q(Exists(held.filter(mine))) | (Exists(theirs) & ~Exists(held)))


def never_signed_in(users):
    """Open accounts whose owners have not come yet."""
    return users.filter(is_active=True, last_login=None)


def may_manage(by, user):
    """Whether every role this account holds, and its own file, lie within `by`'s administration."""
    scope = scope_of(by)
    if scope.can(MANAGE, ""):
        return True
    if user.person_id and not scope.can(MANAGE, user.person.path):
        return False
    paths = _paths(user)
    if not paths:  # held a role here once
        return user.grants.filter(scope.q(MANAGE, "unit__path")).exists()
    return all(scope.can(MANAGE, path) for path in paths)


def may_make_slip(by, user):
    """A slip signs in as the account, so it needs all of the account: administration of every role it holds, or, for
    town staff, that it holds nothing but a secretary's or a member's roles in their branches."""
    grants = list(open_grants().filter(user=user).values_list("role", "unit__path"))
    if not user.is_active or not grants:
        return False
    if may_manage(by, user):
        return True
    scope = scope_of(by)
    if user.person_id and not scope.can(CONFIRM, user.person.path):
        return False
    return all(role in ASSISTED and scope.can(CONFIRM, path) for role, path in grants)


def _paths(user):
    """Unit paths of the roles held; "" is the whole tree."""
    return {path or "" for path in open_grants().filter(user=user).values_list("unit__path", flat=True)}


def home_path(user):
    """Where the traces of acts on this account stand: its first role's unit."""
    return next(iter(user.grants.order_by("pk").values_list("unit__path", flat=True)[:1]), "") or ""


def _require_managed(by, user):
    if not may_manage(by, user):
        raise PermissionDenied


# acts ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_account(*, by, username, display_name, role, unit=None, from_date=None):
    """A new sign-in with its first role. It has no password; a printed slip lets the person in."""
    _check_grant(by, role, unit)
    user = _new_user(by, username, display_name)
    actions.grant_role(by=by, user=user, role=role, unit=unit, from_date=from_date)
    return user


@transaction.atomic
def open_own_file(*, by, person):
    """The sign-in of somebody on the roll, by which they read their own file and nothing else; made when there is none.
    Raises ValidationError when they have one that `by` may make no slip for."""
    person = lock_person(person)
    if person.standing == Standing.FORMER:
        raise ValidationError(_("This person has left the roll. Nobody new signs in for them."))
    user = User.objects.filter(person=person).first()
    if user is None:
        user = actions.create_user(by=by, username=_own_name(person), display_name=person.name, person=person)
    if user.is_active and not open_grants().filter(user=user).exists():
        actions.grant_role(by=by, user=user, role=Role.MEMBER, unit=person.unit)
    if not may_make_slip(by, user):
        raise ValidationError(_("This sign-in is closed, or is used for further roles. Ask the administrator."))
    return user


def _own_name(person):
    """A user name nobody has: m17, or m17-2 where somebody chose that one."""
    names = (f"m{person.pk}" if n == 1 else f"m{person.pk}-{n}" for n in count(1))
    return next(name for name in names if not User.objects.filter(username__iexact=name).exists())


@transaction.atomic
def give_role(*, by, user, role, unit=None, from_date=None):
    """A further role within `by`'s own scope. A role that reaches beyond those held until now ends every remembered
    device, slip, token and session made before: who could sign in as a secretary shall not be a director by it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_managed(by, user)
    if user.pk == by.pk:
        raise ValidationError(_("Nobody gives a role to themselves. Ask another administrator."))
    _check_grant(by, role, unit)
    path = unit.path if unit else ""
    wider = _reaches_further(user, role, path)
    grant = actions.grant_role(by=by, user=user, role=role, unit=unit, from_date=from_date)
    if wider:
        end_sign_ins(by=by, user=user, tokens=True, path=path)
    return grant


@transaction.atomic
def hand_over(*, by, grant, on, to=None, username="", display_name=""):
    """A secretary's role goes from its holder to `to`, or to a new account when `to` is None, within `by`'s scope.
    As with `give_role`, a role that reaches further ends the sign-ins made before."""
    _check_grant(by, grant.role, grant.unit)
    if to is None:
        to, wider = _new_user(by, username, display_name), False
    else:
        to = User.objects.select_for_update().get(pk=to.pk)
        if to.pk == by.pk:
            raise ValidationError({"to": _("Nobody gives a role to themselves. Ask another administrator.")})
        if not may_manage(by, to):
            raise ValidationError({"to": _("This account also holds a role outside your scope. Choose another.")})
        wider = _reaches_further(to, grant.role, grant.unit.path)
    successor = actions.hand_over(by=by, grant=grant, to=to, on=on)
    if wider:
        end_sign_ins(by=by, user=to, tokens=True, path=grant.unit.path)
    return successor


def _new_user(by, username, display_name):
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": _("This user name is taken. Choose another.")})
    return actions.create_user(by=by, username=username, display_name=display_name)


def _reaches_further(user, role, path):
    return role not in ASSISTED or not any(path.startswith(held) for held in _paths(user))


def _check_grant(by, role, unit):
    path = unit.path if unit else ""
    if not scope_of(by).can(MANAGE, path):
        raise PermissionDenied
    if unit is not None and unit.ends_on and unit.ends_on <= today():
        raise ValidationError({"unit": _("This unit has ended. Choose its successor.")})
    if unit is not None and unit.kind not in PLACES.get(role, Unit.Kind.values):
        kinds = "、".join(str(kind.label) for kind in PLACES[role])
        raise ValidationError({"unit": _("This role is held at: %(kinds)s.") % {"kinds": kinds}})


@transaction.atomic
def take_role(*, by, grant, on=None):
    """End a role; what its holder wrote keeps their name. Nobody ends their own last administrator's role."""
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=grant.pk)
    if not scope_of(by).can(MANAGE, grant.path):
        raise PermissionDenied
    if grant.to_date and grant.to_date <= today():
        raise ValidationError(_("This role has ended already. Nothing was changed."))
    if grant.user_id == by.pk and grant.role == Role.ADMIN:
        others = open_grants().filter(user=by, role=Role.ADMIN).exclude(pk=grant.pk)
        if not others.exists():
            raise ValidationError(_("This is your own last administrator's role. Ask another administrator to end it."))
    return actions.end_role(by=by, grant=grant, on=on)


@transaction.atomic
def close_account(*, by, user):
    """Deactivate: sessions, remembered devices, slips and tokens end at once. Nothing written is lost."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_managed(by, user)
    if user.pk == by.pk:
        raise ValidationError(_("You cannot close your own account. Ask another administrator."))
    return actions.close_sign_in(by=by, user=user, path=home_path(user))


@transaction.atomic
def reopen_account(*, by, user):
    """Let a closed account sign in again, by its password or a new slip; old devices stay ended."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_managed(by, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    trace("reopen_account", by=by, obj=user, path=home_path(user), detail={"username": user.username})
    return user


@transaction.atomic
def switch_letter_keys(*, by, on):
    """Whether keys without Ctrl (/, j, k, x) do anything on one's own pages: who dictates, or has a hand that trembles,
    presses them unawares (WCAG 2.1.4)."""
    by.letter_keys = on
    by.save(update_fields=["letter_keys"])
    trace("switch_letter_keys", by=by, obj=by, path=home_path(by), detail={"letter_keys": on})
