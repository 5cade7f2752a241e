from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import AdviceDetail, AdviceReplyDetail, Health, StudyForm, TalkDetail, VisitDetail


class Willingness(models.TextChoices):
    YES = "yes", _("willing")
    SOMETIMES = "sometimes", _("willing now and then")
    NO = "no", _("wishes to rest")


class InfoCard(Detail):
    """The personal information card, filled in by the yearly survey."""

    former_post = models.CharField(_("former unit and post"), max_length=120)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    strengths = models.CharField(_("strengths"), max_length=120, blank=True)
    hobbies = models.CharField(_("hobbies"), max_length=120, blank=True)
    residence = models.CharField(_("place of residence"), max_length=120)
    health = models.CharField(_("health"), max_length=12, choices=Health)
    health_needs = models.CharField(_("health needs"), max_length=120, blank=True)
    learning = models.CharField(_("preferred way of learning"), max_length=12, choices=StudyForm)
    emergency_contact = models.CharField(_("emergency contact"), max_length=60, blank=True)
    willing = models.CharField(_("willing to serve"), max_length=10, choices=Willingness)


class Visit(VisitDetail):
    """The quarterly door-to-door visit."""


class HomeStudy(Detail):
    """Study brought to the door."""

    form = models.CharField(_("form of study"), max_length=12, choices=StudyForm)
    topic = models.CharField(_("topic"), max_length=80)
    hours = models.DecimalField(
        _("hours"), max_digits=4, decimal_places=1, default=1, validators=[MinValueValidator(0)]
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hours__gte=0), name="homestudy_hours_not_negative")]


class PlatformRole(Detail):
    """A role that matches the member's strengths."""

    role = models.CharField(_("role taken up"), max_length=80)
    platform = models.CharField(_("where"), max_length=80, blank=True)


class Advice(AdviceDetail):
    """A suggestion from a retired member."""


class AdviceReply(AdviceReplyDetail):
    """The reply to a suggestion."""


class Talk(TalkDetail):
    """A heart-to-heart talk."""
