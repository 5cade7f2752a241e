"""Forms that put a day of a person's history right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from xitun.lib.forms import PastDateField

from .actions.rows import version_of
from .models import Standing


class RowForm(forms.Form):
    """What all have: the day it began, and why this is a correction. `row` is shown as it stands."""

    from_date = PastDateField(label=_("From"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("What shows the true day: a letter, minutes, the old roster.")
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, initial=self.shown(row), **kwargs)

    def shown(self, row):
        return {name: getattr(row, name) for name in self.base_fields if hasattr(row, name) and name != "reason"}


class StayForm(RowForm):
    """A branch. Its end is the beginning of the next."""


class StandingForm(RowForm):
    standing = forms.ChoiceField(
        label=_("standing"), choices=[choice for choice in Standing.choices if choice[0] != Standing.FORMER]
    )
    field_order = ["from_date", "standing", "reason"]

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        if row.standing == Standing.FORMER:
            del self.fields["standing"]


class EndingForm(RowForm):
    """A row with an end of its own; asked for only where it has ended. `seen` is the version it was shown in."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    to_date = PastDateField(label=_("Until"))

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.fields["seen"].initial = version_of(row)
        if not row.to_date:
            del self.fields["to_date"]


class StayedForm(EndingForm):
    field_order = ["from_date", "to_date", "reason"]


class PostForm(EndingForm):
    title = forms.CharField(label=_("Post"), max_length=40)
    field_order = ["title", "from_date", "to_date", "reason"]
