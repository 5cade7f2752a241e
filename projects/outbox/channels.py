"""Who is told outside of the house, and when not: the administrator's acts, and a user's own e-mail."""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members.actions import set_practice
from members.audit import trace
from members.models import AuditRow, Unit, User
from projects.models import Channel, Message
from xitun.lib.dates import now, today

from . import digest, quiet, texts
from .tally import SPEAKS_FOR, People
from .write import in_house, message

ROBOT = "qyapi.weixin.qq.com"
KEY = re.compile(r"[A-Za-z0-9-]{8,80}")


def read_address(kind, text):
    """The address as it is kept: an e-mail address, or the key of a robot; its whole webhook address may be pasted.
    Nothing typed here chooses where the house calls."""
    text = text.strip()
    if kind == Channel.Kind.EMAIL:
        validate_email(text)
        return text
    if "/" in text:
        url = urlsplit(text)
        text = parse_qs(url.query).get("key", [""])[0] if url.hostname == ROBOT else ""
    if not KEY.fullmatch(text):
        raise ValidationError(_("Paste the webhook address that WeCom shows for the robot, or the key at its end."))
    return text


@transaction.atomic
def set_channel(*, by, unit, kind, address, language, is_on, channel=None, version=None):
    """Add the channel of a town or branch, or change it; an empty address leaves the one it has. What is added twice,
    word for word, is there once."""
    Unit.objects.select_for_update().get(pk=unit.pk)  # two at once: the second sees the first's
    row = Channel.objects.select_for_update().get(pk=channel.pk) if channel else Channel(unit=unit, kind=kind)
    if channel and version != row.version:
        raise ValidationError(_("Somebody else has changed it meanwhile. Look at it again."))
    if not channel and (there := Channel.objects.filter(unit=unit, kind=kind, user=None).first()):
        if (there.address, there.language, there.is_on) == (_read(kind, address), language, is_on):
            return there
        raise ValidationError(_("There is one of this kind already. Change that one."))
    told = is_on != (bool(channel) and row.is_on)
    if address or not channel:
        former, row.address, row.set_by, row.set_at = row.address, _read(row.kind, address), by, now()
        told |= row.address != former
    row.language, row.is_on, row.version = language, is_on, row.version + (1 if channel else 0)
    row.save()
    detail = {"kind": row.kind, "on": is_on, "address": bool(address)}
    trace("set_channel", by=by, obj=row, path=row.unit.path, detail=detail)
    if told:
        _tell(row, by=by)
    return row


def _tell(channel, *, by):
    """Those whose channel it is, who did not set it themselves: in the house and by their own e-mail."""
    unit, at, people, quiet_hours = channel.unit, now(), People(today()), quiet.QuietHours(today())
    key = f"channel:{channel.pk}:{uuid4().hex}"
    users = set().union(*(people.holds(role, unit.path) for role in SPEAKS_FOR[unit.kind]))
    told = [in_house(Message.Kind.CHANNEL, key, unit, at, texts.channel_text(channel, settings.LANGUAGE_CODE), by=by)]
    for own in Channel.objects.filter(pk__in=people.own(users)).order_by("pk"):
        text = texts.channel_text(channel, own.language)
        told.append(message(Message.Kind.CHANNEL, f"{key}:{own.pk}", own, at, quiet_hours, text, unit=unit, by=by))
    Message.objects.bulk_create(told)


@transaction.atomic
def set_own_email(*, by, unit, address, language, is_on):
    """Where `by` wants to be told, or not any more. `unit`: where they hold their role."""
    User.objects.select_for_update().get(pk=by.pk)
    row = Channel.objects.select_for_update().filter(user=by, kind=Channel.Kind.EMAIL).first()
    row = row or Channel(user=by, kind=Channel.Kind.EMAIL)
    row.unit, row.address = unit, _read(row.kind, address)
    row.language, row.is_on, row.version = language, is_on, row.version + 1
    row.save()
    trace("set_own_email", by=by, obj=row, path=unit.path, detail={"on": is_on})
    return row


@transaction.atomic
def test_channel(*, by, channel):
    """Put a test message into the outbox; it goes out within a minute or two, at night too."""
    if Message.objects.waiting().filter(channel=channel, kind=Message.Kind.TEST).exists():
        raise ValidationError(_("A test message is on its way already."))
    at, (subject, body) = now(), texts.test_text(channel.unit, channel.language)
    row = Message.objects.create(
        key=f"test:{channel.pk}:{uuid4().hex}", kind=Message.Kind.TEST, unit=channel.unit, user=channel.user,
        channel=channel, by=by, language=channel.language, subject=subject, body=body, since=at, created_at=at,
        not_before=at,
    )  # fmt: skip
    trace("test_channel", by=by, obj=channel, path=channel.unit.path)
    return row


@transaction.atomic
def retry_message(*, by, message):
    """Let a message that was given up go out once more, from now on and with all its tries; what it then says is of
    that moment. Raises ValidationError when there is nothing to try."""
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.state != Message.State.FAILED:
        raise ValidationError(_("It is on its way already, or was not given up."))
    if not row.channel.is_on or (row.channel.user and not row.channel.user.is_active):
        raise ValidationError(_("Its channel is not in use any more."))
    alike = Message.objects.filter(channel=row.channel, kind=row.kind, unit=row.unit, created_at__gt=row.created_at)
    if row.kind in (Message.Kind.REMINDER, Message.Kind.DIGEST) and alike.exists():
        raise ValidationError(_("A newer message says what it said."))
    row.state, row.attempts, row.error, row.ended_at, row.not_before = Message.State.QUEUED, 0, "", None, now()
    row.save(update_fields=["state", "attempts", "error", "ended_at", "not_before"])
    trace("retry_message", by=by, obj=row, path=row.unit.path, detail={"kind": row.kind})
    return row


@transaction.atomic
def go_silent(*, by):
    """A copy of the house is not the house: what waits is not sent a second time, and no channel is in use until
    `speak_again`. Returns (number of channels, number of messages)."""
    off = {channel.pk: channel.version + 1 for channel in Channel.objects.filter(is_on=True).defer("address")}
    Channel.objects.filter(pk__in=off).update(is_on=False, version=F("version") + 1)
    ended = {"state": Message.State.CANCELLED, "error": Message.OFF, "ended_at": now()}
    messages = Message.objects.waiting().update(claim="", claimed_until=None, **ended)
    if off or messages:
        trace("go_silent", by=by, detail={"channels": off})
    return len(off), messages


@transaction.atomic
def speak_again(*, by):
    """Switch on what the last `go_silent` has switched off and nobody has set since. Returns how many."""
    last = AuditRow.objects.filter(act="go_silent").order_by("pk").last()
    off = last.detail["channels"] if last else {}
    rows = Channel.objects.filter(pk__in=off, is_on=False).defer("address").select_for_update()
    keys = [row.pk for row in rows if row.version == off[str(row.pk)]]
    Channel.objects.filter(pk__in=keys).update(is_on=True, version=F("version") + 1)
    trace("speak_again", by=by, detail={"channels": keys})
    return len(keys)


@transaction.atomic
def set_hours(*, by, unit, begins, ends, rest_days, how_often):
    """From today on: when nothing goes out in this town, and how often it is told of its own state."""
    hours = {"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}", "rest_days": rest_days}
    set_practice(by=by, key=quiet.KEY, value=hours, from_date=today(), unit=unit)
    set_practice(by=by, key=digest.KEY, value=how_often, from_date=today(), unit=unit)


def _read(kind, address):
    try:
        return read_address(kind, address)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from None
