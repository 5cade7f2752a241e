from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet

from .units import Unit


class SettingQuerySet(ScopedQuerySet):
    scope_field = "unit__path"

    def live(self):
        return self.filter(withdrawn_at=None)


class Setting(models.Model):
    """A number of DOMAIN §2–3 as a county or town practises it, from a date on. Which there are, and their defaults, is
    declared beside their use: members.dated_settings."""

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="settings")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    from_date = models.DateField()
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "key", "from_date"],
                condition=Q(withdrawn_at__isnull=True),
                name="setting_holds_once_a_day",
            ),
            models.UniqueConstraint(  # to a database two NULLs are not the same unit
                fields=["key", "from_date"],
                condition=Q(unit__isnull=True, withdrawn_at__isnull=True),
                name="setting_holds_once_a_day_everywhere",
            ),
        ]

    @classmethod
    def at(cls, path):
        """Those of the unit at `path`, of the units above it, and of everywhere."""
        above = [path[:n] for n in range(4, len(path) + 1, 4)]
        return cls.objects.filter(Q(unit__isnull=True) | Q(unit__path__in=above)).select_related("unit")

    @classmethod
    def value_on(cls, key, *, day, path="", default=None):
        """The value in force on `day` for the unit at `path`: the nearest unit upwards wins, then the latest date."""
        best = cls.in_force(cls.at(path).live().filter(key=key), day)
        return best.value if best else default

    @staticmethod
    def in_force(rows, day):
        """Of the rows of one key and place, the one that counts on `day`; None without any."""
        return max((row for row in rows if row.from_date <= day), key=_nearest, default=None)

    @classmethod
    def values_on(cls, key, *, day):
        """{path of a unit: the value set there, in force on `day`}; "" is everywhere. For sets of units; one query."""
        rows = cls.objects.live().filter(key=key, from_date__lte=day).order_by("from_date", "pk")
        return {path or "": value for path, value in rows.values_list("unit__path", "value")}


def _nearest(row):
    return (len(row.unit.path) if row.unit else 0, row.from_date, row.pk)
