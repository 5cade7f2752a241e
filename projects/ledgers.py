"""Ledgers 台账: a view over the records in the columns each room declares, for any unit, as of any day (DOMAIN §4).

`ledger()` serves the page, the Excel file, the command and the API, so all show the same rows. Rows are read in chunks
of CHUNK people: a fixed number of statements a chunk, memory flat however long the ledger is.
"""

from functools import cached_property
from itertools import groupby, islice

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from members.access import VIEW, VIEW_RESTRICTED, scope_of
from members.models import Enrolment, PostHolding, StandingRow
from members.models.dated import true_on
from xitun.lib.dates import Quarter, Year, today
from xitun.lib.names import fold_query, normalise_name

from . import registry
from .ledger_columns import columns_of, extra_columns
from .models import Record
from .stays import stay_ids
from .workflow import Subject

__all__ = ["Row", "extra_columns", "ledger", "may_read", "right_for", "subjects"]

CHUNK = 500


def right_for(project):
    """The right that opens this ledger: the two restricted ones need more than sight of the unit."""
    return VIEW_RESTRICTED if project.restricted else VIEW


def may_read(user, project):
    """Whether `user` may open this ledger anywhere."""
    return scope_of(user).can(right_for(project))


def ledger(project, user, unit, on=None, *, q=""):
    """(columns, rows) of the ledger of `project` for `unit` and all below it, valid on the day `on` (today).

    columns: list of ledger_columns.LedgerColumn; rows: a generator of Row in order of branch and name, `row.cells` in
    column order (str, date, number, or "" where nothing is known). `user` None is the command line, which sees all.
    """
    on = on or today()
    columns = columns_of(project)
    return columns, rows(project, user, subjects(project, user, unit, on, q=q), on, columns=columns)


def subjects(project, user, unit, on, *, q=""):
    """Whom the ledger lists: enrolments in force on the day, or posts held. Countable, sliceable, in ledger order. Help
    and education that is over by now is on the ledger of no day."""
    if project.ledger_subject is Subject.POST:
        queryset = PostHolding.objects.filter(true_on(on))
        name, order = "holder_name", ("path", "from_date", "pk")
    else:
        queryset = Enrolment.objects.on(on).without_closed_cases().filter(category=project.category)
        name, order = "person__name", ("path", "person__pinyin", "pk")
    if user is not None:
        queryset = queryset.visible_to(user)
    return queryset.filter(_matches(q, name), path__startswith=unit.path).order_by(*order)


def _matches(q, name):
    """Part of a name as written, or its pinyin or initials from the beginning. Branch and category bound the scan."""
    text, letters = normalise_name(q), fold_query(q)
    if not text:
        return Q()
    found = Q(**{f"{name}__icontains": text})
    if letters.isascii() and letters:
        found |= Q(person__pinyin__startswith=letters) | Q(person__initials__startswith=letters)
    return found


def rows(project, user, queryset, on, *, columns):
    """Row for every subject of `queryset` (or a slice of it)."""
    queryset = queryset.select_related("person", "unit").defer("person__id_number")  # decrypting costs, and is not ours
    if queryset.model is Enrolment:
        queryset = queryset.select_related("helper")
    found = queryset.iterator(chunk_size=CHUNK)
    while batch := list(islice(found, CHUNK)):
        yield from Chunk(project, user, batch, on, columns).rows


