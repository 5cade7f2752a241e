"""Photos and files in a form: several at once, by plain file fields that a telephone fills from its camera."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.papers import FILE_LIMIT, MB, SEVERAL, prepare
from xitun.lib.refused import FileRefused

from .papers import Sending

LIMITS = gettext_lazy("Up to %(several)s at once, %(limit)s MB each. Where a photo was taken is removed from it.")
STALE = gettext_lazy(
    "This form has lost its number, so a double entry could not be told. Nothing was saved; save again."
)


class _Input(forms.FileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Cleans to [xitun.lib.papers.Prepared]; says of each file that is refused why."""

    widget = _Input

    def __init__(self, *, accept, **kwargs):
        super().__init__(required=False, widget=_Input(attrs={"accept": accept}), **kwargs)

    def clean(self, data, initial=None):
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > SEVERAL:
            raise ValidationError(_("Choose %(n)s at most; send the others afterwards.") % {"n": SEVERAL})
        found, refused = [], []
        for file in files:
            try:
                found.append(prepare(file))
            except FileRefused as error:
                refused.append(ValidationError(_("%(file)s: %(error)s"), params={"file": file.name, "error": error}))
        if refused:
            raise ValidationError(refused)
        return found


class PapersForm(forms.Form):
    """Mixed into the record form, or alone to add papers to a record."""

    photos = PapersField(label=gettext_lazy("Photos"), accept="image/*")
    files = PapersField(label=gettext_lazy("Files (PDF, Word, Excel)"), accept=".pdf,.docx,.xlsx,application/pdf")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = LIMITS % {"several": SEVERAL, "limit": FILE_LIMIT // MB}

    @property
    def paper_fields(self):
        return [self["photos"], self["files"]]

    @property
    def must_choose_again(self):
        """Whether files were chosen that the browser will have forgotten by now."""
        return self.is_bound and bool(self.files)

    def clean(self):
        data = super().clean()
        if len(self.papers()) > SEVERAL:
            self.add_error("files", _("Choose %(n)s at most; send the others afterwards.") % {"n": SEVERAL})
        return data

    def papers(self):
        return tuple(self.cleaned_data.get("photos") or ()) + tuple(self.cleaned_data.get("files") or ())


class AddPapersForm(PapersForm):
    """More papers for a record that was saved before."""

    submission_id = forms.UUIDField(
        widget=forms.HiddenInput, initial=uuid4, error_messages={"required": STALE, "invalid": STALE}
    )

    def sending(self):
        return Sending(self.cleaned_data["submission_id"], self.papers())


class TakeOffForm(forms.Form):
    """Take a paper off its record."""

    reason = forms.CharField(label=gettext_lazy("Why is it taken off?"), max_length=200)
