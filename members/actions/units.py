from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.access import MANAGE, WRITE, scope_of
from members.audit import trace
from members.models import Cause, Enrolment, Person, PostHolding, Role, RoleGrant, Standing, Unit, User
from members.slips import end_sign_ins
from xitun.lib.dates import today
from xitun.lib.names import normalise_name

from .categories import refuse_future


def standing_unit(unit):
    """The unit, locked, so that it cannot end meanwhile. Raises ValidationError when it has ended: nobody comes onto
    its roll any more, whatever the day (DOMAIN §1)."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.ends_on and unit.ends_on <= today():
        raise ValidationError({"unit": _("This branch has ended. Choose its successor.")})
    return unit


def take_own_role_along(person, *, by, on):
    """A member's own role is held where the member stands; any other role stays where it was given."""
    held = RoleGrant.objects.filter(Q(to_date=None) | Q(to_date__gt=on), user__person=person, role=Role.MEMBER)
    for grant in held.exclude(unit=person.unit):
        end_role(by=by, grant=grant, on=on)
        if not grant.user.grants.filter(role=Role.MEMBER, unit=person.unit, to_date=None).exists():
            grant_role(by=by, user=grant.user, role=Role.MEMBER, unit=person.unit, from_date=grant.to_date)


@transaction.atomic
def create_unit(*, by, kind, name, parent=None, name_en="", on=None):
    """A new node of the tree. Names are unique among the siblings in force."""
    siblings = Unit.objects.get_children(parent) if parent else Unit.objects.get_root_nodes()
    if siblings.filter(name=name, ends_on__isnull=True).exists():
        raise ValidationError({"name": _("A unit of this name already stands here.")})
    fields = {"kind": kind, "name": name, "name_en": name_en, "starts_on": on}
    unit = Unit.objects.add_child(parent, fields) if parent else Unit.objects.add_root(fields)
    trace("create_unit", by=by, obj=unit, detail={"name": name, "kind": kind})
    return unit


@transaction.atomic
def create_user(*, by, username, password=None, display_name="", person=None):
    """A sign-in without any role yet (`grant_role`). Without a password only a printed slip lets the person in."""
    user = User(username=username, display_name=display_name, person=person)
    user.set_password(password) if password else user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    trace("create_user", by=by, obj=user, detail={"username": username})
    return user


@transaction.atomic
def grant_role(*, by, user, role, unit=None, from_date=None, to_date=None):
    """Give a role at a node of the tree. Only an administrator's may cover the whole tree (unit None)."""
    if unit is None and role != Role.ADMIN:
        raise ValidationError({"unit": _("Choose the unit where the role is held.")})
    user = User.objects.select_for_update().get(pk=user.pk)
    from_date = from_date or today()
    grant = user.grants.filter(role=role, unit=unit, to_date__isnull=True).first()
    detail = {"role": role, "user": user.pk}
    if grant:
        detail["from"] = str(_brought_forward(grant, from_date).from_date)
    else:
        grant = RoleGrant.objects.create(
            user=user, role=role, unit=unit, from_date=from_date, to_date=to_date, granted_by=by
        )
    trace("grant_role", by=by, obj=grant, path=unit.path if unit else "", detail=detail)
    return grant


def _brought_forward(grant, from_date):
    """A role that was to begin on a day to come begins sooner. Raises ValidationError when it would not."""
    if not (grant.from_date > today() and from_date < grant.from_date):
        raise ValidationError(
            _("This role is held here already, from %(start)s. Nothing was changed.")
            % {"start": date_format(grant.from_date)}
        )
    grant.from_date = from_date
    grant.save(update_fields=["from_date"])
    return grant


@transaction.atomic
def end_role(*, by, grant, on=None):
    """End a role on a day. What its holder wrote keeps their name; open duties are the branch's and stay open."""
    on = on or today()
    grant.to_date = max(on, grant.from_date)
    grant.save(update_fields=["to_date"])
    told = {"role": grant.role, "user": grant.user_id, "on": str(on)}
    trace("end_role", by=by, obj=grant, path=grant.path, detail=told)
    for tell in hooks.office_left:
        tell(grant.user_id)
    return grant


