"""The nightly sweep: turns declared duties into dues, one INSERT … SELECT a duty and period, however many people.

Idempotent and safe side by side: the unique (duty, subject, occasion) decides, on both engines.
"""

from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from members.models import Cause, Enrolment, PostHolding, StandingRow, Unit
from members.models.dated import true_on
from members.vacancies import in_office
from xitun.lib.dates import now, today

from .counting import count_opened, insert_select
from .models import Due, RecordSubject, Reminder, Snooze, SweepRun
from .periods import festival_of, occasions_on
from .practice import ENTRY_DAYS, FESTIVALS, REMIND_AGAIN, REMIND_FIRST
from .registry import duties, rules
from .stays import before_in_stay, began, standing_since
from .workflow import Responsible, Subject

NOBODY = Q(pk__in=[])
COLUMNS = (
    "duty category enrolment_id post_id unit_id person_id path restricted occasion opens_on due_on "
    "responsible assignee_id opened_at closed_why"
).split()


def open_dues(day=None, *, came_since=None):
    """Open every due that stands open on `day` (today), and close what is not owed any more because its ground is gone.
    Returns how many rows were new. `came_since`: a moment; then nothing is closed, and only opened what people owe who
    were given a category or a post after it. What fell due before the first night of the house is asked of nobody."""
    day, begun = day or today(), timezone.now()
    if not (there := _there(day, came_since)):
        return 0
    opened, last, since = 0, _newest(), _begun_by(day)
    for code, (project, duty) in duties().items():
        if (project.category if duty.subject is Subject.ENROLMENT else duty.subject) not in there:
            continue
        for occasion in occasions_on(duty, day):
            if occasion.due_on < since:
                continue
            subjects = _subjects(project, duty, occasion, day)
            subjects = subjects.filter(_came(duty.subject, came_since)) if came_since else subjects
            if new := _open(subjects, _values(code, project, duty, occasion), last):
                opened, last = opened + new, _newest()
    if day < today():
        _close_ended(begun)
    elif not came_since:
        _follow_grounds(day)
    return opened


def _there(day, came_since):
    """The categories that anybody stands in, and the other subjects there are: nothing else is asked about."""
    stays, posts = Enrolment.objects.on(day).order_by(), PostHolding.objects.filter(true_on(day))
    if came_since:
        stays, posts = stays.filter(_came(Subject.ENROLMENT, came_since)), posts.filter(_came(Subject.POST, came_since))
    there = {*stays.values_list("category", flat=True).distinct(), *([Subject.POST] if posts.exists() else [])}
    return there if came_since else there | {Subject.UNIT}


def _came(subject, since):
    recorded = Q(recorded_at__gt=since)
    return recorded | Q(decided_at__gt=since) if subject is Subject.ENROLMENT else recorded


def _begun_by(day):
    """The first night of the house; where `day` lies before it, the day itself."""
    first = SweepRun.objects.aggregate(first=Min("day"))["first"]
    return min(first, day) if first else date.min


def _newest():
    return Due.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def _open(subjects, values, last):
    """The dues of one turn, and their number. Those of another sweep at the same moment are that one's to count: they
    bear another time, or came before the `last` due there was."""
    opened = _insert(subjects, Due, COLUMNS, values)
    if opened:
        turn = {name: values[name].value for name in ("duty", "occasion", "opened_at")}
        same = {name: values[name] for name in ("duty", "category", "opens_on", "due_on")}
        count_opened(Due.objects.filter(pk__gt=last, **turn), **same)
    return opened


def _close_ended(begun):
    """What was opened for a day gone by to somebody who has left since is not owed: nobody would ever close it."""
    ended = [Q(**{f"{end}__lte": today()}) for end in ("enrolment__to_date", "post__to_date", "unit__ends_on")]
    late = Due.objects.open().filter(ended[0] | ended[1] | ended[2], opened_at__gte=begun)
    late.close(on=today(), why=Cause.OPENED_LATE)


