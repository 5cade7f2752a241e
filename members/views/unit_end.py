"""A branch ends (撤村并组): first the day and the successors, then who goes where, with what follows; afterwards, at
the same address, what became of whom."""

from itertools import groupby

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from members import actions, hooks
from members.access import MANAGE, get_visible, require
from members.models import BranchMembership, Person, PostHolding, Role, RoleGrant, RosterImport, Unit
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField, carried_out

WHO = "pk name group birth_date".split()


class SuccessorsForm(forms.Form):
    """The day, and the branches of the same town that take the people over."""

    on = PastDateField(label=gettext_lazy("Ends on"), initial=today)
    to = forms.MultipleChoiceField(label=gettext_lazy("Its successors"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, user, unit, **kwargs):
        super().__init__(*args, **kwargs)
        town = unit.path[: -unit.steplen]
        near = Unit.objects.writable_by(user, MANAGE).branches().current(today()).filter(path__startswith=town)
        self.near = list(near.exclude(pk=unit.pk))
        self.fields["to"].choices = [(str(other.pk), str(other)) for other in self.near]


class WhereForm(SuccessorsForm):
    """The same, carried along unseen, and where each goes: a person's own choice, else the group's."""

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("on", "reason"):
            self.fields[name].widget = forms.HiddenInput()
        self.fields["to"].widget = forms.MultipleHiddenInput()
        self.chosen = [other for other in self.near if str(other.pk) in self._sent("to")]
        every = [(str(unit.pk), unit.short_name) for unit in self.chosen]
        self.groups = []
        if len(every) < 2:
            return
        for number, (group, members) in enumerate(groupby(people, key=lambda person: person.group)):
            members = list(members)
            self.fields[f"group-{number}"] = forms.ChoiceField(label=group or _("Without a group"), choices=every)
            for person in members:
                choice = forms.ChoiceField(
                    label=_label(person), choices=[("", _("as the group")), *every], required=False
                )
                self.fields[f"person-{person.pk}"] = choice
            self.groups.append((f"group-{number}", members))

    def _sent(self, name):
        sent = self.data if self.is_bound else self.initial
        return sent.getlist(name) if hasattr(sent, "getlist") else sent.get(name, ())

    def rows(self):
        """[(bound field of a group, [bound fields of its people])] for the page."""
        return [(self[name], [self[f"person-{person.pk}"] for person in people]) for name, people in self.groups]

    def assignment(self):
        """{person pk: Unit}, as `end_unit` takes it."""
        units = {str(unit.pk): unit for unit in self.chosen}
        data, found = self.cleaned_data, {}
        for name, people in self.groups:
            for person in people:
                found[person.pk] = units[data[f"person-{person.pk}"] or data[name]]
        return found


def _label(person):
    """Two of one name are told apart by the day they were born."""
    return f"{person.name} · {date_format(person.birth_date)}" if person.birth_date else person.name


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unit_end(request, pk):
    unit = get_visible(Unit.objects.branches(), request.user, pk=pk)
    require(request.user, MANAGE, unit.path)
    if unit.ends_on and request.method != "POST":
        return render(request, "members/unit_ended.html", {"unit": unit, **_ended(request.user, unit)})
    people = _people(request.user, unit)
    town = Unit.objects.writable_by(request.user, MANAGE).filter(path=unit.path[: -unit.steplen]).first()
    context = {"unit": unit, "town": town}
    if request.method == "POST":
        form = WhereForm(request.POST, user=request.user, unit=unit, people=people)

        def act():
            data = form.cleaned_data
            given = {"on": data["on"], "reason": data["reason"], "successors": form.chosen}
            actions.end_unit(by=request.user, unit=unit, assignment=form.assignment(), **given)

        if carried_out(form, act):
            return redirect("unit-end", pk=unit.pk)
        return _where(request, form, status=422, **context)
    form = SuccessorsForm(request.GET or None, user=request.user, unit=unit)
    if form.is_bound and form.is_valid():
        return _where(
            request, WhereForm(initial=form.cleaned_data, user=request.user, unit=unit, people=people), **context
        )
    return render(request, "members/unit_end.html", {"form": form, **context})


def _where(request, form, *, unit, town, status=200):
    context = {
        "form": form,
        "unit": unit,
        "town": town,
        "follows": _follows(request.user, unit),
        "held": _held(request.user, unit),
    }
    return render(request, "members/unit_end_where.html", context, status=status)


def _people(user, unit):
    rows = Person.objects.visible_to(user).on_roll().filter(path__startswith=unit.path)
    return list(rows.only(*WHO).order_by("group", "pinyin", "pk"))


def _follows(user, unit):
    """[{label, value}] of what ends or moves. Only what this user may see is counted."""
    here = {"path__startswith": unit.path}
    posts = PostHolding.objects.visible_to(user).filter(to_date=None, superseded_at=None, **here)
    rosters = RosterImport.objects.visible_to(user).filter(confirmed_at=None, **here)
    counts = [
        (_("People who move"), Person.objects.visible_to(user).on_roll().filter(**here).count()),
        *((words, count(user, unit.path)) for words, count in hooks.owed_at),
        (_("Posts that end"), posts.count()),
        (_("Rosters not yet written, thrown away"), rosters.count()),
    ]
    return [{"label": str(label), "value": value} for label, value in counts]


def _held(user, unit):
    """Grants at the branch that end with it and need a new one; a member's own goes along by itself."""
    rows = RoleGrant.objects.visible_to(user).filter(unit__path__startswith=unit.path).exclude(role=Role.MEMBER)
    rows = rows.filter(to_date=unit.ends_on) if unit.ends_on else rows.filter(to_date=None)
    return rows.select_related("user").order_by("user__display_name", "pk")


def _ended(user, unit):
    """Who went where, by successor, and whose role ended."""
    left = BranchMembership.objects.filter(unit__path__startswith=unit.path, to_date=unit.ends_on)
    seen = Person.objects.visible_to(user).filter(pk__in=left.values("person"))
    successors = unit.successors.all()
    rows = BranchMembership.objects.filter(
        person__in=seen, unit__in=successors, from_date=unit.ends_on, superseded_at=None
    )
    rows = (
        rows.select_related("person", "unit")
        .defer("person__id_number")
        .order_by("unit__path", "person__pinyin", "person")
    )
    went = [(other, [row.person for row in found]) for other, found in groupby(rows, key=lambda row: row.unit)]
    return {"went": went, "held": _held(user, unit)}
