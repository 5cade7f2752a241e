"""Large rosters are judged and written by a worker; the page shows how far it is."""

from django.db import transaction

from members.jobs import advance, start_job, work
from members.models import Job, RosterImport
from members.roster.staging import judge_kept
from members.roster.write import confirm_roster

LARGE_ROSTER = 5_000  # lines; some ten seconds


def judge_later(roster, *, by):
    """Leave the judging of the kept file to a worker. Returns the Job."""
    return _later("judge_roster", roster, by)


def write_later(roster, *, by):
    """Leave the writing to a worker. Returns the Job, None when it is written already."""
    return _later("write_roster", roster, by)


@transaction.atomic
def _later(kind, roster, by):
    if not RosterImport.objects.filter(pk=roster.pk, confirmed_at=None, busy=False).update(busy=True):
        return None  # the other tap of a double tap was first
    roster.busy = True
    return start_job(by=by, kind=kind, subject=roster.pk, path=roster.path)


def job_of(roster):
    """The newest job about this roster, or None."""
    return Job.objects.filter(subject=str(roster.pk)).order_by("-created_at").first()


@work("judge_roster")
def _judge(job):
    """In many small transactions: others write meanwhile, and the page sees how far it is."""
    roster = RosterImport.objects.select_related("unit").get(pk=job.subject)
    judge_kept(roster, step=lambda done: advance(job, done))


@work("write_roster")
def _write(job):
    """In one transaction: either all stands or nothing. It can not be stopped, but be taken back."""
    confirm_roster(by=job.by, roster=RosterImport.objects.get(pk=job.subject), at_work=True)
