"""The rows of a ledger: what its columns read of a subject, fetched at once for as many as are read together."""

from functools import cached_property
from itertools import groupby

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, Value, When, Window
from django.db.models.functions import RowNumber

from members.models import Absence, AuditRow, Enrolment, Person, Standing
from members.models.causes import Cause, why_said
from xitun.lib.dates import Quarter, Year

from . import registry
from .models import Record
from .stays import originals, stay_ids
from .workflow import Subject


class Chunk:
    """Subjects of a ledger and what their columns read, fetched once for all of them when the first row asks.

    `ledger` says which project, for whom, and as of which days (ledgers.Ledger)."""

    def __init__(self, ledger, batch):
        self.ledger, self.project, self.user = ledger, ledger.project, ledger.user
        self.by_post = self.project.ledger_subject is Subject.POST
        self.rows = [Row(self, subject) for subject in batch]
        self._last, self._days, self._every, self._extra, self._traced = {}, {}, {}, {}, {}

    def last(self, kind):
        """{subject: newest Record of `kind` on or before the day, with `.detail`}, by post or person id."""
        if kind not in self._last:
            newest = Window(RowNumber(), partition_by=[F("owner")], order_by=[F("happened_on").desc(), F("pk").desc()])
            found = dict(self._records(kind).annotate(turn=newest).filter(turn=1).values_list("owner", "pk"))
            records = _with_details(registry.detail_model(self._code(kind)), found.values())
            self._last[kind] = {owner: records[pk] for owner, pk in found.items() if pk in records}
        return self._last[kind]

    def days(self, kind, *, stay=False):
        """{subject: [days of its records of `kind` in the ledger's year, up to its day]}; `stay`: of all its stay."""
        if (kind, stay) not in self._days:
            records = self._records(kind)
            records = records if stay else records.filter(happened_on__gte=Year.of(self.ledger.on).start)
            records = records.filter(reached(registry.tries_of(self._code(kind))))
            pairs = records.order_by("owner", "happened_on").values_list("owner", "happened_on")
            grouped = groupby(pairs, key=lambda pair: pair[0])
            self._days[kind, stay] = {owner: [day for _owner, day in group] for owner, group in grouped}
        return self._days[kind, stay]

    def extra(self, column):
        """{subject pk: value} of a column registered from above."""
        if column.key not in self._extra:
            self._extra[column.key] = column.resolve(self.rows)
        return self._extra[column.key]

    def every(self, kind, *, ever=False):
        """{subject: [its Records of `kind` with `.detail`, by day]}: also those written down after the ledger's day,
        for a record may speak of an earlier one; `ever`: up to the day, in whichever stay."""
        if (kind, ever) not in self._every:
            rows = self._records(kind, ever=True) if ever else self._all(kind)
            pairs = list(rows.order_by("owner", "happened_on", "pk").values_list("owner", "pk"))
            records = _with_details(registry.detail_model(self._code(kind)), [pk for _owner, pk in pairs])
            found = self._every[kind, ever] = {}
            for owner, pk in pairs:
                found.setdefault(owner, []).extend([records[pk]] if pk in records else [])
        return self._every[kind, ever]

    def traced(self, act):
        """{pk of a subject that this act was done to}."""
        if act not in self._traced:
            keys = [str(pk) for pk in self.originals.values()]
            label = type(self.rows[0].subject)._meta.label_lower
            found = AuditRow.objects.filter(act=act, object_type=label, object_id__in=keys)
            self._traced[act] = {int(key) for key in found.values_list("object_id", flat=True)}
        return self._traced[act]

    @cached_property
    def standings(self):
        """{person: standing on the ledger's day}."""
        found = self.ledger.roll.standings_of([row.subject.person_id for row in self.rows])
        return {person: Standing(standing).label for person, standing in found.items()}

    @cached_property
    def away(self):
        """{person: the last Absence that the branch had noted, begun up to the ledger's day}."""
        people, moment = [row.subject.person_id for row in self.rows], self.ledger.roll.moment
        found = Absence.objects if self.user is None else Absence.objects.visible_to(self.user)
        found = found.filter(superseded_at=None, from_date__lte=self.ledger.on, person__in=people)
        found = found.filter(recorded_at__lt=moment) if moment else found
        return {row.person_id: row for row in found.order_by("from_date", "pk")}

    @cached_property
    def originals(self):
        """{pk of a subject: pk of the row that its records name}: another one where its days were put right since."""
        return originals([row.subject for row in self.rows])

    def _code(self, kind):
        return kind if "." in kind else f"{self.project.code}.{kind}"

    def _records(self, kind, *, ever=False):
        """Those up to the ledger's day. What is owed once a person is read by person, else by stay: see `_all`."""
        once = set(registry.duties_discharged_by(self._code(kind))) & set(registry.once_a_person())
        return self._all(kind, ever=ever or bool(once)).filter(happened_on__lte=self.ledger.on)

    def _all(self, kind, *, ever=False):
        """The visible records of this kind that hold, each with its `owner`: post or person id. Reached by subject
        through a plain join: with a subquery SQLite pairs every subject with every record. `ever`: of any stay in the
        category; never where it is restricted, for an earlier case is another matter."""
        records = Record.objects.held(self.ledger.roll.moment)
        records = records if self.user is None else records.in_sight_of(self.user)
        records = records.filter(kind=self._code(kind)).order_by()
        if self.by_post:
            return records.filter(post_id__in=[*self.originals.values()]).annotate(owner=F("post_id"))
        theirs = Q(subjects__enrolment_id__in=self._spells)
        if ever and not self.project.restricted:
            people = [row.subject.person_id for row in self.rows]
            theirs = Q(subjects__person_id__in=people) | Q(subjects__enrolment_id__in=self._apart)
        return records.filter(theirs).annotate(owner=self._owner)

    @property
    def _owner(self):
        """Expression over the subjects of records: whose each was, as far as known."""
        then = [When(subjects__enrolment_id=pk, then=Value(person)) for pk, person in self._apart.items()]
        return Case(*then, default=F("subjects__person_id"), output_field=BigIntegerField())

    @cached_property
    def _apart(self):
        """{enrolment: the person it was of}, where their file has gone into one of these people's since what is
        known."""
        if not self.ledger.roll.moment:
            return {}
        people = [row.subject.person_id for row in self.rows]
        gone = Person._base_manager.filter(Q(pk__in=people) | Q(merged_into__in=people))
        gone = gone.filter(voided_at__gte=self.ledger.roll.moment).values("pk")
        copies = list(
            Enrolment.objects.filter(person__in=gone, superseded_at__isnull=False, category=self.project.category)
        )
        named = originals(copies)
        return {named[row.pk]: row.person_id for row in copies}

    @cached_property
    def _spells(self):
        rows = [row.subject for row in self.rows]
        named = {pk: self.originals[pk] for pk in (row.pk for row in rows)}
        others = {pk for mine, pk in named.items() if pk != mine}
        if others:
            rows = [row for row in rows if named[row.pk] == row.pk] + list(type(rows[0]).objects.filter(pk__in=others))
        return stay_ids(rows)


