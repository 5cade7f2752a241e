"""The upload of an old ledger, and whom its doubtful rows are about."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.roster.forms import TableForm
from projects.ledgers import right_for
from projects.old_ledgers.headings import asks_how
from projects.shared import Method
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField


class OldLedgerForm(TableForm):
    """An old ledger, and the day it stands for."""

    on = PastDateField(
        label=_("Day of the ledger"),
        initial=today,
        help_text=_("Dates without a year, like 3.15, are of its year; what has no date is entered on this day."),
    )
    method = forms.ChoiceField(
        label=_("How contacts were made, where the ledger does not say"),
        choices=Method.choices,
        initial=Method.PHONE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, right=right_for(project), **kwargs)
        self.fields["file"].label = _("Old ledger")
        if not asks_how(project):
            del self.fields["method"]


class ChoicesForm(forms.Form):
    """One choice a doubtful row; nothing is chosen beforehand."""

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        for choice in choices:
            people = [(str(one.pk), _who(one)) for one in choice.candidates]
            field = forms.ChoiceField(
                label=choice.name,
                required=False,
                choices=[("", _("Choose")), *people, ("out", _("leave this row out"))],
                initial=choice.chosen,
            )
            field.choice = choice
            self.fields[f"row-{choice.number}"] = field

    def chosen(self):
        return {name.removeprefix("row-"): value for name, value in self.cleaned_data.items()}


def _who(row):
    """Enough to tell namesakes apart: branch, birth date or post."""
    person = row.person
    born = person.birth_date.isoformat() if person and person.birth_date else ""
    parts = (person.name if person else row.holder_name, str(row.unit), born, getattr(row, "title", ""))
    return " · ".join(part for part in parts if part)
