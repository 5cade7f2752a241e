"""The lines of a roster that need mending, as an Excel file beside which the roster can be corrected."""

from django.utils.translation import gettext as _

from members.roster import preview
from xitun.lib.sheets import Column, Sheet, write_xlsx

CHUNK = 500


def write_troubles(roster, target):
    """Write every refused, warned or unsettled line of `roster` to `target` (path or binary buffer)."""
    columns = [
        Column("sheet", _("Sheet"), width=16),
        Column("line", _("Line"), "integer"),
        Column("name", _("Name")),
        Column("effect", _("What happens"), width=16),
        Column("reasons", _("What is wrong"), width=36),
        Column("remedies", _("What to do"), width=60),
    ]
    lines = roster.lines.filter(preview.TO_LOOK_AT).select_related("person").order_by("number")
    write_xlsx(target, [Sheet(_("Lines to mend"), columns, _rows(lines), title=roster.file_name, frozen=3)])


def _rows(lines):
    for line in lines.iterator(chunk_size=CHUNK):
        preview.explain([line], written=True)
        yield {
            "sheet": line.sheet,
            "line": line.line,
            "name": line.name,
            "effect": line.get_effect_display(),
            "reasons": "\n".join(
                _(": ").join(filter(None, (str(trouble.title), trouble.read))) for trouble in line.troubles
            ),
            "remedies": "\n".join(f"{trouble.remedy} {trouble.hint}".strip() for trouble in line.troubles),
        }
