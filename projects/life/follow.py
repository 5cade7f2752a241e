"""What follows for attendance when records or people change elsewhere."""

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Attendance, MakeUp

ROWS = "projects_life.attendance"


def keep_make_ups(record, new):
    """Told by the engine when a record was put right: what made up for a meeting makes up for its new version. Raises
    ValidationError when that would have been before the meeting."""
    early = MakeUp.objects.filter(meeting=record, record__voided_at=None, record__happened_on__lt=new.happened_on)
    if row := early.select_related("record").order_by("record__happened_on").first():
        words = _("It was made up for on %(day)s already. Put that make-up right first.")
        raise ValidationError({"happened_on": words % {"day": date_format(row.record.happened_on)}})
    MakeUp.objects.filter(meeting=record).update(meeting=new)


def move(keep_id, other_id, *, ended, by):
    """Told by members when two files become one: whoever was there in both is there once."""
    there = Attendance.objects.filter(person=keep_id).values("record")
    keys = list(Attendance.objects.filter(person=other_id).exclude(record__in=there).values_list("pk", flat=True))
    Attendance.objects.filter(pk__in=keys).update(person=keep_id)
    return [(ROWS, keys)]


def give_back(keep_id, other_id, *, moved):
    Attendance.objects.filter(pk__in=moved.get(ROWS, [])).update(person=other_id)


def records_about(person_ids, *, since):
    """Asked by members before an import is taken back: (person, author, when) of the attendance of these people."""
    rows = Attendance.objects.filter(person_id__in=person_ids, record__entered_at__gt=since)
    return list(rows.values_list("person_id", "record__author_id", "record__entered_at"))
