from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import VIEW, WRITE, ScopedQuerySet, scope_of
from xitun.lib.crypto import EncryptedTextField

from .people import Person


class MergeQuerySet(ScopedQuerySet):
    """Seen by who sees the kept file; taken apart by who holds the right where both files stand."""

    def _visible_q(self, scope):
        return scope.q(VIEW, "kept__path")

    def writable_by(self, user, right=WRITE):
        scope = scope_of(user)
        return self.filter(scope.q(right, "kept__path") & scope.q(right, "other__path"))


class Merge(models.Model):
    """Two files that were one person: `other` went into `kept`. What moved and what stood before are written down, so
    that it can be taken apart again (members.actions.merging)."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200)
    moved = models.JSONField()  # {"members.enrolment": [keys]}: of every table what was the other's
    former = EncryptedTextField()  # JSON: columns of both files and of open enrolments as they stood
    undone_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of two files")

    def __str__(self):
        return f"{self.other} → {self.kept}"
