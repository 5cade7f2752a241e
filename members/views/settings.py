"""Dated settings: the numbers of the regulations as a town or county practises them, what holds, since when, and what
changes from a day on."""

from functools import reduce
from operator import or_

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from members import actions
from members.access import CONFIRM, MANAGE, get_visible, scope_of
from members.dated_settings import SETTINGS, SWITCH, SWITCHED
from members.models import Setting, Unit
from xitun.lib.dates import today
from xitun.lib.forms import TypedDateField, carried_out

from .people_acts import page, posted

SETS = (Unit.Kind.COUNTY, Unit.Kind.TOWN)


class SettingForm(forms.Form):
    from_date = TypedDateField(label=gettext_lazy("In force from"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, declared, **kwargs):
        super().__init__(*args, **kwargs)
        if declared.unit == SWITCH:
            choices = [(1, SWITCHED[1]), (0, SWITCHED[0])]
            field = forms.TypedChoiceField(label=_("New value"), choices=choices, coerce=int)
        else:
            field = forms.IntegerField(
                label=_("New value"), min_value=declared.least, max_value=declared.most, help_text=declared.bounds
            )
        self.fields["value"] = field
        self.order_fields(["value", "from_date", "reason"])


@login_required
@require_safe
def settings(request):
    """All that are declared, as they stand at one unit today, and what is to come."""
    try:
        unit = _unit(request)
    except Http404:
        if "unit" in request.GET:
            raise
        return render(request, "members/settings.html", {"page_title": _("Settings")})  # a house just set up
    found = {}
    for row in Setting.at(unit.path).live():
        found.setdefault(row.key, []).append(row)
    lines = [_line(declared, unit, found.get(key, [])) for key, declared in SETTINGS.items()]
    context = {"page_title": _("Settings"), "unit": unit, "units": _pills(request, unit), "lines": lines}
    return render(request, "members/settings.html", context)


def _line(declared, unit, rows):
    """What holds today, by whom and since when, and the changes of this unit that are still to come."""
    now = Setting.in_force(rows, today())
    coming = sorted((row for row in rows if row.from_date > today()), key=lambda row: row.from_date)
    return {
        "setting": declared,
        "value": declared.words(now.value if now else declared.default),
        "row": now,
        "inherited": now is not None and now.unit_id != unit.pk,
        "coming": [{"row": row, "value": declared.words(row.value)} for row in coming],
    }


@login_required
@page
def setting(request, key):
    """One of them: its history, and a new value; said back before it is entered."""
    declared = _declared(key)
    unit = _unit(request, kinds=(*SETS, Unit.Kind.BRANCH) if declared.of_branch else SETS)
    may_change = _may_change(request.user, unit)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = SettingForm(posted(request), declared=declared)
    if form.is_bound and "write" in request.POST and carried_out(form, lambda: _write(request, form, key, unit)):
        messages.success(request, _("The setting is changed."))
        return redirect(f"{reverse('setting', args=[key])}?unit={unit.pk}")
    rows = list(Setting.at(unit.path).filter(key=key).select_related("recorded_by").order_by("-from_date", "-pk"))
    read = form.is_bound and form.is_valid()
    context = {
        "page_title": declared.label,
        **_back(request.user, declared, unit),
        "unit": unit,
        "form": form,
        "may_change": may_change,
        "line": _line(declared, unit, [row for row in rows if not row.withdrawn_at]),
        "rows": [{"row": row, "value": declared.words(row.value), "ahead": _ahead(row, unit)} for row in rows],
        "said": _said(declared, unit, form.cleaned_data) if read else None,
        "default": declared.words(declared.default),
        "branches": _branches(request.user, declared, unit),
    }
    return render(request, "members/setting.html", context, status=422 if form.is_bound and not read else 200)


def _may_change(user, unit):
    """Rules are an administrator's; how things are in one branch the town office says too. `unit` None: everywhere."""
    scope, path = scope_of(user), unit.path if unit else ""
    return scope.can(MANAGE, path) or bool(unit and unit.kind == Unit.Kind.BRANCH and scope.can(CONFIRM, path))


def _back(user, declared, unit):
    """From a branch to its town, else to all settings."""
    above = unit.path[: -Unit.steplen]
    town = unit.kind == Unit.Kind.BRANCH and Unit.objects.visible_to(user).filter(path=above).first()
    if not town:
        return {"back_url": f"{reverse('settings')}?unit={unit.pk}", "back_label": _("Settings")}
    return {"back_url": f"{reverse('setting', args=[declared.key])}?unit={town.pk}", "back_label": str(town)}


def _branches(user, declared, unit):
    """[(branch of this town, its value today, whether it is its own)] of what is set for one branch too."""
    if not declared.of_branch or unit.kind != Unit.Kind.TOWN:
        return []
    own = declared.by_path(today())
    held = declared.on(today(), unit.path)
    units = Unit.objects.visible_to(user).at(unit).branches().current(today())
    return [(each, declared.words(own.get(each.path, held)), each.path in own) for each in units]


def _ahead(row, unit):
    """Whether it can be taken back here: a change of this very unit that has not begun."""
    return row.unit_id == unit.pk and not row.withdrawn_at and row.from_date > today()


def _said(declared, unit, data):
    """What a change means, before it is entered: what held, from when on, and who keeps a value of their own."""
    held = declared.on(data["from_date"], unit.path)
    below = Setting.objects.live().filter(key=declared.key, unit__path__startswith=unit.path).exclude(unit=unit)
    return {
        "value": declared.words(data["value"]),
        "held": declared.words(held),
        "from_date": data["from_date"],
        "same": held == data["value"],
        "past": data["from_date"] < today(),
        "own": sorted({str(row.unit) for row in below.select_related("unit")}),
    }


@login_required
@require_POST
def setting_withdraw(request, key, pk):
    row = get_visible(Setting.objects.filter(key=_declared(key).key), request.user, pk=pk)
    if not _may_change(request.user, row.unit):
        raise PermissionDenied
    form = forms.Form(request.POST)
    if carried_out(form, lambda: actions.withdraw_setting(by=request.user, setting=row)):
        messages.success(request, _("The change is withdrawn."))
    else:
        messages.error(request, " ".join(form.non_field_errors()))
    return redirect(f"{reverse('setting', args=[key])}?unit={row.unit_id or ''}")


def _write(request, form, key, unit):
    data = form.cleaned_data
    actions.change_setting(
        by=request.user, key=key, value=data["value"], from_date=data["from_date"], reason=data["reason"], unit=unit
    )


def _declared(key):
    if key not in SETTINGS:
        raise Http404
    return SETTINGS[key]


def _units(user, kinds):
    scope = scope_of(user)
    if not (scope.can(CONFIRM) or scope.can(MANAGE)):
        raise PermissionDenied
    held = [path for right in (CONFIRM, MANAGE) for path in scope.paths(right)]
    within = reduce(or_, (Q(path__startswith=path) for path in held))
    return Unit.objects.visible_to(user).filter(within, kind__in=kinds).current(today())


def _unit(request, *, kinds=SETS):
    """The unit of these kinds asked for, or the topmost one whose settings the user may look at."""
    units, pk = _units(request.user, kinds), request.GET.get("unit", "")
    if not pk:
        unit = units.first()
    else:
        unit = units.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if unit is None:
        raise Http404
    return unit


def _pills(request, shown):
    units = list(_units(request.user, SETS)[:21])
    if len(units) < 2:
        return []
    url = reverse("settings")
    return [{"label": str(u), "url": f"{url}?unit={u.pk}", "active": u == shown, "count": None} for u in units]
