from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, WRITE, ScopedQuerySet, scope_of
from members.models import Enrolment
from members.models.dated import true_on
from members.models.enrolments import LIVE
from projects.models import Record
from xitun.lib.crypto import EncryptedTextField
from xitun.lib.dates import today


class Answer(models.TextChoices):
    """What a host Party organisation says of a member who lives there."""

    YES = "yes", _("takes part with us")
    NO = "no", _("known here, does not take part")
    UNKNOWN = "unknown", _("not known here")


class HostLinkQuerySet(ScopedQuerySet):
    """Those of the branch that asked and, after a transfer or a merger, of the one where the person stands now."""

    scope_field = "path"

    def _visible_q(self, scope):
        return super()._visible_q(scope) | scope.q(VIEW, "enrolment__person__path")

    def writable_by(self, user, right=WRITE):
        scope = scope_of(user)
        return self.filter(scope.q(right, "path") | scope.q(right, "enrolment__person__path"))

    def usable(self):
        """Those that can still be answered: whatever ends the enrolment ends its links, at once and without an act."""
        standing = Enrolment.objects.filter(true_on(today()), status__in=LIVE)
        return self.filter(
            Q(made_by=None) | Q(made_by__is_active=True),
            enrolment__in=standing,
            answered_at=None,
            revoked_at=None,
            expires_at__gt=timezone.now(),
        )

    def to_note(self):
        """Answers nobody of the branch has read yet."""
        return self.filter(answered_at__isnull=False, noted_at=None)


class HostLink(models.Model):
    """A link by which the host Party organisation confirms one mobile member without an account, once. Only the
    SHA-256 of its token is kept. Whom they name as their contact is kept here alone, shown to those who write."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="host_links")
    path = models.CharField(max_length=255, db_index=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    contact_name = models.CharField(_("contact of the host organisation"), max_length=40, blank=True)
    contact_phone = EncryptedTextField(_("its phone"), blank=True)
    record = models.OneToOneField(Record, null=True, on_delete=models.PROTECT, related_name="host_link")
    noted_at = models.DateTimeField(null=True, blank=True)

    objects = HostLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation link")

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
