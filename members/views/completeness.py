"""What files lack, to be finished in idle minutes: who lacks a fact, each with the one box that takes it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from members import actions
from members.access import WRITE, get_visible, require
from members.completeness import FACTS, counts_by_path, facts_for, lacks, people_to_complete
from members.filters import MANY_UNITS
from members.forms_completeness import FactForm
from members.models import Unit
from xitun.lib.forms import carried_out
from xitun.lib.keyset import keyset_page

from .people_acts import page, person_for, posted

SHOWN = 20
KEPT = ("unit", "after", "before")  # parameters of the list that its forms lead back to


@login_required
@require_safe
def completeness(request):
    """`?what=` a fact, by default the first that anybody lacks; `?unit=` only there."""
    user = request.user
    require(user, WRITE)
    unit = _chosen_unit(user, request.GET.get("unit"))
    counts = counts_by_path(user)
    here = [row for row in counts if unit is None or row["path"].startswith(unit.path)]
    facts = {fact: sum(row[fact.code] for row in here) for fact in facts_for(user)}
    fact = _chosen_fact(facts, request.GET.get("what"))
    people = people_to_complete(user).filter(fact.asked(user), path__startswith=unit.path if unit else "")
    rows = keyset_page(people.select_related("unit").defer("id_number"), ("path", "pinyin", "pk"), request.GET, SHOWN)
    for person in rows if fact.typed else ():
        person.form = FactForm(instance=person, column=fact.code)
    several = len(counts) > 1
    context = {
        "fact": fact,
        "facts": [
            _pill(capfirst(f.label), n, f is fact, what=f.code, unit=unit and unit.pk)
            for f, n in facts.items()
            if n or f is fact
        ],
        "places": _places(user, counts, fact, unit) if several else [],
        "rows": rows,
        "several": several,
        "query": urlencode(_kept(request)),
    }
    return render(request, "members/completeness.html", context)


def _kept(request):
    return {key: request.GET[key] for key in KEPT if request.GET.get(key)}


def _chosen_unit(user, pk):
    if not pk:
        return None
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    return get_visible(Unit.objects, user, pk=pk)


def _chosen_fact(facts, code):
    """The fact asked for, else the first that somebody lacks, else the first."""
    asked = [fact for fact in facts if fact.code == code]
    return next(iter([*asked, *(fact for fact, n in facts.items() if n), *facts]))


def _places(user, counts, fact, chosen):
    """The branches where somebody lacks the fact, in the order of the tree; none where they are too many to scroll."""
    lacking = {row["path"]: row[fact.code] for row in counts if row[fact.code]}
    if len(lacking) > MANY_UNITS:
        return []
    units = Unit.objects.visible_to(user).filter(path__in=lacking)
    pills = [_pill(unit.short_name, lacking[unit.path], unit == chosen, what=fact.code, unit=unit.pk) for unit in units]
    return [_pill(_("All branches"), None, chosen is None, what=fact.code), *pills]


def _pill(label, count, active, **query):
    query = urlencode({key: value for key, value in query.items() if value})
    return {"label": label, "url": f"?{query}", "active": active, "count": count}


@login_required
@page
def completeness_fill(request, pk, what):
    """One box of the list, saved or set aside as not known; by itself where it was refused."""
    fact = FACTS.get(what)
    if fact is None or not fact.typed:
        raise Http404
    person = person_for(request.user, pk)
    if "unknown" in request.POST:
        return _set_aside(request, person, fact)
    known, lacking = getattr(person, what), lacks(person, fact)
    form = FactForm(posted(request), instance=person, column=what)
    try:
        saved = form.is_bound and lacking and carried_out(form, lambda: _correct(request.user, person, form))
    except actions.Conflict as conflict:
        return _changed_meanwhile(request, fact, form, conflict)
    if saved or (known and form.is_valid() and form.cleaned_data[what] == known):  # or a second tap
        return _done(request, person, _("%(name)s: %(fact)s saved.") % {"name": person.name, "fact": fact.label})
    status = 200 if not form.is_bound else 422 if lacking else 409
    return _line(request, person, fact, form if lacking else None, status)


def _correct(user, person, form):
    """What the act says of other columns than the one of the box is told under it, with their names."""
    column, version = form.column, form.cleaned_data["version"]
    try:
        actions.correct_person(by=user, person=person, version=version, **{column: form.cleaned_data[column]})
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {column: error.messages}
        raise ValidationError({column: [_about(n, column, word) for n in told for word in told[n]]}) from None


def _about(name, column, words):
    if name == column or name not in FACTS:
        return words
    label = capfirst(FACTS[name].label)
    return _("%(column)s: %(words)s") % {"column": label, "words": words}


def _changed_meanwhile(request, fact, form, conflict):
    """Nothing was written; the same words stand ready for the file as it is now, if it still lacks the fact."""
    person = conflict.theirs
    form = form.with_version(person) if lacks(person, fact) else None
    if form:
        form.add_error(fact.code, str(conflict))
    return _line(request, person, fact, form, 409)


def _set_aside(request, person, fact):
    try:
        row = actions.set_aside_fact(by=request.user, person=person, fact=fact.code)
    except ValidationError:
        return _line(request, person, fact, None, 409)
    words = _("%(name)s: %(fact)s not known. Nobody is asked before %(day)s.")
    return _done(request, person, words % {"name": person.name, "fact": fact.label, "day": date_format(row.until)})


def _done(request, person, words):
    """Back in the list the line is gone; with htmx its place says what became of it, and the numbers are fetched."""
    if request.htmx:
        response = render(request, "members/completeness_done.html", {"person": person, "words": words})
        return trigger_client_event(response, "facts-changed")
    messages.success(request, words)
    return redirect(_list_url(request, request.resolver_match.kwargs["what"]))


def _list_url(request, what):
    return f"{reverse('completeness')}?{urlencode({'what': what, **_kept(request)})}"


def _line(request, person, fact, form, status):
    """The line alone, for its place in the list or on a page of its own; without a form the file has the fact."""
    person.form = form
    context = {"person": person, "fact": fact, "back_url": _list_url(request, fact.code), "several": True}
    context["query"] = urlencode(_kept(request))
    template = "members/completeness_line.html" if request.htmx else "members/completeness_fill.html"
    return render(request, template, context, status=status)
