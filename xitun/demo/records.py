"""What was done in the demo town: three past quarters nearly whole, the present one half way."""

from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from django.db import models

from members.models import Enrolment
from projects import registry
from projects.models import Discharge, Due, Record, RecordSubject
from projects.sweep import open_dues
from xitun.lib.dates import SHANGHAI, Quarter

from .phrases import PHRASES, SENTENCES

AHEAD = ("ends_on", "due_on", "answer_by")
OF_A_PERSON = ("children", "elderly", "women", "household", "destination")  # the same in every record of theirs


def make_records(demo):
    """Open what each past week owed, then settle most of it, in bulk. Returns (dues, records)."""
    day = demo.begins
    while day <= demo.today:
        open_dues(day)
        day += timedelta(days=7)
    open_dues(demo.today)
    settled = [(due, _happened(demo, due)) for due in _to_settle(demo)]
    _write(demo, settled)
    return Due.objects.count(), len(settled)


def _to_settle(demo):
    """All of the past quarters, most of the present; a few villages lag, so that the heat map has something to say."""
    slow = {unit.pk for unit in demo.branches[4::7]}
    quarter = Quarter.of(demo.today).start
    for due in Due.objects.select_related("enrolment").order_by("pk").iterator():
        begun = due.opens_on <= demo.today - timedelta(days=14)
        chance = 0.98 if due.due_on < demo.today else 0.72 if begun else 0.3
        if due.unit_id in slow and due.category in ("mobile", "poor_weak"):
            chance *= 0.6
        if due.due_on < quarter:
            chance = 1
        if demo.random.random() < chance:
            yield due


def _happened(demo, due):
    last = min(due.due_on, demo.today)
    span = max((last - due.opens_on).days, 0)
    day = due.opens_on + timedelta(days=demo.random.randint(0, span))
    if due.due_on < demo.today and demo.random.random() < 0.05:
        day = min(due.due_on + timedelta(days=demo.random.randint(1, 12)), demo.today)
    return day


def _write(demo, settled):
    records = [_record(demo, due, day) for due, day in settled]
    Record.objects.bulk_create(records, batch_size=1000)
    RecordSubject.objects.bulk_create(
        (
            RecordSubject(record=record, person_id=due.person_id, enrolment_id=due.enrolment_id)
            for record, (due, _day) in zip(records, settled, strict=True)
            if due.person_id
        ),
        batch_size=1000,
    )
    Discharge.objects.bulk_create(
        (
            Discharge(due=due, record=record, by_id=record.author_id, at=record.entered_at)
            for record, (due, _day) in zip(records, settled, strict=True)
        ),
        batch_size=1000,
    )
    details = {}
    for record, (due, _day) in zip(records, settled, strict=True):
        if model := registry.detail_model(record.kind):
            details.setdefault(model, []).append(model(record=record, **_detail(demo, model, record, due.person_id)))
    for model, rows in details.items():
        model.objects.bulk_create(rows, batch_size=1000)


def _record(demo, due, day):
    project, duty = registry.duties()[due.duty]
    entered = datetime.combine(day, time(9 + due.pk % 9, due.pk % 60), SHANGHAI)
    kind = f"{project.code}.{duty.kinds[0]}"
    return Record(
        submission_id=UUID(int=demo.random.getrandbits(128), version=4),
        kind=kind,
        unit_id=due.unit_id,
        path=due.path,
        post_id=due.post_id,
        happened_on=day,
        entered_at=entered,
        author=demo.secretaries[due.unit_id],
        narrative=demo.random.choice(SENTENCES.get(kind) or SENTENCES.get(project.code, SENTENCES[""])),
        restricted=due.restricted,
    )


def _detail(demo, model, record, person):
    """Fitting values for a detail model's own columns, by the column's name, else by its type. `person`: a key."""
    return {
        field.name: _value(demo, field, record, person)
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and not field.primary_key
    }


def _value(demo, field, record, person):
    rng = Random(person) if field.name in OF_A_PERSON else demo.random
    if field.name == "certificate":
        return f"泾流{person:04d}号"
    if field.name in PHRASES:
        return rng.choice(PHRASES[field.name])
    if field.choices:
        return rng.choice([value for value, _label in field.flatchoices if value != ""])
    if isinstance(field, models.DateField):
        return record.happened_on + timedelta(days=180 if field.name in AHEAD else 0)
    if field.name == "year":
        return record.happened_on.year
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return rng.randint(1, 3)
    if field.null:
        return None
    return "" if field.blank else rng.choice(PHRASES["topic"])


def make_departures(demo):
    """Every mobile member went out somewhere: what the ledger's first columns read. The day before they stood among the
    mobile, so that no education is owed."""
    kind, model = "joint.departure", registry.detail_model("joint.departure")
    rows = list(Enrolment.objects.live().filter(category="mobile"))
    records = [
        Record(
            submission_id=UUID(int=demo.random.getrandbits(128), version=4),
            kind=kind,
            unit_id=row.unit_id,
            path=row.path,
            happened_on=row.from_date,
            entered_at=datetime.combine(row.from_date, time(10), SHANGHAI),
            author=demo.secretaries[row.unit_id],
        )
        for row in rows
    ]
    Record.objects.bulk_create(records)
    RecordSubject.objects.bulk_create(
        RecordSubject(record=r, person_id=e.person_id, enrolment=e) for r, e in zip(records, rows, strict=True)
    )
    model.objects.bulk_create(
        model(record=r, **_detail(demo, model, r, e.person_id) | {"departs_on": e.from_date - timedelta(days=1)})
        for r, e in zip(records, rows, strict=True)
    )
