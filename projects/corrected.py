"""What follows for the duties when days are put right: those of an enrolment, of a post held, or of the calendar."""

from members.models import Cause, Enrolment

from .actions import occasion_days
from .models import Due
from .periods import occasions_on
from .registry import duties
from .workflow import DEATH


def follow_days(row, *, before, by, why):
    """Told by members in the same transaction. What closed with the end closes by its true day; open turns that were
    over, or too far gone, when it truly began are not owed, and are again when it began earlier after all. What an
    earlier beginning adds to the running period, the next sweep opens; a period gone by is not opened again, and what
    was due in a sealed quarter stays as it was."""
    dues = Due.objects.filter(enrolment=row) if isinstance(row, Enrolment) else Due.objects.filter(post=row)
    dues = dues.unsealed()
    if row.to_date and row.to_date != before[1]:
        dues.filter(closed_on=before[1]).update(closed_on=row.to_date)
        for due in dues.open().filter(occasion=DEATH, duty__in=list(duties())):  # a death put on its true day
            due_on = occasion_days(duties()[due.duty][1], row.to_date)
            Due.objects.filter(pk=due.pk).update(opens_on=row.to_date, due_on=due_on)
    if row.from_date > before[0]:
        late = [due.pk for due in dues.open() if _came_too_late(due, row.from_date)]
        dues.filter(pk__in=late).close(on=row.from_date, by=by, why=Cause.BEGAN_LATER)
    elif row.from_date < before[0] and not row.to_date:
        closed = dues.filter(closed_why=Cause.BEGAN_LATER)
        dues.filter(pk__in=[due.pk for due in closed if not _came_too_late(due, row.from_date)]).reopen()


def _came_too_late(due, day):
    return any(day > turn.entered_by for turn in _turns(due.duty, due.occasion, due.opens_on))


def _turns(code, occasion, opens_on):
    """The turn of a duty by the calendar; none of what no room declares any longer."""
    if code not in duties():
        return []
    return [turn for turn in occasions_on(duties()[code][1], opens_on) if turn.key == occasion]


def follow_calendar(year):
    """Told by members when the holidays of a year were entered: what is open of it falls due by them, and not by the
    Mondays to Fridays that were counted until then. What was due in a sealed quarter stays as it was."""
    dues = Due.objects.open().unsealed()
    for code, key, opens_on in (
        dues.filter(due_on__year=year).order_by().values_list("duty", "occasion", "opens_on").distinct()
    ):
        for turn in _turns(code, key, opens_on):
            dues.filter(duty=code, occasion=key).exclude(due_on=turn.due_on).update(due_on=turn.due_on)
