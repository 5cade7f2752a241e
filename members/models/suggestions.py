from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet

from .people import Person


class DismissedSuggestionQuerySet(ScopedQuerySet):
    scope_field = "person__path"
    own_field = "person"


class DismissedSuggestion(models.Model):
    """Somebody looked at a suggestion (members.suggestions) and set it aside. It comes back once `until` has come, or
    when the fact it rests on bears another date."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="dismissed_suggestions")
    rule = models.CharField(max_length=30)  # the code of the rule
    fact_on = models.DateField(_("day of the fact"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    until = models.DateField(_("set aside until"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = DismissedSuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion set aside")
        constraints = [models.UniqueConstraint(fields=["person", "rule", "fact_on"], name="dismissed_once")]

    def __str__(self):
        return f"{self.person} · {self.rule}"
