"""Which enrolments are one unbroken stay in a category: a transfer ends one and opens its successor elsewhere the very
day, and of two files that were merged one row ends where the other begins. Who ends one here and begins another here
that day has two stays."""

from functools import cache

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from members.models import Cause, Enrolment
from members.models.enrolments import NEVER_HELD


def stays(rows):
    """{pk: ids of the enrolments that belong to its stay, itself included} of `rows` (Enrolments of one category). An
    earlier, closed stay in the category is another matter and stays out (DOMAIN 2.6). One query; none without rows."""
    if not rows:
        return {}
    known = Enrolment.objects.exclude(status__in=NEVER_HELD).filter(
        person_id__in=[row.person_id for row in rows], category=rows[0].category, superseded_at__isnull=True
    )
    ended = {}
    columns = ("pk", "person_id", "unit_id", "from_date", "to_date", "decision_reason")
    for pk, person, unit, start, end, why in known.values_list(*columns):
        apart = None if why == Cause.MERGED else unit  # where the next one is another stay
        ended.setdefault((person, end), []).append((pk, apart, unit, start))
    return {row.pk: _reach(row, ended) for row in rows}


def _reach(row, ended):
    """Back from where it stands; who was moved there and back on one day has been at both that day."""
    ids, reach = {row.pk}, [(row.unit_id, row.from_date)]
    while reach:
        unit, start = reach.pop()
        before = [known for known in ended.get((row.person_id, start), ()) if known[1] != unit and known[0] not in ids]
        ids.update(pk for pk, *_rest in before)
        reach += [(unit, start) for _pk, _apart, unit, start in before]
    return ids


def stay_ids(rows):
    """Ids of the enrolments that belong to any of `rows`."""
    return sorted(set().union(*stays(rows).values()))


def living(rows):
    """{pk: the live enrolment that goes on with it} of `rows` (Enrolments of one category) whose stay has not ended.
    Two queries; none without rows."""
    people = {row.person_id for row in rows}
    live = rows and list(Enrolment.objects.live().filter(person__in=people, category=rows[0].category))
    reach = stays(live)
    return {pk: row for row in live for pk in reach[row.pk]}


def last_day(row):
    """The end of an enrolment; None while it goes on. A merge of two files may have cut it: then the last end of what
    the person holds in the category, one query."""
    if row.decision_reason != Cause.MERGED:
        return row.to_date
    held = Enrolment.objects.filter(person=row.person_id, category=row.category, superseded_at=None)
    ends = set(held.exclude(status__in=NEVER_HELD).values_list("to_date", flat=True))
    return None if None in ends else max(ends)


@cache
def began(of="", name=str):
    """Expression over enrolments, or over rows that have one as `of` ("enrolment__"): the day on which the unbroken
    stay began that each belongs to. `name`: OuterRef, where these are the rows of the query around."""
    known = Enrolment.objects.exclude(status__in=NEVER_HELD).filter(superseded_at=None)
    before = {"person": OuterRef("person"), "category": OuterRef("category"), "to_date": OuterRef("from_date")}
    merged = Q(decision_reason=Cause.MERGED, from_date__lt=OuterRef("from_date"))
    goes_on = known.filter(~Q(unit=OuterRef("unit")) | merged, **before)
    person, category, start = (name(f"{of}{column}") for column in ("person", "category", "from_date"))
    anew = known.filter(~Exists(goes_on), person=OuterRef(person), category=OuterRef(category))
    anew = anew.filter(from_date__lte=OuterRef(start)).order_by("-from_date")
    return Coalesce(Subquery(anew.values("from_date")[:1]), start)


def standing_since(day):
    """Q over enrolments: who stands in the category since `day` or longer, here or, without a break, before that at
    other branches."""
    return Q(from_date__lte=day) | Q(LessThanOrEqual(began(), day))


def before_in_stay():
    """Q over rows that have an enrolment, inside a query of enrolments with `began` as `stay_began`: of the same stay,
    not later. An enrolment of another one of these people never began in between."""
    return Q(enrolment__from_date__gte=OuterRef("stay_began"), enrolment__from_date__lte=OuterRef("from_date"))


def originals(rows):
    """{pk: pk of the row that records and dues name} of enrolments or posts. Where days were put right, that row goes
    on and a superseded copy keeps what was believed: the one begins to be known at the moment the other ends. One query
    where there are copies."""
    found, copies = {row.pk: row.pk for row in rows}, [row for row in rows if row.superseded_at]
    if not copies:
        return found
    since = min(row.superseded_at for row in copies)
    later = type(copies[0]).objects.filter(unit_id__in={row.unit_id for row in copies}, recorded_at__gte=since)
    after = {(row.unit_id, row.recorded_at): row for row in later.only("unit_id", "recorded_at", "superseded_at")}
    for row in copies:
        last = row
        while last and last.superseded_at:
            last = after.get((last.unit_id, last.superseded_at))
        found[row.pk] = last.pk if last else row.pk
    return found
