"""What follows for attendance when records or people change elsewhere."""

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.merging import exchange, put_together

from .models import Attendance, MakeUp, State

ROWS, EXCHANGED = "projects_life.attendance", "projects_life.attendance.exchanged"
SAID = ("due", "state", "why", "note", "hours")


def keep_make_ups(record, new):
    """Told by the engine when a record was put right: what made up for a meeting makes up for its new version. Raises
    ValidationError when that would have been before the meeting."""
    early = MakeUp.objects.filter(meeting=record, record__voided_at=None, record__happened_on__lt=new.happened_on)
    if row := early.select_related("record").order_by("record__happened_on").first():
        words = _("It was made up for on %(day)s already. Put that make-up right first.")
        raise ValidationError({"happened_on": words % {"day": date_format(row.record.happened_on)}})
    MakeUp.objects.filter(meeting=record).update(meeting=new)


def move(keep_id, other_id, **_told):
    """Told by members when two files become one: whoever stands on one roll in both stands there once, and came if they
    came in either, with the more hours."""
    keys, pairs = put_together(Attendance, keep_id, other_id, counts=_came)
    exchange(Attendance, pairs, SAID)
    return [(ROWS, keys), (EXCHANGED, pairs)]


def _came(row):
    return row.state == State.PRESENT, row.hours


def give_back(_keep_id, other_id, *, moved, **_told):
    """Each has their own again."""
    Attendance._base_manager.filter(pk__in=moved.get(ROWS, ())).update(person=other_id)
    exchange(Attendance, moved.get(EXCHANGED, ()), SAID)


def records_about(person_ids, *, since):
    """Asked by members before an import is taken back: (person, author, when) of the attendance of these people."""
    rows = Attendance.objects.filter(person_id__in=person_ids, record__entered_at__gt=since)
    return list(rows.values_list("person_id", "record__author_id", "record__entered_at"))
