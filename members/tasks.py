"""What Celery finds of this app."""

from members.jobs import give_sign, look_after_jobs, run_job
from members.roster import background

__all__ = ["background", "give_sign", "look_after_jobs", "run_job"]
