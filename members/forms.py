"""Forms of the acts on people and categories. They check what a person types; the acts decide, and their refusals are
shown in the same form (xitun.lib.forms.carried_out)."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField
from xitun.lib.ids import IdNumberError, mask_id, mask_phone, parse_id_number
from xitun.lib.names import fits, normalise_name

from .access import VIEW_RESTRICTED, scope_of
from .actions.categories import EVIDENCE_DAYS
from .actions.soundness import check_days, clean_phone, fill_from_number
from .models import Category, FormerIdentity, Person
from .models.enrolments import EVIDENCE_LENGTH, RESTRICTED_CATEGORIES

STALE = gettext_lazy("The form is out of date. Open it again; nothing was saved.")


class PersonFields(forms.ModelForm):
    """The plain columns of a person, and the ID number with its checks."""

    id_number = forms.CharField(
        label=gettext_lazy("ID number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("18 characters; 15 on old cards. Birth date and sex are filled from it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    field_order = ["name", "id_number"]

    class Meta:
        model = Person
        fields = (
            "name sex ethnicity birth_date phone group joined_on full_member_on education occupation address"
        ).split()
        field_classes = dict.fromkeys(("birth_date", "joined_on", "full_member_on"), PastDateField)
        widgets = {"sex": forms.RadioSelect, "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = Person.Sex.choices

    def clean_name(self):
        name = normalise_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter the name."))
        return name

    def clean_phone(self):
        return clean_phone(self.cleaned_data["phone"])

    def clean_id_number(self):
        text = self.cleaned_data["id_number"].strip()
        if not text:
            return None
        try:
            return parse_id_number(text).value18
        except IdNumberError as error:
            raise ValidationError(str(error), code=error.code)

    def clean(self):
        data = super().clean()
        filled, errors = fill_from_number(data)
        data |= filled
        for name, words in (check_days(data) | errors).items():
            self.add_error(name, words)
        return data


class CorrectPersonForm(PersonFields):
    """Correct plain columns. ID number and phone are masked by default, so an empty box keeps what is known."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), STALE),
    )
    clear_phone = forms.BooleanField(label=gettext_lazy("The known number is wrong: remove it"), required=False)
    field_order = ["name", "reading", "id_number", "sex", "ethnicity", "birth_date", "phone", "clear_phone"]

    class Meta(PersonFields.Meta):
        fields = [*PersonFields.Meta.fields, "reading"]
        help_texts = {
            "reading": gettext_lazy("Only where the search has it wrong: one syllable a character, e.g. shan xiao hong")
        }

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.initial |= {"phone": "", "version": instance.version}
        keep = _("Now %(value)s. Leave empty to keep it.")
        self.fields["phone"].help_text = keep % {"value": mask_phone(instance.phone)} if instance.phone else ""
        if instance.id_number:
            self.fields["id_number"].help_text = keep % {"value": mask_id(instance.id_number)}
        if not instance.phone:
            del self.fields["clear_phone"]
        for name in set(self.Meta.fields) - {"phone"}:
            self.fields[name].show_hidden_initial = True  # tells later what was changed here, whoever saved meanwhile

    def clean(self):
        data = super().clean()
        if data.get("reading") and data.get("name") and not fits(data["reading"], data["name"]):
            self.add_error("reading", _("Write as many syllables as the name has characters, with spaces between."))
        return data

    def columns(self):
        """The columns `correct_person` is to write: those that were changed, and what a new number says."""
        sent, changed = self.cleaned_data, set(self.changed_data) - {"version", "clear_phone"}
        if sent["id_number"]:
            changed |= {"birth_date", "sex"}
        data = {name: sent[name] for name in changed}
        return data | ({"phone": ""} if sent.get("clear_phone") else {})

    def only_here(self, theirs):
        """Of these columns those that nobody else has changed since the form was shown."""
        return {name for name in self.columns() if self._was(name) == (getattr(theirs, name),)}

    def _was(self, name):
        """(value,) of a field when the form was shown; () where that is not said."""
        try:
            return (self.fields[name].to_python(self.data[self.add_initial_prefix(name)]),)
        except (KeyError, ValidationError):
            return ()


