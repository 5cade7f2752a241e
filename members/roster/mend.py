"""Mending the refused lines of a staged roster: a cell by hand, or a word for all lines that say it. What was mended is
judged again at once by the same rules; nothing is written before the roster is confirmed."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.audit import trace
from members.models import RosterLine
from members.roster import cells, staging, vocabulary
from members.roster.bulk import insert_rows
from members.roster.judge import judge
from members.roster.offices import branches_of, names_of
from members.roster.reasons import REJECT
from members.roster.rows import COLUMNS, staged
from xitun.lib.crypto import keyed_hash

WORDS = {"branch_unknown": ("branch",), "branch_ended": ("branch",), "category_unknown": ("category",)}
MOST_WORDS, MOST_LINES = 12, 2000  # shown above the list; looked through for them, and mended at once
HEADINGS = {
    "name": gettext_lazy("name"),
    "id_number": gettext_lazy("ID number"),
    "branch": gettext_lazy("branch"),
    "category": gettext_lazy("category"),
    "standing": gettext_lazy("standing"),
    "more_categories": gettext_lazy("further categories"),
    "sex": gettext_lazy("sex"),
    "birth_date": gettext_lazy("birth date"),
    "joined_on": gettext_lazy("joined the Party on"),
    "full_member_on": gettext_lazy("full member since"),
    "applied_on": gettext_lazy("applied on"),
    "away_from": gettext_lazy("away since"),
    "away_to": gettext_lazy("where to"),
    "phone": gettext_lazy("phone"),
    "ethnicity": gettext_lazy("ethnicity"),
    "group": gettext_lazy("party group"),
    "education": gettext_lazy("education"),
    "occupation": gettext_lazy("occupation"),
    "employer": gettext_lazy("employer"),
    "post": gettext_lazy("post"),
    "address": gettext_lazy("address"),
    "cause": gettext_lazy("cause of hardship"),
    "note": gettext_lazy("note"),
}


def row_of(line, mended=()):
    """The layout.Row of a refused line. Raises ValidationError when its cells are not here any more."""
    if line.outcome != REJECT or not line.raw:
        raise ValidationError(_("This line needs no mending any more. Look at the roster again."))
    return cells.unpack(line.raw, line.sheet, line.line, mended)


def columns_of(line):
    """The columns of a refused line that a person has to look at."""
    return line.suggestions.get("columns", [])


@transaction.atomic
def mend_line(*, by, roster, line, mended):
    """Put what a person typed (`mended`: {column: text}) over the cells of a refused line and judge it again. Returns
    the line, refused still or not. Raises ValidationError when it needs no mending or the roster is written."""
    roster = staging.open_roster(roster, by=by)
    line = roster.lines.get(number=line.number)  # as it stands now: the other tap of a double tap may have mended it
    found = _judge_again(roster, {line: row_of(line, mended)}, names_of(roster))
    trace("mend_roster", by=by, obj=roster, detail={"line": line.number, "columns": sorted(mended)})
    return found.get()


@transaction.atomic
def settle_word(*, by, roster, code, text, value):
    """Say once what a word means that the roster does not understand: `value` (a branch's key, a category) for every
    refused line that says `text`. Returns (lines judged, lines refused still)."""
    roster = staging.open_roster(roster, by=by)
    names = names_of(roster)
    column, said = WORDS[code][0], _said(code, value, names)
    lines = [line for line in refused(roster) if word_of(line, code) == text and line.raw][:MOST_LINES]
    found = _judge_again(roster, {line: row_of(line, {column: said}) for line in lines}, names)
    trace("mend_roster", by=by, obj=roster, detail={"word": code, "lines": len(lines)})
    return len(lines), found.filter(outcome=REJECT).count()


def words_of(roster):
    """[(code, text, number of refused lines that say it)] of what one decision would mend, the most frequent first."""
    counts = Counter(
        (code, word) for line in refused(roster).defer("raw")[:MOST_LINES] for code in WORDS
        if (word := word_of(line, code))
    )  # fmt: skip
    return [(code, word, n) for (code, word), n in counts.most_common(MOST_WORDS)]


def proposed(words, roster):
    """{word: the value that it most likely means} of `words_of`: the one branch that stands in the place of another."""
    ended = [text for code, text, _n in words if code == "branch_ended"]
    names = names_of(roster) if ended else None
    successors = {text: names.successors_of(text) or () for text in ended}
    found = {text: names.recognise(some[0]) for text, some in successors.items() if len(some) == 1}
    return {text: str(key) for text, key in found.items() if key is not None}


def word_of(line, code):
    """The word of the line that this reason is about, where it stands in the one column that a decision can fill."""
    if code not in line.reasons or not set(WORDS[code]) & set(columns_of(line)):
        return ""
    return line.suggestions.get("read", {}).get(code, "")


def refused(roster):
    return roster.lines.filter(outcome=REJECT).order_by("number")


def choices(roster, code):
    """[(value, label)] that may stand for a word of this reason."""
    if WORDS[code] == ("branch",):
        return [(str(unit.pk), str(unit)) for unit in branches_of(roster)]
    return [(value, label) for value, label in staging.Category.choices]


def _said(code, value, names):
    """The cell that says `value` to the judge."""
    if WORDS[code] == ("branch",):
        return names.name(int(value))
    return vocabulary.examples(1)[value][0]


def _judge_again(roster, rows, names):
    """Judge lines anew and stage them in their old places: `rows` maps each line to its Row. As many statements for
    many as for few. Returns the lines as they stand now."""
    hashes = {keyed_hash(n): n for judged in judge(rows.values(), names) if (n := judged.values.get("id_number"))}
    standing = roster.lines.exclude(outcome=REJECT).filter(id_hash__in=list(hashes))
    # Whoever stands in the roster already keeps the number.
    first = {hashes[h]: (sheet, line) for h, sheet, line in standing.values_list("id_hash", "sheet", "line")}
    numbers = [line.number for line in rows]
    roster.lines.filter(number__in=numbers).delete()
    again = zip(numbers, judge(rows.values(), names, first), strict=True)
    insert_rows(RosterLine, COLUMNS, (staged(roster, number, judged, mended=True) for number, judged in again))
    now = roster.lines.filter(number__in=numbers)
    staging.match(roster, only=list(now.values_list("pk", flat=True)))
    return now


def mendable(line):
    """[(column, heading, what stands there)] for the form of a refused line; empty where nothing can be mended."""
    if line.outcome != REJECT or not line.raw:
        return []
    row = row_of(line)
    return [(column, HEADINGS[column], cells.shown(row, column)) for column in columns_of(line) if column in HEADINGS]
