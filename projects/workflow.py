"""The words in which a room declares its project: facts printed in a regulation, no decisions.

A decision is a pure function in the room's rules.py; a stored value is a column in its models.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Cadence(StrEnum):
    """How often a duty is owed. The first five are kinds of xitun.lib.dates.periods."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    FESTIVAL = "festival"
    OCCASION = "occasion"


DEATH = "death"  # what an OCCASION duty may follow besides a kind of record
NO_DEATH = f"{DEATH}-"  # so begins the occasion of what such a one had made owed that was none


class Subject(StrEnum):
    """What a duty concerns, and what a record is entered for."""

    ENROLMENT = "enrolment"
    POST = "post"
    UNIT = "unit"


class Responsible(StrEnum):
    SECRETARY = "secretary"
    HELPER = "helper"  # the named helper of the enrolment; the secretary where there is none
    TOWN_STAFF = "town_staff"
    DIRECTOR = "director"


@dataclass(frozen=True)
class Due:
    """The day a periodic duty falls due. Default: the last day of the period. `month` and `day` count from the
    period's start (a quarter's first month is 1). `next_workday`: a rest day moves it forward, within the period.
    `workdays_after`: that many working days after the period has ended (a quarter's self-score)."""

    month: int = 0
    day: int = 0
    workdays_after: int = 0
    next_workday: bool = True


@dataclass(frozen=True)
class Duty:
    """Something owed: what, how often, due when, by whom; discharged by a record of one of `kinds`.

    An OCCASION duty is opened by saving a record of kind `after`, due `days` or `months` after its day (or after the
    date in the detail's column `after_field`; none written, none owed, unless `otherwise_days` after the record's own
    day counts as that date) — with `when`, (column, value), only by one that says so, with `about`, a column, only by
    one that says something there, which is then shown beside the duty's name —, or by a death (`after=DEATH`), which
    also leaves it open although the enrolment ends. With `needed` no single record makes it but those of a stay
    together, over a transfer too.
    A FESTIVAL duty is due on each of `festivals` ("spring_festival", "july_first"). `standings` and `between` narrow
    whom it concerns. `once_a_person`: who leaves the category and enters it again owes a turn once, not once a stay.
    """

    code: str
    name: str | Promise
    cadence: Cadence
    kinds: tuple[str, ...]
    by: Responsible = Responsible.SECRETARY
    subject: Subject = Subject.ENROLMENT
    due: Due = Due()
    festivals: tuple[str, ...] = ()
    after: str = ""
    after_field: str = ""
    otherwise_days: int = 0
    when: tuple[str, str] = ()
    about: str = ""
    # function of rules.py: NAME(enrolment, since=) -> the records that together make it owed, oldest first
    needed: str = ""
    ended_by: tuple[str, ...] = ()  # of one with `needed` or `unless`: other kinds of record that bear on it
    unless: str = ""  # of one with `after`, function of rules.py: NAME(enrolment, day, by=record) -> it is not owed
    may_precede: bool = False  # what settles it may have happened before what it follows was written
    days: int = 0
    months: int = 0
    workdays: bool = False
    source: str = ""  # the line of the seed or the regulation
    primary_only: bool = False
    once_a_person: bool = False
    standings: tuple[str, ...] = ()  # only people of these standings
    between: tuple[str, str] = ()  # only while a record of the first kind is not followed by one of the second
    where: str = ""  # of a UNIT duty: the function of the room's rules.py that narrows the branches, (units, day)

    @property
    def narrowed(self):
        """Whether it concerns only some of those who stand in the category."""
        return bool(self.primary_only or self.standings or self.between)


