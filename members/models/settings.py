from django.conf import settings
from django.db import models
from django.db.models import Q

from .units import Unit


class Setting(models.Model):
    """A number of DOMAIN §2–3 as a county or town practises it, from a date on. Defaults live beside their use."""

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="settings")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    from_date = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "key", "from_date"], name="setting_once_a_day"),
            models.UniqueConstraint(  # to a database two NULLs are not the same unit
                fields=["key", "from_date"],
                condition=Q(unit__isnull=True),
                name="setting_once_a_day_everywhere",
            ),
        ]

    @classmethod
    def value_on(cls, key, *, day, path="", default=None):
        """The value in force on `day` for the unit at `path`: the nearest unit upwards wins, then the latest date."""
        candidates = cls.objects.filter(key=key, from_date__lte=day).filter(
            Q(unit__isnull=True) | Q(unit__path__in=[path[:n] for n in range(4, len(path) + 1, 4)])
        )
        best = max(candidates.select_related("unit"), key=_nearest, default=None)
        return best.value if best else default

    @classmethod
    def values_on(cls, key, *, day):
        """{path of a unit: the value set there, in force on `day`}; "" is everywhere. For sets of units; one query."""
        rows = cls.objects.filter(key=key, from_date__lte=day).order_by("from_date", "pk")
        return {path or "": value for path, value in rows.values_list("unit__path", "value")}


def _nearest(row):
    return (len(row.unit.path) if row.unit else 0, row.from_date, row.pk)
