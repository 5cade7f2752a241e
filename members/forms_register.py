"""Forms that bring somebody onto a roll: new, transferred in, or back to the file they once had."""

from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .actions.returning import file_of_number
from .forms import STALE, PersonFields
from .models import Person, Standing, Unit
from .models.people import MEMBER_STANDINGS


class NewPersonForm(PersonFields):
    """Put a person on a roll. A namesake of the same branch asks once whether it is somebody else."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Branch"))
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), initial=Standing.FULL, widget=forms.RadioSelect)
    on = PastDateField(label=gettext_lazy("On this roll since"), initial=today)
    came_from = forms.CharField(
        label=gettext_lazy("Transferred in from"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("The organisation that sent the letter. Leave it empty when the person begins here."),
    )
    letter_on = PastDateField(label=gettext_lazy("Date of the introduction letter"), required=False)
    submission_id = forms.UUIDField(
        required=False, widget=forms.HiddenInput, initial=uuid4, error_messages={"invalid": STALE}
    )
    field_order = ["name", "id_number", "unit", "standing", "on", "came_from", "letter_on"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        units = Unit.objects.writable_by(user).branches().current(today())
        self.fields["unit"].queryset = units
        if len(ids := list(units.values_list("pk", flat=True)[:2])) == 1:
            self.fields["unit"].initial = ids[0]
        self.fields["standing"].choices = [c for c in Standing.choices if c[0] != Standing.FORMER]
        self.fields["joined_on"].help_text = _("Members and probationary members need one.")
        if self.data.get("joined_unknown"):
            self._ask_joined_unknown()
        self.known = None  # the file to return to the roll, once the user has said so
        if self.data.get("another_person"):
            self._ask_another_person()
        if self.data.get("same_person"):
            self._ask_same_person()

    def _ask_another_person(self):
        self.fields["another_person"] = forms.BooleanField(
            label=_("This is another person of the same name"), required=False
        )

    def _ask_joined_unknown(self):
        label = _("Nobody knows the day of joining now")
        self.fields["joined_unknown"] = forms.BooleanField(label=label, required=False)
        names = [name for name in self.fields if name != "joined_unknown"]
        names.insert(names.index("joined_on") + 1, "joined_unknown")
        self.order_fields(names)

    def _ask_for_the_joining(self, data):
        """A roster may leave the day out, and the list of what files lack asks for it later: here it is asked once."""
        if self.known or data.get("standing") not in MEMBER_STANDINGS or data.get("joined_unknown"):
            return
        if not data.get("joined_on") and "joined_on" not in self.errors:
            self._ask_joined_unknown()
            self.add_error("joined_on", _("Enter the day, or say below that nobody knows it now."))

    def _ask_same_person(self):
        self.fields["same_person"] = forms.BooleanField(
            label=_("This is the same person: return them to the roll, with their old file"), required=False
        )

    def _look_for_the_number(self, data):
        """A known number is never entered a second time: the file of one who left is offered, a roll is named only to
        those who see it."""
        known = file_of_number(data["id_number"]) if data.get("id_number") else None
        if not known or self._was_sent():
            return
        same_name = known.name == data.get("name")
        if data.get("same_person") and same_name:
            self.known = known
        elif known.standing != Standing.FORMER:
            self.add_error("id_number", self._on_a_roll(known))
        elif not same_name:
            self.add_error("id_number", _("The file with this number has another name. Check both, or ask the town."))
        else:
            self._ask_same_person()
            words = _("This person was on a roll before and has left it. Say below whether to return them.")
            self.add_error("id_number", words)

    def _on_a_roll(self, known):
        if Person.objects.visible_to(self.user).filter(pk=known.pk).exists():
            words = _("This person stands on the roll of %(unit)s. Ask for a transfer instead.")
            return words % {"unit": known.unit}
        return _("This person stands on another roll. Ask the town office.")

    def clean(self):
        data = super().clean()
        self._look_for_the_number(data)
        self._ask_for_the_joining(data)
        if self.known or data.get("another_person") or not (data.get("unit") and data.get("name")) or self._was_sent():
            return data
        namesakes = Person.objects.visible_to(self.user).on_roll().filter(unit=data["unit"], name=data["name"])
        if data.get("id_number"):
            namesakes = namesakes.filter(id_hash=None)
        if born := data.get("birth_date"):
            namesakes = namesakes.filter(Q(birth_date=born) | Q(birth_date=None))
        if namesakes.exists():
            self._ask_another_person()
            self.add_error(
                "name",
                _("Somebody of this name is on this roll. Look there first; if it is somebody else, say so below."),
            )
        return data

    def _was_sent(self):
        """Whether this very form made somebody: the act then says who, and a namesake is no question."""
        sent = self.cleaned_data.get("submission_id")
        return bool(sent) and Person.objects.visible_to(self.user).filter(submission_id=sent).exists()

    def columns(self):
        """What `register_person` takes."""
        asked = ("another_person", "same_person", "joined_unknown")
        return {key: value for key, value in self.cleaned_data.items() if key not in asked}

    def arrival(self):
        """What `return_to_roll` takes."""
        return {key: self.cleaned_data[key] for key in ("unit", "standing", "on", "came_from", "letter_on")}


class ReturnForm(forms.Form):
    """Back onto a roll of the user's scope."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Branch"))
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), initial=Standing.FULL, widget=forms.RadioSelect)
    on = PastDateField(label=gettext_lazy("On this roll since"), initial=today)
    came_from = forms.CharField(label=gettext_lazy("Transferred in from"), max_length=80, required=False)
    letter_on = PastDateField(label=gettext_lazy("Date of the introduction letter"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units = Unit.objects.writable_by(user).branches().current(today())
        if len(ids := list(units.values_list("pk", flat=True)[:2])) == 1:
            self.fields["unit"].initial = ids[0]
        self.fields["standing"].choices = [c for c in Standing.choices if c[0] != Standing.FORMER]
