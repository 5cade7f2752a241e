"""What is said once for all who were ticked."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .actions.helping import helpers_at
from .forms_register import STALE
from .models import User

STEP = 4  # of a unit's path


class ForAllForm(forms.Form):
    submission_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"invalid": STALE})

    @property
    def said(self):
        """What the single act is given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "submission_id"}


class GroupForm(ForAllForm):
    """`known`: names of groups there are, offered while typing."""

    group = forms.CharField(label=gettext_lazy("Party group"), max_length=40)

    def __init__(self, *args, known, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["group"].widget.attrs["list"] = "known-groups"


class HelperForAllForm(ForAllForm):
    """Who may write about all of them: from the place that they have in common or above."""

    helper = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Helper"),
        required=False,
        empty_label=gettext_lazy("Nobody by name: the branch secretary"),
    )

    def __init__(self, *args, enrolments, **kwargs):
        super().__init__(*args, **kwargs)
        paths = [row.path for row in enrolments]
        if paths:
            restricted = any(row.restricted for row in enrolments)
            self.fields["helper"].queryset = helpers_at(_common(paths), restricted=restricted)
        if len(set(paths)) > 1:
            self.fields["helper"].help_text = _("Only who may write in all these branches can be chosen here.")


def _common(paths):
    """The path of the unit that all these stand in."""
    first, last = min(paths), max(paths)
    return next(first[:end] for end in range(len(first), -1, -STEP) if last.startswith(first[:end]))


class ProposeForAllForm(ForAllForm):
    primary = forms.BooleanField(
        label=gettext_lazy("This becomes the primary category (the present one ends)"), required=False, initial=True
    )
    on = PastDateField(label=gettext_lazy("From this day"), initial=today)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
