"""Who came to the demo town's meetings: a year of organisational life, in bulk."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from members.models import Category, Person, PostHolding
from projects.life.models import Attendance, How, MakeUp, Meeting, State, Why
from projects.life.rolls import is_committee_post
from projects.life.rules import usual_hours
from projects.life.workflow import MEETINGS
from projects.models import Record
from xitun.lib.dates import SHANGHAI

TOPICS = {
    "life.theme_day": (
        "学习党的二十大精神",
        "环境卫生整治志愿服务",
        "学习党员教育管理工作条例",
        "重温入党誓词",
        "慰问老党员",
    ),
    "life.general_meeting": ("讨论半年工作", "通报村级财务", "学习有关文件", "讨论发展党员工作"),
    "life.party_lecture": ("讲党史：西屯往事", "学习新修订的纪律处分条例", "乡村振兴政策解读"),
    "life.committee_meeting": ("研究本月重点工作", "研究党员发展", "研究环境整治"),
    "life.group_meeting": ("学习与交流", "征求意见建议"),
    "life.study": ("学习党章", "观看党员教育片"),
}


def make_attendance(demo):
    """A topic and hours for every meeting there is, who came to it, and some that was made up for."""
    details = list(Meeting.objects.filter(record__kind__in=MEETINGS).select_related("record").order_by("pk"))
    rolls, committees = _rolls(), _committees()
    rows = []
    for detail in details:
        kind = detail.record.kind
        detail.topic, detail.hours = demo.random.choice(TOPICS[kind]), usual_hours(kind.partition(".")[2])
        detail.place, detail.lecturer = "村委会会议室", detail.lecturer if kind == "life.party_lecture" else ""
        people = rolls[detail.record.unit_id]
        if kind == "life.committee_meeting":
            people = [row for row in people if row[0] in committees]
        elif kind == "life.group_meeting" and people:
            detail.group = demo.random.choice(people)[2]
            people = [row for row in people if row[2] == detail.group]
        rows += [_row(demo, detail, pk, category) for pk, category, _group in people]
    Meeting.objects.bulk_update(details, ["topic", "hours", "place", "lecturer", "group"], batch_size=500)
    Attendance.objects.bulk_create(rows, batch_size=1000)
    _make_up(demo, [row for row in rows if row.state != State.PRESENT and demo.random.random() < 0.4])


def _rolls():
    """{branch: [(person, category, group)]} of the members on its roll."""
    rolls = defaultdict(list)
    for pk, unit, category, group in (
        Person.objects.members().order_by("pk").values_list("pk", "unit", "category", "group")
    ):
        rolls[unit].append((pk, category, group))
    return rolls


def _committees():
    posts = PostHolding.objects.filter(to_date=None, person__isnull=False).values_list("person", "title")
    return {person for person, title in posts if is_committee_post(title)}


def _row(demo, detail, pk, category):
    state, why = State.PRESENT, ""
    if category == Category.MOBILE:
        state, why = (State.LEAVE, Why.AWAY) if demo.random.random() < 0.8 else (State.PRESENT, "")
    elif demo.random.random() < 0.08:
        state, why = State.LEAVE, demo.random.choice((Why.WORK, Why.FAMILY, Why.SICK))
    elif demo.random.random() < 0.02:
        state = State.ABSENT
    hours = detail.hours if state == State.PRESENT else Decimal(0)
    return Attendance(record=detail.record, person_id=pk, state=state, why=why, hours=hours)


def _make_up(demo, missed):
    """One record a meeting for those who have made up for it, a week later."""
    by_meeting = defaultdict(list)
    for row in missed:
        if row.record.happened_on + timedelta(days=7) <= demo.today:
            by_meeting[row.record].append(row.person_id)
    records = [_record(demo, meeting) for meeting in by_meeting]
    Record.objects.bulk_create(records, batch_size=1000)
    MakeUp.objects.bulk_create(
        [
            MakeUp(record=record, meeting=meeting, how=demo.random.choice(How.values), hours=2)
            for record, meeting in zip(records, by_meeting, strict=True)
        ],
        batch_size=1000,
    )
    Attendance.objects.bulk_create(
        [
            Attendance(record=record, person_id=pk, state=State.PRESENT, hours=2)
            for record, people in zip(records, by_meeting.values(), strict=True)
            for pk in people
        ],
        batch_size=1000,
    )


def _record(demo, meeting):
    day = meeting.happened_on + timedelta(days=7)
    return Record(
        submission_id=UUID(int=demo.random.getrandbits(128), version=4), kind="life.make_up", unit_id=meeting.unit_id,
        path=meeting.path, happened_on=day, entered_at=datetime.combine(day, time(16), SHANGHAI),
        author_id=meeting.author_id,
    )  # fmt: skip
