"""Acts on a person's standing: the end of probation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import actions
from members.access import CONFIRM
from members.actions.conversion import probation_of
from members.forms_standing import ConversionForm
from xitun.lib.dates import today
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, person_for, posted, to_person


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
