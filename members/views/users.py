"""The accounts somebody looks after: roles, slips, closing. Whose they are says members.accounts."""

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import accounts, slips
from members.access import CONFIRM, MANAGE, get_visible, require, scope_of
from members.models import Role, RoleGrant, Unit, User
from xitun.lib.dates import today
from xitun.lib.forms import TypedDateField, carried_out
from xitun.lib.keyset import keyset_page

page = require_http_methods(["GET", "HEAD", "POST"])
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class UserFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=40)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", gettext_lazy("All")), *Role.choices]
    )

    state = forms.ChoiceField(
        label=gettext_lazy("Sign-in"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("never", gettext_lazy("Never signed in")),
            ("closed", gettext_lazy("Closed")),
        ],
    )

    def narrow(self, rows):
        if not self.is_valid():
            return rows.none()
        if q := self.cleaned_data["q"]:
            rows = rows.filter(Q(username__icontains=q) | Q(display_name__icontains=q))
        if role := self.cleaned_data["role"]:
            rows = rows.filter(pk__in=accounts.open_grants().filter(role=role).values("user"))
        if state := self.cleaned_data["state"]:
            rows = rows.filter(is_active=False) if state == "closed" else accounts.never_signed_in(rows)
        return rows


class GrantForm(forms.Form):
    """A role at a unit of the user's own scope."""

    role = forms.ChoiceField(label=gettext_lazy("role"), choices=Role.choices, widget=forms.RadioSelect)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("unit"), required=False)
    from_date = TypedDateField(label=gettext_lazy("from"), initial=today)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.writable_by(by, MANAGE).current(today())
        unit.label_from_instance = lambda row: "　" * (row.depth - 1) + str(row)
        if scope_of(by).can(MANAGE, ""):
            unit.help_text = _("Left empty, an administrator looks after the whole tree.")
        else:
            unit.required = True


