"""Dues that follow something other than the calendar: a record, or several that together say something is needed."""

from datetime import timedelta

from django.db.models import Case, CharField, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from members.models import Cause, Enrolment, Person
from xitun.lib.dates import add_months, today
from xitun.lib.workdays import add_workdays

from . import registry
from .models import Due, PeriodLock, Record
from .stays import living, stays
from .workflow import DEATH, Cadence, Responsible

CLOSED_BY_RECORDS = (Cause.NEED_PASSED, Cause.RECORD_VOIDED)
ENDED_WITH_STAY = Q(closed_on=F("enrolment__to_date"), closed_why=F("enrolment__decision_reason")) | Q(
    closed_why__in=(Cause.HAD_LEFT, Cause.MERGED)
)
SAME = "duty category person_id restricted occasion opens_on due_on responsible".split()  # what goes on elsewhere keeps


def following(record, entry):
    """(duty, day from which it counts) of what is declared to follow such a record."""
    _project, kind = registry.kinds()[record.kind]
    for duty in _made_by(record):
        if duty.needed or duty.after != kind.code:
            continue
        if duty.when and entry.detail.get(duty.when[0]) != duty.when[1]:
            continue
        if duty.about and not (entry.detail.get(duty.about) or "").strip():
            continue
        start = entry.detail.get(duty.after_field) if duty.after_field else entry.happened_on
        if not start and duty.otherwise_days:
            start = entry.happened_on + timedelta(days=duty.otherwise_days)
        if start and not _gone_by(duty, start, entry) and not _spared(duty, start, record, entry.enrolments):
            yield duty, start


def _gone_by(duty, start, carried):
    """Whether a duty that follows from what an old ledger said was due in the past: what followed, that ledger knows.
    `carried`: the record or its entry."""
    return bool(carried.carried_from) and occasion_days(duty, start) < today()


def _spared(duty, start, record, enrolments):
    """Whether the room's rules say that none of these owes what would follow."""
    if not (duty.unless and enrolments):
        return False
    spared = getattr(registry.rules(record.kind.partition(".")[0]), duty.unless)
    return all(spared(enrolment, start, by=record) for enrolment in enrolments)


def _made_by(record):
    project, _kind = registry.kinds()[record.kind]
    return [duty for duty in project.duties if duty.cadence is Cadence.OCCASION]


def open_occasion(duty, record, enrolments, start):
    """Open it for each of `enrolments` where that goes on, a promise only where it was given ((None,): for the record's
    post or unit), unless it has ended. A sealed quarter gets none."""
    project, _kind = registry.kinds()[record.kind]
    columns = occasion_columns(project, duty, start)
    if PeriodLock.holds(record.path, columns["due_on"]):
        return
    if ended := [row for row in enrolments if row and row.to_date and not duty.about]:
        there = living(ended)
        enrolments = [there.get(row.pk, row) for row in enrolments]
    Due.objects.bulk_create(
        Due(
            **columns,
            enrolment=enrolment,
            post=record.post,
            unit_id=enrolment.unit_id if enrolment else record.unit_id,
            person_id=enrolment.person_id if enrolment else getattr(record.post, "person_id", None),
            path=enrolment.path if enrolment else record.path,
            restricted=record.restricted,
            occasion=f"r{record.pk}",
            opens_on=record.happened_on,
            assignee_id=enrolment.helper_id if enrolment and duty.by == Responsible.HELPER else None,
        )
        for enrolment in enrolments
        if not (enrolment.to_date if enrolment else record.post.to_date if record.post else record.unit.ends_on)
    )


def occasion_days(duty, start):
    """The day on which a duty that follows something of the day `start` is due."""
    due_on = add_months(start, duty.months)
    return add_workdays(due_on, duty.days) if duty.workdays else due_on + timedelta(days=duty.days)


def occasion_columns(project, duty, start):
    """Columns of Due for a duty that follows something of the day `start`."""
    return {
        "duty": f"{project.code}.{duty.code}",
        "category": project.category,
        "due_on": occasion_days(duty, start),
        "responsible": str(duty.by),
        "opened_at": timezone.now(),
    }


