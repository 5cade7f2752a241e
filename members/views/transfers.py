"""A transfer on its way: the old branch sends, the new one enters the receipt or declines. Until then nothing of the
file but what a receipt names is shown to the new branch."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from members import actions
from members.access import VIEW, get_visible, scope_of
from members.forms_transfers import AnswerTransferForm, TransferForm, answers
from members.models import Transfer
from members.posts import held_now, roles_ending
from xitun.lib.forms import carried_out
from xitun.lib.ids import mask_id

from .people_acts import form_page, page, person_for, posted, to_person


@login_required
@page
def person_transfer(request, pk):
    person = person_for(request.user, pk)
    form = TransferForm(posted(request), user=request.user, person=person)
    done = []

    @transaction.atomic
    def act():
        said = dict(form.cleaned_data)
        received_on = said.pop("received_on")
        done.append(actions.propose_transfer(by=request.user, person=person, **said))
        if received_on:
            done.append(actions.receive_transfer(by=request.user, transfer=done[0], on=received_on))

    if form.is_bound and carried_out(form, act):
        names = {"name": person.name, "unit": done[-1].to}
        if done[-1].state == Transfer.State.RECEIVED:
            messages.success(request, _("%(name)s now stands on the roll of %(unit)s.") % names)
        else:
            messages.success(request, _("Sent. %(name)s stays on this roll until %(unit)s has received.") % names)
        return to_person(person)
    waiting = Transfer.objects.visible_to(request.user).waiting().filter(person=person).first()
    context = {"person": person, "waiting": waiting, **_ending_outside(request.user, person)}
    return form_page(request, "members/person_transfer.html", form, **context)


@login_required
@page
def transfer(request, pk):
    """One transfer, for either side."""
    rows = Transfer.objects.select_related("person", "unit", "to_unit", "recorded_by", "settled_by")
    row = get_visible(rows, request.user, pk=pk)
    allowed = answers(row, request.user)
    if not allowed:
        raise PermissionDenied
    form = AnswerTransferForm(posted(request), allowed=allowed)

    def act():
        _answer(row, by=request.user, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _said(form.cleaned_data["decision"], row))
        return redirect("home")
    knows = scope_of(request.user).can(VIEW, row.person.path)
    context = {"row": row, "facts": _facts(row), "knows": knows, "allowed": allowed}
    context["open"] = row.state == Transfer.State.WAITING
    if context["open"] and not row.to_unit:
        context |= _ending_outside(request.user, row.person)
    return form_page(request, "members/transfer.html", form, **context)


def _answer(row, *, by, decision, reason, on=None):
    if decision == "receive":
        return actions.receive_transfer(by=by, transfer=row, on=on)
    send_back = actions.decline_transfer if decision == "decline" else actions.withdraw_transfer
    return send_back(by=by, transfer=row, reason=reason)


def _said(decision, row):
    if decision != "receive":
        return _("The transfer ends here. %(name)s stays on the roll of %(unit)s.") % {
            "name": row.person.name,
            "unit": row.unit,
        }
    if row.to_unit:
        return _("%(name)s now stands on the roll of %(unit)s.") % {"name": row.person.name, "unit": row.to}
    return _("%(name)s has left this roll. What was still owed has been closed that day.") % {"name": row.person.name}


def _ending_outside(user, person):
    """What ends with leaving for an organisation outside, as the pages say before."""
    return {"posts": [row.title for row in held_now(user, person=person)], "roles": roles_ending(person)}


def _facts(row):
    """What a receipt names, and no more: categories and the rest of the file come with the person."""
    person = row.person
    field = person._meta.get_field
    pairs = [
        (_("From branch"), row.unit),
        (_("To"), row.to),
        (_("Letter of"), row.letter_on),
        (_("Valid until"), row.valid_until),
        (_("Reason"), row.reason),
        (field("standing").verbose_name, person.get_standing_display()),
        (field("sex").verbose_name, person.get_sex_display()),
        (field("id_number").verbose_name, person.id_number and mask_id(person.id_number)),
        (field("joined_on").verbose_name, person.joined_on),
        (field("full_member_on").verbose_name, person.full_member_on),
        (_("Sent by"), row.recorded_by),
    ]
    return [{"label": label, "value": value} for label, value in pairs if value]
