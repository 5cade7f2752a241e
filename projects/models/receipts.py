from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Person

from .records import OfPeople, Record


class ReceiptQuerySet(models.QuerySet):
    def live(self):
        return self.filter(undone_at__isnull=True)


class Receipt(models.Model):
    """One of the people a record was sent to has answered, or made up for it: on which day, noted by whom. Undone, not
    deleted, when it was noted by mistake."""

    class Answer(models.TextChoices):
        READ = "read", _("read back")
        MADE_UP = "made_up", _("made up")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="receipts")
    answer = models.CharField(max_length=8, choices=Answer)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = OfPeople.from_queryset(ReceiptQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "person"], condition=Q(undone_at__isnull=True), name="one_live_receipt"
            )
        ]
