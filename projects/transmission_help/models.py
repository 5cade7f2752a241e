from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import AdviceDetail, AdviceReplyDetail, Health, TalkDetail, VisitDetail


class ElderProfile(Detail):
    """Health and strengths, as the member tells them."""

    health = models.CharField(_("health"), max_length=12, choices=Health)
    strengths = models.CharField(_("strengths"), max_length=120, blank=True)
    lives_alone = models.BooleanField(_("lives alone"), default=False)


class Group(models.TextChoices):
    """Organisations formed by old members (seed, fifth)."""

    RED_WHITE = "red_white", _("Red and White Council")
    MEDIATION = "mediation", _("mediation committee")
    ARTS = "arts", _("arts group")
    SUPERVISION = "supervision", _("supervision of village affairs")
    NEXT_GENERATION = "next_generation", _("care for the next generation")
    OTHER = "other", _("another organisation")


class GroupJoined(Detail):
    group = models.CharField(_("organisation"), max_length=16, choices=Group)
    role = models.CharField(_("role in it"), max_length=40, blank=True)


class Theme(models.TextChoices):
    """What old members do for the village (seed, fifth)."""

    CUSTOMS = "customs", _("changing customs")
    MEDIATING = "mediating", _("mediating between neighbours")
    HISTORY = "history", _("telling the history of the Party")
    CULTURE = "culture", _("traditional culture")
    FAMILY = "family", _("family education and family tradition")
    SUPERVISION = "supervision", _("democratic supervision")
    STAFF = "staff", _("helping the village staff")
    PEACE = "peace", _("keeping the peace")
    YOUTH = "youth", _("care for the next generation")


class Activity(Detail):
    theme = models.CharField(_("theme"), max_length=12, choices=Theme)
    what = models.CharField(_("what took place"), max_length=200)
    audience = models.PositiveSmallIntegerField(_("people reached"), default=0)


class Mentoring(Detail):
    """An old member and a young one form a pair."""

    mentee = models.CharField(_("mentored member"), max_length=40)
    content = models.CharField(_("what is passed on"), max_length=120)


class Advice(AdviceDetail):
    """Advice from an elderly member."""


class AdviceReply(AdviceReplyDetail):
    """The reply owed within 30 days (DOMAIN 2.5 [P])."""


class Sickness(Detail):
    """A sickness learned of. The illness itself is nobody's business here; where to visit is."""

    place = models.CharField(_("where to visit"), max_length=80)
    needs = models.CharField(_("difficulties or needs"), max_length=300, blank=True)


class Condolence(VisitDetail):
    """A condolence visit to the sick."""


class FamilyCondolence(VisitDetail):
    """A condolence visit to the family of a member who has died."""


class Visit(VisitDetail):
    """A quarterly visit."""


class Talk(TalkDetail):
    """A heart-to-heart talk."""


class Medal(Detail):
    """The medal for fifty years in the Party, handed over."""

    years = models.PositiveSmallIntegerField(_("years in the Party"), default=50, validators=[MinValueValidator(50)])

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(years__gte=50), name="medal_fifty_years")]
