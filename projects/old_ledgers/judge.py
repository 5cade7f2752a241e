"""What an old ledger would write: a plan for every record, and what is wrong with every cell that is not understood.
Reads, never writes."""

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from members.roster.headings import headings_of, is_ours
from members.roster.layout import read_lines
from projects import registry
from projects.actions import Entry, check_entry
from xitun.lib.dates import Quarter, today
from xitun.lib.readers import cell_text, read_workbook

from . import cells, people
from .headings import TITLE, meanings_of, places_of
from .known import Known

MOST_ROWS = 3000  # more are a county's; one request reads these in some seconds
SHOWN_VALUE = 60
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True)
class Trouble:
    """A cell that was not understood, or a row about nobody known."""

    sheet: str
    line: int
    heading: str
    value: str
    why: str
    mend: str


@dataclass
class Plan:
    """A record to be; `known`: it is there already. `entry` is what the engine's act takes."""

    line: int
    subject: object
    kind: object
    entry: Entry
    known: bool = False


@dataclass
class Choice:
    """A row about somebody whom a person has to name."""

    number: int
    sheet: str
    line: int
    name: str
    why: str
    candidates: tuple
    chosen: str = ""


@dataclass
class Judged:
    plans: list = field(default_factory=list)
    troubles: list = field(default_factory=list)
    choices: list = field(default_factory=list)
    left_out: list = field(default_factory=list)  # headings that are no column of this ledger
    rows: int = 0
    other_year: int | None = None  # the title or the file's name speaks of it, and not of that of the ledger's day

    @property
    def new(self):
        return [plan for plan in self.plans if not plan.known]

    @property
    def known(self):
        return [plan for plan in self.plans if plan.known]


def judge(upload, source):
    """Judged of an OldLedger (projects.models) and its file. Raises FileRefused and ValidationError."""
    return _Judge(upload).judged(read_workbook(source, upload.file_name))


