from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from members.access import ScopedQuerySet


class UnitQuerySet(ScopedQuerySet, MP_NodeQuerySet):
    scope_field = "path"

    def at(self, unit):
        """`unit` and everything below it."""
        return self.filter(path__startswith=unit.path)

    def branches(self):
        return self.filter(kind=Unit.Kind.BRANCH)

    def beside(self, unit):
        """Whatever stands under the same parent: the branches of one town may know each other by name."""
        return self.filter(path__startswith=unit.path[: -Unit.steplen], depth=unit.depth)

    def current(self, day):
        return self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=day))


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):
    def get_queryset(self):
        return UnitQuerySet(self.model, using=self._db).order_by("path")


class Unit(MP_Node):
    """County › town › village branch › party group. A unit never moves: it ends and names successors (DOMAIN §1)."""

    class Kind(models.TextChoices):
        COUNTY = "county", _("county")
        TOWN = "town", _("town")
        BRANCH = "branch", _("branch")
        GROUP = "group", _("party group")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="predecessors")

    objects = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self):
        return (self.name_en or self.name) if (get_language() or "").startswith("en") else self.name

    @property
    def short_name(self):
        """槐树湾村党支部 → 槐树湾村: what fits a table's first column."""
        return str(self).removesuffix("党支部").removesuffix(" Branch")
