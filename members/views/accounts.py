"""Signing in by password, slip or remembered device, and what each person does with their own account."""

from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from allauth.usersessions.views import ListUserSessionsView
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import hooks, slips
from members.accounts import SLIP_NAME, accounts_for, home_path, may_make_slip, open_grants, switch_letter_keys
from members.api_tokens import issue_token, revoke_token
from members.models import Device
from xitun.lib.forms import carried_out

page = require_http_methods(["GET", "HEAD", "POST"])
GUESS = {"username": SLIP_NAME}


class SignIn(LoginView):
    """The password form; on a remembered device also one button to go on as its owner."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(device=slips.find_device(self.request), **kwargs)


sign_in = SignIn.as_view()


def _signed_in(request, user, device):
    """Sign in through allauth's own steps, so that the session rotates and a second step is still asked for."""
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    request.session[slips.SESSION_DEVICE] = device.pk
    return perform_login(request, user, redirect_url=settings.LOGIN_REDIRECT_URL)


@require_POST
@never_cache
def device_continue(request):
    device = slips.find_device(request)
    if device is None:
        messages.warning(request, _("This device is no longer remembered. Sign in, or ask for a new slip."))
        return redirect("account_login")
    slips.seen(device)
    return _signed_in(request, device.user, device)


@require_POST
def device_forget(request):
    """Whoever holds the device may end its being remembered."""
    if device := slips.find_device(request):
        slips.revoke_device(by=device.user, device=device, path=home_path(device.user))
    messages.success(request, _("This device is no longer remembered."))
    response = redirect("account_login")
    response.delete_cookie(slips.DEVICE_COOKIE, path=slips.DEVICE_PATH)
    return response


# slips --------------------------------------------------------------------------------------------------------------


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code on the slip"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self):
        if not (code := slips.typed(self.cleaned_data["code"])):
            raise ValidationError(_("The code has 16 letters and digits. Compare it with the slip."))
        return code


@page
@never_cache
def slip_code(request):
    """Typing the code where no camera helps; leads to the page the QR code opens."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect("slip-use", token=slips.written(form.cleaned_data["code"]))
    return render(request, "members/slip_code.html", {"form": form}, status=422 if form.is_bound else 200)


@page
@never_cache
def slip_use(request, token):
    """GET only shows whose slip it is; POST spends it, signs in and remembers the device."""
    if not AxesProxyHandler.is_allowed(request, GUESS):
        return get_lockout_response(request, None, GUESS)
    slip = slips.find_slip(token)
    if slip is None:
        user_login_failed.send(sender=__name__, credentials=GUESS, request=request)
        return render(request, "members/slip_refused.html", status=404)
    if request.method != "POST":
        unit = open_grants().filter(user=slip.user).select_related("unit").first()
        return render(request, "members/slip_use.html", {"slip": slip, "grant": unit})
    agent = request.headers.get("User-Agent", "")
    try:
        device, text = slips.use_slip(slip=slip, user_agent=agent, path=home_path(slip.user))
    except ValidationError:
        return render(request, "members/slip_refused.html", status=404)
    response = _signed_in(request, slip.user, device)
    response.set_cookie(
        slips.DEVICE_COOKIE,
        text,
        max_age=slips.DEVICE_DAYS * 24 * 3600,
        path=slips.DEVICE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


# my account ---------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def me(request):
    grants = open_grants().filter(user=request.user).select_related("unit").order_by("from_date", "pk")
    rows = [
        {
            "role": g.get_role_display(),
            "unit": g.unit or _("the whole tree"),
            "since": g.from_date,
            "until": g.to_date,
        }
        for g in grants
    ]
    extra = [
        {
            "title": _("Remembered devices"),
            "note": _("What a printed slip opened; sign out everywhere"),
            "url": reverse("me-devices"),
            "icon": "key",
        },
        {
            "title": _("API tokens"),
            "note": _("For programs that read on your behalf"),
            "url": reverse("me-tokens"),
            "icon": "plug",
        },
    ]
    extra += filter(None, (page(request.user) for page in hooks.account_pages))
    return render(request, "account/home.html", {"grants": rows, "extra": extra})


@login_required
@require_POST
def me_keys(request):
    """Turns the single-letter keys on (`on=1`) or off."""
    switch_letter_keys(by=request.user, on=request.POST.get("on") == "1")
    return redirect("me")


@login_required
@require_safe
def me_devices(request):
    current = request.session.get(slips.SESSION_DEVICE)
    context = {"devices": slips.devices_of(request.user), "current": current, "back_url": reverse("me")}
    return render(request, "members/me_devices.html", context)


@login_required
@require_POST
def device_revoke(request, pk):
    """The owner, or who could make a slip for the owner. 404 for every other device."""
    device = get_object_or_404(Device.objects.select_related("user"), pk=pk)
    own = device.user_id == request.user.pk
    if not own and not accounts_for(request.user).filter(pk=device.user_id).exists():
        raise Http404
    if not own and not may_make_slip(request.user, device.user):
        raise PermissionDenied
    slips.revoke_device(by=request.user, device=device, path=home_path(device.user))
    messages.success(request, _("The device was forgotten and signed out."))
    return redirect("me-devices") if own else redirect("user", pk=device.user_id)


class Sessions(ListUserSessionsView):
    """Where one is signed in. The button ends all but this session, also those the list does not know."""

    def form_valid(self, form):
        slips.end_other_sessions(self.request)
        return super().form_valid(form)


sessions = Sessions.as_view()


@login_required
@require_POST
def sign_out_everywhere(request):
    """Every session and remembered device of mine, this one too."""
    slips.end_sign_ins(by=request.user, user=request.user, path=home_path(request.user))
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    response = redirect("account_login")
    response.delete_cookie(slips.DEVICE_COOKIE, path=slips.DEVICE_PATH)
    return response


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What is it for?"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        coerce=int,
        initial=90,
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("one year")),
        ],
    )


@login_required
@page
def me_tokens(request):
    form, made = TokenForm(request.POST if request.method == "POST" else None), []

    def act():
        made.append(issue_token(by=request.user, **form.cleaned_data)[1])

    refused = form.is_bound and not carried_out(form, act)
    live = request.user.apitokens.filter(revoked_at__isnull=True, expires_at__gt=timezone.now()).order_by("-pk")
    context = {
        "form": TokenForm() if made else form,
        "made": made[0] if made else "",
        "tokens": live,
        "back_url": reverse("me"),
    }
    return render(request, "members/me_tokens.html", context, status=422 if refused else 200)


@login_required
@require_POST
def token_revoke(request, pk):
    token = get_object_or_404(request.user.apitokens, pk=pk)
    revoke_token(by=request.user, token=token)
    messages.success(request, _("The token no longer works."))
    return redirect("me-tokens")
