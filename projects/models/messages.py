"""What goes out of the house: channels, the outbox (Message), and duties that are to be quiet for a while (Snooze)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from members.models import Unit
from xitun.lib.crypto import EncryptedTextField
from xitun.lib.dates import SHANGHAI

from .dues import Due


class ChannelQuerySet(ScopedQuerySet):
    scope_field = "unit__path"


class Channel(models.Model):
    """Where a town or a branch, or one user, is told outside of the house. A user's own (`user`) is theirs alone."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        WECOM = "wecom", _("WeCom group robot")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="channels", verbose_name=_("unit"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="channels", editable=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = EncryptedTextField(_("address to send to"))  # an e-mail address, or the key of a robot
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    is_on = models.BooleanField(_("in use"), default=True)
    last_success_at = models.DateTimeField(null=True, editable=False)
    last_failure_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=30, blank=True, editable=False)
    set_by = models.ForeignKey(  # who has said where it goes; unknown for what is older than this
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    set_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind"], condition=Q(user__isnull=True), name="one_channel_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(user__isnull=False), name="one_own_channel_of_a_kind"
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.get_kind_display()}"

    @property
    def masked(self):
        """Enough of the address to know it again: z…@town.gov.cn, …3f2a."""
        name, at, host = self.address.partition("@")
        return f"{name[:1]}…@{host}" if at else f"…{name[-4:]}"

    @property
    def fails(self):
        return bool(self.last_failure_at and (not self.last_success_at or self.last_failure_at > self.last_success_at))


class MessageQuerySet(ScopedQuerySet):
    scope_field = "unit__path"

    def waiting(self):
        return self.filter(state__in=(Message.State.QUEUED, Message.State.CLAIMED))


class Message(models.Model):
    """One message of the outbox: the row is the message, a worker only carries it (projects.outbox.deliver). Written in
    the transaction of what it tells of, once (`key`); without a `channel` it is told in the house alone. Counts, the
    receiver's own branch and a link: never a name, a category or a number of anybody."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("reminder")
        DIGEST = "digest", _("digest for the town")
        NUDGE = "nudge", _("nudge")
        TEST = "test", _("test message")
        CHANNEL = "channel", _("change of a channel")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        CLAIMED = "claimed", _("on its way")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")
        CANCELLED = "cancelled", _("not needed any more")

    NEWER = "newer"  # error of what a newer message said
    OFF = "off"  # of what had no channel any more
    GONE = "gone"  # of what had no reason any more
    CLOSED = "closed"  # of what was for somebody whose account is closed

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # whom it speaks to, or whose user
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="messages")
    due = models.ForeignKey(Due, null=True, on_delete=models.PROTECT, related_name="+")  # a nudge about this one
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    since = models.DateTimeField()  # it tells of what was written in [since, created_at]
    created_at = models.DateTimeField(db_index=True)
    not_before = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=30, blank=True)
    claim = models.CharField(max_length=32, blank=True)  # of whom the row is while it is on its way
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        indexes = [models.Index(fields=["state", "not_before"], name="message_state_not_before")]

    def __str__(self):
        return self.key


class SnoozeQuerySet(ScopedQuerySet):
    scope_field = "due__path"
    restricted_field = "due__restricted"

    def live(self, day):
        """Those that keep their due quiet on `day`."""
        return self.filter(~_over(day), ended_at=None)

    def over(self, day):
        """Those whose time was over on `day`, not ended yet."""
        return self.filter(_over(day), ended_at=None)


def _over(day):
    """Q over snoozes: their day has come, or that of a due which was not due yet when it was made quiet."""
    made_on = TruncDate("at", tzinfo=SHANGHAI)
    return Q(until__lte=day) | Q(due__due_on__lte=day, due__due_on__gt=made_on)


class Snooze(models.Model):
    """Whom a due speaks to does not want to hear of it until a day, with a reason. The due stays owed; what is overdue
    is still passed on to the town."""

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="snoozes")
    until = models.DateField(_("quiet until"))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # woken by hand, or since its day has come: then it is told anew

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due"], condition=Q(ended_at__isnull=True), name="one_live_snooze")
        ]
