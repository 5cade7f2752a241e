import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from members.models import Unit
from xitun.lib.crypto import EncryptedTextField


class OldLedger(models.Model):
    """An old ledger of a project on its way in: shown, and after a person's confirmation written. The file is kept
    encrypted until then, and no longer; `choices` says of rows that no file decides whom they are about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    path = models.CharField(max_length=255, db_index=True, editable=False)
    restricted = models.BooleanField(default=False, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=200, blank=True)
    on = models.DateField(_("day of the ledger"))
    method = models.CharField(max_length=10, blank=True)
    choices = models.JSONField(default=dict)  # {number of the row: key of the enrolment or post, or "out"}
    content = EncryptedTextField(blank=True)  # Base64
    confirmed_at = models.DateTimeField(null=True, blank=True)
    written = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("old ledger")