class Chunk:
    """Up to CHUNK subjects and what their columns read, fetched once for all of them when the first row asks."""

    def __init__(self, project, user, batch, on, columns):
        self.project, self.user, self.on, self.columns = project, user, on, columns
        self.by_post = project.ledger_subject is Subject.POST
        self.rows = [Row(self, subject) for subject in batch]
        self._last, self._days, self._every, self._extra = {}, {}, {}, {}

    def last(self, kind):
        """{subject: newest live Record of `kind` on or before the day, with `.detail`}, by post or person id."""
        if kind not in self._last:
            newest = Window(RowNumber(), partition_by=[F("owner")], order_by=[F("happened_on").desc(), F("pk").desc()])
            found = dict(self._records(kind).annotate(turn=newest).filter(turn=1).values_list("owner", "pk"))
            records = _with_details(registry.detail_model(self._code(kind)), found.values())
            self._last[kind] = {owner: records[pk] for owner, pk in found.items() if pk in records}
        return self._last[kind]

    def days(self, kind):
        """{subject: [days of its records of `kind` in the ledger's year, up to its day]}."""
        if kind not in self._days:
            records = self._records(kind).filter(happened_on__gte=Year.of(self.on).start)
            records = records.filter(_reached(registry.tries_of(self._code(kind))))
            pairs = records.order_by("owner", "happened_on").values_list("owner", "happened_on")
            grouped = groupby(pairs, key=lambda pair: pair[0])
            self._days[kind] = {owner: [day for _owner, day in group] for owner, group in grouped}
        return self._days[kind]

    def extra(self, column):
        """{subject pk: value} of a column registered from above."""
        if column.key not in self._extra:
            self._extra[column.key] = column.resolve(self.rows)
        return self._extra[column.key]

    def every(self, kind, *, ever=False):
        """{subject: [its live Records of `kind` with `.detail`, by day]}: also those written down after the ledger's
        day, for a record may speak of an earlier one; `ever`: up to the day, in whichever stay."""
        if (kind, ever) not in self._every:
            rows = self._records(kind, ever=True) if ever else self._all(kind)
            pairs = list(rows.order_by("owner", "happened_on", "pk").values_list("owner", "pk"))
            records = _with_details(registry.detail_model(self._code(kind)), [pk for _owner, pk in pairs])
            found = self._every[kind, ever] = {}
            for owner, pk in pairs:
                found.setdefault(owner, []).extend([records[pk]] if pk in records else [])
        return self._every[kind, ever]

    @cached_property
    def standings(self):
        """{person: standing on the ledger's day}."""
        people = [row.subject.person_id for row in self.rows]
        found = StandingRow.objects.filter(true_on(self.on), person_id__in=people)
        return {row.person_id: row.get_standing_display() for row in found}

    def _code(self, kind):
        return kind if "." in kind else f"{self.project.code}.{kind}"

    def _records(self, kind, *, ever=False):
        """Those up to the ledger's day. What is owed once a person is read by person, else by stay: see `_all`."""
        once = set(registry.duties_discharged_by(self._code(kind))) & set(registry.once_a_person())
        return self._all(kind, ever=ever or bool(once)).filter(happened_on__lte=self.on)

    def _all(self, kind, *, ever=False):
        """The live, visible records of this kind, each with its `owner`: post or person id. Reached by subject through
        a plain join: with a subquery SQLite pairs every subject with every record. `ever`: of any stay in the
        category; never where it is restricted, for an earlier case is another matter."""
        records = Record.objects.live() if self.user is None else Record.objects.live().visible_to(self.user)
        records = records.filter(kind=self._code(kind)).order_by()
        if self.by_post:
            return records.filter(post_id__in=[row.subject.pk for row in self.rows]).annotate(owner=F("post_id"))
        if ever and not self.project.restricted:
            people = [row.subject.person_id for row in self.rows]
            return records.filter(subjects__person_id__in=people).annotate(owner=F("subjects__person_id"))
        return records.filter(subjects__enrolment_id__in=self._spells).annotate(owner=F("subjects__person_id"))

    @cached_property
    def _spells(self):
        return stay_ids([row.subject for row in self.rows])


def _reached(model):
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
    `day`, `standing` on that day, `last(kind)` (a Record with `.detail`, or None), `count(kind)` and `days(kind)` in
    the ledger's year."""

    def __init__(self, chunk, subject):
        self._chunk, self.subject = chunk, subject

    @property
    def day(self):
        """The day the ledger is valid on."""
        return self._chunk.on

    @property
    def person(self):
        return self.subject.person

    @property
    def enrolment(self):
        return None if self._chunk.by_post else self.subject

    @property
    def post(self):
        return self.subject if self._chunk.by_post else None

    @property
    def unit(self):
        return self.subject.unit

    @property
    def standing(self):
        return self._chunk.standings.get(self.subject.person_id, "")

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

    def count(self, kind):
        return len(self.days(kind))

    def extra(self, column):
        return self._chunk.extra(column).get(self.subject.pk, "")

    @cached_property
    def cells(self):
        return [column.value(self) for column in self._chunk.columns]

    @property
    def pairs(self):
        """(column, cell) in order."""
        return zip(self._chunk.columns, self.cells, strict=True)

    @property
    def _key(self):
        return self.subject.pk if self._chunk.by_post else self.subject.person_id
