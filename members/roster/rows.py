"""A judged line as a row of the database: what of it can be read, and what is kept encrypted."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Category, RosterLine
from members.roster import cells
from members.roster.reasons import REJECT
from xitun.lib.crypto import keyed_hash
from xitun.lib.names import search_keys

Effect = RosterLine.Effect
TEXTS = ("name", "sex", "ethnicity", "phone", "group", "education", "occupation", "address")
DATES = ("birth_date", "joined_on", "full_member_on")
COLUMNS = (
    "roster", "number", "sheet", "line", "outcome", "reasons", "suggestions", "effect", "unit", "pinyin", "initials",
    "id_number", "id_hash", "standing", "category", "also", "about_category", "post", "raw", *TEXTS, *DATES,
)  # fmt: skip
CAUSES = {
    "lacks_labour": gettext_lazy("lacks labour"),
    "lacks_skill": gettext_lazy("lacks skill or information"),
    "tied_to_home": gettext_lazy("tied to the home"),
    "old_or_sick": gettext_lazy("old age or illness"),
}


def staged(roster, number, line, mended=False):
    """One row of COLUMNS. Of a refused line only the judgement and the name can be read; its cells are kept encrypted
    until the roster is written or thrown away, and so are those of a mended one."""
    values = {} if line.outcome == REJECT else line.values
    pinyin, initials = search_keys(values["name"]) if values else ("", "")
    id_number = values.get("id_number")
    category = values.get("category", "")
    return (
        roster.pk, number, line.sheet[:100] if line.sheet else None, line.line, line.outcome, line.reasons,
        line.suggestions | {"read": line.read, "columns": line.columns},
        "" if line.outcome == REJECT else Effect.NEW, values.get("branch"),
        pinyin[:120], initials[:20], id_number, keyed_hash(id_number) if id_number else None,
        values.get("standing", ""), category,
        "".join(f" {code} " for code in values.get("more_categories", ())), _about_category(values),
        values.get("post", "") if category == Category.IN_SERVICE else "",
        cells.pack(line.row) if mended or line.outcome == REJECT else None,
        line.name, *(values.get(key, "") for key in TEXTS[1:]), *(values.get(key) for key in DATES),
    )  # fmt: skip


def _about_category(values):
    """Why the person stands in the category, as far as the roster says: where they went, the causes of hardship."""
    parts = [_("from the roster")]
    if values.get("category") == Category.MOBILE:
        parts += [values.get("away_to", ""), values["away_from"].isoformat() if "away_from" in values else ""]
    if values.get("category") == Category.POOR_WEAK:
        parts += [str(CAUSES[cause]) for cause in values.get("causes", ())]
    return " · ".join(filter(None, parts))[:200]
