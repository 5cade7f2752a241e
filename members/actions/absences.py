"""Away and back, of people who are not among the mobile: the branch notes since when and where, so that six months are
not missed (DOMAIN 2.3). What follows from it a named person decides."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import Absence, Category, Standing
from members.models.enrolments import LIVE

from .categories import refuse_future
from .people import lock_person


@transaction.atomic
def note_absence(*, by, person, since, place):
    """Away since a day. The same said again by anybody returns the first row. Raises ValidationError for somebody who
    is noted as away, stands among the mobile or has left the roll."""
    person, place = lock_person(person), place.strip()
    refuse_future(since, "since")
    if not place:
        raise ValidationError({"place": _("Say where to.")})
    if person.standing == Standing.FORMER:
        raise ValidationError(_("The person has left the roll. Nothing was changed."))
    if row := person.absences.open().first():
        if (row.from_date, row.place) == (since, place):
            return row
        words = _("The person is noted as away since %(day)s. Enter the return first.")
        raise ValidationError(words % {"day": date_format(row.from_date)})
    if person.enrolments.filter(category=Category.MOBILE, status__in=LIVE).exists():
        raise ValidationError(_("The person stands among the mobile members: enter the going out there."))
    back = person.absences.filter(superseded_at=None).order_by("to_date").last()
    if back and since < back.to_date:
        words = _("The person was back on %(day)s. Choose that day or a later one.")
        raise ValidationError({"since": words % {"day": date_format(back.to_date)}})
    row = Absence.objects.create(person=person, place=place, from_date=since, recorded_by=by)
    trace("note_absence", by=by, obj=row, person=person, path=person.path, detail={"since": str(since)})
    return row


@transaction.atomic
def note_return(*, by, person, on):
    """Back since a day; leaving again begins another absence. The same said again changes nothing."""
    person = lock_person(person)
    refuse_future(on)
    row = person.absences.open().first()
    if not row:
        last = person.absences.filter(superseded_at=None).order_by("to_date").last()
        if last and last.to_date == on:
            return last
        raise ValidationError(_("The person is not noted as away. Nothing was changed."))
    if on < row.from_date:
        raise ValidationError({"on": _("The end cannot lie before the beginning.")})
    row.to_date = on
    row.save(update_fields=["to_date"])
    trace("note_return", by=by, obj=row, person=person, path=person.path, detail={"on": str(on)})
    return row