def put_days(dues, due_on, record):
    """They are due by the days of `record`; a sealed quarter neither loses one nor gets one."""
    if not PeriodLock.holds(record.path, due_on):
        dues.unsealed().update(due_on=due_on, opens_on=record.happened_on)


def lock_stays(kind, enrolments):
    """Before an act that will `follow_needs` locks any due: who ends a stay locks person, stay, dues in turn."""
    if _bears_on(kind):
        people = Enrolment.objects.filter(pk__in=enrolments).values("person")
        list(Person.objects.filter(pk__in=people).locked().values_list("pk"))
        list(_standing(kind, enrolments).locked().values_list("pk"))


def _standing(kind, enrolments):
    """The live ones that these people have in the project of such a record, in whichever branch."""
    project, _kind = registry.kinds()[kind]
    people = Enrolment.objects.filter(pk__in=enrolments).values("person")
    return Enrolment.objects.live().filter(category=project.category, person__in=people)


def _bears_on(kind_code):
    """The duties with `needed` that such a record makes owed or ends."""
    project, kind = registry.kinds().get(kind_code, (None, None))
    duties = [duty for duty in project.duties if duty.needed] if project else []
    return [duty for duty in duties if kind.code in (duty.after, *duty.kinds, *duty.ended_by)]


def follow_needs(record, *, by):
    """Part of an act that wrote or took back `record`: what the records of a stay together make needed is owed, once,
    where it goes on now; what they do not any longer is closed. One after another for the same people."""
    _follow_spared(record, by=by)
    duties = _bears_on(record.kind)
    if not duties:
        return
    project, _kind = registry.kinds()[record.kind]
    concerned = set(record.subjects.values_list("enrolment", flat=True))
    rows = list(_standing(record.kind, concerned).locked())
    reach = stays(rows)
    for row in rows:
        for duty in duties if concerned & reach[row.pk] else ():
            _follow(f"{project.code}.{duty.code}", duty, row, reach[row.pk], by=by)


def _follow_spared(record, *, by):
    """Of who is spared by `unless`: what earlier and later records make owed, or not any longer, now that `record` is
    written or taken back."""
    project, kind = registry.kinds().get(record.kind, (None, None))
    for duty in project.duties if project else ():
        if not (duty.unless and kind.code in (duty.after, *duty.ended_by)):
            continue
        concerned = Enrolment.objects.filter(pk__in=record.subjects.values("enrolment"))
        for row in {row.pk: row for row in living(list(concerned)).values()}.values():
            _owe_unless(project, duty, row, stays([row])[row.pk], by=by)


def _owe_unless(project, duty, enrolment, stay, *, by):
    code, kind = f"{project.code}.{duty.code}", f"{project.code}.{duty.after}"
    makers = Record.objects.live().filter(kind=kind, subjects__enrolment__in=stay)
    details = registry.detail_model(kind).objects.filter(record__in=makers.values("pk"))
    for detail in details.select_related("record__carried_from"):
        maker, start = detail.record, getattr(detail, duty.after_field)
        dues = Due.objects.filter(duty=code, enrolment__in=stay, occasion=f"r{maker.pk}")
        if _spared(duty, start, maker, [enrolment]):
            dues.unsealed().open().close(on=today(), by=by, why=Cause.NEED_PASSED)
        elif dues.exists():
            dues.unsealed().filter(closed_why=Cause.NEED_PASSED).reopen()
        elif not _gone_by(duty, start, maker):
            open_occasion(duty, maker, [enrolment], start)


def needed_codes():
    """Codes of the duties that several records together make owed."""
    return [code for code, (_project, duty) in registry.duties().items() if duty.needed]


def _follow(code, duty, enrolment, stay, *, by):
    needed = getattr(registry.rules(code.partition(".")[0]), duty.needed)
    made_by = needed(enrolment)
    makers = {f"r{record.pk}": record for record in made_by}
    dues = Due.objects.filter(duty=code, enrolment__in=stay)
    if settled := _settled_on(dues, makers):
        made_by = needed(enrolment, since=settled)
    owed = dues.filter(occasion__in=[f"r{record.pk}" for record in made_by])
    stands = owed.open().order_by("opens_on", "pk").values_list("pk", flat=True).first()
    dues.open().exclude(pk=stands).close(on=today(), by=by, why=Cause.NEED_PASSED)
    if made_by and not stands:
        _owe(duty, made_by[-1], enrolment, owed.filter(enrolment=enrolment))
    for due in dues.filter(closed_on=None, occasion__in=makers):
        maker = makers[due.occasion]
        put_days(dues.filter(pk=due.pk), occasion_days(duty, maker.happened_on), maker)


