from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Dated(models.Model):
    """A fact true on the half-open interval [from_date, to_date), with what was known when (DOMAIN §1).

    A correction never edits the row: it sets `superseded_at` and writes a new one.
    """

    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"), null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="%(class)s_from_before_to"
            )
        ]


def true_on(day, prefix=""):
    """Q for dated rows that were true on `day`, as known today."""
    return Q(
        Q(**{f"{prefix}to_date__isnull": True}) | Q(**{f"{prefix}to_date__gt": day}),
        **{f"{prefix}from_date__lte": day, f"{prefix}superseded_at__isnull": True},
    )
