"""What every form of an act needs: dates as people type them, and an act's refusals shown where they belong."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import DateError, parse_date, today

REQUIRED = gettext_lazy("This field is required.")  # named so that our Chinese stands in for Django's


def carried_out(form, act):
    """Whether the form is sound and `act()` was done. What the act refuses is shown in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        add_act_errors(form, error)
        return False
    return True


def add_act_errors(form, error):
    """Show an act's ValidationError beside the fields it names, where the form has them, else above the form."""
    if not hasattr(error, "error_dict"):
        return form.add_error(None, error)
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class TypedDateField(forms.DateField):
    """A date in any habit of the office (1968.7.5, 1968年7月5日); the browser's own picker sends 1968-07-05."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return parse_date(value)
        except ValueError as error:  # a number of five thousand digits is a ValueError too, though no DateError
            words = error if isinstance(error, DateError) else DateError()
            raise ValidationError(str(words), code="invalid")


class PastDateField(TypedDateField):
    """A day that has come: not after today."""

    def get_bound_field(self, form, field_name):
        self.widget.attrs["max"] = today().isoformat()  # the form's own copy; a class attribute would freeze the day
        return super().get_bound_field(form, field_name)

    def validate(self, value):
        super().validate(value)
        if value and value > today():
            raise ValidationError(_("The date lies ahead. Enter what has happened."), code="ahead")