class _Judge:
    def __init__(self, upload):
        self.upload = upload
        self.project = registry.project(upload.project)
        self.places = places_of(self.project)
        self.people = people.People(self.project, upload.uploaded_by, upload.unit)
        self.known = Known(self.project, self.people)
        self.out = Judged()

    def judged(self, sheets):
        meanings, skipped = meanings_of(self.project), []
        rows = list(islice(read_lines(sheets, self.people.branches, skipped, meanings), MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            raise ValidationError(_("More than %(n)s rows. Split the file by branch.") % {"n": MOST_ROWS})
        if not rows or not any(code in row.has for row in rows for code in self.places):
            why = [sheet.said for sheet in skipped]
            raise ValidationError([_("No column of this ledger was found in the file."), *why])
        found = headings_of(sheets, self.people.branches, meanings)
        self.out.left_out = [h.text for h in found if h.unread and not is_ours(h.text)]
        self.out.rows = len(rows)
        self.out.other_year = self.other_year(sheets)
        for number, row in enumerate(rows):
            if subject := self.subject(number, row):
                _Row(self, row, subject).plan()
        return self.out

    def other_year(self, sheets):
        """The last year that titles and file name speak of, unless that of the ledger's day is among them; or None."""
        titles = [self.upload.file_name]
        for sheet in sheets:
            filled = ([cell_text(cell) for cell in cells if cell_text(cell)] for _n, cells in islice(sheet.rows, 2))
            titles += [cells[0] for cells in filled if len(cells) == 1]
        said = {int(year) for title in titles for year in YEAR.findall(title)}
        return max(said) if said and self.upload.on.year not in said else None

    def subject(self, number, row):
        """Whom the row is about; else what is wrong, or what a person has to choose, is noted."""
        found = self.people.find(row)
        if found.subject:
            return found.subject
        chosen = self.upload.choices.get(str(number), "")
        if found.candidates:
            why = str(people.WHY[found.code][0])
            name = cell_text(row.cells.get("name"))[:SHOWN_VALUE]
            self.out.choices.append(Choice(number, row.sheet or "", row.line, name, why, found.candidates, chosen))
            mine = {str(one.pk): one for one in found.candidates}
            return mine.get(chosen)
        why, mend = people.WHY[found.code]
        self.trouble(row, found.column, why, mend)
        return None

    def trouble(self, row, code, why, mend=""):
        place = self.places.get(code)
        names = {"name": _("name"), "branch": _("branch"), "id_number": _("ID number"), TITLE: _("post")}
        value = "…" if code == "id_number" else cell_text(row.cells.get(code))[:SHOWN_VALUE]
        heading = place.heading if place else names.get(code, code)
        self.out.troubles.append(Trouble(row.sheet or "", row.line, heading, value, str(why), str(mend)))


class _Row:
    """One row about one subject: a record for the columns of a kind, one for every day of a quarter's column."""

    def __init__(self, judge, row, subject):
        self.judge, self.row, self.subject = judge, row, subject
        self.on = judge.upload.on

    def plan(self):
        for code, place in self.filled():
            if place.quarter:
                self.quarter(code, place)
        kinds = dict.fromkeys(place.kind for _code, place in self.filled() if not place.quarter)
        for kind in kinds:
            self.last({code: place for code, place in self.filled() if place.kind == kind and not place.quarter})

    def filled(self):
        found = self.judge.places.items()
        return [(code, place) for code, place in found if not cells.is_blank(self.row.cells.get(code))]

    def quarter(self, code, place):
        """One record a day. A cell of which one day is not understood is left alone altogether."""
        try:
            days = cells.jotted(self.row.cells[code], year=self.on.year, date1904=self.row.date1904)
        except cells.CellError as error:
            return self.judge.trouble(self.row, code, error.why, error.mend)
        wrong = [d.day for d in days if (d.day.year, Quarter.of(d.day).number) != (self.on.year, place.quarter)]
        if wrong:
            mend = _("Move it to its own quarter, or say another day of the ledger.")
            return self.judge.trouble(self.row, code, _("not in this quarter of %(n)s") % {"n": self.on.year}, mend)
        for jotted in days:
            method, reached, words = cells.how(jotted.words)
            self.record(code, place.kind, jotted.day, {"method": method, "reached": reached}, words)

    def last(self, places):
        values = {}
        kind = next(iter(places.values())).kind
        for code, place in places.items():
            try:
                values[place.field] = self.value(code, place)
            except cells.CellError as error:
                self.judge.trouble(self.row, code, error.why, error.mend)
        if len(values) < len(places):
            return  # half a record would hide that the other half is missing
        day = values.pop("happened_on", None) or self.day_in(values)
        self.record(next(iter(places)), kind, day, values, values.pop("narrative", ""), said=values)

    def value(self, code, place):
        cell, told = self.row.cells[code], {"year": self.on.year, "date1904": self.row.date1904}
        if place.field == "happened_on":
            return cells.one_day(cell, **told)
        if place.field == "narrative":
            return cells.value_for(models.CharField(max_length=4000), cell, **told)
        model = registry.detail_model(f"{self.judge.project.code}.{place.kind}")
        return cells.value_for(model._meta.get_field(place.field), cell, **told)

    def day_in(self, values):
        """The day the record itself names, as 流出时间 does, where it has come; else the day of the ledger."""
        days = [value for value in values.values() if isinstance(value, date)]
        return next((day for day in days if day <= today()), self.on)

    def record(self, code, kind, day, values, words, *, said=None):
        full, project = f"{self.judge.project.code}.{kind}", self.judge.project
        detail, missing = self.detail(registry.detail_model(full), values)
        if missing:
            why = _("the record also needs: %(what)s") % {"what": _(", ").join(missing)}
            return self.judge.trouble(self.row, code, why, _("Enter this one by hand on the person's page."))
        known = self.judge.known.has(self.subject, full, day, said)
        enrolments = () if self.judge.people.by_post else (self.subject,)
        entry = Entry(
            kind=full,
            unit=self.subject.unit,
            happened_on=day,
            submission_id=self.judge.known.submission(full, self.subject, day),
            enrolments=enrolments,
            post=self.subject if self.judge.people.by_post else None,
            narrative=words,
            detail=detail,
            carried_from=self.judge.upload,
        )
        if not known and (wrong := self.refused(entry)):
            return self.judge.trouble(self.row, code, wrong, _("Leave it out, or ask the town office."))
        self.judge.known.note(self.subject, full, day)
        self.judge.out.plans.append(Plan(self.row.line, self.subject, project.kind(kind), entry, known))

    def detail(self, model, values):
        """(columns of the kind's model, names of those that it needs and the ledger does not say)."""
        if model is None:
            return {}, []
        fields = {f.name: f for f in model._meta.fields if f.name != "record"}
        detail = {name: value for name, value in values.items() if name in fields and value != ""}
        if "method" in fields:
            detail.setdefault("method", self.judge.upload.method)
        needed = [f for f in fields.values() if not (f.blank or f.null or f.has_default())]
        return detail, [str(f.verbose_name) for f in needed if detail.get(f.name, "") == ""]

    def refused(self, entry):
        """Why the engine would not take it: a sealed quarter, a day ahead, a rule of the room."""
        try:
            check_entry(entry)
        except ValidationError as error:
            return " ".join(error.messages)
        return ""
