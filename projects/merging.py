"""What follows a person into the file that is kept: records, receipts and dues; and what goes back afterwards."""

from django.db.models import Exists, OuterRef, Q

from members.models import Cause, Enrolment
from xitun.lib.dates import today

from . import occasions, turns
from .models import Due, Receipt, RecordSubject
from .workflow import Responsible

SUBJECTS, DUES, RECEIPTS = "projects.recordsubject", "projects.due", "projects.receipt"
EXCHANGED, CHANGED, OPENED = "projects.receipt.exchanged", "projects.due.changed", "projects.due.opened"
CLOSED = "projects.due.closed"  # of merges that kept no more of the dues
ANSWERED = ("answer", "on", "by_id", "at")
OWED_BY = ("enrolment_id", "assignee_id")
SAID = (*OWED_BY, "opens_on", "due_on", "closed_on", "closed_at", "closed_by_id", "closed_why")


def move(keep_id, other_id, *, gone_on, parted, by):
    """Told by members: [(label, keys)] of what moved, and what the dues said before."""
    subjects, _beside = put_together(RecordSubject, keep_id, other_id)
    receipts, pairs = put_together(Receipt, keep_id, other_id, counts=_is_read, undone_at=None)
    exchange(Receipt, pairs, ANSWERED)
    dues = list(Due.objects.filter(person=other_id).values_list("pk", flat=True))
    Due.objects.filter(pk__in=dues).update(person=keep_id)
    before = _said(keep_id)
    for pk, (end, why) in parted.items():  # closed with an end that is none any more: nobody was let off
        Due.objects.filter(enrolment=pk, closed_on=end, closed_why=why).update(closed_why=Cause.MERGED)
    _go_on(gone_on, by=by)
    turns.doubles().filter(person=keep_id).close(on=today(), by=by, why=Cause.TURN_SETTLED)
    occasions.follow_stays(Enrolment.objects.live().filter(person=keep_id), by=by)
    after = _said(keep_id)
    changed = {pk: {name: row[name] for name in row if row[name] != after[pk][name]} for pk, row in before.items()}
    return [
        (SUBJECTS, subjects), (RECEIPTS, receipts), (EXCHANGED, pairs), (DUES, dues),
        (CHANGED, {pk: row for pk, row in changed.items() if row}), (OPENED, [*(after.keys() - before.keys())]),
    ]  # fmt: skip


def _said(person_id):
    """{key: columns a merge may change} of the dues of a person, as JSON has them."""
    rows = Due.objects.filter(person=person_id).values("pk", *SAID)
    return {row.pop("pk"): {name: value and str(value) for name, value in row.items()} for row in rows}


def _go_on(gone_on, *, by):
    """In the same branch what an enrolment owed, whatever became of it, is owed in the one it goes on in, unless that
    has the same turn; in another one what records had made goes on, as after a transfer."""
    rows = Enrolment.objects.in_bulk({*gone_on, *gone_on.values()})
    here = {old: new for old, new in gone_on.items() if rows[old].unit_id == rows[new].unit_id}
    for old, new in here.items():
        known = Due.objects.filter(enrolment=new, duty=OuterRef("duty"), occasion=OuterRef("occasion"))
        dues = Due.objects.filter(~Exists(known), enrolment=old)
        keys = list(dues.values_list("pk", flat=True))
        Due.objects.filter(pk__in=keys).update(enrolment=new)
        helped = Due.objects.open().filter(pk__in=keys, responsible=str(Responsible.HELPER))
        helped.update(assignee=rows[new].helper_id)
    theirs = Due.objects.filter(enrolment__in=gone_on)
    theirs.open().close(on=today(), by=by, why=Cause.MERGED)
    occasions.go_on(theirs, {old: new for old, new in gone_on.items() if old not in here})


def put_together(model, keep_id, other_id, counts=None, **live):
    """Give the kept file those rows of the other that stand beside none of its own on one record; `live`: which rows
    do. Returns (keys of what moved, [(kept, other): keys of the pairs of which the other's `counts` for more])."""
    rows = {row.record_id: row for row in model._base_manager.filter(person=keep_id, **live)}
    theirs = list(model._base_manager.filter(person=other_id, **live))
    moved = [row.pk for row in theirs if row.record_id not in rows]
    model._base_manager.filter(pk__in=moved).update(person=keep_id)
    both = [(rows[row.record_id], row) for row in theirs if row.record_id in rows] if counts else []
    return moved, [(mine.pk, row.pk) for mine, row in both if counts(row) > counts(mine)]


def exchange(model, pairs, columns):
    """What the two rows of each pair say changes places; what stands on one record of both stays with its own file."""
    rows = model._base_manager.in_bulk([pk for pair in pairs for pk in pair])
    for one, other in ((rows[a], rows[b]) for a, b in pairs):
        said = [getattr(one, name) for name in columns], [getattr(other, name) for name in columns]
        for row, values in ((one, said[1]), (other, said[0])):
            for name, value in zip(columns, values, strict=True):
                setattr(row, name, value)
            row.save()


def _is_read(receipt):
    """Read when it was sent counts before made up for later."""
    return receipt.answer == Receipt.Answer.READ


def give_back(_keep_id, other_id, *, moved, since, by):
    """Also the dues that the sweep has opened since for what goes back. What a quarter sealed since counts as closed
    stays so; what only the merge had made owed ends, as with any stay that ends."""
    RecordSubject._base_manager.filter(pk__in=moved[SUBJECTS]).update(person=other_id)
    theirs = Q(enrolment__in=moved["members.enrolment"]) | Q(post__in=moved["members.postholding"])
    Due.objects.filter(theirs | Q(pk__in=moved[DUES])).update(person=other_id)
    Receipt._base_manager.filter(pk__in=moved.get(RECEIPTS, ())).update(person=other_id)
    exchange(Receipt, moved.get(EXCHANGED, ()), ANSWERED)
    opened = Q(pk__in=moved.get(OPENED, ())) | Q(enrolment__in=moved.get("members.enrolment.opened", ()))
    Due.objects.open().filter(opened).close(on=today(), by=by, why=Cause.MERGED)
    Due.objects.filter(pk__in=moved.get(CLOSED, ())).exclude(pk__in=Due.objects.sealed_since(since)).reopen()
    _say_again(moved.get(CHANGED, {}), since)


def _say_again(changed, since):
    sealed = set(Due.objects.filter(pk__in=changed).sealed_since(since).values_list("pk", flat=True))
    for pk, said in changed.items():
        columns = {name: Due._meta.get_field(name).to_python(value) for name, value in said.items()}
        if int(pk) in sealed:
            columns = {name: value for name, value in columns.items() if name in OWED_BY}
        if columns:
            Due.objects.filter(pk=pk).update(**columns)