def reached(model):
    """Q: a try that reached nobody is no contact, and no day of one (DOMAIN 2.3)."""
    return Q(Exists(model.objects.filter(record=OuterRef("pk"), reached=True))) if model else Q()


def _with_details(model, ids):
    """{pk: Record with its `detail` (None for a kind without columns of its own)}."""
    ids = list(ids)
    if model is None:
        records = Record.objects.in_bulk(ids)
        for record in records.values():
            record.detail = None
        return records
    details = model.objects.select_related("record").in_bulk(ids)
    for detail in details.values():
        detail.record.detail = detail
    return {pk: detail.record for pk, detail in details.items()}


class Row:
    """One line. For a room's rules: `person` (None for a cadre who is not on a roll), `enrolment` or `post`, `unit`,
    `day`, `known`, `standing` on that day, `last(kind)` (a Record with `.detail`, or None), `count(kind)` and
    `days(kind)` in the ledger's year, `count(kind, stay=True)` in all the stay."""

    def __init__(self, chunk, subject):
        self._chunk, self.subject = chunk, subject

    @property
    def day(self):
        """The day the ledger is valid on."""
        return self._chunk.ledger.on

    @property
    def known(self):
        """The day up to whose end entries count; None: all."""
        return self._chunk.ledger.known

    @property
    def person(self):
        return getattr(self.subject, "person", None)

    @property
    def record(self):
        return self.subject if isinstance(self.subject, Record) else None

    @property
    def enrolment(self):
        return None if self._chunk.by_post else self.subject

    @property
    def post(self):
        return self.subject if self._chunk.by_post else None

    @property
    def unit(self):
        return self.subject.unit

    def place(self, *, short=False):
        return self._chunk.ledger.place(self.unit, short=short)

    @property
    def standing(self):
        return self._chunk.standings.get(self.subject.person_id, "")

    @property
    def left(self):
        """Since which day the person is not in the category any more, with a death or a transfer named, but nobody's
        own words: they may tell of what is restricted. "" who still is in it on the ledger's day."""
        day, why = self._chunk.ledger.roll.ended(self.subject), self.subject.decision_reason
        return f"{day} {why_said(why) if why in Cause.values else ''}".strip() if day else ""

    def ended_by(self, act):
        """The day this act of members ended the stay, None where it did not or that was not known."""
        day = self._chunk.ledger.roll.ended(self.subject)
        return day if day and self._chunk.originals[self.subject.pk] in self._chunk.traced(act) else None

    @property
    def moved_away(self):
        """Whether the person stands elsewhere by now: what is kept of today only is another branch's then."""
        return self.person is not None and self.person.path != self.subject.path

    @property
    def away(self):
        """The Absence that was noted of the person before or in this stay; None where they were back before it."""
        row = self._chunk.away.get(self.subject.person_id)
        return row if row and (row.to_date is None or row.to_date >= self.subject.from_date) else None

    def last(self, kind):
        return self._chunk.last(kind).get(self._key)

    def every(self, kind):
        """Records of `kind` with `.detail` by their day, also those written down after the ledger's day."""
        return self._chunk.every(kind).get(self._key, [])

    def ever(self, kind):
        """Records of `kind` with `.detail` up to the day, of earlier stays in the category too."""
        return self._chunk.every(kind, ever=True).get(self._key, [])

    def days(self, kind, quarter=None):
        """Days of the year's records of `kind`, or only those of its `quarter` (1–4)."""
        days = self._chunk.days(kind).get(self._key, [])
        return [day for day in days if quarter in (None, Quarter.of(day).number)]

    def count(self, kind, *, stay=False):
        return len(self._chunk.days(kind, stay=stay).get(self._key, []))

    def extra(self, column):
        return self._chunk.extra(column).get(self.subject.pk, "")

    @cached_property
    def cells(self):
        """Values in column order: str, date, number, or "" where nothing is known."""
        return [column.value(self) for column in self._chunk.ledger.columns]

    @property
    def pairs(self):
        """(column, cell) in order."""
        return zip(self._chunk.ledger.columns, self.cells, strict=True)

    @property
    def _key(self):
        return self._chunk.originals[self.subject.pk] if self._chunk.by_post else self.subject.person_id
