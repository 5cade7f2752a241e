"""Whose duties a role does itself. A helper's duty without a helper falls to the secretary (DOMAIN §2)."""

from django.db.models import Exists, Q

from members.access import scope_of
from members.models import Role, RoleGrant
from members.vacancies import units_without_secretary

from .models import Due
from .workflow import Responsible

DUTIES_OF = {
    Role.SECRETARY: (Responsible.SECRETARY, Responsible.HELPER),
    Role.TOWN_STAFF: (Responsible.TOWN_STAFF,),
    Role.DIRECTOR: (Responsible.DIRECTOR,),
}
OF_SECRETARY = [str(duty) for duty in DUTIES_OF[Role.SECRETARY]]
OF_TOWN = str(Responsible.TOWN_STAFF)


def own_duties(user):
    """Q over dues: what the user's roles are to do themselves, and what was given to them by name."""
    q = Q(assignee=user)
    for grant in scope_of(user).grants:
        if duties := DUTIES_OF.get(grant.role):
            q |= Q(assignee=None, responsible__in=[str(duty) for duty in duties], path__startswith=grant.path)
        if grant.role == Role.DIRECTOR:  # town staff, and more: theirs where there is none
            q |= Q(assignee=None, responsible=OF_TOWN, path__startswith=grant.path) & ~_held(Role.TOWN_STAFF, "path")
    return q


def nobodys():
    """Q over dues: the branch's to do, but it has no secretary, and nobody has taken them on by name."""
    duties = [str(duty) for duty in DUTIES_OF[Role.SECRETARY]]
    return Q(assignee=None, responsible__in=duties, unit__in=units_without_secretary().values("pk"))


def told(user):
    """Q over reminders: those that speak to a role the user holds at the due's unit or above, or by name. Where there
    is no secretary, they speak to the town; where the town has no staff, to the director."""
    q = Q(due__assignee=user)
    for grant in scope_of(user).grants:
        if duties := DUTIES_OF.get(grant.role):
            q |= Q(audience__in=[str(duty) for duty in duties], due__path__startswith=grant.path)
        here, alone = Q(due__path__startswith=grant.path), ~_held(Role.TOWN_STAFF, "due__path")
        to_town = Q(audience__in=OF_SECRETARY) & ~_held(Role.SECRETARY, "due__path")
        if grant.role == Role.TOWN_STAFF:
            q |= here & to_town
        if grant.role == Role.DIRECTOR:
            q |= here & alone & (to_town | Q(audience=OF_TOWN))
    return q


def spoken_to(user):
    """Q over dues: those whose reminders speak to the user, who may let them be quiet for a while."""
    q = Q(assignee=user)
    for grant in scope_of(user).grants:
        if duties := DUTIES_OF.get(grant.role):
            q |= Q(responsible__in=[str(duty) for duty in duties], path__startswith=grant.path)
        if grant.role == Role.DIRECTOR:
            q |= Q(responsible=OF_TOWN, path__startswith=grant.path) & ~_held(Role.TOWN_STAFF, "path")
    return q


def _held(role, path):
    """Exists: somebody is in office as `role` at the `path` of the row outside, or above."""
    return Exists(RoleGrant.objects.held_above(path).filter(role=role))


def owed_at(user, path):
    """How many open duties stand at a unit and below, of those the user may see."""
    return Due.objects.visible_to(user).open().filter(path__startswith=path).count()
