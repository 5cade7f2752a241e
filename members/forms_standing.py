"""Forms of the acts on a person's standing."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .actions.conversion import LONGEST, SHORTEST
from .models import Unit


class NeverLeftForm(forms.Form):
    """`units`: where to, when the branch has ended since and several go on with it."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Goes on in the branch"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For example: the one who died is another of the same name."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if len(units) < 2:
            del self.fields["unit"]


class ConversionForm(forms.Form):
    """What the branch meeting decided at the end of probation."""

    decision = forms.ChoiceField(
        choices=[("convert", gettext_lazy("Full member")), ("extend", gettext_lazy("Extend probation"))],
        widget=forms.HiddenInput,
    )
    decided_on = PastDateField(label=gettext_lazy("Day of the branch meeting"), initial=today)
    months = forms.IntegerField(
        label=gettext_lazy("Extended by how many months"),
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=gettext_lazy("Only for an extension: six to twelve months, once."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed for an extension."),
    )

    def clean(self):
        data = super().clean()
        if data.get("decision") == "extend":
            if data.get("months") is None and "months" not in self.errors:
                self.add_error("months", _("An extension lasts six to twelve months."))
            if not data.get("reason", "").strip():
                self.add_error("reason", _("Give the reason."))
        return data
