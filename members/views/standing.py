"""Acts on a person's standing: the next stage, the end of probation, off the roll by a decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import actions
from members.access import CONFIRM
from members.actions.conversion import probation_of
from members.actions.stages import NEXT, WAYS_OUT
from members.forms_stages import NextStageForm, OffTheRollForm
from members.forms_standing import ConversionForm
from members.models import Cause, Standing
from members.posts import held_now, roles_ending
from xitun.lib.dates import add_years, today
from xitun.lib.forms import carried_out

from .people_acts import form_page, from_link, page, person_for, posted, to_person


@login_required
@page
def person_standing(request, pk):
    """What was decided about a person's standing: the next stage of the way to membership, or off the roll."""
    user = request.user
    person = person_for(user, pk, CONFIRM)
    sent, decision = posted(request), request.POST.get("decision")
    posts = held_now(user, person=person)
    forward = off = None
    if person.standing in NEXT:
        initial = from_link(request, "on")
        forward = NextStageForm(sent if decision == "forward" else None, person=person, initial=initial)
    if person.standing in WAYS_OUT:
        off = OffTheRollForm(sent if decision == "off" else None, person=person, posts=posts)

    def advance():
        actions.advance_standing(by=user, person=person, **forward.cleaned_data)

    def remove():
        actions.remove_from_roll(by=user, person=person, **off.cleaned_data)

    if sent is not None and (person.standing == Standing.FORMER or sent.get("standing") == person.standing):
        messages.info(request, _("This was entered already. Nothing was changed."))  # the other tap of a double tap
        return to_person(person)
    if forward and forward.is_bound and carried_out(forward, advance):
        told = {"name": person.name, "standing": forward.stage.label, "day": date_format(forward.cleaned_data["on"])}
        messages.success(request, _("%(name)s is registered as %(standing)s since %(day)s.") % told)
        return to_person(person)
    if off and off.is_bound and carried_out(off, remove):
        words = _("%(name)s has left the roll: %(cause)s. What was still owed has been closed that day.")
        messages.success(request, words % {"name": person.name, "cause": Cause(off.cleaned_data["cause"]).label})
        return to_person(person)
    row = person.standings.get(to_date=None, superseded_at=None)
    context = {"person": person, "since": row.from_date, "forward": forward, "off": off}
    context["roles"] = roles_ending(person) if off else []
    if person.standing == Standing.ACTIVIST and (year_on := add_years(row.from_date, 1)) > today():
        context["a_year_on"] = year_on
    refused = any(form and form.is_bound for form in (forward, off))
    return render(request, "members/person_standing.html", context, status=422 if refused else 200)


@login_required
@page
def person_conversion(request, pk):
    """A probationary member becomes a full one, or probation is extended."""
    person = person_for(request.user, pk, CONFIRM)
    probation = probation_of(person)
    form = ConversionForm(posted(request))
    done = []

    def act():
        done.append(_decide(person, by=request.user, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        if form.cleaned_data["decision"] == "convert":
            words = _("%(name)s is a full member since %(day)s. Now propose the category that fits.")
            messages.success(request, words % {"name": person.name, "day": date_format(done[0].full_member_on)})
            return redirect("category-propose", pk=person.pk)
        messages.success(
            request, _("Probation goes on until %(day)s.") % {"day": date_format(probation_of(person).ends)}
        )
        return to_person(person)
    context = {"person": person, "probation": probation, "ended": probation and probation.ends <= today()}
    return form_page(request, "members/person_conversion.html", form, **context)


def _decide(person, *, by, decision, decided_on, months, reason):
    if decision == "convert":
        return actions.convert_member(by=by, person=person, decided_on=decided_on, reason=reason)
    return actions.extend_probation(by=by, person=person, decided_on=decided_on, months=months, reason=reason)
