"""What becomes of each line of a roster: accepted, warned about or refused, and why. Pure: no models, no I/O.

The rules are those of the roster contract (reason codes in members.roster.reasons). Each line stands or falls alone,
except that the second and later lines of one ID number are refused.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from members.roster import vocabulary
from members.roster.columns import DATE_COLUMNS, plain
from members.roster.reasons import REJECT, outcome_of, settle
from xitun.lib.dates import DateError, add_years, age_on, arabic, parse_date, today
from xitun.lib.ids import IdNumberError, parse_id_number
from xitun.lib.names import normalise_name
from xitun.lib.phones import PhoneError, read_phone
from xitun.lib.readers import FORMULA, cell_text

LIMITS = {
    "ethnicity": 20,
    "phone": 20,
    "group": 40,
    "education": 20,
    "occupation": 40,
    "employer": 80,
    "post": 40,
    "address": 120,
    "away_to": 120,
    "note": 200,
}
_EQUALS = ("=", "＝", "﹦", "⁼", "₌")  # all of them are = once normalised
NAME_LIMIT, READ_LIMIT = 40, 30
_NOTHING = {"", "无", "没有", "暂无", "空", "na", "none", "null", "nil", "未转正", "未填"}
_NO_NAME = re.compile(r"[\W\d_]*")


@dataclass(slots=True)
class Line:
    """The judgement of one line.

    `values` holds cleaned values under the names of Person's fields, plus branch (a key of the context), category,
    more_categories, standing, causes, post, employer, away_to, away_from, applied_on and note; a blank value is left
    out, so that nothing is ever blanked by an import. `suggestions` maps a code to what may have been meant, `read` to
    the words that were not understood; `columns` names those that a person would have to look at, `row` is the
    layout.Row that was judged.
    """

    sheet: str | None
    line: int
    outcome: str
    reasons: list
    name: str
    values: dict = field(default_factory=dict)
    suggestions: dict = field(default_factory=dict)
    read: dict = field(default_factory=dict)
    columns: list = field(default_factory=list)
    row: object = None

    @property
    def refused(self):
        return self.outcome == REJECT


def judge(rows, branches, first_line=None):
    """Yields a Line for each layout.Row. `branches` is the members.roster.branches.Branches a line may name;
    `first_line` maps ID numbers known beforehand to the (sheet, line) that has them."""
    first_line = dict(first_line or {})
    for row in rows:
        yield _Judge(row, branches, first_line).line()


class _Judge:
    """One line at the bar. Methods look at one matter each, add codes and put what they accept into `values`."""

    def __init__(self, row, branches, first_line):
        self.row, self.branches, self.first_line = row, branches, first_line
        self.codes, self.values, self.suggestions, self.read, self.columns = set(), {}, {}, {}, {}
        self.id_number = None

    def line(self):
        self.name()
        self.branch()
        self.identity()
        self.dates()
        self.person_of_the_number()
        self.order_of_days()
        self.category_and_standing()
        self.causes()
        self.plain_columns()
        reasons = settle(self.codes)
        name = self.values.get("name") or normalise_name(as_text(self.row.cells.get("name")))[:NAME_LIMIT]
        return Line(
            self.row.sheet, self.row.line, outcome_of(reasons), reasons, name, self.values, self.suggestions,
            self.read, list(self.columns), self.row,
        )  # fmt: skip

    def wrong(self, code, *columns):
        """Note a reason and the columns it is about, in the order in which they are found."""
        self.codes.add(code)
        self.columns |= dict.fromkeys(columns)

    def text(self, column, *, required=False):
        """The cell as text, "" when blank. A formula that was never calculated is refused where a value is required,
        a text that begins like a formula everywhere: it would run when the data is opened in a spreadsheet."""
        cell = self.row.cells.get(column)
        if cell is None:
            return ""
        if cell is FORMULA:
            if required:
                self.wrong("formula_cell", column)
            return ""
        text = as_text(cell)
        if text[:1] in _EQUALS:
            self.wrong("formula_cell", column)
            return ""
        return "" if len(text) < 6 and plain(text) in _NOTHING else text

    def misread(self, code, text, *columns):
        self.wrong(code, *columns)
        self.read.setdefault(code, text[:READ_LIMIT])

    def name(self):
        name = normalise_name(self.text("name", required=True))
        if "formula_cell" in self.codes:
            return
        if _NO_NAME.fullmatch(name) or len(name) > NAME_LIMIT:
            self.wrong("name_missing", "name")
        else:
            self.values["name"] = name

    def branch(self):
        text = self.text("branch", required="branch" in self.row.has)
        if self.row.cells.get("branch") is FORMULA:
            return
        key = self.branches.recognise(text) if text else self.row.branch
        if key is not None:
            self.values["branch"] = key
            return
        text = text or self.row.branch_text
        successors = self.branches.successors_of(text)
        code = "branch_unknown" if successors is None else "branch_ended"
        self.misread(code, text, "branch")
        self.suggestions[code] = self.branches.nearest(text) if successors is None else successors

    def identity(self):
        """A roster with a column for ID numbers must fill it; one without any gives people without a number."""
        if "id_number" not in self.row.has:
            return
        formulas = "formula_cell" in self.codes
        text = self.text("id_number", required=True)
        cell = self.row.cells.get("id_number")
        if cell is FORMULA or (not text and "formula_cell" in self.codes and not formulas):
            return
        try:
            number = parse_id_number(text if isinstance(cell, str) else cell)
        except IdNumberError as error:
            self.wrong(error.code, "id_number")
            return
        self.id_number = number
        self.values["id_number"] = number.value18
        if number.first_generation:
            self.codes.add("id_first_generation")
        first = self.first_line.setdefault(number.value18, (self.row.sheet, self.row.line))
        if first != (self.row.sheet, self.row.line):
            self.wrong("duplicate_in_file", "id_number")
            self.suggestions["duplicate_in_file"] = [first]

    def dates(self):
        for column in DATE_COLUMNS:
            text = self.text(column)
            if not text:
                continue
            cell = self.row.cells[column]
            try:
                self.values[column] = self.date(column, text if isinstance(cell, str) else cell)
            except (ValueError, OverflowError):  # DateError, and figures that no date or memory can hold
                self.misread("date_invalid", text, column)
        latest = today()
        for column in ("birth_date", "joined_on", "full_member_on"):
            if self.values.get(column, latest) > latest:
                self.misread("date_invalid", self.values.pop(column).isoformat(), column)

    def date(self, column, value):
        """A whole date; in a column that declares months (入党年月) a month counts from its first day, and the birth
        month gets the day that the ID number gives."""
        try:
            return parse_date(value, date1904=self.row.date1904)
        except DateError as error:
            month = month_of(value) if error.partial and column in self.row.month_only else None
            if month is None:
                raise
        born = self.id_number.birth_date if self.id_number else None
        same_month = born and (born.year, born.month) == (month.year, month.month)
        return born if column == "birth_date" and same_month else month

    def person_of_the_number(self):
        """The number knows the birth date and sex; columns may repeat them but not contradict."""
        sex_text = self.text("sex", required=self.id_number is None and "id_number" not in self.row.has)
        sex, number = vocabulary.sex_of(sex_text), self.id_number
        if number and sex_text and sex != number.sex:
            self.wrong("sex_id_mismatch", "sex", "id_number")
        if number and self.values.get("birth_date", number.birth_date) != number.birth_date:
            self.wrong("birth_id_mismatch", "birth_date", "id_number")
        if number:
            self.values |= {"sex": number.sex, "birth_date": number.birth_date}
        elif sex:
            self.values["sex"] = sex

    def order_of_days(self):
        """As members.actions.soundness has it of what is typed by hand. A month of which only the first day is read is
        no contradiction: until 1977 nobody was on probation."""
        born, joined, full = (self.values.get(name) for name in ("birth_date", "joined_on", "full_member_on"))
        if joined and full and full < joined:
            if "full_member_on" in self.row.month_only and full == joined.replace(day=1):
                self.values["full_member_on"] = joined
            else:
                self.wrong("dates_out_of_order", "full_member_on", "joined_on")
        if born and joined and joined <= born:
            self.wrong("dates_out_of_order", "joined_on", "birth_date")
        elif born and joined and age_on(born, joined) < 18:
            self.codes.add("joined_under_18")

    def category_and_standing(self):
        text = self.text("category", required="category" in self.row.has)
        words = [text] if vocabulary.category_of(text) else vocabulary.split_words(text)
        more = vocabulary.split_words(self.text("more_categories"))
        codes = [vocabulary.category_of(word) for word in words + more]
        standing_text = self.text("standing", required="standing" in self.row.has)
        standing = vocabulary.standing_of(standing_text)
        if vocabulary.is_outside(standing_text) and "developing" in codes:
            standing_text = ""  # 政治面貌 says of a candidate that they are no member yet
        if None in codes or (standing_text and standing is None):
            which = ("standing",) if None not in codes else ("category",) if codes[: len(words)].count(None) else ()
            self.misread("category_unknown", text if None in codes else standing_text, *(which or ("more_categories",)))
            return
        codes = list(dict.fromkeys(codes))
        if words:
            self.values["category"] = codes.pop(0)
        if codes:
            self.values["more_categories"] = codes
        self.values["standing"] = standing or self.standing_implied(text)

    def standing_implied(self, category_text):
        """The standing of somebody whose roster has no such column: the word of the category may say it, or the dates.
        Somebody in development without a joining date is an applicant, the least one can be; else a full member."""
        said = vocabulary.standing_of(category_text)
        if said and said not in ("full", "former"):
            return said
        joined, full = self.values.get("joined_on"), self.values.get("full_member_on")
        if full:
            return "full"
        if self.values.get("category") == "developing":
            return "probationary" if joined else "applicant"
        return "probationary" if joined and add_years(joined, 1) > today() else "full"

    def causes(self):
        words = vocabulary.split_words(self.text("cause"))
        whole = vocabulary.cause_of("".join(words))
        causes = [whole] if whole else [vocabulary.cause_of(word) for word in words]
        if None in causes:
            self.misread("cause_not_recorded", "".join(words))
        if kept := [cause for cause in dict.fromkeys(causes) if cause]:
            self.values["causes"] = kept

    def plain_columns(self):
        """Columns taken as they stand, cut to what a field holds."""
        for column, limit in LIMITS.items():
            if self.row.cells.get(column) is None:
                continue
            text = unicodedata.normalize("NFKC", " ".join(self.text(column).split()))
            if column == "phone":
                text = self.phone(text)
            if text:
                self.values[column] = text[:limit]

    def phone(self, text):
        """The number, "" where none can be read: what was read instead is not said, most of it may be somebody's."""
        try:
            return read_phone(text)
        except PhoneError:
            self.wrong("phone_unreadable", "phone")
            return ""


def as_text(cell):
    """The text a cell shows, without control characters; "" when blank."""
    text = cell_text(cell)
    return text if text.isprintable() else "".join(c for c in text if c.isprintable() or c.isspace()).strip()


def month_of(value):
    """The first day of a month typed as 1968.07, 1968年7月, 一九六八年七月 or 196807, or None."""
    match = re.fullmatch(r"(\d{4})\D*?(\d{1,2})\D*", arabic(unicodedata.normalize("NFKC", as_text(value))))
    try:
        return date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None
