"""Away and back: two short forms of one page."""

from django import forms
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField


class AwayForm(forms.Form):
    act = forms.CharField(widget=forms.HiddenInput, initial="away", required=False)
    since = PastDateField(label=gettext_lazy("Away since"))
    place = forms.CharField(
        label=gettext_lazy("Where to"), max_length=80, help_text=gettext_lazy("A town or county is enough.")
    )


class BackForm(forms.Form):
    act = forms.CharField(widget=forms.HiddenInput, initial="back", required=False)
    on = PastDateField(label=gettext_lazy("Back on"), initial=today)
