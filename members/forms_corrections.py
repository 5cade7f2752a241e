"""Asking for a correction of one's own file, and answering it."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .actions.corrections import WORDS_LIMIT
from .forms import STALE
from .models import CorrectionRequest

words = forms.Textarea(attrs={"rows": 2})


class AskCorrectionForm(forms.Form):
    column = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"), choices=[("", gettext_lazy("Choose")), *CorrectionRequest.Column.choices]
    )
    right = forms.CharField(
        label=gettext_lazy("What would be right?"),
        max_length=WORDS_LIMIT,
        required=False,
        widget=words,
        help_text=gettext_lazy("As on your papers: the name, the day, the whole number."),
    )
    wrong = forms.CharField(
        label=gettext_lazy("What is wrong about it?"),
        max_length=WORDS_LIMIT,
        required=False,
        widget=words,
        help_text=gettext_lazy("In your words. Needed only for “something else”."),
    )
    submission_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"invalid": STALE})


class AnswerCorrectionForm(forms.Form):
    """Accept or refuse; `version` is that of the file as it was shown."""

    decision = forms.ChoiceField(
        choices=[("accept", gettext_lazy("Accept")), ("refuse", gettext_lazy("Do not accept"))],
        widget=forms.HiddenInput,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), STALE))
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=200, required=False, widget=words)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = request.person.version
        other = request.column == CorrectionRequest.Column.OTHER
        self.fields["answer"].help_text = (
            _("The person reads it: what was done, or why not.")
            if other
            else _("Needed when you do not accept it: the person reads why.")
        )