def _follow_grounds(day):
    """What is narrowed to some people is owed by those it concerned on the day it was due, or concerns on `day` while
    that is to come, and what a feast brings where that is kept; what had closed for others is owed again by who is one
    of them after all."""
    narrowed = [code for code, (_project, duty) in duties().items() if duty.narrowed or duty.festivals]
    dues = Due.objects.unsealed().filter(duty__in=narrowed, enrolment__isnull=False)
    passed = Q(closed_why=Cause.NEED_PASSED)
    turns = dues.filter(Q(closed_on=None) | passed).order_by().values_list("duty", "occasion", "due_on").distinct()
    for code, occasion, due_on in list(turns):
        project, duty = duties()[code]
        rows = Enrolment.objects.live().filter(category=project.category).alias(stay_began=began())
        whom = _whom(project, duty, min(day, due_on))
        if duty.festivals:
            whom &= _kept(festival_of(occasion), due_on)
        concerned = Exists(rows.filter(whom, pk=OuterRef("enrolment")))
        turn = dues.filter(category=project.category, duty=code, due_on=due_on)
        turn.filter(~concerned).close(on=day, why=Cause.NEED_PASSED)
        turn.filter(passed, concerned).reopen()


def _subjects(project, duty, occasion, day):
    """Queryset of what owes this turn, annotated with the subject's own columns of Due."""
    if duty.subject is Subject.ENROLMENT:
        rows = Enrolment.objects.on(day).filter(_owed(occasion, standing_since), category=project.category)
        rows = rows.alias(stay_began=began()).filter(_whom(project, duty, day))
        rows = rows.filter(~Exists(_elsewhere(project, duty, occasion)))
        helper = _null(BigIntegerField)
        if duty.by == Responsible.HELPER:
            helper = Case(When(in_office("helper", "path"), then=F("helper_id")), default=helper)
        return rows.annotate(
            s_enrolment_id=F("pk"), s_post_id=_null(BigIntegerField), s_unit_id=F("unit_id"),
            s_person_id=F("person_id"), s_path=F("path"), s_restricted=F("restricted"), s_assignee_id=helper,
        )  # fmt: skip
    if duty.subject is Subject.POST:
        rows = PostHolding.objects.filter(true_on(day), _owed(occasion, _held_since))
        return rows.annotate(
            s_enrolment_id=_null(BigIntegerField), s_post_id=F("pk"),
            s_unit_id=F("unit_id"), s_person_id=F("person_id"), s_path=F("path"),
            s_restricted=Value(False, BooleanField()), s_assignee_id=_null(BigIntegerField),
        )  # fmt: skip
    founded = Q(starts_on=None) | Q(starts_on__lte=occasion.due_on)
    units = Unit.objects.current(day).filter(founded).branches().order_by()
    if duty.where:
        units = getattr(rules(project.code), duty.where)(units, day)
    return units.annotate(
        s_enrolment_id=_null(BigIntegerField),
        s_post_id=_null(BigIntegerField), s_unit_id=F("pk"), s_person_id=_null(BigIntegerField), s_path=F("path"),
        s_restricted=Value(False, BooleanField()), s_assignee_id=_null(BigIntegerField),
    )  # fmt: skip


def _elsewhere(project, duty, occasion):
    """Dues of the same turn that the person of an enrolment owes, has had settled or was let off where the stay was
    before, or, once a person, in another stay; what only closed when they left is none."""
    turn = Due.objects.filter(category=project.category, duty=f"{project.code}.{duty.code}", occasion=occasion.key)
    turn = turn if duty.once_a_person else turn.filter(before_in_stay())
    apart = Q(closed_on__lt=F("enrolment__to_date")) | ~Q(closed_why=F("enrolment__decision_reason"))
    waived = apart & ~Q(closed_why__in=Cause.values)
    return turn.filter(Q(closed_on=None) | waived, person=OuterRef("person")).exclude(enrolment=OuterRef("pk"))


def _held_since(day):
    return Q(from_date__lte=day)


