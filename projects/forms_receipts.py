"""The form that notes who has read what was sent: several people, one tap."""

from django import forms
from django.utils.translation import gettext_lazy

from members.models import Person
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .models import Receipt
from .receipts import asks_for_receipts


class ReceiptForm(forms.Form):
    """Those who have not answered, to be ticked; the button says whether they read it or made up for it."""

    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who has answered"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    on = PastDateField(label=gettext_lazy("Day of the answer"), initial=today)
    answer = forms.ChoiceField(choices=Receipt.Answer, widget=forms.HiddenInput)

    def __init__(self, *args, waiting=(), **kwargs):
        super().__init__(*args, auto_id="receipt_%s", **kwargs)
        self.fields["people"].choices = [(person.pk, person.name) for person in waiting]


def receipts_of(user, record, data=None):
    """What the page of a record says of its receipts: {form (None: all have answered), noted}; None where nobody is to
    answer. Only of people the user may see."""
    if not asks_for_receipts(record):
        return None
    people = Person.objects.visible_to(user).filter(record_rows__record=record).defer("id_number").order_by("pinyin")
    noted = record.receipts.live().filter(person__in=people).select_related("person", "by").order_by("on", "pk")
    answered = {receipt.person_id for receipt in noted}
    waiting = [person for person in people if person.pk not in answered]
    return {"form": ReceiptForm(data, waiting=waiting) if waiting or data else None, "noted": noted}
