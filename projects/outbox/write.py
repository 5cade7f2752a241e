"""The outbox is filled: in the transaction of the reminders, so that what was noted is told and nothing else is. One
message a receiver and run, where it brought something new; the unique key decides."""

from django.conf import settings
from django.db import transaction
from django.db.models import Min

from members.models import Unit
from projects.models import Channel, Message, Snooze
from projects.sweep import remind
from xitun.lib.dates import now, today

from . import digest, texts
from .places import follow_posts
from .quiet import QuietHours
from .tally import SPEAKS_FOR, People, tallies


@transaction.atomic
def remind_and_tell(day=None):
    """Write the reminders of `day` and the messages that tell of them. Returns the number of new reminders."""
    day, at = day or today(), now()
    follow_posts(day)
    Snooze.objects.over(day).update(ended_at=at)
    written = remind(day, at=at)
    quiet = QuietHours(day)
    _tell(day, at, quiet)
    _tell_towns(day, at, quiet)
    return written


def _tell(day, at, quiet):
    found = {pk: tally for pk, tally in tallies(day, since=at, at=at).items() if tally.news}
    waiting = Message.objects.waiting().filter(channel__in=found, kind=Message.Kind.REMINDER)
    since = dict(waiting.order_by().values_list("channel").annotate(since=Min("since")))
    rows = [
        message(
            Message.Kind.REMINDER, f"reminder:{at.isoformat()}:{channel.pk}", channel, at, quiet,
            texts.reminder_text(found[channel.pk], channel.unit, channel.language), since=since.get(channel.pk, at),
        )
        for channel in Channel.objects.filter(pk__in=found).select_related("unit")
    ]  # fmt: skip
    _put_out(Message.Kind.REMINDER, rows, at)


def _tell_towns(day, at, quiet):
    people, rules, towns, rows = People(day), digest.rules_on(day), digest.Towns(day), []
    for town in Unit.objects.current(day).filter(kind=Unit.Kind.TOWN):
        counts, period = towns.counts(town.path), digest.period_of(town.path, day, rules)
        if not counts or not period:
            continue
        told = set().union(*(people.of_role(role, town.path) for role in SPEAKS_FOR[Unit.Kind.TOWN]))
        rows += [(channel, town, counts, period) for channel in told]
    channels = Channel.objects.in_bulk({channel for channel, *_rest in rows})
    digests = [
        message(
            Message.Kind.DIGEST, f"digest:{period}:{town.pk}:{pk}", channels[pk], at, quiet,
            texts.digest_text(counts, town, channels[pk].language), unit=town,
        )
        for pk, town, counts, period in rows
    ]  # fmt: skip
    _put_out(Message.Kind.DIGEST, digests, at)


def _put_out(kind, rows, at):
    """Into the outbox, once. What could not go out to the same receiver before is said by these."""
    older = Message.objects.filter(kind=kind, state=Message.State.QUEUED, channel__in={row.channel_id for row in rows})
    older = older.filter(unit__in={row.unit_id for row in rows}).exclude(key__in=[row.key for row in rows])
    older.update(state=Message.State.CANCELLED, ended_at=at, error=Message.NEWER)
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def in_house(kind, key, unit, at, text, *, by, user=None, due=None):
    """An unsaved Message that is told in the house alone, at once."""
    return Message(
        kind=kind, key=key, unit=unit, user=user, due=due, by=by, language=settings.LANGUAGE_CODE,
        subject=text[0], body=text[1], since=at, created_at=at, not_before=at, state=Message.State.SENT, ended_at=at,
    )  # fmt: skip


def message(kind, key, channel, at, quiet, text, *, unit=None, since=None, **more):
    """An unsaved Message to a channel, for the first moment that is not quiet there."""
    unit = unit or channel.unit
    return Message(
        kind=kind,
        key=key,
        unit=unit,
        user_id=channel.user_id,
        channel=channel,
        language=channel.language,
        subject=text[0],
        body=text[1],
        since=since or at,
        created_at=at,
        not_before=quiet.over(unit.path, at),
        **more,
    )