def _settled_on(dues, makers):
    """The day on which it was last done or waived since the first of what makes it needed, also where the very record
    that made one was taken back; None. Who came from another branch was let off nothing when it ended there."""
    if not makers:
        return None
    since = min(record.happened_on for record in makers.values())
    dues = dues.filter(Q(occasion__in=makers) | Q(opens_on__gte=since)).exclude(pk__in=dues.open().values("pk"))
    dues = dues.exclude(closed_why__in=(*CLOSED_BY_RECORDS, Cause.TURN_SETTLED)).exclude(ENDED_WITH_STAY)
    done = Max("discharges__record__happened_on", filter=Q(discharges__undone_at=None))
    return max(filter(None, dues.aggregate(done=done, waived=Max("closed_on")).values()), default=None)


def _owe(duty, record, enrolment, before):
    """One of those `before` that closed because of the records, or a new one that the last of them makes."""
    if again := before.filter(closed_why__in=CLOSED_BY_RECORDS).order_by("pk").last():
        Due.objects.filter(pk=again.pk).reopen()
    elif not _gone_by(duty, record.happened_on, record):
        open_occasion(duty, record, [enrolment], record.happened_on)


def follow_stays(rows, *, by):
    """Part of an act after which stays go on: what the records of each of these live stays (Enrolments) together make
    needed is owed once; where two files owed it, by the earlier day."""
    for row in rows.locked():
        project = registry.project_of(row.category)
        for duty in project.duties:
            if duty.needed:
                code, stay = f"{project.code}.{duty.code}", stays([row])[row.pk]
                owed = Due.objects.open().filter(duty=code, enrolment__in=stay).order_by("due_on", "pk")
                doubled = Due.objects.filter(pk__in=list(owed.values_list("pk", flat=True))[1:])
                doubled.close(on=today(), by=by, why=Cause.NEED_PASSED)
                _follow(code, duty, row, stay, by=by)


def go_on(dues, gone_on):
    """Part of an act: what records had made and closed among `dues` with the end of an enrolment is owed, by its day,
    in the one that goes on with it, {ended: new}. A promise (`about`) ends with the branch that gave it. A constant
    number of queries."""
    made = [code for code, (_project, duty) in registry.duties().items() if duty.after and not duty.about]
    ended = list(dues.filter(ENDED_WITH_STAY, duty__in=made, enrolment__in=gone_on).exclude(occasion=DEATH))
    rows = Enrolment.objects.in_bulk({gone_on[due.enrolment_id] for due in ended})
    there = Due.objects.filter(enrolment__in=rows, occasion__in={due.occasion for due in ended})
    there = set(there.values_list("duty", "enrolment", "occasion")) if ended else ()
    Due.objects.bulk_create(
        _go_on(due, rows[gone_on[due.enrolment_id]])
        for due in ended
        if (due.duty, gone_on[due.enrolment_id], due.occasion) not in there
    )


def _go_on(due, enrolment):
    """The Due, not saved, that is owed in `enrolment` instead of one that closed with the end of its predecessor."""
    return Due(
        **{name: getattr(due, name) for name in SAME},
        enrolment=enrolment,
        unit_id=enrolment.unit_id,
        path=enrolment.path,
        opened_at=timezone.now(),
        assignee_id=enrolment.helper_id if due.responsible == Responsible.HELPER else None,
    )


def about():
    """Expression over dues: what one that a record made is about, in the record's words; "" for all others."""
    made_by = Cast(Substr(OuterRef("occasion"), 2), BigIntegerField())
    whens = []
    for code, (project, duty) in registry.duties().items():
        if duty.about:
            details = registry.detail_model(f"{project.code}.{duty.after}").objects.filter(pk=made_by)
            words = Subquery(details.annotate(words=F(duty.about)).values("words"))
            whens.append(When(Q(duty=code, occasion__startswith="r"), then=words))
    return Case(*whens, default=Value(""), output_field=CharField())
