"""The nightly sweep beside the same INSERT … SELECT written by hand, and beside a loop of get_or_create."""

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from members.dated_settings import SETTINGS
from members.models import Enrolment
from projects.models import Due, DueCount
from projects.models.counts import CELL
from projects.periods import occasions_on
from projects.practice import ENTRY_DAYS
from projects.registry import duties
from projects.sweep import open_dues
from projects.workflow import Responsible, Subject
from xitun.lib.dates import today

SAMPLE = 300  # enrolments for the loop
LARGE = 100_000  # people
ALIKE = ("duty", "unit", "occasion", "due_on", "responsible", "path", "restricted", "assignee")
SUMS = (Count("pk"), Sum("enrolment"), Sum("post"))

INSERT = """
INSERT INTO projects_due (duty, category, enrolment_id, post_id, unit_id, person_id, path, restricted, occasion,
                          opens_on, due_on, responsible, assignee_id, opened_at, closed_why)
"""
ENROLMENTS = """
SELECT %(duty)s, e.category, e.id, NULL, e.unit_id, e.person_id, e.path, e.restricted, %(occasion)s,
       {opens_on}, {due_on}, %(responsible)s, {assignee}, {now}, ''
FROM members_enrolment e
WHERE e.category = %(category)s AND e.status NOT IN ('proposed', 'returned') AND e.superseded_at IS NULL
  AND e.from_date <= %(day)s AND e.from_date <= %(entered_by)s AND (e.to_date IS NULL OR e.to_date > %(day)s)
"""
PRIMARY = ' AND e."primary"'
STANDINGS = """
  AND EXISTS (SELECT 1 FROM members_standingrow s WHERE s.person_id = e.person_id AND s.standing IN ({standings})
              AND s.superseded_at IS NULL AND s.from_date <= %(day)s AND (s.to_date IS NULL OR s.to_date > %(day)s))
"""
BETWEEN = """
  AND EXISTS (
    SELECT 1 FROM projects_recordsubject b JOIN projects_record r ON r.id = b.record_id
    WHERE b.enrolment_id = e.id AND r.kind = %(begun)s AND r.voided_at IS NULL AND r.happened_on <= %(day)s
      AND NOT EXISTS (
        SELECT 1 FROM projects_recordsubject c JOIN projects_record q ON q.id = c.record_id
        WHERE c.enrolment_id = b.enrolment_id AND q.kind = %(ended)s AND q.voided_at IS NULL
          AND q.happened_on <= %(day)s AND q.happened_on >= r.happened_on))
"""
POSTS = """
SELECT %(duty)s, %(category)s, NULL, p.id, p.unit_id, p.person_id, p.path, {false}, %(occasion)s,
       {opens_on}, {due_on}, %(responsible)s, NULL, {now}, ''
FROM members_postholding p
WHERE p.superseded_at IS NULL AND p.from_date <= %(day)s AND p.from_date <= %(entered_by)s
  AND (p.to_date IS NULL OR p.to_date > %(day)s)
"""
UNITS = """
SELECT %(duty)s, %(category)s, NULL, NULL, u.id, NULL, u.path, {false}, %(occasion)s,
       {opens_on}, {due_on}, %(responsible)s, NULL, {now}, ''
FROM members_unit u WHERE u.kind = 'branch' AND (u.ends_on IS NULL OR u.ends_on > %(day)s)
"""
MEMBERS = """
FROM members_branchmembership m JOIN members_person p ON p.id = m.person_id AND p.voided_at IS NULL
WHERE m.unit_id = u.id AND m.superseded_at IS NULL AND m.from_date <= %(day)s
  AND (m.to_date IS NULL OR m.to_date > %(day)s)
"""
FULL = """
  AND EXISTS (SELECT 1 FROM members_standingrow s WHERE s.person_id = p.id AND s.standing = 'full'
              AND s.superseded_at IS NULL AND s.from_date <= %(day)s AND (s.to_date IS NULL OR s.to_date > %(day)s))
"""
WHERE = {
    "with_committee": f" AND (SELECT COUNT(*) {MEMBERS} {FULL}) >= %(committee_from)s ",
    "with_groups": f""" AND EXISTS (SELECT 1 {MEMBERS} AND p."group" <> '') """,
}
ONCE = "ON CONFLICT DO NOTHING"
COUNTS = """
INSERT INTO projects_duecount (unit_id, path, duty, category, restricted, opens_on, due_on, "open")
SELECT unit_id, path, duty, category, restricted, opens_on, due_on, COUNT(*)
FROM projects_due GROUP BY unit_id, path, duty, category, restricted, opens_on, due_on
"""


