from django import forms
from django.utils.translation import gettext_lazy as _

from members.access import WRITE
from members.models import Unit
from members.roster import mend
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField


class TableForm(forms.Form):
    """An upload: the file, and the unit whose branches it may name."""

    file = forms.FileField(
        allow_empty_file=True,  # the reader's own words say more
        help_text=_("Excel (.xlsx, .xls) or CSV, as you keep it: titles, totals and several sheets may stay."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.csv,.tsv,.txt"}),
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Of which unit"), empty_label=None)

    def __init__(self, *args, user, right=WRITE, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.writable_by(user) & Unit.objects.writable_by(user, right)
        units = units.exclude(kind=Unit.Kind.GROUP).current(today())
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = units.values_list("pk", flat=True).first()


class RosterForm(TableForm):
    """A roster, and the day from which it holds."""

    on = PastDateField(
        label=_("Holds from"),
        initial=today,
        help_text=_("The day from which people stand on the roll and in their categories. Duties count from it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Roster")


class WordForm(forms.Form):
    """What a word means that the roster does not understand, for every refused line that says it."""

    code = forms.ChoiceField(choices=[(code, code) for code in mend.WORDS], widget=forms.HiddenInput)
    text = forms.CharField(max_length=40, widget=forms.HiddenInput)
    value = forms.ChoiceField(label=_("It means"))

    def __init__(self, *args, roster, code, **kwargs):
        super().__init__(*args, auto_id=False, **kwargs)
        known = mend.choices(roster, code) if code in mend.WORDS else []
        self.fields["value"].choices = [("", _("Choose")), *known]
