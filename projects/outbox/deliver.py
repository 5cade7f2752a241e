"""Carrying the outbox: claimed by one conditional UPDATE, so two workers never carry one message; a claim ends by
itself when its worker dies. Once in the database, at least once outside."""

import logging
from datetime import timedelta
from time import monotonic
from uuid import uuid4

from django.db.models import F, Q

from projects.models import Channel, Due, Message
from xitun.lib.dates import now, today

from . import digest, senders, texts
from .quiet import QuietHours
from .tally import Tally, asked_of, tallies

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)  # longer than any server may take to answer
BACKOFF = [timedelta(minutes=n) for n in (1, 5, 15, 60, 180)]
AT_ONCE = 200  # looked at in one go
SECONDS = 40  # of one go; the next beat goes on


def deliver(seconds=SECONDS):
    """Carry what is due. A channel that failed is left for a later go, so that one hung server does not hold up the
    others. Returns how many went out."""
    ends, sent, failing = monotonic() + seconds, 0, set()
    quiet = QuietHours(today())
    for pk, channel in _due(now()):
        if monotonic() > ends:
            break
        went = None if channel in failing else _try(pk, quiet)
        sent += bool(went)
        if went is False:
            failing.add(channel)
    return sent


def _try(pk, quiet):
    """Whether it went out; None when it was not to. What nobody foresaw holds up no other message: the claim ends by
    itself, and after some tries the message is given up."""
    try:
        message = _claimed(pk, quiet)
        return _carry(message) if message else None
    except Exception as error:  # its words could be an address
        log.error("Message %s could not be carried: %s", pk, type(error).__name__)
        return False


def _free(at):
    """Q: nobody carries it. A claim that ends later than any could was made by a clock that went ahead."""
    lost = Q(claimed_until__lt=at) | Q(claimed_until__gt=at + 2 * LEASE)
    return Q(state=Message.State.QUEUED) | Q(lost, state=Message.State.CLAIMED)


def _due(at):
    """[(pk, channel)] of what may go out at `at`; also what a clock that went ahead put off too far."""
    ripe = Q(not_before__lte=at) | Q(created_at__gt=at + LEASE)
    rows = Message.objects.waiting().filter(_free(at), ripe).order_by("not_before", "pk")
    return list(rows.values_list("pk", "channel")[:AT_ONCE])


def _claimed(pk, quiet):
    """The message, ours alone for LEASE; None when another has it, or when it has to wait until morning."""
    at, claim = now(), uuid4().hex
    row = Message.objects.filter(_free(at), pk=pk)
    if row.update(state=Message.State.CLAIMED, claim=claim, claimed_until=at + LEASE, attempts=F("attempts") + 1) != 1:
        return None
    message = Message.objects.select_related("channel__user", "unit", "due").get(pk=pk)
    morning = at if message.kind == Message.Kind.TEST else quiet.over(message.unit.path, at)
    if morning <= at:
        return message
    _end(message, Message.State.QUEUED, not_before=morning, attempts=message.attempts - 1)
    return None


def _carry(message):
    """Whether it went out; None when it was not to go out any more."""
    channel = message.channel
    if why := _needless(message):
        _end(message, Message.State.CANCELLED, error=why)
        return None
    if message.attempts > len(BACKOFF) + 1:  # it has killed its workers
        _end(message, Message.State.FAILED, error="died")
        return None
    try:
        senders.send(channel, message.subject, message.body)
    except senders.NotSent as error:
        return _not_sent(message, str(error))
    Channel.objects.filter(pk=channel.pk).update(last_success_at=now())
    _end(message, Message.State.SENT, error="")
    return True


def _not_sent(message, word):
    Channel.objects.filter(pk=message.channel_id).update(last_failure_at=now(), last_error=word)
    if message.attempts > len(BACKOFF):
        _end(message, Message.State.FAILED, error=word)
    else:
        _end(message, Message.State.QUEUED, error=word, not_before=now() + BACKOFF[message.attempts - 1])
    return False


def _needless(message):
    """Why it is not to go out after all, or "". What still is gets the numbers of this moment."""
    if not message.channel.is_on:
        return Message.OFF
    if message.channel.user and not message.channel.user.is_active:
        return Message.CLOSED
    if message.kind == Message.Kind.REMINDER:
        found = tallies(today(), since=message.since, at=message.created_at).get(message.channel_id, Tally())
        if not found.news:
            return Message.GONE
        message.subject, message.body = texts.reminder_text(found, message.unit, message.language)
    elif message.kind == Message.Kind.DIGEST:
        counts = digest.Towns(today()).counts(message.unit.path)
        if not counts:
            return Message.GONE
        message.subject, message.body = texts.digest_text(counts, message.unit, message.language)
    elif message.kind == Message.Kind.NUDGE and not _still_asked(message):
        return Message.GONE
    return ""


def _still_asked(nudge):
    """A nudge is needless when its duty is done, or when nothing of the branch is overdue or near any more."""
    if nudge.due_id:
        return Due.objects.open().filter(pk=nudge.due_id).exists()
    return asked_of(nudge.unit).counts.total() > 0


def _end(message, state, **changes):
    """Only whoever still holds the claim says how it ended."""
    ended = None if state == Message.State.QUEUED else now()
    mine = Message.objects.filter(pk=message.pk, claim=message.claim, state=Message.State.CLAIMED)
    text = {"subject": message.subject, "body": message.body}
    return mine.update(state=state, claim="", claimed_until=None, ended_at=ended, **text, **changes)
