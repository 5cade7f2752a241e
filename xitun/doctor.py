"""Is this installation well? Each check says what it found and what to do; the command `doctor` and the
administrator's home page read them."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from kombu import Connection

from members.calendar import year_asked_for
from members.jobs import give_sign
from members.models import AuditRow, Job, Person, Sign
from projects.models import Channel, Message, SweepRun
from projects.papers import missing_files
from xitun.checks import key_file_is_private
from xitun.lib.crypto import KeyLost
from xitun.lib.dates import today

SILENT = timedelta(minutes=5)  # beat sends a sign of life every minute
PROBE_SECONDS = 10
MB = 1 << 20
DISK_BAD, DISK_LOW = 200, 1024  # megabytes
BACKUP_OLD = timedelta(days=8)  # every working day is asked for; a week of holidays is forgiven
AHEAD = timedelta(minutes=5)
LATE = timedelta(hours=1)
NIGHTS = 7  # how many nights a finding of theirs is told


@dataclass(frozen=True)
class Finding:
    """`state`: "ok", "warn" (look at it) or "bad" (something does not work)."""

    name: str
    state: str
    words: str
    remedy: str = ""
    url: str = ""  # the page where it is put right


def examine():
    """[Finding] of what a page can ask: rows, files and the clock, in a constant number of queries."""
    return [background(), *_lasting()]


def _lasting():
    runs = SweepRun.objects.exclude(finished_at=None).filter(day__lte=today())  # a wrong clock opened nothing since
    runs = list(runs.order_by("-day")[:NIGHTS])
    return [sweep(runs), counts(runs), outbox(), jobs(), disk(), clock(), calendar(), key(), backups()]


def examine_all():
    """Yields every Finding, those that take seconds included. Without its database nothing else is asked."""
    found = database()
    yield found
    if found.state == "bad":
        return
    yield broker()
    yield worker()
    yield background()
    yield papers()
    yield from _lasting()


def database():
    name = _("Database")
    try:
        executor = MigrationExecutor(connection)
        ahead = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding(name, "bad", str(error).strip().splitlines()[0], _("Start the database, or set DATABASE_URL."))
    if ahead:
        words = _("%(n)s changes of the tables are waiting.") % {"n": len(ahead)}
        return Finding(name, "bad", words, _("Run: manage migrate"))
    return Finding(name, "ok", connection.vendor)


def broker():
    name = _("Broker")
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=3) as line:
            line.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # each transport has its own
        return Finding(name, "bad", str(error)[:200], _("Start Redis, or look at REDIS_URL. Saving goes on meanwhile."))
    return Finding(name, "ok", settings.CELERY_BROKER_URL.split("@")[-1])


def worker():
    """Sends a sign through the broker and waits for the worker to give it."""
    name, asked = _("Worker"), timezone.now()
    try:
        give_sign.apply_async(expires=PROBE_SECONDS)
    except Exception as error:  # the broker's own; said there
        return Finding(name, "bad", str(error)[:200], _("See the broker."))
    until = monotonic() + PROBE_SECONDS
    while monotonic() < until:
        if Sign.objects.filter(at__gte=asked).exists():
            return Finding(name, "ok", _("answers"))
        sleep(0.2)
    words = _("No worker has answered within %(n)s seconds.") % {"n": PROBE_SECONDS}
    return Finding(name, "bad", words, _("Start it: run.py does, or the service xitun-worker."))


def papers():
    """Looks for the file of every row: too slow for a page."""
    name, lost = _("Photos and files"), missing_files()
    if not lost:
        return Finding(name, "ok", _("all there"))
    words = _("%(n)s files of records are not on the disk, or not whole.") % {"n": lost}
    return Finding(name, "bad", words, _("Put the folder media back from a backup; nothing else is lost."))


def background():
    name = _("Worker and clock")
    sign = Sign.objects.filter(name="beat").first()
    if sign and sign.at > timezone.now() - SILENT:
        return Finding(name, "ok", date_format(timezone.localtime(sign.at), "H:i"))
    since = date_format(timezone.localtime(sign.at), "DATETIME_FORMAT") if sign else _("never")
    remedy = _("Leave python3 run.py running, or the services xitun-worker and xitun-beat; it catches up by itself.")
    return Finding(name, "warn", _("No sign of life. The last: %(when)s") % {"when": since}, remedy)


def sweep(runs):
    """`runs`: the last nights, the newest first."""
    name = _("Duties last opened")
    if runs and runs[0].day >= today() - timedelta(days=1):
        return Finding(name, "ok", date_format(runs[0].day))
    words = date_format(runs[0].day) if runs else _("never")
    return Finding(name, "warn", words, _("The worker does it every night and at its start. By hand: manage open_dues"))


def outbox():
    """What waits too long, was given up, or a channel whose last try failed."""
    name, url, at = _("Messages"), reverse("messages"), timezone.now()
    counts = Message.objects.aggregate(
        late=Count("pk", filter=Q(state__in=("queued", "claimed"), not_before__lt=at - LATE)),
        failed=Count("pk", filter=Q(state="failed", ended_at__gt=at - timedelta(days=7))),
    )
    failing = sum(channel.fails for channel in Channel.objects.filter(is_on=True).defer("address"))
    if counts["late"]:
        words = _("%(n)s have been waiting for more than an hour.") % {"n": counts["late"]}
        return Finding(name, "warn", words, _("Is the worker running? Are the channels right?"), url)
    if failing or counts["failed"]:
        words = _("%(n)s channels fail, %(m)s messages were given up.") % {"n": failing, "m": counts["failed"]}
        return Finding(name, "warn", words, _("The page “What went out” says why."), url)
    return Finding(name, "ok", _("nothing waits"))


def counts(runs):
    """What the nightly check of the counts of duties had to put right: a fault of the program, not of the office."""
    name = _("Counts of duties")
    if wrong := next((run for run in runs if run.miscounted), None):
        words = _("%(n)s were wrong in the night of %(day)s and were put right.")
        words %= {"n": wrong.miscounted, "day": date_format(wrong.day)}
        remedy = _("After a new version this may happen once; otherwise tell the maker. By hand: manage check_counts")
        return Finding(name, "warn", words, remedy)
    return Finding(name, "ok", _("agree with the duties") if runs else _("not checked yet"))


def jobs():
    name = _("Long work")
    failed = Job.objects.filter(state=Job.State.FAILED, ended_at__gt=timezone.now() - timedelta(days=7)).count()
    if failed:
        words = _("%(n)s failed within a week.") % {"n": failed}
        return Finding(name, "warn", words, _("Its page says why and offers to try again."))
    return Finding(name, "ok", _("%(n)s under way") % {"n": Job.objects.filter(state=Job.State.RUNNING).count()})


def disk():
    name, free = _("Disk"), shutil.disk_usage(settings.XITUN_DATA).free // MB
    if free >= DISK_LOW:
        return Finding(name, "ok", _("%(n)s GB free") % {"n": free // DISK_LOW})
    words = _("%(n)s MB free") % {"n": free}
    return Finding(name, "bad" if free < DISK_BAD else "warn", words, _("Make room where the data lie."))


def clock():
    """A clock set back shows in what was written later than now."""
    name, last = _("Clock"), AuditRow.objects.order_by("-pk").values_list("at", flat=True).first()
    if last and last > timezone.now() + AHEAD:
        words = _("The last trace is of %(when)s, which lies ahead.")
        words %= {"when": date_format(timezone.localtime(last), "DATETIME_FORMAT")}
        return Finding(name, "bad", words, _("Set the clock of this machine; dates and due days go by it."))
    return Finding(name, "ok", settings.TIME_ZONE)


def calendar():
    name, year = _("Working days"), year_asked_for(today())
    if year:
        url = reverse("calendar-year", args=[year])
        words = _("The holidays of %(year)s are not entered; due days may be wrong.") % {"year": year}
        return Finding(name, "warn", words, _("Paste the published notice on the page “Working days”."), url)
    return Finding(name, "ok", str(today().year))


def key():
    name = _("Key file")
    try:
        Person._base_manager.exclude(id_hash=None).order_by("-pk").values_list("id_number", flat=True).first()
    except KeyLost as error:
        return Finding(name, "bad", str(error), _("Put back your copy of the key file."))
    if found := key_file_is_private(None):
        return Finding(name, "warn", found[0].msg, found[0].hint)
    return Finding(name, "ok", str(settings.XITUN_KEY_FILE))


def backups():
    name, stamp = _("Backup"), settings.XITUN_DATA / "last-backup"
    remedy = _("Run every working day: python3 run.py manage backup FILE")
    try:
        made = datetime.fromisoformat(stamp.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return Finding(name, "warn", _("Never made."), remedy)
    words = date_format(timezone.localtime(made), "DATETIME_FORMAT")
    return Finding(name, "warn" if made < timezone.now() - BACKUP_OLD else "ok", words, remedy)
