"""The one box of a line in the list of what files lack."""

from django import forms

from .forms import STALE, PersonFields


class FactForm(PersonFields):
    """The column a person's file lacks, and the version the file had when it was shown."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), STALE),
    )

    def __init__(self, data=None, *, instance, column):
        super().__init__(data, instance=instance, auto_id=f"id-{instance.pk}-%s")
        self.column = column
        self.fields = {name: self.fields[name] for name in (column, "version")}
        self.fields[column].required = True
        self.fields[column].help_text = ""
        self.initial["version"] = instance.version

    @property
    def box(self):
        return self[self.column]

    def with_version(self, person):
        """The same words for the file as it is now."""
        data = self.data.copy()
        data["version"] = person.version
        return FactForm(data, instance=person, column=self.column)
