from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import ContactDetail, VisitDetail


class Departure(Detail):
    """Going out, registered before or when it happens."""

    departs_on = models.DateField(_("leaves on"))
    destination = models.CharField(_("where to"), max_length=80)
    work = models.CharField(_("work or study there"), max_length=80, blank=True)
    host_organisation = models.CharField(_("host Party organisation"), max_length=80, blank=True)
    host_contact = models.CharField(_("its contact"), max_length=60, blank=True)
    certificate = models.CharField(_("activity certificate no."), max_length=40, blank=True)


class Briefing(Detail):
    """Pre-departure education by the branch secretary: what was explained (seed, third)."""

    explained = models.CharField(_("what was explained"), max_length=200)


class FollowUp(ContactDetail):
    """The quarterly follow-up. State of mind appears as topics and needs only, never as a grade (DOMAIN §5)."""

    work_and_life = models.CharField(_("work and life"), max_length=300, blank=True)
    promised = models.CharField(_("help promised"), max_length=200, blank=True)


class FamilyVisit(VisitDetail):
    """A visit to the family at home, with the three left-behind as counts and needs: no names of children."""

    children = models.PositiveSmallIntegerField(_("children at home"), default=0)
    elderly = models.PositiveSmallIntegerField(_("elderly at home"), default=0)
    women = models.PositiveSmallIntegerField(_("women at home"), default=0)


class HostLiaison(ContactDetail):
    """Contact with the Party organisation at the place where the member lives."""

    feedback = models.CharField(_("their feedback"), max_length=300, blank=True)


class LearningPush(Detail):
    """Learning material sent."""

    channel = models.CharField(_("channel"), max_length=40)
    title = models.CharField(_("material"), max_length=120)


class Homecoming(Detail):
    """The member has come back."""

    returned_on = models.DateField(_("back on"))