@dataclass(frozen=True)
class Kind:
    """A kind of record. `model` names the detail model in the room's models.py ("" when the spine says it all);
    `fields` its columns in the order of the form; those `carried` stand there as the person's last record of this kind
    says. `prompt` is the question above the free text."""

    code: str
    name: str | Promise
    model: str = ""
    fields: tuple[str, ...] = ()
    subject: Subject = Subject.ENROLMENT
    prompt: str | Promise = ""
    prompt_required: bool = False
    several: bool = False  # may be entered for several people at once (a round, a meeting, a household)
    everyone: bool = False  # usually for all who owe it: they are ticked from the start
    decided: bool = False  # a decision of the town: who may confirm enters it
    receipts: bool = False  # each of its people may answer that it was read (projects.models.Receipt)
    message: str = ""  # function of rules.py: NAME(detail) -> the text to copy and send, shown before it is saved
    people: bool = False  # of a UNIT kind: concerns people of the branch, whether they stand in a category or not
    rows: str = ""  # the room's model of further rows a record has (who attended); Entry.rows are its columns
    form: str = ""  # the class of the room's forms.py that the record form of this kind is mixed with
    icon: str = "journal-text"
    carried: tuple[str, ...] = ()
    afterwards: bool = False  # may rightly have happened after the stay, the post or the branch had ended
    # function of rules.py: NAME(enrolment, user) -> {column: value} of what is known already, not to be asked again
    known: str = ""


@dataclass(frozen=True)
class Column:
    """A ledger column. `source` is one of
    "person.FIELD" · "enrolment.FIELD" · "post.FIELD" · "unit.FIELD"
    "record.FIELD"      where the ledger lists records: a column of it, or what the room's ledger_records adds to it
    "last:KIND.FIELD"   a column of the newest record of that kind on or before the ledger's day (FIELD may be
                        happened_on, narrative or a detail column)
    "count:KIND"        how many such records in the ledger's year
    "total:KIND"        how many in the whole stay, for a case that runs over New Year
    "quarters:KIND"     four columns, one a quarter of the ledger's year, each the days of its records
    "rule:NAME"         a function of the room's rules.py: NAME(row) -> value, row as in projects.ledgers.Row;
                        `filled_by` names what it reads, "KIND" or "KIND.FIELD"; the first with a field is what
                        the column of an old ledger becomes
    "extra:KEY"         the place of a column an app above registers (ledgers.extra_columns); empty until it does
    """

    key: str
    heading: str | Promise
    source: str
    kind: str = "text"  # text | date | number | decimal (money: to the fen) | quantity (as many places as it has)
    width: int = 14
    filled_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordTable:
    """A table of a printed form: the records of one kind in its year (`whole_stay`: all; it goes on over New Year),
    oldest first, then empty rows to write in up to `rows`. The columns' `source` is "record.FIELD" (happened_on,
    narrative, author) or "detail.FIELD". A try that reached nobody stands only where "detail.reached" says so."""

    kind: str
    columns: tuple[Column, ...]
    rows: int = 8
    whole_stay: bool = False


@dataclass(frozen=True)
class PrintedForm:
    """A paper of the office about one enrolment or post: A4, official layout. `facts` read their value like a ledger's
    columns and stay empty, to be written in, where nothing is known; one as `wide` as WIDE takes the whole line."""

    code: str
    name: str | Promise
    facts: tuple[Column, ...] = ()
    tables: tuple[RecordTable, ...] = ()
    words: str | Promise = ""  # what is declared or promised, above the signatures
    signatures: tuple[str | Promise, ...] = ()

    WIDE = 30


@dataclass(frozen=True)
class Project:
    """One of the eight projects: its category, duties, kinds of record and ledger. Without a category it is no project
    of people but concerns the branch itself (organisational life): registry.all_projects leaves it out. Its ledger
    (Subject.UNIT) lists records, not people; the room's rules.py says which: ledger_records(records, on=, moment=).
    """

    code: str
    category: str
    name: str | Promise  # 跟踪工程
    management: str | Promise  # 联合管理
    people: str | Promise  # 流动党员
    duties: tuple[Duty, ...]
    kinds: tuple[Kind, ...]
    columns: tuple[Column, ...]
    ledger_subject: Subject = Subject.ENROLMENT
    restricted: bool = False
    icon: str = "people"
    forms: tuple[PrintedForm, ...] = ()

    def kind(self, code):
        return next(k for k in self.kinds if k.code == code)

    def duty(self, code):
        return next(d for d in self.duties if d.code == code)
