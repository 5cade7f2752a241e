"""Another name or ID number of the same person, from a day on; what was borne before is kept and still found."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import FormerIdentity, Standing
from xitun.lib.ids import IdNumberError, parse_id_number
from xitun.lib.names import normalise_name

from .categories import refuse_future
from .people import lock_person, prepare_person, save_once, write_grams


@transaction.atomic
def change_identity(*, by, person, on, evidence, reason, name="", id_number=""):
    """A new `name`, a new `id_number` or both; empty keeps what is known. Birth date and sex follow a new number. The
    same change sent again by the same user changes nothing. Raises ValidationError by field."""
    person = lock_person(person)
    refuse_future(on)
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    if person.standing == Standing.FORMER:
        raise ValidationError(_("The person has left the roll. Nothing was changed."))
    changed = _changed(person, name, id_number)
    last = _last_change(person)
    if not changed:
        if last and (last.to_date, last.recorded_by) == (on, by):
            return person
        raise ValidationError(_("Name and number are as they were. Nothing was changed."))
    began = borne_since(person)
    if on < began:
        raise ValidationError(
            {"on": _("This cannot be dated %(on)s: the present state began on %(start)s.")
            % {"on": date_format(on), "start": date_format(began)}}
        )  # fmt: skip
    _keep(person, changed, by=by, began=began, on=on, evidence=evidence, reason=reason)
    _bear(person, changed)
    told = {**changed, "on": str(on)}
    trace("change_identity", by=by, obj=person, person=person, purpose=reason, detail=told)
    return person


def _last_change(person):
    """The newest change of name or number; none that a merge has written."""
    rows = person.former_identities.borne().exclude(evidence=FormerIdentity.Evidence.MERGE)
    return rows.order_by("to_date", "pk").last()


def borne_since(person):
    """The day from which the present name and number are known here."""
    last = _last_change(person)
    return last.to_date if last else person.memberships.earliest("from_date").from_date


def _changed(person, name, id_number):
    """{column: new value} of what differs."""
    new = {"name": normalise_name(name)}
    try:
        new["id_number"] = parse_id_number(id_number).value18 if id_number else ""
    except IdNumberError as error:
        raise ValidationError({"id_number": str(error)}) from None
    return {key: value for key, value in new.items() if value and value != getattr(person, key)}


def _keep(person, changed, *, by, began, on, evidence, reason):
    old = {key: getattr(person, key) for key in changed}
    if "id_number" in changed:
        old["id_hash"] = person.id_hash
    FormerIdentity.objects.create(
        person=person, from_date=began, to_date=on, recorded_by=by, evidence=evidence, reason=reason, **old
    )


def _bear(person, changed):
    for key, value in changed.items():
        setattr(person, key, value)
    if "name" in changed:
        person.reading = ""  # a new name is read anew
    if "id_number" in changed:
        number = parse_id_number(person.id_number)
        person.birth_date, person.sex = number.birth_date, number.sex
    prepare_person(person)
    person.version += 1
    save_once(person, _("Another person already has this ID number."))
    write_grams(person)