@transaction.atomic
def close_sign_in(*, by, user, path):
    """Nobody signs in by this account any more: sessions, remembered devices, slips and tokens end at once. Nothing
    written is lost. `path`: where its traces stand."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sign_ins(by=by, user=user, tokens=True, path=path)
    trace("close_account", by=by, obj=user, path=path, detail={"username": user.username})
    for tell in hooks.office_left:
        tell(user.pk)
    return user


def ending_roles(person):
    """The roles of somebody's account, held now or from a day to come, that end when they leave the roll: all but that
    of the last administrator of a place, for somebody must be able to act there."""
    return [grant for grant in _roles_of(person) if not _last_administrator(grant)]


def _roles_of(person):
    return RoleGrant.objects.not_ended().filter(user__person=person).select_related("unit", "user")


def _last_administrator(grant):
    """Whether nobody else can sign in as administrator, there or above."""
    if grant.role != Role.ADMIN or not grant.user.is_active:
        return False
    others = RoleGrant.objects.in_office().filter(role=Role.ADMIN).exclude(user=grant.user_id).select_related("unit")
    return not any(grant.path.startswith(other.path) for other in others)


def end_roles_of(person, *, by, on):
    """Who leaves the roll holds no office any more, but for the last administrator (`ending_roles`). Returns the
    account, locked, or None. Raises ValidationError when a role is held where `by` neither writes nor manages: a branch
    ends no office of the town."""
    user = User.objects.select_for_update().filter(person=person).first()
    grants = ending_roles(person)
    if by and not all(any(scope_of(by).can(right, grant.path) for right in (WRITE, MANAGE)) for grant in grants):
        words = _(
            "This person also holds an office that you cannot end. Ask the town to enter it, or an administrator to"
            " end the office first."
        )
        raise ValidationError(words)
    for grant in grants:
        end_role(by=by, grant=grant, on=on)
    return user


def end_offices_of(person, *, by, on):
    """Who has died holds no office and signs in no more; the account of a last administrator stays open, for whoever
    is to act next. Where it was a mistake, an administrator opens the account again and grants anew: that somebody may
    act is never put back by itself."""
    user = end_roles_of(person, by=by, on=on)
    if user and user.is_active and not any(_last_administrator(grant) for grant in _roles_of(person)):
        close_sign_in(by=by, user=user, path=person.path)


@transaction.atomic
def hand_over(*, by, grant, to, on):
    """A branch's secretary hands over to `to` on a day: one role ends, the other begins (DOMAIN §6, 7). The open dues
    the old one had taken on there, and whom they help there, are the new one's; what was written keeps its author."""
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("unit").get(pk=grant.pk)
    _check_hand_over(grant, to, on)
    old, unit = grant.user_id, grant.unit
    Enrolment.objects.live().filter(path__startswith=unit.path, helper=old).update(helper=to)
    for tell in hooks.role_handed_over:
        tell(unit.path, old, to.pk)
    end_role(by=by, grant=grant, on=on)
    successor = grant_role(by=by, user=to, role=grant.role, unit=unit, from_date=on)
    detail = {"role": grant.role, "user": old, "to": to.pk, "on": str(on)}
    trace("hand_over", by=by, obj=grant, path=unit.path, detail=detail)
    return successor


def _check_hand_over(grant, to, on):
    if grant.role != Role.SECRETARY:
        raise ValidationError(_("Only a branch secretary's role is handed over."))
    if grant.to_date and grant.to_date <= today():
        raise ValidationError(_("This role has ended already. Nothing was changed."))
    refuse_future(on)
    if on < grant.from_date:
        raise ValidationError(
            {
                "on": _("The role began on %(start)s. Choose that day or a later one.")
                % {"start": date_format(grant.from_date)}
            }
        )
    if to.pk == grant.user_id:
        raise ValidationError({"to": _("They hold this role now. Choose somebody else.")})
    if not to.is_active:
        raise ValidationError({"to": _("This account is closed. Open it again first, or choose another.")})
    held = to.grants.filter(Q(to_date=None) | Q(to_date__gt=on), role=grant.role, unit=grant.unit)
    if held.exists():
        raise ValidationError({"to": _("They hold this role here already. End the other one's role instead.")})


@transaction.atomic
def hold_post(*, by, unit, title, holder_name="", person=None, from_date=None, division=""):
    """Somebody takes a village cadre post; the holder need not be a party member (DOMAIN §1). The same again by the
    same user returns the first: a double tap makes one. Raises ValidationError when they hold it already."""
    from_date, title = from_date or today(), title.strip()
    refuse_future(from_date, "from_date")
    if not title:
        raise ValidationError({"title": _("Which post?")})
    holder_name = normalise_name(holder_name) or (person.name if person else "")
    if not holder_name:
        raise ValidationError({"holder_name": _("Who holds the post?")})
    if person and Person.objects.locked().get(pk=person.pk).standing == Standing.FORMER:
        raise ValidationError({"person": _("The person has left the roll. Nothing was changed.")})
    unit = standing_unit(unit)
    if held := _held_already(unit, title, person, holder_name, from_date):
        if (held.from_date, held.to_date, held.recorded_by) == (from_date, None, by):
            return held
        words = _("%(name)s holds this post already, since %(day)s.")
        raise ValidationError({"title": words % {"name": holder_name, "day": date_format(held.from_date)}})
    holding = PostHolding.objects.create(
        unit=unit,
        path=unit.path,
        person=person,
        holder_name=holder_name,
        title=title,
        division=division,
        from_date=from_date,
        recorded_by=by,
    )
    told = {"title": title, "from": str(from_date)}
    trace("hold_post", by=by, obj=holding, person=person, detail=told)
    return holding


def _held_already(unit, title, person, holder_name, on):
    """The same post in the same hands on that day or later; or None."""
    rows = PostHolding.objects.filter(Q(to_date=None) | Q(to_date__gt=on), unit=unit, title=title, superseded_at=None)
    return rows.filter(**({"person": person} if person else {"person": None, "holder_name": holder_name})).first()


@transaction.atomic
def leave_post(*, by, holding, on=None, reason=""):
    """The post is left on a day; its open dues close with it."""
    holding = PostHolding.objects.select_for_update().get(pk=holding.pk)
    if holding.to_date:
        raise ValidationError(_("The post was left already. Nothing was changed."))
    holding.to_date = on or today()
    refuse_future(holding.to_date)
    if holding.to_date < holding.from_date:
        raise ValidationError({"on": _("The end cannot lie before the beginning.")})
    holding.save(update_fields=["to_date"])
    for tell in hooks.posts_left:
        tell([holding.pk], on=holding.to_date, by=by, why=reason)
    told, words = {"title": holding.title, "on": str(holding.to_date)}, "" if reason in Cause.values else reason
    trace("leave_post", by=by, obj=holding, person=holding.person, purpose=words, detail=told)
    return holding
