from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xitun.lib.workdays import published


class Holiday(models.Model):
    """A day on which the weekday does not decide, as an office entered it for a year that the library does not know
    (xitun.lib.workdays). Holidays are the State Council's and hold for the whole house."""

    day = models.DateField(_("day"))
    works = models.BooleanField(_("worked in lieu"), default=False)
    name = models.CharField(_("holiday"), max_length=20, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("holiday")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["day"], condition=Q(superseded_at=None), name="holiday_once"),
        ]

    def __str__(self):
        return f"{self.day} {self.name}"

    @classmethod
    def table(cls, year):
        """{date: is_workday} of what was entered for a year; given to xitun.lib.workdays. Published years need none."""
        if published(year):
            return {}
        rows = cls.objects.filter(superseded_at=None, day__year=year)
        return dict(rows.values_list("day", "works"))
