"""Dues that follow something other than the calendar: a record, or several that together say something is needed."""

from datetime import timedelta

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from members.models import Cause, Enrolment, Person
from xitun.lib.dates import add_months, today
from xitun.lib.workdays import add_workdays

from . import registry
from .models import Due
from .workflow import Cadence, Responsible

CLOSED_BY_RECORDS = (Cause.NEED_PASSED, Cause.RECORD_VOIDED)


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
        if start and not _gone_by(duty, start, entry):
            yield duty, start


def _gone_by(duty, start, carried):
    """Whether a duty that follows from what an old ledger said was due in the past: what followed, that ledger knows.
    `carried`: the record or its entry."""
    return bool(carried.carried_from) and occasion_days(duty, start) < today()


def _made_by(record):
    project, _kind = registry.kinds()[record.kind]
    return [duty for duty in project.duties if duty.cadence is Cadence.OCCASION]


def open_occasion(duty, record, enrolments, start):
    """Open it for each of `enrolments` that has not ended ((None,): for the record's post or unit)."""
    project, _kind = registry.kinds()[record.kind]
    Due.objects.bulk_create(
        Due(
            **occasion_columns(project, duty, start),
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
        if enrolment is None or enrolment.to_date is None
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


def lock_stays(kind, enrolments):
    """Before an act that will `follow_needs` locks any due: who ends a stay locks person, stay, dues in turn."""
    if _bears_on(kind):
        people = Enrolment.objects.filter(pk__in=enrolments).values("person")
        list(Person.objects.filter(pk__in=people).locked().values_list("pk"))
        list(Enrolment.objects.filter(pk__in=enrolments).locked().values_list("pk"))


def _bears_on(kind_code):
    """The duties with `needed` that such a record makes owed or ends."""
    project, kind = registry.kinds().get(kind_code, (None, None))
    duties = [duty for duty in project.duties if duty.needed] if project else []
    return [duty for duty in duties if kind.code in (duty.after, *duty.kinds, *duty.ended_by)]


def follow_needs(record, *, by):
    """Part of an act that wrote or took back `record`: what the records together make needed is owed, once; what they
    do not any longer is closed. One after another for the same people."""
    duties = _bears_on(record.kind)
    if not duties:
        return
    project, _kind = registry.kinds()[record.kind]
    for enrolment in Enrolment.objects.live().filter(record_rows__record=record).locked():
        for duty in duties:
            _follow(f"{project.code}.{duty.code}", duty, enrolment, by=by)


def needed_codes():
    """Codes of the duties that several records together make owed."""
    return [code for code, (_project, duty) in registry.duties().items() if duty.needed]


def _follow(code, duty, enrolment, *, by):
    made_by = getattr(registry.rules(code.partition(".")[0]), duty.needed)(enrolment)
    dues = Due.objects.filter(duty=code, enrolment=enrolment)
    if not made_by:
        return dues.open().close(on=today(), by=by, why=Cause.NEED_PASSED)
    known = Q(occasion__in=[f"r{record.pk}" for record in made_by])
    by_records = dues.filter(known, closed_why__in=CLOSED_BY_RECORDS).order_by("-pk")
    # settled or waived since they began, also where the very record that made it was taken back
    settled = dues.filter(known | Q(opens_on__gte=made_by[0].happened_on)).exclude(closed_why__in=CLOSED_BY_RECORDS)
    if dues.open().exists() or settled.exists():
        return None
    if again := by_records.first():
        return Due.objects.filter(pk=again.pk).reopen()
    last = made_by[-1]
    return None if _gone_by(duty, last.happened_on, last) else open_occasion(duty, last, [enrolment], last.happened_on)


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
