import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class Sign(models.Model):
    """A last sign of life: "beat", every minute while clock, broker and worker all work; "worker", when asked."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.name} {self.at}"


class Job(models.Model):
    """Long work that a worker does: seen while it runs, left, cancelled, tried again (members.jobs). What it works on
    is named by `subject`, the key of a row that `kind` knows."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for its turn")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=40)
    path = models.CharField(max_length=255, db_index=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)  # in words for who started it
    created_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField()  # the last sign of life of the worker, or of whoever asked for one
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        indexes = [models.Index(fields=["state", "beat_at"], name="job_state_beat")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state__in=("waiting", "running")), name="one_open_job"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.subject}"

    @property
    def is_open(self):
        return self.state in (self.State.WAITING, self.State.RUNNING)