def beside_sql(ground):
    """open_dues over all people beside the hand-written statements; both must open the very same dues and count them
    alike."""
    ground.settle()
    _same_dues(small=ground.n <= LARGE)
    ours, by_hand = ground.best(open_dues, _by_hand, between=_none)
    return ours / by_hand


def beside_rows(ground):
    """Seconds a due: open_dues over all people, beside get_or_create over a sample of them."""
    ground.settle()
    sample = list(Enrolment.objects.on(today()).filter(category="unemployed").order_by("pk")[:SAMPLE])
    _none()
    opened = open_dues()
    ours, loop = ground.best(open_dues, lambda: _loop(sample), between=_none)
    return (ours / opened) / (loop / len(sample))


def _same_dues(small):
    """Compared due by due, or, where they are too many to be held, by what is alike and the sums of the rest."""
    key = ("duty", "enrolment", "post", "unit", "occasion", "due_on", "responsible", "path", "restricted", "assignee")
    found = []
    for act in (open_dues, _by_hand):
        _none()
        act()
        dues = Due.objects.values_list(*key) if small else Due.objects.order_by().values_list(*ALIKE).annotate(*SUMS)
        found.append(set(dues) | set(DueCount.objects.values_list(*CELL, "open")))
    if not found[0] or found[0] != found[1]:
        raise AssertionError(f"open_dues and the hand-written SQL differ in {len(found[0] ^ found[1])} dues or counts")


def _none():
    with connection.cursor() as cursor:
        for table in ("projects_duecount", "projects_due"):
            cursor.execute(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


def _by_hand():
    day = today()
    with connection.cursor() as cursor:
        for code, (project, duty) in duties().items():
            for occasion in occasions_on(duty, day):
                cursor.execute(*_statement(code, project, duty, occasion, day))
        cursor.execute(COUNTS)


def _statement(code, project, duty, occasion, day):
    values = {
        "duty": code, "category": str(project.category), "occasion": occasion.key, "opens_on": occasion.opens_on,
        "due_on": occasion.due_on, "responsible": str(duty.by), "day": day,
        "entered_by": occasion.entered_by(ENTRY_DAYS.default),
        "now": timezone.now(),
    }  # fmt: skip
    sql = {Subject.ENROLMENT: ENROLMENTS, Subject.POST: POSTS, Subject.UNIT: UNITS}[duty.subject]
    if duty.where:
        sql, values = sql + WHERE[duty.where], values | {"committee_from": SETTINGS["committee_from"].default}
    if duty.primary_only:
        sql += PRIMARY
    if duty.standings:
        values |= {f"standing{place}": str(standing) for place, standing in enumerate(duty.standings)}
        sql += STANDINGS.replace("{standings}", ", ".join(f"%(standing{n})s" for n in range(len(duty.standings))))
    if duty.between:
        values |= {key: f"{project.code}.{kind}" for key, kind in zip(("begun", "ended"), duty.between, strict=True)}
        sql += BETWEEN
    typed = {
        "opens_on": "CAST(%(opens_on)s AS date)", "due_on": "CAST(%(due_on)s AS date)",
        "now": "CAST(%(now)s AS timestamptz)", "false": "false",
        "assignee": "e.helper_id" if duty.by == Responsible.HELPER else "NULL",
    }  # fmt: skip
    if connection.vendor == "sqlite":  # dates are text there
        typed |= {"opens_on": "%(opens_on)s", "due_on": "%(due_on)s", "now": "%(now)s"}
    return INSERT + sql.format(**typed) + ONCE, values


def _loop(enrolments):
    for row in enrolments:
        with transaction.atomic():
            Due.objects.get_or_create(
                duty="guidance.card_progress",
                enrolment=row,
                occasion="2026Q3",
                defaults={
                    "category": row.category, "unit_id": row.unit_id, "person_id": row.person_id, "path": row.path,
                    "restricted": row.restricted, "opens_on": today(), "due_on": today(), "responsible": "secretary",
                    "opened_at": timezone.now(),
                },
            )  # fmt: skip
