"""Working days: a year's holidays and the days worked in lieu, and where the notice of the next year is pasted."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from members import actions
from members.access import CONFIRM, MANAGE, require, scope_of
from members.calendar import days_of, feasts, year_asked_for
from xitun.lib.dates import today
from xitun.lib.forms import carried_out
from xitun.lib.holiday_notice import LONGEST, NoticeError, read_notice
from xitun.lib.workdays import knows_year, published

from .people_acts import page, posted

FIRST, AHEAD = 2010, 2


class NoticeForm(forms.Form):
    notice = forms.CharField(
        label=gettext_lazy("The notice of the State Council's office"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Paste its whole text. Or one day a line: 2027-01-01 休 元旦, 2027-02-14 上班 春节."),
    )

    def __init__(self, *args, year, **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year

    def clean_notice(self):
        try:
            self.days = read_notice(self.cleaned_data["notice"], self.year)
        except NoticeError as error:
            raise ValidationError(str(error)) from None
        return self.cleaned_data["notice"]


@login_required
@require_safe
def calendar(request):
    """The year that should be looked at: one whose holidays are missing, else the running one."""
    return _page(request, year_asked_for(today()) or today().year)


@login_required
@page
def calendar_year(request, year):
    return _page(request, year)


def _page(request, year):
    _may_see(request.user)
    if not FIRST <= year <= today().year + AHEAD:
        raise Http404
    if request.method == "POST":
        require(request.user, MANAGE)
    form = NoticeForm(posted(request), year=year)
    if form.is_bound and "write" in request.POST and carried_out(form, lambda: _write(request, form)):
        messages.success(request, _("The holidays of %(year)s are entered.") % {"year": year})
        return redirect("calendar-year", year=year)
    days = days_of(year)
    context = {
        "form": form,
        "year": year,
        "years": [_pill(each, year) for each in range(today().year - 1, today().year + AHEAD + 1)],
        "known": knows_year(year),
        "feasts": feasts(days),
        "entered": days[0] if days and not published(year) else None,
        "read": feasts(form.days) if form.is_bound and form.is_valid() else None,
        "may_enter": scope_of(request.user).can(MANAGE) and not published(year),
    }
    refused = form.is_bound and not form.is_valid()
    return render(request, "members/calendar.html", context, status=422 if refused else 200)


def _may_see(user):
    if not (scope_of(user).can(CONFIRM) or scope_of(user).can(MANAGE)):
        raise PermissionDenied


def _pill(year, shown):
    return {"label": str(year), "url": reverse("calendar-year", args=[year]), "active": year == shown, "count": None}


def _write(request, form):
    actions.set_holidays(by=request.user, year=form.year, days=form.days)
