"""What must hold of a person's columns, whoever sends them: a form, the API or a program. A roster's lines are judged
by members.roster, which says more of them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xitun.lib.dates import today
from xitun.lib.ids import parse_id_number
from xitun.lib.phones import PhoneError, parse_phone

DAYS = ("birth_date", "joined_on", "full_member_on")
COLUMNS = ("id_number", "sex", "phone", *DAYS)


def clean_phone(text):
    """The phone number as it is kept. Raises ValidationError when it is none."""
    try:
        return parse_phone(text)
    except PhoneError as error:
        raise ValidationError(str(error)) from None


def fill_from_number(values):
    """Birth date and sex as the ID number has them: {column: value} where left out, and {column: error} where they
    contradict it. `values` maps columns to values; a column that is not in it is not looked at."""
    filled, errors = {}, {}
    if not values.get("id_number"):
        return filled, errors
    number = parse_id_number(values["id_number"])
    for name in {"birth_date", "sex"} & values.keys():
        if not values[name]:
            filled[name] = getattr(number, name)
        elif values[name] != getattr(number, name):
            errors[name] = _("This contradicts the ID number. Check both against the card.")
    return filled, errors


def check_days(values):
    """{column: error} for days in an order that cannot be. A column that is not in `values` is not looked at."""
    born, joined, full = (values.get(name) for name in DAYS)
    errors = {}
    if born and joined and joined <= born:
        errors["joined_on"] = _("This lies before the birth date.")
    if joined and full and full < joined:
        errors["full_member_on"] = _("This lies before the day of joining.")
    return errors


def make_sound(person, written=COLUMNS):
    """Fill what the ID number says and refuse what cannot be. Only what was `written` is judged, so that an old mistake
    in one column does not keep the others from being corrected. Raises ValidationError by field; the ID number itself
    must be sound already. Returns the names of the columns it filled."""
    values, written, errors = {name: getattr(person, name) for name in COLUMNS}, set(written), {}
    filled = {}
    if written & {"id_number", "birth_date", "sex"}:
        filled, errors = fill_from_number(values)
        values |= filled
    if written & set(DAYS) or filled:
        errors = check_days(values) | errors
    for name in DAYS:
        if name in written and values[name] and values[name] > today():
            errors[name] = _("The date lies ahead. Enter what has happened.")
    if "phone" in written:
        try:
            values["phone"] = clean_phone(person.phone)
        except ValidationError as error:
            errors["phone"] = error
    if errors:
        raise ValidationError(errors)
    for name, value in values.items():
        setattr(person, name, value)
    return set(filled)
