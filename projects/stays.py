"""Which enrolments are one unbroken stay in a category: a transfer ends one and opens its successor elsewhere the very
day. Who ends one here and begins another here that day has two stays."""

from django.db.models import Exists, OuterRef, Q

from members.models import Enrolment
from members.models.enrolments import NEVER_HELD


def stay_ids(rows):
    """Ids of the enrolments that belong to `rows` (Enrolments of one category), themselves included. An earlier, closed
    stay in the category is another matter and stays out (DOMAIN 2.6). One query; none without rows."""
    if not rows:
        return []
    known = Enrolment.objects.exclude(status__in=NEVER_HELD).filter(
        person_id__in=[row.person_id for row in rows], category=rows[0].category, superseded_at__isnull=True
    )
    earlier = {}
    for pk, person, unit, start, end in known.values_list("pk", "person_id", "unit_id", "from_date", "to_date"):
        earlier.setdefault((person, end), []).append((pk, unit, start))
    ids = []
    for row in rows:
        reach = [(row.pk, row.unit_id, row.from_date)]
        while reach:
            pk, unit, start = reach.pop()
            ids.append(pk)
            reach += [before for before in earlier.pop((row.person_id, start), []) if before[1] != unit]
    return ids


def standing_since(day):
    """Q over enrolments: who stands in the category since `day` or longer, at this branch or, without a break, before
    that at others."""
    same = {"person": OuterRef("person"), "category": OuterRef("category"), "superseded_at": None}
    rows = Enrolment.objects.exclude(status__in=NEVER_HELD).filter(**same)
    goes_on = rows.filter(to_date=OuterRef("from_date")).exclude(unit=OuterRef("unit"))
    begun_anew = rows.filter(~Exists(goes_on), from_date__gt=day, from_date__lte=OuterRef("from_date"))
    came_along = Exists(rows.filter(from_date__lte=day, to_date__gt=day)) & ~Exists(begun_anew)
    return Q(from_date__lte=day) | Q(came_along)


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
