"""Somebody was entered as dead or gone by mistake, and goes on as before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.utils.translation import gettext as _

from members import actions
from members.access import CONFIRM, VIEW_RESTRICTED, require
from members.actions.returning import has_died
from members.actions.rows import ended_away
from members.actions.staying import heirs, leaving, posts_ended, roles_ended, stays_ended
from members.audit import trace_view
from members.forms_standing import NeverLeftForm
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, person_for, posted, to_person


@login_required
@page
def person_never_left(request, pk):
    """The same right that puts a wrong day of the past right; a restricted category goes on only by who may see it."""
    user = request.user
    person = person_for(user, pk, CONFIRM)
    left = leaving(person)
    if not left:  # also the other tap of a double tap
        messages.info(request, _("The person stands on a roll. Nothing was changed."))
        return to_person(person)
    stays = list(stays_ended(left))
    if any(row.restricted for row in stays):
        require(user, VIEW_RESTRICTED, person.path)
    form = NeverLeftForm(posted(request), units=heirs(person))
    died = has_died(person)

    def act():
        actions.never_left(by=user, person=person, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        words = _("Everything goes on as before. If another person has died, enter it in that person's file.")
        messages.success(request, words if died else _("Everything goes on as before."))
        return to_person(person)
    trace_view(user, person, stays)
    context = {"left": left, "died": died, "goes_on": _said(left, stays), "roles_ended": roles_ended(left)}
    return form_page(request, "members/person_never_left.html", form, person=person, **context)


def _said(left, stays):
    """[(kind, what)] of what goes on."""
    return [
        *((_("category"), row.get_category_display()) for row in stays),
        *((_("post"), row.title) for row in posts_ended(left)),
        *((_("away"), row.place) for row in ended_away(left)),
    ]
