"""What Celery finds of this app."""

from members.jobs import look_after_jobs, run_job
from members.roster import background

__all__ = ["background", "look_after_jobs", "run_job"]
