from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkAnswerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own alone: the answer to what one sent."""
        return self.filter(by=user) if user.is_authenticated else self.none()


class BulkAnswer(models.Model):
    """An act done on several people at once, and how it ended for each. The traces of the single acts say what was
    done; this is the answer to the form, so that two taps are one."""

    submission_id = models.UUIDField(unique=True, editable=False)
    code = models.CharField(max_length=30)  # members.bulk: "group", "helper-mobile", "propose-elderly"
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    results = models.JSONField(default=list)  # [[person, "" or why it was not done], …] in the order of the form

    objects = BulkAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to an act on several people")

    def __str__(self):
        return self.code
