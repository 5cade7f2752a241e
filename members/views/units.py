"""The tree of units, one level at a time, and how it grows: one by one, or from branches.csv."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.db.models.functions import Substr
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from members import actions
from members.access import MANAGE, get_visible, require, scope_of
from members.branches import MAX_BYTES, UNDER, check_place, import_branches, read_rows
from members.models import Person, RoleGrant, Unit
from xitun.lib.forms import PastDateField, carried_out

page = require_http_methods(["GET", "HEAD", "POST"])
STEP = Unit.steplen


@login_required
@require_safe
def units(request, pk=None):
    """The units below `pk`, or from the top of the user's scope, with the people and users at and below each."""
    unit = get_visible(Unit.objects, request.user, pk=pk) if pk else None
    require(request.user, MANAGE, unit.path if unit else None)
    unit = unit or _only_top(request.user)
    context = {
        "unit": unit,
        "above": Unit.objects.writable_by(request.user, MANAGE).filter(path=unit.path[:-STEP]).first()
        if unit
        else None,
        "lines": _lines(request.user, unit),
        "may_add": unit.kind != Unit.Kind.GROUP if unit else scope_of(request.user).can(MANAGE, ""),
        "whole_tree": scope_of(request.user).can(MANAGE, ""),
    }
    return render(request, "members/units.html", context)


def _tops(user):
    tops = Unit.objects.writable_by(user, MANAGE)
    paths = scope_of(user).paths(MANAGE)
    return tops.filter(depth=1) if "" in paths else tops.filter(path__in=paths)


def _only_top(user):
    tops = list(_tops(user)[:2])
    return tops[0] if len(tops) == 1 else None


def _lines(user, unit):
    """[{unit, below, people, users}] of the children, in a fixed number of queries."""
    if unit:
        below = Unit.objects.writable_by(user, MANAGE).at(unit).exclude(pk=unit.pk)
        children = list(below.filter(depth=unit.depth + 1))
    else:
        below = Unit.objects.writable_by(user, MANAGE)
        children = list(_tops(user))
    people = Person.objects.visible_to(user).on_roll()
    held = RoleGrant.objects.visible_to(user).filter(to_date__isnull=True)
    if unit:
        people, held = people.filter(path__startswith=unit.path), held.filter(unit__path__startswith=unit.path)
    lengths = {len(child.path) for child in children}  # one, unless somebody administers units of different levels
    counts = (
        _counted(below, "path", "pk", lengths),
        _counted(people, "path", "pk", lengths),
        _counted(held, "unit__path", "user", lengths),
    )
    return [
        {"unit": child, "below": counts[0].get(child.path, 1) - 1, "people": counts[1].get(child.path, 0),
         "users": counts[2].get(child.path, 0)}
        for child in children
    ]  # fmt: skip


def _counted(rows, field, what, lengths):
    """{first characters of the path: how many different `what` at and below it}."""
    counted = {}
    for length in lengths:
        tops = rows.order_by().annotate(top=Substr(field, 1, length)).values("top")
        counted |= dict(tops.annotate(n=Count(what, distinct=True)).values_list("top", "n"))
    return counted


class UnitForm(forms.Form):
    """A unit below `parent`: its kind follows from where it stands, except at the root."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("Name of the unit"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    on = PastDateField(
        label=gettext_lazy("Founded on"),
        required=False,
        help_text=gettext_lazy("Of a new one; leave it empty where it has long stood."),
    )

    def __init__(self, *args, parent, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = UNDER[parent.kind if parent else None]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["kind"].initial = kinds[0] if kinds else None


@login_required
@page
def unit_new(request):
    """?parent=PK says below which unit; none means a root, for administrators of the whole tree."""
    parent = _parent(request)
    require(request.user, MANAGE, parent.path if parent else "")
    form, made = UnitForm(request.POST if request.method == "POST" else None, parent=parent), []

    def act():
        check_place(form.cleaned_data["kind"], parent)
        made.append(actions.create_unit(by=request.user, parent=parent, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("%(name)s was added.") % {"name": made[0]})
        return redirect("unit", pk=parent.pk) if parent else redirect("units")
    context = {"form": form, "parent": parent}
    return render(request, "members/unit_new.html", context, status=422 if form.is_bound else 200)


def _parent(request):
    pk = request.GET.get("parent")
    if pk is None:
        return None
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    return get_visible(Unit.objects, request.user, pk=pk)


class BranchesForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("The first line names the columns: level, name, name_en, parent."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


@login_required
@page
def units_import(request):
    """The whole tree from branches.csv; parents are found by name anywhere, so only for the whole tree."""
    require(request.user, MANAGE, "")
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form, done = BranchesForm(*posted), []

    def act():
        rows = read_rows(form.cleaned_data["file"].read(MAX_BYTES + 1))
        done.append((import_branches(rows, by=request.user), len(rows)))

    if form.is_bound and carried_out(form, act):
        created, total = done[0]
        words = _("%(n)s units created, %(old)s already there.") % {"n": created, "old": total - created}
        messages.success(request, words)
        return redirect("units")
    return render(request, "members/units_import.html", {"form": form}, status=422 if form.is_bound else 200)
