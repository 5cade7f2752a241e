"""Celery's side of the engine: thin. What must not be lost is a row in the database, not a message."""

from datetime import timedelta

from celery import shared_task
from celery.signals import worker_ready
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from members.roster.forget import forget_rosters
from xitun.lib.dates import today

from .consequences import let_go_dues
from .counting import check_counts, fold_counts
from .drafts import expire_drafts
from .models import SweepRun
from .old_ledgers.acts import forget_old_ledgers
from .outbox.deliver import deliver
from .outbox.write import remind_and_tell
from .papers import sweep_files
from .sweep import open_dues

CATCH_UP_DAYS = 100  # an office PC may be off for a while; what fell into longer pauses stays unasked
LOST_AFTER = timedelta(minutes=30)  # a run that has not ended by then died with its worker
LONGEST_ACT = timedelta(minutes=30)  # a roster's people bear the moment at which its writing began
SUNDAY = 6


@shared_task
def nightly(day=None):
    """Open today's dues, write its reminders and the messages that tell of them, check the counts, once a day however
    many beats and workers there are. Returns whether this call did the work. A killed run is taken up again by a later
    beat; every row it had written counts once."""
    day = day or today()
    if not _claim(day):
        return False
    let_go_dues()
    opened, reminded = sum(map(open_dues, (*_missed(day), day))), remind_and_tell(day)
    wrong = check_counts()
    fold_counts()
    sweep_files()
    expire_drafts()
    forget_rosters()
    forget_old_ledgers()
    run = {"opened": opened, "reminded": reminded, "miscounted": wrong}
    SweepRun.objects.filter(day=day).update(finished_at=timezone.now(), **run)
    return True


def _missed(day):
    """Days since the last run that ended a week or a month: on them all that began and ended in between stood open."""
    last = SweepRun.objects.filter(day__lt=day, finished_at__isnull=False).aggregate(last=Max("day"))["last"]
    since = max(last, day - timedelta(days=CATCH_UP_DAYS)) if last else day
    for number in range(1, (day - since).days):
        then = since + timedelta(days=number)
        if then.weekday() == SUNDAY or (then + timedelta(days=1)).day == 1:
            yield then


def _claim(day):
    now = timezone.now()
    with transaction.atomic():
        _run, created = SweepRun.objects.get_or_create(day=day, defaults={"started_at": now})
        if created:
            return True
        lost = SweepRun.objects.filter(Q(started_at__lt=now - LOST_AFTER), day=day, finished_at__isnull=True)
        return bool(lost.update(started_at=now))


@shared_task
def welcome():
    """Open what is owed by those who came after the night's sweep, so that what is done for them the same day settles
    it. Returns how many dues; each opens once, however many do this."""
    now, run = timezone.now(), SweepRun.objects.filter(day=today(), finished_at__isnull=False).first()
    if not run:  # the sweep itself is to come
        return 0
    since = (run.welcomed_at or run.started_at) - LONGEST_ACT
    opened = open_dues(came_since=since)
    SweepRun.objects.filter(day=run.day).update(welcomed_at=now)
    return opened


@shared_task
def carry_messages():
    """Carry what waits in the outbox. Returns how many went out."""
    return deliver()


@worker_ready.connect
def catch_up(sender, **kwargs):
    """A worker that starts asks at once whether today's sweep is done."""
    nightly.delay()
    welcome.delay()
    carry_messages.delay()
