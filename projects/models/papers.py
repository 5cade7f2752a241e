from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, ScopedQuerySet, scope_of
from members.models import Person
from xitun.lib.crypto import EncryptedTextField

from .records import Record, RecordSubject


class PaperQuerySet(ScopedQuerySet):
    """A paper is seen with its record. Who reads the record only for the sake of one of several does not see what may
    show the others."""

    scope_field = "record__path"
    restricted_field = "record__restricted"

    def visible_to(self, user):
        records = Record.objects.visible_to(user).unsealed_for(user)
        others = RecordSubject.objects.filter(record=OuterRef("record")).exclude(
            person__in=Person.objects.visible_to(user)
        )
        whole = scope_of(user).q(VIEW, "record__path") | ~Q(Exists(others))
        return self.filter(whole, record__in=records)

    def live(self):
        return self.filter(voided_at__isnull=True)


class Paper(models.Model):
    """A photo or a document that belongs to a record. The file lies sealed in xitun.lib.vault; nothing is destroyed: a
    paper is taken off with a reason. It follows a record that is put right to the new version."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        PDF = "pdf", _("PDF")
        DOCX = "docx", _("Word document")
        XLSX = "xlsx", _("Excel workbook")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="papers")
    name = EncryptedTextField(_("name"))
    kind = models.CharField(max_length=8, choices=Kind)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=32)
    thumb_as = models.CharField(max_length=32, blank=True)  # of photos in records that are not restricted
    key = EncryptedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    submission_id = models.UUIDField(editable=False)
    number = models.PositiveSmallIntegerField()  # of those sent together, from 0
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        constraints = [models.UniqueConstraint(fields=["submission_id", "number"], name="paper_once")]

    def __str__(self):
        return f"{self.kind} {self.pk}"
