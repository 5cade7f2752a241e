"""What a meeting's own page shows besides: who came, who did not and why, who has made up for it."""

from django.urls import reverse

from members.access import WRITE, scope_of
from projects.links import record_link
from projects.workflow import Subject

from .models import Attendance, State
from .workflow import MEETINGS


def attendance_panel(user, record):
    """(template, context), or None for what nobody attends."""
    rows = Attendance.objects.visible_to(user).whys_for(user).filter(record=record)
    rows = list(rows.select_related("person").defer("person__id_number").order_by("person__pinyin", "person_id"))
    if not rows:
        return None
    made_up = Attendance.objects.live().filter(record__projects_life_makeup__meeting=record)
    made_up = set(made_up.values_list("person", flat=True)) if record.kind in MEETINGS else set()
    for row in rows:
        row.made_up = row.person_id in made_up
    due = [row for row in rows if row.due]
    missing = [row for row in due if row.state != State.PRESENT]
    back = reverse("record", args=[record.pk])
    context = {
        "due": len(due),
        "came": [row for row in due if row.state == State.PRESENT],
        "leave": sum(row.state == State.LEAVE for row in due),
        "absent": sum(row.state == State.ABSENT for row in due),
        "guests": [row for row in rows if not row.due],
        "missing": missing,
        "is_meeting": record.kind in MEETINGS,
        "make_up_url": make_up_link(user, record, back=back) if any(not row.made_up for row in missing) else "",
    }
    return "projects/life/attendance.html", context


def make_up_link(user, record, person=None, *, back, unit=None):
    """The form of a make-up for this meeting, in the branch `unit` where the person stands now or else in that of the
    meeting, which leads back to `back`; "" where it counted no study, and for those who do not write there."""
    can = scope_of(user).can
    unit_id = unit.pk if unit and can(WRITE, unit.path) else record.unit_id if can(WRITE, record.path) else None
    if record.voided_at or record.kind not in MEETINGS or not unit_id or not record.projects_life_meeting.hours:
        return ""
    who = f"&person={person}" if person else ""
    return f"{record_link('life.make_up', Subject.UNIT, unit_id, back=back)}&meeting={record.pk}{who}"