def _owed(occasion, since):
    """Q over enrolments or posts: those who came in time to owe this turn, where its feast is kept. `since(day)` is the
    Q of who was there by that day."""
    if occasion.festival:
        return _kept(occasion.festival, occasion.due_on) & _held_since(occasion.due_on)
    return ENTRY_DAYS.where(occasion.opens_on, lambda days: since(occasion.entered_by(days)))


def _kept(festival, day):
    """Q over enrolments: those where this feast of that day is kept."""
    return FESTIVALS[festival].where(day, lambda on: Q() if on else NOBODY)


def _whom(project, duty, day):
    """Q over enrolments with `stay_began`: whom the declaration narrows this duty to, wherever the stay has been."""
    q = Q(primary=True) if duty.primary_only else Q()
    if duty.standings:
        rows = StandingRow.objects.filter(true_on(day), person=OuterRef("person"), standing__in=duty.standings)
        q &= Q(Exists(rows))
    if duty.between:
        begun, ended = (
            RecordSubject.objects.filter(
                record__kind=f"{project.code}.{kind}", record__voided_at__isnull=True, record__happened_on__lte=day
            )
            for kind in duty.between
        )
        ended = ended.filter(
            person=OuterRef("person"),
            enrolment__from_date__gte=OuterRef("enrolment__from_date"),
            record__happened_on__gte=OuterRef("record__happened_on"),
        )
        q &= Q(Exists(begun.filter(~Exists(ended), before_in_stay(), person=OuterRef("person"))))
    return q


def _null(field):
    return Cast(Value(None), field())


def _values(code, project, duty, occasion):
    return {
        "duty": Value(code, CharField()),
        "category": Value(str(project.category), CharField()),
        "occasion": Value(occasion.key, CharField()),
        "opens_on": Value(occasion.opens_on, DateField()),
        "due_on": Value(occasion.due_on, DateField()),
        "responsible": Value(str(duty.by), CharField()),
        "opened_at": Value(timezone.now(), DateTimeField()),
        "closed_why": Value("", CharField()),
    }


def _insert(rows, model, columns, values):
    """INSERT INTO model (columns) SELECT … ON CONFLICT DO NOTHING; returns the number of new rows."""
    rows = rows.annotate(**{f"s_{name}": value for name, value in values.items()})
    sql, params = rows.values_list(*(f"s_{name}" for name in columns)).query.sql_with_params()
    return insert_select(model, columns, f"{sql} ON CONFLICT DO NOTHING", params)


def remind(day=None, *, at=None):
    """Write the reminders that `day` brings: T−30 and T−7 (or as the town has set), due today, overdue, and passed on
    to the town; `at`: the moment they bear. What is snoozed waits, save for the town; what is outdated is first ended,
    so that it is told again should it come about again. Returns new rows."""
    day, at = day or today(), at or now()
    Reminder.objects.outdated().update(ended_at=at)
    first, again = (each.where(day, partial(_due_within, day)) for each in (REMIND_FIRST, REMIND_AGAIN))
    heard = ~Exists(Snooze.objects.live(day).filter(due=OuterRef("pk")))
    stages = (
        (Reminder.Stage.T30, heard & first & ~again & Q(due_on__gt=day), F("responsible")),
        (Reminder.Stage.T7, heard & again & Q(due_on__gt=day), F("responsible")),
        (Reminder.Stage.DUE, heard & Q(due_on=day), F("responsible")),
        (Reminder.Stage.OVERDUE, heard & Q(due_on__lt=day), F("responsible")),
        (Reminder.Stage.ESCALATED, Q(due_on__lt=day), Value("town_staff", CharField())),
    )
    return sum(
        _insert(
            Due.objects.open().filter(when).annotate(s_due_id=F("pk"), s_due_on=F("due_on"), s_audience=audience),
            Reminder,
            ("due_id", "stage", "audience", "due_on", "created_at"),
            {"stage": Value(str(stage), CharField()), "created_at": Value(at, DateTimeField())},
        )
        for stage, when, audience in stages
    )


def _due_within(day, days):
    return Q(due_on__lte=day + timedelta(days=days))
