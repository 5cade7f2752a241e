"""What the last two weeks brought in one village: help promised, tries that reached nobody, material half answered."""

from datetime import timedelta
from uuid import UUID

from members.models import Enrolment
from projects.actions import Entry, save_record
from projects.models import Due
from projects.receipts import note_receipts


def make_story(demo):
    """Through the acts, by the secretary of the village that `village5` signs in to."""
    unit = demo.staff["village5"].grants.get().unit
    away = Enrolment.objects.live().filter(category="mobile", unit=unit).select_related("person", "unit")
    first, second, *others = away.order_by("pk")[:5]
    promise = {"promised": "联系镇中心小学，办好孩子转学", "promised_by": demo.today + timedelta(days=5)}
    _write(demo, "follow_up", 12, first, method="phone", reached=True, needs="孩子转学", **promise)
    for ago in (9, 6, 3):
        _write(demo, "follow_up", ago, second, method="wechat", reached=False)
    sent = {"channel": "group", "title": "党员教育管理工作条例要点", "text": "请在月底前学完。"}
    push = _write(demo, "learning_push", 4, first, second, *others, **sent)
    read = [row.person_id for row in others]
    note_receipts(by=push.author, record=push, people=read, answer="read", on=demo.today - timedelta(days=2))


def _write(demo, kind, ago, *rows, **detail):
    reached = detail.get("reached")
    owed = Due.objects.open().filter(enrolment__in=rows, duty=f"joint.{kind}") if reached else Due.objects.none()
    entry = Entry(
        kind=f"joint.{kind}",
        unit=rows[0].unit,
        happened_on=demo.today - timedelta(days=ago),
        submission_id=UUID(int=demo.random.getrandbits(128), version=4),
        enrolments=rows,
        dues=tuple(owed),
        detail=detail,
    )
    return save_record(by=demo.secretaries[rows[0].unit_id], entry=entry)
