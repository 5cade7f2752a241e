"""What follows for the duties when days are put right: those of an enrolment, of a post held, or of the calendar."""

from members.models import Cause, Enrolment
from xitun.lib.dates import today

from .models import Due
from .periods import occasions_on
from .registry import duties


def follow_days(row, *, before, by, why):
    """Told by members in the same transaction. What closed with the end closes by its true day; open turns that were
    over, or too far gone, when it truly began are not owed. What an earlier beginning adds to the running period, the
    next sweep opens; a period gone by is not opened again."""
    dues = Due.objects.filter(enrolment=row) if isinstance(row, Enrolment) else Due.objects.filter(post=row)
    if row.to_date and row.to_date != before[1]:
        dues.filter(closed_on=before[1]).update(closed_on=row.to_date)
    if row.from_date > before[0]:
        late = [due.pk for due in dues.open() if _came_too_late(due, row.from_date)]
        dues.filter(pk__in=late).close(on=today(), by=by, why=Cause.BEGAN_LATER)


def _came_too_late(due, day):
    duty = duties()[due.duty][1]
    turns = [turn for turn in occasions_on(duty, due.opens_on) if turn.key == due.occasion]
    return any(day > turn.entered_by for turn in turns)


def follow_calendar(year):
    """Told by members when the holidays of a year were entered: what is open of it falls due by them, and not by the
    Mondays to Fridays that were counted until then."""
    turns = (
        Due.objects.open().filter(due_on__year=year).order_by().values_list("duty", "occasion", "opens_on").distinct()
    )
    for code, key, opens_on in turns:
        for turn in occasions_on(duties()[code][1], opens_on):
            if turn.key == key:
                moved = Due.objects.open().filter(duty=code, occasion=key).exclude(due_on=turn.due_on)
                moved.update(due_on=turn.due_on)
