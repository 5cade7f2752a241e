"""What follows for the duties when `members` acts: told through members.hooks, in the same transaction."""

from django.db.models import DateField, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Greatest

from members.models import Cause, Enrolment
from members.vacancies import in_office

from . import occasions, registry
from .models import Due, Record
from .occasions import occasion_columns, occasion_days
from .periods import occasions_on
from .practice import ENTRY_DAYS
from .registry import duties
from .stays import stay_ids
from .workflow import DEATH, Responsible


def close_dues_of_enrolments(enrolment_ids, *, on, by, why):
    """Told by members when enrolments end (exit, death, transfer): what is still open ends that day, or with its own
    enrolment, where that began only later."""
    ends = Enrolment.objects.filter(pk=OuterRef("enrolment")).values("to_date")
    ends = Greatest(Subquery(ends), Value(on, DateField()))
    Due.objects.open().filter(enrolment_id__in=enrolment_ids).close(on=ends, by=by, why=why)


def carry_on(gone_on):
    """Told by members when enrolments go on in another branch, with {ended: new}: what records had made owed until then
    is owed there."""
    occasions.go_on(Due.objects.filter(enrolment__in=gone_on), gone_on)


def give_dues_to_helper(enrolment_id, *, helper, by):
    """Told by members when a helper is named: what is open of the helper's duties is theirs now; with None it falls to
    the secretary."""
    dues = Due.objects.open().filter(enrolment_id=enrolment_id, responsible=str(Responsible.HELPER))
    dues.update(assignee=helper)


def close_dues_of_posts(post_ids, *, on, by, why):
    """Told by members when posts are left."""
    Due.objects.open().filter(post_id__in=post_ids).close(on=on, by=by, why=why or Cause.POST_LEFT)


def close_dues_of_unit(path, *, on, by, why):
    """Told by members when a unit ends: what is still open there ends that day. What is owed to the family of somebody
    who died stays owed; the town sees it."""
    dues = Due.objects.open().filter(path__startswith=path).exclude(occasion=DEATH)
    dues.close(on=on, by=by, why=why)


def give_dues_on(path, old, new):
    """Told by members when a role is handed over: the open dues the one had taken on there are the other's."""
    Due.objects.open().filter(path__startswith=path, assignee_id=old).update(assignee_id=new)


def let_go_dues(user_id=None):
    """Told by members when somebody has left an office, and asked every night for all: open dues that were theirs by
    name, where they may write no more, fall to the branch (DOMAIN 2)."""
    theirs = Q(assignee=user_id) if user_id else Q(assignee__isnull=False)
    Due.objects.open().filter(theirs, ~in_office("assignee", "path")).update(assignee=None)


def records_about(person_ids, *, since):
    """Asked by members before an import is taken back: (person, author, when) of the records about these people."""
    rows = Record.objects.filter(entered_at__gt=since)
    about = rows.filter(subjects__person_id__in=person_ids).values_list(
        "subjects__person_id", "author_id", "entered_at"
    )
    posts = rows.filter(post__person_id__in=person_ids).values_list("post__person_id", "author_id", "entered_at")
    return [*about, *posts]


def open_dues_of_death(enrolment_ids, *, on, by):
    """Told by members when a person has died: what is owed to the family although every enrolment has ended."""
    for row in Enrolment.objects.filter(pk__in=enrolment_ids):
        project = registry.project_of(row.category)
        Due.objects.bulk_create(
            Due(
                **occasion_columns(project, duty, on),
                enrolment=row,
                unit_id=row.unit_id,
                person_id=row.person_id,
                path=row.path,
                restricted=row.restricted,
                occasion=DEATH,
                opens_on=on,
            )
            for duty in project.duties
            if duty.after == DEATH
        )


def follow_days(row, *, before, by, why):
    """Told by members in the same transaction. What closed with the end closes by its true day; open turns that were
    over, or too far gone, when it truly began are not owed, and are again when it began earlier after all. What an
    earlier beginning adds to the running period, the next sweep opens; a period gone by is not opened again, and what
    was due in a sealed quarter stays as it was."""
    dues = Due.objects.filter(enrolment=row) if isinstance(row, Enrolment) else Due.objects.filter(post=row)
    dues = dues.unsealed()
    if row.to_date and row.to_date != before[1]:
        dues.filter(closed_on=before[1]).update(closed_on=row.to_date)
        died = dues.filter(occasion=DEATH, opens_on=before[1], duty__in=list(duties()), closed_on=None)
        for due in died:  # a death put on its true day
            due_on = occasion_days(duties()[due.duty][1], row.to_date)
            Due.objects.filter(pk=due.pk).update(opens_on=row.to_date, due_on=due_on)
    if row.from_date > before[0]:
        late = [due.pk for due in dues.open() if _came_too_late(due, _since(row))]
        dues.filter(pk__in=late).close(on=row.from_date, by=by, why=Cause.BEGAN_LATER)
    elif row.from_date < before[0] and not row.to_date:
        closed = dues.filter(closed_why=Cause.BEGAN_LATER)
        dues.filter(pk__in=[due.pk for due in closed if not _came_too_late(due, _since(row))]).reopen()


def close_came_too_late(dues, *, by):
    """Part of an act after which `dues` are owed again: not those whose turn was over, or too far gone, when the stay
    or the post truly began."""
    began = Q(enrolment__from_date__gt=F("opens_on")) | Q(post__from_date__gt=F("opens_on"))
    for due in dues.open().filter(began).select_related("enrolment", "post"):
        since = _since(due.enrolment or due.post)
        if _came_too_late(due, since):
            dues.filter(pk=due.pk).close(on=since, by=by, why=Cause.BEGAN_LATER)


def _since(row):
    """The day from which the person stands here or, without a break, in the same category elsewhere."""
    if not isinstance(row, Enrolment):
        return row.from_date
    return Enrolment.objects.filter(pk__in=stay_ids([row])).aggregate(since=Min("from_date"))["since"]


def _came_too_late(due, day):
    entry_days = ENTRY_DAYS.on(due.opens_on, due.path)
    return any(day > turn.entered_by(entry_days) for turn in _turns(due.duty, due.occasion, due.opens_on))


def _turns(code, occasion, opens_on):
    """The turn of a duty by the calendar; none of what no room declares any longer."""
    if code not in duties():
        return []
    return [turn for turn in occasions_on(duties()[code][1], opens_on) if turn.key == occasion]


def follow_calendar(year):
    """Told by members when the holidays of a year were entered: what is open of it falls due by them, and not by the
    Mondays to Fridays that were counted until then. What is done may have been due later than was said, never earlier.
    What was due in a sealed quarter stays as it was."""
    dues = Due.objects.unsealed().filter(closed_on=None)
    for code, key, opens_on in (
        dues.filter(due_on__year=year).order_by().values_list("duty", "occasion", "opens_on").distinct()
    ):
        for turn in _turns(code, key, opens_on):
            same = dues.filter(duty=code, occasion=key)
            same.filter(due_on__lt=turn.due_on).update(due_on=turn.due_on)
            same.open().filter(due_on__gt=turn.due_on).update(due_on=turn.due_on)
