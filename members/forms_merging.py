"""Forms of the merge of two files that are one person."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .actions.merging import COLUMNS
from .models import Person

SIDES = [("keep", gettext_lazy("this file")), ("other", gettext_lazy("the other file"))]


class FindFileForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name, pinyin or number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class MergeForm(forms.Form):
    """For each column where the files differ, which holds; and why they are one person."""

    reason = forms.CharField(
        label=gettext_lazy("How do you know that they are one person?"),
        max_length=200,
        error_messages={"required": gettext_lazy("Give the reason.")},
    )

    def __init__(self, *args, keep, other, **kwargs):
        super().__init__(*args, **kwargs)
        for name in COLUMNS:
            values = {getattr(keep, name), getattr(other, name)}
            if len(values) == 2 and all(values):
                self.fields[name] = self._choice(name)

    def _choice(self, name):
        """Which of two ID numbers is right is never taken for granted."""
        return forms.ChoiceField(
            label=Person._meta.get_field(name).verbose_name,
            choices=SIDES,
            initial=None if name == "id_number" else "keep",
            widget=forms.RadioSelect,
            error_messages={"required": _("The ID numbers differ. Say which one is right.")}
            if name == "id_number"
            else None,
        )

    def said(self):
        """Arguments of `merge_people`."""
        choices = {name: side for name, side in self.cleaned_data.items() if name != "reason"}
        return {"choices": choices, "reason": self.cleaned_data["reason"]}
