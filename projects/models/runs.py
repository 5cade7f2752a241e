from django.db import models


class SweepRun(models.Model):
    """One night's sweep of duties and reminders. An office PC may be off at night: the row says
    whether today's is done."""

    day = models.DateField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    welcomed_at = models.DateTimeField(null=True)  # who came until then owes what is theirs
    opened = models.PositiveIntegerField(default=0)
    reminded = models.PositiveIntegerField(default=0)
    miscounted = models.PositiveIntegerField(default=0, db_default=0)  # cells of DueCount that had to be put right
