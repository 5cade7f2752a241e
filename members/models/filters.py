from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilterQuerySet(models.QuerySet):
    def of(self, user):
        """The user's own; nobody else ever reads them."""
        return self.filter(user=user)


class SavedFilter(models.Model):
    """A list as somebody wants it again: which list, with which filters, order and columns, under a name of their own.
    It holds no rows: opened, it shows what its user may see that day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=100)  # path of the list
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(max_length=600)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once")]

    def __str__(self):
        return self.name

    @property
    def url(self):
        return f"{self.page}?{self.query}"
