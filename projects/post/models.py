from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Detail
from projects.shared import ProgressDetail, TalkDetail


class Area(models.TextChoices):
    """The eight areas of the village's yearly goals (seed, first)."""

    PARTY_BUILDING = "party_building", _("grassroots Party building")
    CIVILISATION = "civilisation", _("spiritual civilisation")
    SECURITY = "security", _("public security")
    INDUSTRY = "industry", _("industrial development")
    CONSOLIDATION = "consolidation", _("consolidation of poverty relief")
    SERVICES = "services", _("convenience services")
    POLICIES = "policies", _("farmer-friendly policies")
    ENVIRONMENT = "environment", _("environmental improvement")


def _goal(area):
    return models.CharField(area.label, max_length=300, blank=True)


class AnnualPlan(Detail):
    """The village's goals for a year, one column an area. At least one must be written (rules.check_record)."""

    year = models.PositiveSmallIntegerField(
        _("plan year"), validators=[MinValueValidator(2000), MaxValueValidator(2099)]
    )
    party_building = _goal(Area.PARTY_BUILDING)
    civilisation = _goal(Area.CIVILISATION)
    security = _goal(Area.SECURITY)
    industry = _goal(Area.INDUSTRY)
    consolidation = _goal(Area.CONSOLIDATION)
    services = _goal(Area.SERVICES)
    policies = _goal(Area.POLICIES)
    environment = _goal(Area.ENVIRONMENT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2099), name="annualplan_year_in_range")
        ]


class Commitment(Detail):
    """What a cadre commits to at the start of the year; the year-end evaluation asks for it again (seed, first)."""

    goals = models.CharField(_("goals of the year"), max_length=500)


class ThreeList(models.TextChoices):
    TASK = "task", _("task list")
    RESPONSIBILITY = "responsibility", _("responsibility list")
    PROBLEM = "problem", _("problem list")


class ListEntry(Detail):
    """One line of a cadre's three lists."""

    list = models.CharField(_("which list"), max_length=16, choices=ThreeList)
    content = models.CharField(_("content"), max_length=300)
    due_on = models.DateField(_("to be done by"), null=True, blank=True)


class MonthTask(Detail):
    """A task of the month's plan, given to the holder of a post. Its report is owed on its day."""

    area = models.CharField(_("area"), max_length=16, choices=Area)
    title = models.CharField(_("task"), max_length=120)
    due_on = models.DateField(_("to be done by"))


class TaskReport(ProgressDetail):
    """How far a task has come."""


class SelfScore(Detail):
    """The quarterly self-score of a cadre's work, 0 to 100. The town reviews it; it decides nothing by itself."""

    total = models.DecimalField(
        _("own score"),
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(total__gte=0, total__lte=100), name="selfscore_0_to_100")]


class Talk(TalkDetail):
    """A heart-to-heart talk with a member in service."""
