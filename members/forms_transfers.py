"""Forms of a transfer: sending somebody, and answering for either side."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField, TypedDateField

from .access import CONFIRM, WRITE, scope_of
from .models import Unit


class TransferForm(forms.Form):
    """To a branch of the same town or of the user's scope, or to an organisation outside. Who may write at both ends
    may enter the receipt at once."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("To the branch"),
        required=False,
        empty_label=gettext_lazy("Choose, or name it below"),
    )
    elsewhere = forms.CharField(
        label=gettext_lazy("Organisation outside"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Its full name, when it is not in the list."),
    )
    letter_on = PastDateField(label=gettext_lazy("Date of the introduction letter"), initial=today)
    valid_until = TypedDateField(
        label=gettext_lazy("Letter valid until"),
        required=False,
        help_text=gettext_lazy("As the letter says. Left empty, 90 days or what your county has set."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The other branch reads it."),
    )
    received_on = PastDateField(
        label=gettext_lazy("Received there on"),
        required=False,
        help_text=gettext_lazy("Only when the receipt is here already: the person then moves at once."),
    )

    def __init__(self, *args, user, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        mine = Unit.objects.writable_by(user).values("pk")
        near = Unit.objects.beside(person.unit)
        units = Unit.objects.filter(Q(pk__in=mine) | Q(pk__in=near.values("pk")))
        self.fields["unit"].queryset = units.branches().current(today()).exclude(pk=person.unit_id)

    def clean(self):
        data = super().clean()
        unit = data.get("unit")
        if data.get("received_on") and unit and not scope_of(self.user).can(WRITE, unit.path):
            self.add_error("received_on", _("That branch enters the receipt itself. Leave this empty."))
        return data


def answers(transfer, user):
    """What this user may answer: {"receive", "decline", "withdraw"}. The receiving branch receives or declines, the
    sending one withdraws, and enters the receipt of an organisation outside; the town may for both."""
    scope, found = scope_of(user), set()
    if scope.can(WRITE, transfer.path):
        found.add("withdraw")
    if transfer.to_unit_id is None:
        return found | {"receive"} if found else found
    if scope.can(WRITE, transfer.to_path):
        found |= {"receive", "decline"}
    elif scope.can(CONFIRM, transfer.path):
        found.add("receive")
    return found


class AnswerTransferForm(forms.Form):
    """The receipt with its day, or the reason why it goes back. `allowed`: see `answers`."""

    decision = forms.CharField(widget=forms.HiddenInput, max_length=10)
    on = PastDateField(label=gettext_lazy("Received on"), initial=today, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed when it goes back: the other side reads it."),
    )

    def __init__(self, *args, allowed, **kwargs):
        super().__init__(*args, **kwargs)
        self.allowed = allowed
        if "receive" not in allowed:
            del self.fields["on"]

    def clean(self):
        data = super().clean()
        decision = data.get("decision")
        if decision not in self.allowed:
            self.add_error(None, _("Choose what should happen."))
        elif decision == "receive" and not data.get("on") and "on" not in self.errors:
            self.add_error("on", _("Enter the day of the receipt."))
        elif decision != "receive" and not data.get("reason", "").strip():
            self.add_error("reason", _("Give the reason."))
        return data
