"""Forms of a village cadre post: somebody takes it, somebody leaves it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import today
from xitun.lib.forms import PastDateField

from .access import CONFIRM
from .models import Person, Unit
from .posts import known_titles


class BranchForm(forms.Form):
    """Of which branch."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Branch"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(user, CONFIRM).branches().current(today())


class TakePostForm(forms.Form):
    """A post of `unit` by a name the town knows, or a new one; held by somebody on the branch's roll, or by a cadre who
    stands on none."""

    title = forms.ChoiceField(label=gettext_lazy("Post"), required=False)
    other_title = forms.CharField(
        label=gettext_lazy("Another post"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Its full name, when it is not in the list."),
    )
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Who takes it, from the branch's roll"),
        required=False,
        empty_label=gettext_lazy("Choose, or name them below"),
    )
    holder_name = forms.CharField(
        label=gettext_lazy("A cadre who is not on the roll"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("The name, when the cadre is not a party member."),
    )
    from_date = PastDateField(label=gettext_lazy("In the post since"), initial=today)
    division = forms.CharField(label=gettext_lazy("Division of work"), max_length=120, required=False)

    def __init__(self, *args, user, unit, **kwargs):
        super().__init__(*args, **kwargs)
        titles = [(title, title) for title in known_titles(user, unit)]
        self.fields["title"].choices = [("", _("Choose a post, or name it below")), *titles]
        people = Person.objects.visible_to(user).on_roll().filter(path__startswith=unit.path)
        self.fields["person"].queryset = people.order_by("pinyin", "pk").defer("id_number", "address")
        self.fields["person"].label_from_instance = _told_apart

    def clean(self):
        data = super().clean()
        data["title"] = self._one_of(
            data, "title", "other_title", _("Choose a post from the list, or name another one: one of the two.")
        )
        self._one_of(data, "person", "holder_name", _("Choose somebody, or name them: one of the two."))
        data.pop("other_title", None)
        return data

    def _one_of(self, data, chosen, named, words):
        """What was chosen or else named; an error beside the first where it is neither or both."""
        given = [data[name] for name in (chosen, named) if data.get(name)]
        if len(given) != 1 and not self.errors.keys() & {chosen, named}:
            self.add_error(chosen, words)
        return given[0] if given else ""


def _told_apart(person):
    """Namesakes by the year of birth."""
    return f"{person.name} · {person.birth_date.year}" if person.birth_date else person.name


class LeavePostForm(forms.Form):
    on = PastDateField(label=gettext_lazy("Left on"), initial=today)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: not elected again, took another post."),
    )
