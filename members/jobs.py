"""Long work outside of a request. The row in the database is the job; the message only wakes a worker, and beat wakes
another when it was lost. Claimed by a conditional update, and kept by the worker whose sign of life is the last, so
that two workers never do one job: who was taken for dead and wakes up stops at the next step."""

import logging
from datetime import timedelta

from celery import shared_task
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from members.models import BulkAnswer, Job, Sign
from xitun.lib.readers import FileRefused

log = logging.getLogger(__name__)
UNHEARD = timedelta(minutes=1)  # then the message is taken for lost
ANSWERS_KEPT = timedelta(days=30)  # the answer to a form is read at once, or never
DEAD = timedelta(minutes=15)  # without a sign of life the worker is taken for dead; longer than any one statement
DIED = gettext_lazy("The work broke off: the program was stopped meanwhile. Nothing is half written; try again.")
BROKE = gettext_lazy("The work broke off because of a fault in the program. Nothing is half written; tell your admin.")

# {kind: function of a Job}; the rooms that have long work register it.
KINDS = {}


class Cancelled(Exception):
    """Somebody does not want this any more."""


def work(kind):
    """Decorator: this function does jobs of `kind`. It calls `advance(job, n)` as it goes, is safe to begin anew after
    it broke off anywhere, and may raise ValidationError or FileRefused with words for who asked."""

    def register(function):
        KINDS[kind] = function
        return function

    return register


def start_job(*, by, kind, subject, path):
    """A Job for a worker; an open one for the same subject is that job. The message goes out with the transaction and
    may be lost: Redis that is down delays the work, never the request."""
    values = {"path": path, "by": by, "language": get_language() or "", "beat_at": timezone.now()}
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    job, _made = Job.objects.get_or_create(kind=kind, subject=str(subject), state__in=open_states, defaults=values)
    transaction.on_commit(lambda: _wake(job.pk))
    return job


def _wake(pk):
    try:
        run_job.delay(str(pk))
    except Exception:  # any broker's own error; beat finds the row
        log.warning("Job %s waits for the next beat: the broker does not answer.", pk)


@shared_task
def run_job(pk):
    """Do a waiting job. Returns whether this call did it."""
    now = timezone.now()
    if not Job.objects.filter(pk=pk, state=Job.State.WAITING).update(state=Job.State.RUNNING, beat_at=now, done=0):
        return False
    job = Job.objects.select_related("by").get(pk=pk)
    job.beat_at = now
    with override(job.language or None):
        _end(job, *_done(job))
    return True


def _done(job):
    """(state, error) after the work."""
    try:
        KINDS[job.kind](job)
    except Cancelled:
        return Job.State.CANCELLED, ""
    except FileRefused as refusal:
        return Job.State.FAILED, str(refusal)
    except ValidationError as error:
        return Job.State.FAILED, " ".join(error.messages)
    except Exception:
        if not _mine(job).exists():
            return Job.State.CANCELLED, ""  # what it worked on was taken away, or is another's to do
        log.exception("Job %s (%s) broke off.", job.pk, job.kind)
        return Job.State.FAILED, str(BROKE)
    return Job.State.DONE, ""


def _mine(job):
    """The row of a job that runs, while nobody has given a later sign of life than who does `job`."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, beat_at__lte=job.beat_at)


def _end(job, state, error):
    _mine(job).update(state=state, error=error, ended_at=timezone.now())


def advance(job, done):
    """Say how far the work is. Raises Cancelled when nobody wants it any more, or another worker has begun it anew."""
    now = timezone.now()
    if not _mine(job).update(done=done, beat_at=now):
        raise Cancelled
    job.beat_at = now


def cancel_jobs(subject):
    """Nobody wants the open jobs about `subject` any more: a running one stops at its next step."""
    jobs = Job.objects.filter(subject=str(subject), state__in=(Job.State.WAITING, Job.State.RUNNING))
    jobs.update(state=Job.State.CANCELLED, ended_at=timezone.now())


@transaction.atomic
def retry_jobs(subject):
    """Let what broke off about `subject` begin anew. Raises ValidationError when there is nothing to try again."""
    job = Job.objects.select_for_update().filter(subject=str(subject)).order_by("-created_at").first()
    if not job or job.state != Job.State.FAILED:
        raise ValidationError(_("There is nothing to try again."))
    job.state, job.error, job.done, job.beat_at, job.ended_at = Job.State.WAITING, "", 0, timezone.now(), None
    job.save()
    transaction.on_commit(lambda: _wake(job.pk))


@shared_task
def give_sign(name="worker"):
    """A worker lives or, named "beat", was woken by the clock: read by xitun.doctor."""
    Sign.objects.update_or_create(name=name, defaults={"at": timezone.now()})


@shared_task
def look_after_jobs():
    """Wake what was not heard of; say of what its worker left that it broke off."""
    give_sign("beat")
    now = timezone.now()
    BulkAnswer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()  # who was done what is in the traces
    dead = Job.objects.filter(state=Job.State.RUNNING, beat_at__lt=now - DEAD)
    dead.update(state=Job.State.FAILED, error=str(DIED), ended_at=now)
    for pk in Job.objects.filter(state=Job.State.WAITING, beat_at__lt=now - UNHEARD).values_list("pk", flat=True):
        _wake(pk)
