"""A branch's secretary hands over: one page, from whom, to whom, on which day."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from members import accounts
from members.access import MANAGE, get_visible, require
from members.models import Role, RoleGrant, User
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField, carried_out


class HandOverForm(forms.Form):
    """To an account of the same town, or to a new one."""

    on = PastDateField(label=gettext_lazy("From this day"), initial=today)
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("To whom"),
        required=False,
        empty_label=gettext_lazy("Somebody who has no account yet (fill in below)"),
    )
    display_name = forms.CharField(label=gettext_lazy("name"), max_length=40, required=False)
    username = forms.CharField(
        label=gettext_lazy("user name"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Letters, digits and @ . + - _ only."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *args, by, grant, **kwargs):
        super().__init__(*args, **kwargs)
        town = grant.unit.path[: -grant.unit.steplen]
        near = RoleGrant.objects.visible_to(by).filter(unit__path__startswith=town)
        known = accounts.accounts_for(by).filter(is_active=True, pk__in=near.values("user"))
        to = self.fields["to"]
        to.queryset = known.exclude(pk__in=(grant.user_id, by.pk)).order_by("display_name", "username")
        to.label_from_instance = lambda user: f"{user} ({user.username})" if user.display_name else user.username

    def clean(self):
        data = super().clean()
        if "to" in self.errors:
            return data
        for name in ("display_name", "username"):
            if data.get("to"):
                if data.get(name):
                    self.add_error(name, _("Either choose an account above, or name a new one here."))
            elif name not in self.errors and not data.get(name):
                self.add_error(name, _("Choose an account above, or fill this in for a new one."))
        return data


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request, pk):
    grant = get_visible(RoleGrant.objects.select_related("unit", "user"), request.user, pk=pk, role=Role.SECRETARY)
    require(request.user, MANAGE, grant.unit.path)
    form = HandOverForm(request.POST if request.method == "POST" else None, by=request.user, grant=grant)
    made = []

    def act():
        made.append(accounts.hand_over(by=request.user, grant=grant, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        words = _("%(name)s is secretary of %(unit)s now. If they cannot sign in yet, print a slip.")
        messages.success(request, words % {"name": made[0].user, "unit": grant.unit})
        return redirect("user", pk=made[0].user_id)
    context = {"form": form, "grant": grant, "back_url": reverse("user", args=[grant.user_id])}
    return render(request, "members/hand_over.html", context, status=422 if form.is_bound else 200)
