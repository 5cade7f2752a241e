"""By what the house tells outside of itself, what became of it, and one's own e-mail."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, Subquery
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.access import MANAGE, VIEW_RESTRICTED, WRITE, get_visible, require, scope_of
from members.models import Setting, Unit
from projects.forms_outbox import ChannelForm, HoursForm, OwnEmailForm
from projects.links import safe_next
from projects.models import Channel, Message
from projects.outbox import channels as acts
from projects.outbox import digest, quiet
from projects.outbox.senders import mail_is_set_up
from projects.outbox.words import error_words
from xitun.lib.dates import today
from xitun.lib.forms import carried_out
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 50
page = require_http_methods(["GET", "HEAD", "POST"])
TONES = {"sent": "green", "failed": "red", "claimed": "blue", "queued": "amber"}


def _posted(request):
    return request.POST if request.method == "POST" else None


def _answer(request, template, form, **context):
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


@login_required
@require_safe
def channels(request):
    """The channels of towns and branches, and the hours of each town. Users' own are theirs."""
    require(request.user, MANAGE)
    last = Message.objects.filter(channel=OuterRef("pk"), kind=Message.Kind.TEST).order_by("-pk")
    found = Channel.objects.writable_by(request.user, MANAGE).filter(user=None).select_related("unit", "set_by")
    found = found.annotate(test_state=Subquery(last.values("state")[:1])).order_by("unit__path", "kind")
    towns = Unit.objects.writable_by(request.user, MANAGE).current(today()).filter(kind=Unit.Kind.TOWN)
    rules, often = quiet.QuietHours(today()), digest.rules_on(today())
    words = dict(HoursForm.base_fields["how_often"].choices)
    context = {
        "lines": [(channel, error_words(channel.last_error), _state(channel.test_state)) for channel in found],
        "towns": [(town, rules.rule(town.path), words[digest.rule(town.path, often)]) for town in towns],
        "no_mail": not mail_is_set_up(),
        "no_address": not settings.XITUN_SITE_URL,
    }
    return render(request, "projects/channels.html", context)


def _state(code):
    return Message.State(code).label if code else ""


@login_required
@page
def channel_new(request):
    require(request.user, MANAGE)
    form = ChannelForm(_posted(request), user=request.user)

    def act():
        values = {key: value for key, value in form.cleaned_data.items() if key != "version"}
        acts.set_channel(by=request.user, **values)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Added. Send a test message to see that it arrives."))
        return redirect("channels")
    return _answer(request, "projects/channel.html", form)


def _channel(request, pk):
    found = get_visible(Channel.objects.filter(user=None).select_related("unit"), request.user, pk=pk)
    require(request.user, MANAGE, found.unit.path)
    return found


@login_required
@page
def channel(request, pk):
    row = _channel(request, pk)
    form = ChannelForm(_posted(request), user=request.user, channel=row)

    def act():
        acts.set_channel(by=request.user, channel=row, unit=row.unit, kind=row.kind, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Kept."))
        return redirect("channels")
    return _answer(request, "projects/channel.html", form, channel=row)


@login_required
@require_POST
def channel_test(request, pk):
    row = _channel(request, pk)
    try:
        acts.test_channel(by=request.user, channel=row)
        messages.success(request, _("A test message goes out within a minute or two; what became of it stands here."))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return redirect("channels")


@login_required
@page
def hours(request, pk):
    """When nothing goes out in a town, and how often it is told of its own state."""
    town = get_visible(Unit.objects.filter(kind=Unit.Kind.TOWN), request.user, pk=pk)
    require(request.user, MANAGE, town.path)
    rule = Setting.value_on(quiet.KEY, day=today(), path=town.path, default=quiet.DEFAULT)
    often = Setting.value_on(digest.KEY, day=today(), path=town.path, default=digest.WEEKLY)
    now = {"begins": rule["from"], "ends": rule["to"], "rest_days": rule["rest_days"], "how_often": often}
    form = HoursForm(_posted(request), initial=now)

    def act():
        acts.set_hours(by=request.user, unit=town, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Kept."))
        return redirect("channels")
    return _answer(request, "projects/hours.html", form, town=town)


@login_required
@require_safe
def message_log(request):
    """What went out, by what, and what became of it. The words only for who sees what they count: duties of restricted
    categories are among them."""
    require(request.user, MANAGE)
    found = (
        Message.objects.writable_by(request.user, MANAGE).select_related("unit", "channel").defer("channel__address")
    )
    if request.GET.get("state") in Message.State:
        found = found.filter(state=request.GET["state"])
    rows = keyset_page(found, ("-pk",), request.GET, PAGE_SIZE)
    states = [("", _("All")), *Message.State.choices]
    context = {
        "page": rows,
        "lines": [(row, _said(request.user, row), error_words(row.error), TONES.get(row.state, "")) for row in rows],
        "pills": [
            {"label": label, "url": f"?state={code}", "active": request.GET.get("state", "") == code}
            for code, label in states
        ],
    }
    return render(request, "projects/messages.html", context)


@login_required
@require_POST
def message_again(request, pk):
    """One that was given up goes out once more."""
    found = get_visible(Message.objects.exclude(channel=None).select_related("unit"), request.user, pk=pk)
    require(request.user, MANAGE, found.unit.path)
    try:
        acts.retry_message(by=request.user, message=found)
        messages.success(request, _("It goes out again within a minute or two, at night in the morning."))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return redirect(safe_next(request, reverse("messages")))


def _said(user, message):
    counts_nothing = message.kind in (Message.Kind.TEST, Message.Kind.CHANNEL)
    return message.body if counts_nothing or scope_of(user).can(VIEW_RESTRICTED, message.unit.path) else ""


@login_required
@page
def own_email(request):
    """Reminders by e-mail, if one wants them: only whoever has duties of their own."""
    user, paths = request.user, scope_of(request.user).paths(WRITE)
    if not paths:
        raise PermissionDenied
    row = Channel.objects.filter(user=user, kind=Channel.Kind.EMAIL).first()
    now = {"address": row.address, "is_on": row.is_on} if row else {}
    form = OwnEmailForm(_posted(request), initial=now)

    def act():
        unit = Unit.objects.visible_to(user).filter(path__startswith=paths[0]).first()
        acts.set_own_email(by=user, unit=unit, language=get_language(), **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Kept."))
        return redirect("me")
    return _answer(request, "projects/own_email.html", form, no_mail=not mail_is_set_up(), channel=row)