class IdentityForm(forms.Form):
    """A new name or ID number, from when, and what shows it."""

    name = forms.CharField(label=gettext_lazy("New name"), max_length=40, required=False)
    id_number = forms.CharField(
        label=gettext_lazy("New ID number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Leave empty what has not changed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on = PastDateField(label=gettext_lazy("From this day"), initial=today)
    evidence = forms.ChoiceField(
        label=gettext_lazy("Shown by"), choices=FormerIdentity.PAPERS, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class DeathForm(forms.Form):
    on = PastDateField(label=gettext_lazy("Day of death"))


class RevealForm(forms.Form):
    """What somebody needs a whole ID number for."""

    PURPOSES = (
        ("form", gettext_lazy("Filling in an official form")),
        ("check", gettext_lazy("Checking who the person is")),
        ("contact", gettext_lazy("Calling the person")),
        ("other", gettext_lazy("Something else")),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("What for?"), choices=PURPOSES, widget=forms.RadioSelect)
    words = forms.CharField(label=gettext_lazy("In your words"), max_length=150, required=False)

    def clean(self):
        data = super().clean()
        if data.get("purpose") == "other" and not data.get("words"):
            self.add_error("words", _("Say what you need the whole number for."))
        return data

    def purpose_words(self):
        """The purpose as the trace keeps it."""
        label = str(dict(self.PURPOSES)[self.cleaned_data["purpose"]])
        words = self.cleaned_data["words"]
        return words if self.cleaned_data["purpose"] == "other" else f"{label}: {words}" if words else label


class EvidenceField(forms.CharField):
    """What a proposal rests on, in words."""

    def __init__(self):
        super().__init__(
            label=gettext_lazy("What the proposal rests on"),
            required=False,
            max_length=EVIDENCE_LENGTH,
            help_text=gettext_lazy("Minutes of the branch's meeting, visits, documents seen: what, and of which day."),
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def ask_for_facts(self):
        """Help and education needs dated facts with evidence (DOMAIN 2.6)."""
        self.label = gettext_lazy("The facts, with their days, and what shows them")
        self.help_text = gettext_lazy("For example: absent on 3 March, 5 June and 7 July, see the attendance sheets.")


class ProposeForm(forms.Form):
    """A branch proposes a category. The restricted two are offered to those who may see them; the days they ask for may
    be left for later, but the town cannot confirm without them. Days the chosen category does not ask for are let go:
    the page may have hidden their boxes."""

    category = forms.ChoiceField(label=gettext_lazy("Category"), widget=forms.RadioSelect)
    primary = forms.BooleanField(
        label=gettext_lazy("This becomes the primary category (the present one ends)"), required=False, initial=True
    )
    on = PastDateField(label=gettext_lazy("From this day"), initial=today)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    evidence = EvidenceField()
    consent_on = PastDateField(label=gettext_lazy("Consented on"), required=False)
    notified_on = PastDateField(label=gettext_lazy("Notified on"), required=False)
    heard_on = PastDateField(label=gettext_lazy("Heard on"), required=False)

    def __init__(self, *args, user, path, **kwargs):
        super().__init__(*args, **kwargs)
        restricted = scope_of(user).can(VIEW_RESTRICTED, path)
        self.fields["category"].choices = [
            (code, label) for code, label in Category.choices if restricted or code not in RESTRICTED_CATEGORIES
        ]
        if not restricted:
            for names in EVIDENCE_DAYS.values():
                for name in names:
                    del self.fields[name]

    def asked(self):
        """[(category, bound fields of the days it asks for)], of the categories that are offered and ask."""
        return [
            (category.value, [self[name] for name in names])
            for category, names in EVIDENCE_DAYS.items()
            if names[0] in self.fields
        ]

    def clean(self):
        data = super().clean()
        for category, names in EVIDENCE_DAYS.items():
            for name in names if category != data.get("category") else ():
                data.pop(name, None)
                self._errors.pop(name, None)
        return data


class DecideForm(forms.Form):
    """The town's word on a proposal; a return needs its reason."""

    decision = forms.ChoiceField(
        choices=[("confirm", gettext_lazy("Confirm")), ("return", gettext_lazy("Return"))], widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=gettext_lazy("The town's word"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed when you return it: the branch reads what to change."),
    )

    def clean(self):
        data = super().clean()
        if data.get("decision") == "return" and not data.get("reason", "").strip():
            self.add_error("reason", _("Say what the branch should change."))
        return data


class EndCategoryForm(forms.Form):
    on = PastDateField(label=gettext_lazy("Ends on"), initial=today)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