class NewUserForm(GrantForm):
    username = forms.CharField(
        label=gettext_lazy("user name"),
        max_length=150,
        help_text=gettext_lazy("Letters, digits and @ . + - _ only."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(label=gettext_lazy("name"), max_length=40)
    field_order = ["display_name", "username", "role", "unit", "from_date"]


class NoFields(forms.Form):
    """Nothing to fill in; it shows what the act refuses."""


class EndForm(forms.Form):
    on = TypedDateField(label=gettext_lazy("ends on"), initial=today)


def _may_look(user):
    """Administrators; and town staff, who make slips for their secretaries."""
    scope = scope_of(user)
    if not (scope.can(MANAGE) or scope.can(CONFIRM)):
        raise PermissionDenied


def account_for(by, pk):
    """An account `by` looks after, else 404; 403 for roles that look after none."""
    _may_look(by)
    return get_object_or_404(accounts.accounts_for(by), pk=pk)


def _managed(by, pk):
    user = account_for(by, pk)
    if not accounts.may_manage(by, user):
        raise PermissionDenied
    return user


def _bound(request):
    return request.POST if request.method == "POST" else None


@login_required
@require_safe
def users(request):
    _may_look(request.user)
    form = UserFilter(request.GET)
    seen = RoleGrant.objects.visible_to(request.user).filter(pk__in=accounts.open_grants().values("pk"))
    rows = form.narrow(accounts.accounts_for(request.user)).prefetch_related(
        Prefetch("grants", queryset=seen.select_related("unit").order_by("pk"), to_attr="seen_grants")
    )
    page_ = keyset_page(rows, ("username", "pk"), request.GET)
    context = {"form": form, "page": page_, "may_add": scope_of(request.user).can(MANAGE)}
    return render(request, "members/users.html", context)


@login_required
@page
def user_new(request):
    require(request.user, MANAGE)
    form, made = NewUserForm(_bound(request), by=request.user), []

    def act():
        made.append(accounts.open_account(by=request.user, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The account stands. Print a slip, so that its owner can sign in."))
        return redirect("user", pk=made[0].pk)
    context = {"form": form, "cancel_url": reverse("users"), "back_url": reverse("users")}
    return render(request, "members/user_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def user(request, pk):
    account = account_for(request.user, pk)
    grants = RoleGrant.objects.visible_to(request.user).filter(user=account).select_related("unit", "granted_by")
    may_slip = accounts.may_make_slip(request.user, account)
    context = {
        "account": account,
        "grants": [_grant_line(request.user, row) for row in grants.order_by("-from_date", "-pk")],
        "may_manage": accounts.may_manage(request.user, account),
        "may_slip": may_slip,
        "devices": slips.devices_of(account) if may_slip else [],
        "back_url": reverse("users"),
    }
    return render(request, "members/user.html", context)


def _grant_line(by, grant):
    can = scope_of(by).can(MANAGE, grant.path)
    over = grant.to_date is not None and grant.to_date <= today()
    open_ = can and not over
    return {"grant": grant, "may_end": open_, "may_hand_over": open_ and grant.role == Role.SECRETARY, "over": over}


@login_required
@page
def grant_new(request, pk):
    account = _managed(request.user, pk)
    form = GrantForm(_bound(request), by=request.user)

    def act():
        accounts.give_role(by=request.user, user=account, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The role was given."))
        return redirect("user", pk=account.pk)
    context = {"form": form, "account": account, "back_url": reverse("user", args=[pk])}
    return render(request, "members/grant_new.html", context, status=422 if form.is_bound else 200)


@login_required
@page
def grant_end(request, pk):
    grant = get_visible(RoleGrant.objects.select_related("unit", "user"), request.user, pk=pk)
    require(request.user, MANAGE, grant.path)
    form = EndForm(_bound(request))

    def act():
        accounts.take_role(by=request.user, grant=grant, on=form.cleaned_data["on"])

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The role ends. What was written under it keeps its author."))
        return redirect("users") if grant.user_id == request.user.pk else redirect("user", pk=grant.user_id)
    context = {"form": form, "grant": grant, "back_url": reverse("user", args=[grant.user_id])}
    return render(request, "members/grant_end.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@never_cache
def slip_new(request, pk):
    """The page to print, once: the code is kept only as a hash, so it cannot be shown again."""
    account = account_for(request.user, pk)
    if not accounts.may_make_slip(request.user, account):
        raise PermissionDenied
    return slip_page(request, account)


def slip_page(request, account):
    """Makes the slip and shows it; the caller has asked `accounts.may_make_slip`."""
    slip, code = slips.make_slip(by=request.user, user=account, path=accounts.home_path(account))
    url = request.build_absolute_uri(reverse("slip-use", args=[slips.written(code)]))
    context = {
        "account": account,
        "slip": slip,
        "code": slips.written(code),
        "url": url,
        "code_url": request.build_absolute_uri(reverse("slip-code")),
        "qr": segno.make(url, error="m", micro=False).svg_inline(omitsize=True, border=4),
        "grant": accounts.open_grants().filter(user=account).select_related("unit").first(),
        "only_here": request.get_host().rsplit(":", 1)[0] in LOCAL_HOSTS,
        "back_url": reverse("user", args=[account.pk]),
    }
    response = render(request, "members/slip.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@login_required
@require_POST
def user_close(request, pk):
    return _change(request, pk, accounts.close_account, _("The account is closed and signed out everywhere."))


@login_required
@require_POST
def user_reopen(request, pk):
    return _change(request, pk, accounts.reopen_account, _("The account can sign in again."))


@login_required
@require_POST
def user_sign_out(request, pk):
    def act(*, by, user):
        slips.end_sign_ins(by=by, user=user, path=accounts.home_path(user))

    return _change(request, pk, act, _("Signed out everywhere; its devices are forgotten."))


def _change(request, pk, act, done):
    account: User = _managed(request.user, pk)
    form = NoFields({})
    if carried_out(form, lambda: act(by=request.user, user=account)):
        messages.success(request, done)
    else:
        messages.error(request, " ".join(form.non_field_errors()))
    return redirect("user", pk=account.pk)
