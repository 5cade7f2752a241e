"""Who proposed that an enrolment should end, when and why: read from the trace of the act, so that the row keeps who
confirmed it."""

from members.models import AuditRow, Enrolment, Status


def add_exits(rows, user):
    """Give each of `rows` (Enrolments) `exit`: the trace of the proposal that waits (actor, at, purpose), or None. One
    query; none when no end is proposed. Returns the rows as a list."""
    rows = list(rows)
    waiting = [row for row in rows if row.status == Status.EXIT_PROPOSED]
    found = {}
    if waiting:
        traces = AuditRow.objects.visible_to(user).filter(
            act="propose_exit",
            object_type=Enrolment._meta.label_lower,
            object_id__in=[str(row.pk) for row in waiting],
            person__in={row.person_id for row in waiting},
        )
        found = {trace.object_id: trace for trace in traces.select_related("actor").order_by("pk")}
    for row in rows:
        row.exit = found.get(str(row.pk))
    return rows
