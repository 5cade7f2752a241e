from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from members.models import Category, Enrolment, PostHolding, Unit
from xitun.lib.crypto import EncryptedTextField


class DraftQuerySet(ScopedQuerySet):
    scope_field = "unit__path"
    restricted_field = "restricted"

    def of(self, user):
        """The user's own, where they may still write; a closed case of help and education is not named any more.
        Nobody else ever reads them."""
        cases = Enrolment.objects.filter(category=Category.BACKWARD)
        closed = cases.exclude(pk__in=cases.without_closed_cases().values("pk"))
        return self.writable_by(user).filter(author=user).exclude(enrolment__in=closed)


class Draft(models.Model):
    """A record half written: not yet said of anybody. One a form and author; gone once it is sent, thrown away, or
    thirty days old."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts")
    address = models.CharField(max_length=200)  # path of the form
    query = models.CharField(max_length=600, blank=True)
    kind = models.CharField(max_length=50)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(PostHolding, null=True, on_delete=models.PROTECT, related_name="+")
    restricted = models.BooleanField(default=False)
    words = EncryptedTextField()  # JSON {field: [values]}, as the browser sent them
    kept_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        constraints = [models.UniqueConstraint(fields=["author", "address"], name="draft_once")]

    def __str__(self):
        return f"{self.kind} {self.kept_at:%Y-%m-%d}"

    @property
    def url(self):
        return f"{self.address}?{self.query}" if self.query else self.address

    @property
    def name(self):
        """Whom it was going to be about."""
        if self.enrolment:
            return self.enrolment.person.name
        return self.post.holder_name if self.post else str(self.unit)
