"""What the host Party organisation is asked; shown to whoever holds the link."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from xitun.lib.phones import PhoneError, parse_phone

from .models_links import Answer


class HostAnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("This member"),
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )
    feedback = forms.CharField(
        label=_("What should the branch know?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Meetings, study, help needed; nothing confidential."),
    )
    contact_name = forms.CharField(label=_("Your contact person"), required=False, max_length=40)
    contact_phone = forms.CharField(
        label=_("Phone of the office or contact"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_contact_phone(self):
        try:
            return parse_phone(self.cleaned_data["contact_phone"])
        except PhoneError as error:
            raise ValidationError(str(error))


class NoFields(forms.Form):
    """Nothing to fill in; it shows what the act refuses."""
