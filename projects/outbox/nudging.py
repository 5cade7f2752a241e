"""催办: the town asks a branch, or whoever has one duty, to see to it. Shown before it goes, as it will go; told in the
house at once and by channel when it is not night; once a day to the same receiver."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.audit import trace
from members.models import Role, Unit, User
from projects.models import Channel, Due, Message
from projects.workflow import Responsible
from xitun.lib.dates import now, today

from . import texts
from .quiet import QuietHours
from .tally import People, asked_of
from .write import in_house, message

ONCE_IN = timedelta(hours=24)
NUDGED = {str(Responsible.SECRETARY), str(Responsible.HELPER)}


@dataclass
class Nudge:
    """What a nudge would be now: of a branch, or about one `due` of it."""

    unit: Unit
    due: Due | None = None

    @cached_property
    def people(self):
        return People(today())

    @cached_property
    def user(self):
        """Whom it is for by name: who has the duty; None for the branch's secretary."""
        given = self.due.assignee if self.due else None
        return given if given and given.is_active else None

    @cached_property
    def receivers(self):
        """The users who will read it."""
        if self.user:
            return [self.user]
        pks = self.people.holds(Role.SECRETARY, self.unit.path)
        return list(User.objects.filter(pk__in=pks).order_by("display_name", "pk"))

    @cached_property
    def channels(self):
        pks = self.people.own({self.user.pk}) if self.user else set()
        pks = pks or self.people.of_role(Role.SECRETARY, self.unit.path)
        return list(Channel.objects.filter(pk__in=pks).select_related("unit").order_by("pk"))

    @cached_property
    def tally(self):
        return asked_of(self.unit)

    def text(self, language):
        return texts.nudge_text(self.tally, self.unit, language, due_on=self.due.due_on if self.due else None)

    @cached_property
    def goes_out(self):
        """The moment the channels carry it."""
        return QuietHours(today()).over(self.unit.path, now())

    def check(self):
        """ValidationError when there is nothing to nudge about, nobody to hear it, or they were nudged within a day."""
        if self.due and (self.due.responsible not in NUDGED or not Due.objects.open().filter(pk=self.due.pk).exists()):
            raise ValidationError(_("That duty is done, closed, or the town's own. Nobody was nudged."))
        if not self.due and not self.tally.counts.total():
            raise ValidationError(_("Nothing is overdue or due within seven days there. Nobody was nudged."))
        if not self.receivers:
            raise ValidationError(_("This branch has no secretary who can sign in: nobody would read it."))
        if last := self._last():
            again = date_format(timezone.localtime(last.created_at + ONCE_IN), "DATETIME_FORMAT")
            raise ValidationError(
                _("They were nudged within the last 24 hours. You may do so again from %(when)s.") % {"when": again}
            )

    def _last(self):
        """The newest nudge of a day that reached one of them, by name or as the secretary of a branch."""
        users = {user.pk for user in self.receivers}
        reached = Q(user__in=users)
        for role, path, user in self.people.grants:
            if role == Role.SECRETARY and user in users:
                reached |= Q(user=None, unit__path__startswith=path)
        told = Message.objects.filter(reached, kind=Message.Kind.NUDGE, channel=None)
        return told.filter(created_at__gt=now() - ONCE_IN, created_at__lte=now()).order_by("-created_at").first()


@transaction.atomic
def nudge(*, by, unit, due=None, seen=""):
    """Nudge a branch, or whoever `due` is given to. `seen`: the body that was shown before; when it would be another
    now, nothing goes out. Returns the Message told in the house."""
    Unit.objects.select_for_update().get(pk=unit.pk)  # two at once: the second sees the first's
    asked, at = Nudge(unit, due), now()
    list(User.objects.select_for_update().filter(pk__in=[u.pk for u in asked.receivers]).order_by("pk"))
    asked.check()
    subject, body = asked.text(settings.LANGUAGE_CODE)
    if seen and seen.split() != body.split():
        raise ValidationError(_("The numbers have changed meanwhile. Look at the message again."))
    key = f"nudge:{unit.pk}:{asked.user.pk if asked.user else ''}:{at:%Y%m%d%H%M%S%f}"
    told = in_house(Message.Kind.NUDGE, key, unit, at, (subject, body), by=by, user=asked.user, due=due)
    told.save()
    quiet = QuietHours(today())
    Message.objects.bulk_create(
        message(
            Message.Kind.NUDGE, f"{key}:{channel.pk}", channel, at, quiet, asked.text(channel.language),
            unit=unit, due=due, by=by,
        )
        for channel in asked.channels
    )  # fmt: skip
    person = due.person if due else None
    detail = {"unit": unit.pk} | ({"duty": due.duty} if due else {})
    trace("nudge", by=by, obj=due or unit, person=person, path=unit.path, detail=detail)
    return told


def preview(asked):
    """[(where, subject, body)] as it will go out, the house first."""
    house = asked.text(settings.LANGUAGE_CODE)
    yield _("in this system"), *house
    for channel in asked.channels:
        with override(channel.language):
            words = asked.text(channel.language)
        yield channel.get_kind_display(), *words
