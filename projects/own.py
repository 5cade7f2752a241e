"""Whose duties a role does itself. A helper's duty without a helper falls to the secretary (DOMAIN §2)."""

from django.db.models import Q

from members.access import scope_of
from members.models import Role

from .models import Due
from .workflow import Responsible

DUTIES_OF = {
    Role.SECRETARY: (Responsible.SECRETARY, Responsible.HELPER),
    Role.TOWN_STAFF: (Responsible.TOWN_STAFF,),
    Role.DIRECTOR: (Responsible.DIRECTOR,),
}


def own_duties(user):
    """Q over dues: what the user's roles are to do themselves, and what was given to them by name."""
    q = Q(assignee=user)
    for grant in scope_of(user).grants:
        if duties := DUTIES_OF.get(grant.role):
            q |= Q(assignee=None, responsible__in=[str(duty) for duty in duties], path__startswith=grant.path)
    return q


def told(user):
    """Q over reminders: those that speak to a role the user holds at the due's unit or above, or by name."""
    q = Q(due__assignee=user)
    for grant in scope_of(user).grants:
        if duties := DUTIES_OF.get(grant.role):
            q |= Q(audience__in=[str(duty) for duty in duties], due__path__startswith=grant.path)
    return q


def owed_at(user, path):
    """How many open duties stand at a unit and below, of those the user may see."""
    return Due.objects.visible_to(user).open().filter(path__startswith=path).count()
