"""Suggestions: what may have to change for whom, with the fact and its date. Nothing happens here by itself: a person
proposes on the usual page, or sets the suggestion aside."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from members import actions
from members.access import WRITE, require
from members.suggestions import name_towns, owner_of, rule_of, rules, suggested
from xitun.lib.dates import today
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, person_for, posted

SHOWN = 20  # of each kind, before one asks for all
PAGE_SIZE = 50


class DismissForm(forms.Form):
    fact_on = forms.DateField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Why not now?"), max_length=200, required=False)


@login_required
@require_safe
def suggestions(request):
    """Grouped by kind, the oldest fact first; `?rule=` shows one kind, page by page."""
    require(request.user, WRITE)
    chosen = rule_of(request.GET.get("rule"))
    params, size = (request.GET, PAGE_SIZE) if chosen else ({}, SHOWN)
    shown = [chosen] if chosen else rules()
    groups = [(rule, suggested(rule, request.user, params, size)) for rule in shown]
    groups = [(rule, found) for rule, found in groups if found]
    name_towns([row for _rule, found in groups for row in found], request.user)
    return render(request, "members/suggestions.html", {"groups": groups, "chosen": chosen})


@login_required
@page
def suggestion_dismiss(request, pk, code):
    """Not now: set aside for a year, with a reason if one likes."""
    person = person_for(request.user, pk)
    rule = rule_of(code)
    if not (rule and rule.dismissable):
        raise Http404
    rows = rule.standing(request.user, today())
    row = rows.filter(**{owner_of(rows): person.pk}).first()
    form = DismissForm(posted(request), initial={"fact_on": row and row.fact_on.isoformat()})

    def act():
        actions.dismiss_suggestion(by=request.user, person=person, code=code, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Set aside. It is suggested again in a year, or when the fact changes."))
        return redirect("suggestions")
    said = rule.reason(row) if row else ""
    return form_page(request, "members/suggestion_dismiss.html", form, person=person, rule=rule, said=said)
