"""Whom an open duty speaks to outside of the house, and how many there are for each: helper, else secretary, else town.

Counted by the database for each place, responsible and nearness; shared out in Python are those groups, not dues.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When

from members.models import Role, RoleGrant, Unit
from projects.models import Channel, Due, Reminder, Snooze
from projects.workflow import Responsible
from xitun.lib.dates import now, today

MONTH, WEEK = timedelta(days=30), timedelta(days=7)
ROLES = {
    Responsible.SECRETARY: Role.SECRETARY,
    Responsible.HELPER: Role.SECRETARY,
    Responsible.TOWN_STAFF: Role.TOWN_STAFF,
    Responsible.DIRECTOR: Role.DIRECTOR,
}
SPEAKS_FOR = {Unit.Kind.BRANCH: (Role.SECRETARY,), Unit.Kind.TOWN: (Role.TOWN_STAFF, Role.DIRECTOR)}


@dataclass
class Tally:
    """What one channel has to be told of: `counts` by nearness (overdue, today, week, month); `news`: how many of them
    came to a new stage."""

    counts: Counter = field(default_factory=Counter)
    news: int = 0

    def add(self, group, news):
        self.counts[group["near"]] += group["n"]
        self.news += news


def tallies(day, *, since, at):
    """{pk of a channel in use: Tally} on `day`; news is what was written in [since, at]. A constant number of
    statements."""
    people, found = People(day), {}
    for group in groups(day, since=since, at=at):
        told = people.channels_of(group) if not group["quiet"] else set()
        for channel in told:
            found.setdefault(channel, Tally()).add(group, group["news"])
        if group["near"] == "overdue":
            for channel in people.of_role(Role.TOWN_STAFF, group["path"]) - told:
                found.setdefault(channel, Tally()).add(group, group["passed_on"])
    return found


def asked_of(unit):
    """Tally of what a branch itself is behind with or has to do within seven days; what it does not want to hear of
    just now too, for the town asks."""
    day, at = today(), now()
    mine = Due.objects.filter(path__startswith=unit.path, responsible__in=(Responsible.SECRETARY, Responsible.HELPER))
    found = Tally()
    for group in groups(day, since=at, at=at, dues=mine):
        if group["near"] != "month":
            found.add(group, 0)
    return found


def groups(day, *, since, at, dues=None):
    """[{path, responsible, assignee, near, quiet, n, news, passed_on}]: the open dues of the next thirty days and what
    is overdue, counted."""
    reminders = Reminder.objects.live().filter(due=OuterRef("pk"), created_at__range=(since, at))
    woken = Snooze.objects.filter(due=OuterRef("pk"), ended_at__range=(since, at), until__lte=day)
    escalated = Q(stage=Reminder.Stage.ESCALATED)
    rows = (
        (Due.objects if dues is None else dues)
        .open()
        .filter(due_on__lte=day + MONTH, opens_on__lte=day)
        .annotate(
            near=Case(
                When(due_on__lt=day, then=Value("overdue")),
                When(due_on=day, then=Value("today")),
                When(due_on__lte=day + WEEK, then=Value("week")),
                default=Value("month"),
                output_field=CharField(),
            ),
            quiet=Exists(Snooze.objects.live(day).filter(due=OuterRef("pk"))),
            is_news=Exists(reminders.exclude(escalated)) | Exists(woken),
            is_passed_on=Exists(reminders.filter(escalated)),
        )
    )
    rows = rows.order_by().values("path", "responsible", "assignee", "near", "quiet")
    return rows.annotate(
        n=Count("pk"), news=Count("pk", filter=Q(is_news=True)), passed_on=Count("pk", filter=Q(is_passed_on=True))
    )


class People:
    """Who holds which role where on a day, and by which channel in use they are reached. Two statements."""

    def __init__(self, day):
        current = Q(to_date=None) | Q(to_date__gt=day)
        grants = RoleGrant.objects.filter(current, from_date__lte=day, role__in=ROLES.values(), user__is_active=True)
        self.grants = list(grants.values_list("role", "unit__path", "user"))
        stands = Q(unit__ends_on=None) | Q(unit__ends_on__gt=day)
        in_use = Channel.objects.filter(Q(stands, user=None) | Q(user__is_active=True), is_on=True)
        self.channels = list(in_use.values_list("pk", "user", "unit__kind", "unit__path"))
        self._of_role = {}

    def holds(self, role, path):
        """The users who hold `role` at `path` or above."""
        return {user for held, place, user in self.grants if held == role and path.startswith(place)}

    def own(self, users):
        return {pk for pk, user, _kind, _place in self.channels if user in users}

    def of_role(self, role, path):
        """Own channels of those who hold `role` there, and the channel of the branch or town itself."""
        if (role, path) not in self._of_role:
            units = {
                pk
                for pk, user, kind, place in self.channels
                if user is None and role in SPEAKS_FOR.get(kind, ()) and path.startswith(place)
            }
            self._of_role[role, path] = units | self.own(self.holds(role, path))
        return self._of_role[role, path]

    def channels_of(self, group):
        """The helper's own channel; without one, or without a helper, the secretary; where there is none, the town."""
        if group["assignee"] and (own := self.own({group["assignee"]})):
            return own
        return self.of_role(self.role_of(group["responsible"], group["path"]), group["path"])

    def role_of(self, responsible, path):
        role = ROLES.get(responsible, Role.TOWN_STAFF)
        return role if role == Role.TOWN_STAFF or self.holds(role, path) else Role.TOWN_STAFF
