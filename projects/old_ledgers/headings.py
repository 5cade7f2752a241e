"""What the headings of an old ledger mean: the room's own columns, in both languages, else what a roster means."""

from dataclasses import dataclass

from django.utils.translation import override

from members.roster.columns import Meanings, plain
from projects import registry
from projects.ledger_columns import QUARTERS

ORDINALS = (
    "一季度 第一季度 1季度 第1季度 一季 q1 firstquarter",
    "二季度 第二季度 2季度 第2季度 二季 q2 secondquarter",
    "三季度 第三季度 3季度 第3季度 三季 q3 thirdquarter",
    "四季度 第四季度 4季度 第4季度 四季 q4 fourthquarter",
)
FORMS = ("last", "quarters")


@dataclass(frozen=True)
class Place:
    """A column that becomes part of a record. `field` is a column of the record or its detail; `quarter` 1–4 where
    the column holds the days of a quarter's records."""

    code: str
    heading: str
    kind: str
    field: str
    quarter: int = 0
    what: str = ""  # the heading without its quarter


def places_of(project):
    """{code of a cell: Place} of the columns an import writes. A code is longer than any of a roster's."""
    found = {}
    for column in project.columns:
        form, kind, field = _filled(column)
        if form not in FORMS or field == "author" or kind not in {k.code for k in project.kinds}:
            continue
        if form == "last":
            place = Place(f"ledger:{column.key}", str(column.heading), kind, field)
            found[place.code] = place
            continue
        for number in (1, 2, 3, 4):
            words = str(QUARTERS[number - 1] % {"what": column.heading})
            place = Place(f"ledger:{column.key}:{number}", words, kind, "happened_on", number, str(column.heading))
            found[place.code] = place
    return found


def _filled(column):
    """(form, kind, field) of the record that a cell of this column becomes part of."""
    form, _colon, rest = column.source.partition(":")
    if form == "rule":
        form, rest = "last", next((read for read in column.filled_by if "." in read), "")
    kind, _dot, field = rest.partition(".")
    return form, kind, field


TITLE = "ledger:title"  # the title of a post, by which its holder is known
READ_AS = {"person.name": "name", "post.holder_name": "name", "unit.name": "branch", "post.title": TITLE}


def meanings_of(project):
    """Meanings for members.roster.layout.read_lines. What the ledger reckons by itself is left out unasked."""
    said, places = {}, places_of(project)
    for language in ("zh-hans", "en"):
        with override(language):
            for column in project.columns:
                form = column.source.partition(":")[0]
                if column.source in READ_AS:
                    said[plain(column.heading)] = READ_AS[column.source]
                elif form in ("rule", "count", "total", "extra", "quarters") or not column.source.startswith("person"):
                    said[plain(column.heading)] = ""
            for place in places_of(project).values():
                said[plain(place.heading)] = place.code
                said[plain(place.heading.replace("时间", "日期"))] = place.code
    return Meanings(said | _bare_quarters(project, places))


def _bare_quarters(project, places):
    """一季度 alone, or under a group of any name, where the ledger has one column of quarters only."""
    quarters = {code: place for code, place in places.items() if place.quarter}
    kinds = {place.kind for place in quarters.values()}
    words = {}
    for code, place in quarters.items():
        names = [str(project.kind(place.kind).name), place.what]
        for ordinal in ORDINALS[place.quarter - 1].split():
            for text in [f"{name}{ordinal}" for name in names] + [f"{ordinal}{name}" for name in names]:
                words[plain(text)] = code
            if len(kinds) == 1:
                words[plain(ordinal)] = code
    return words


def kinds_of(project):
    """The kinds of record that an old ledger of this project may hold, in order, each once."""
    return list(dict.fromkeys(place.kind for place in places_of(project).values()))


def asks_how(project):
    """Whether a kind among them needs to know how somebody was reached, which old ledgers often leave out."""
    models = [registry.detail_model(f"{project.code}.{kind}") for kind in kinds_of(project)]
    return any(model and any(field.name == "method" for field in model._meta.fields) for model in models)
