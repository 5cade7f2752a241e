from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.roster.mapping import refuse_nonsense
from members.roster.mend import HEADINGS


class HeadingsForm(forms.Form):
    """What each heading of a roster means. Those that must be settled come first, those that are known last."""

    def __init__(self, *args, headings, **kwargs):
        super().__init__(*args, **kwargs)
        self.headings = headings
        choices = [("", _("leave out")), *((code, capfirst(label)) for code, label in HEADINGS.items())]
        for number, heading in enumerate(headings):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=heading.text, choices=choices, initial=heading.column, required=False
            )

    def rows(self, wanted):
        """[(heading, its field)] of the group: "asked", "unread" or "known"."""
        for number, heading in enumerate(self.headings):
            if wanted == ("asked" if heading.asked else "unread" if heading.unread else "known"):
                yield heading, self[f"column-{number}"]

    def groups(self):
        return [(group, rows) for group in ("asked", "unread", "known") if (rows := list(self.rows(group)))]

    def answers(self):
        sent = enumerate(self.headings)
        return {heading.key: self.cleaned_data[f"column-{number}"] for number, heading in sent}

    def clean(self):
        if not self.errors:
            refuse_nonsense(self.headings, self.answers())
        return self.cleaned_data
