"""What this user was reminded of and has still to do: newest first. What is done leaves by itself; what is to be quiet
for a while stands last."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, Max, OuterRef, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import WRITE, get_visible, require, scope_of
from members.models import Role
from projects.forms_outbox import SnoozeForm
from projects.lines import due_line, for_lines
from projects.links import safe_next
from projects.models import Due, Message, Reminder, Snooze
from projects.outbox.snoozing import latest, snooze_due, wake_due
from projects.outbox.tally import SPEAKS_FOR
from projects.own import spoken_to, told
from projects.words import due_name
from xitun.lib.dates import business_date, now, today
from xitun.lib.forms import carried_out

SHOWN = 200
NUDGES_FOR, NOTICES_FOR = timedelta(days=7), timedelta(days=30)


def reminders_of(user):
    """The newest reminder that speaks to `user` of each duty still open and not to be quiet, newest first."""
    found = Reminder.objects.visible_to(user).live().filter(told(user), due__in=Due.objects.visible_to(user).open())
    quiet = Snooze.objects.live(today()).filter(due=OuterRef("due"))
    heard = found.filter(~Exists(quiet) | Q(stage=Reminder.Stage.ESCALATED)).order_by()
    newest = heard.values("due").annotate(newest=Max("pk")).values("newest")
    return found.filter(pk__in=newest).order_by("-created_at", "due__due_on", "pk")


def nudges_of(user):
    """What the town asked of `user`, or of the branch whose secretary they are, within a week and not yet done."""
    mine = Q(user=user)
    for grant in scope_of(user).grants:
        if grant.role == Role.SECRETARY:
            mine |= Q(user=None, unit__path__startswith=grant.path)
    told_here = Message.objects.visible_to(user).filter(mine, kind=Message.Kind.NUDGE, channel=None)
    undone = Q(due=None) | Q(due__in=Due.objects.visible_to(user).open())
    return told_here.filter(undone, created_at__gt=now() - NUDGES_FOR).select_related("by").order_by("-created_at")


def notices_of(user):
    """What an administrator has changed lately in a channel of the branch or town that `user` acts for."""
    mine = Q(pk__in=[])
    for kind, roles in SPEAKS_FOR.items():
        for grant in scope_of(user).grants:
            if grant.role in roles:
                mine |= Q(unit__kind=kind, unit__path__startswith=grant.path)
    told_here = Message.objects.visible_to(user).filter(mine, kind=Message.Kind.CHANNEL, channel=None)
    return told_here.filter(created_at__gt=now() - NOTICES_FOR).select_related("by").order_by("-created_at", "-pk")


@login_required
@require_safe
def reminders(request):
    user = request.user
    found = list(reminders_of(user)[: SHOWN + 1])
    found, more = found[:SHOWN], len(found) > SHOWN
    nudges = list(nudges_of(user))
    quiet = Snooze.objects.visible_to(user).live(today()).filter(due__in=Due.objects.visible_to(user).open())
    quiet = list(quiet.filter(due__in=Due.objects.visible_to(user).filter(spoken_to(user))).order_by("until", "pk"))
    pks = {row.due_id for row in (*found, *nudges, *quiet)}
    dues, back = for_lines(Due.objects.visible_to(user).filter(pk__in=pks)), request.get_full_path()
    lines = {due.pk: due_line(due, user, back=back, with_unit=True) for due in dues}
    to_say = dict(lines)

    def line(row):
        """Once on the page, where it is said first: a form opens in the line that bears the due's id."""
        return to_say.pop(row.due_id, None)

    may_rest = {row.due_id for row in found if row.stage != Reminder.Stage.ESCALATED}
    nudged = [(nudge, line(nudge), nudge.due_id in may_rest) for nudge in nudges]
    found = [row for row in found if row.due_id in to_say]
    groups = [
        {"day": day, "stage": Reminder.Stage(stage), "lines": [line(r) for r in rows], "quiet": stage != "escalated"}
        for (day, stage), rows in groupby(found, key=lambda r: (business_date(r.created_at), r.stage))
    ]
    context = {
        "groups": groups,
        "more": more,
        "nudges": nudged,
        "notices": [(notice, notice.body.partition("\n")[0]) for notice in notices_of(user)],
        "quiet": [(snooze, line(snooze), lines.get(snooze.due_id)) for snooze in quiet],
        "may_write": scope_of(user).can(WRITE),
    }
    return render(request, "projects/reminders.html", context)


def _own(user, pk):
    """A due that speaks to the user: 404 out of scope, 403 when it is somebody else's."""
    due = get_visible(Due.objects.select_related("person", "unit", "post"), user, pk=pk)
    require(user, WRITE, due.path)
    if not Due.objects.visible_to(user).filter(spoken_to(user), pk=pk).exists():
        raise PermissionDenied
    return due


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def due_snooze(request, pk):
    due = _own(request.user, pk)
    form = SnoozeForm(request.POST if request.method == "POST" else None, initial={"until": latest(due)})

    def act():
        snooze_due(by=request.user, due=due, **form.cleaned_data)

    back = safe_next(request, reverse("reminders"))
    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Quiet until then. It stays owed."))
        return redirect(back)
    context = {"due": due, "name": due_name(due), "form": form, "back": back, "latest": latest(due)}
    return render(request, "projects/due_snooze.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def due_wake(request, pk):
    due = _own(request.user, pk)
    try:
        wake_due(by=request.user, due=due)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return redirect(safe_next(request, reverse("reminders")))
