from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class AuditRowQuerySet(ScopedQuerySet):
    scope_field = "path"
    restricted_field = "restricted"

    def about_own_file(self, user):
        """What others did with `user`'s own file and nobody else's; restricted looks too, for it is their own."""
        return self.filter(person=user.person_id).exclude(actor=user) if user.person_id else self.none()


class AuditRow(models.Model):
    """Who did or looked at what, when and why. Written in the act's own transaction; never changed, never deleted."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(_("act"), max_length=40, db_index=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey("members.Person", null=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=255, blank=True, db_index=True)
    restricted = models.BooleanField(default=False)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    objects = AuditRowQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("trace")
