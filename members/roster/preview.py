"""What a staged roster would do, for the eye: counts, and the lines with their reasons, remedies and changes."""

from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.models import Category, Person, RosterLine, Standing
from members.roster.differences import wants_category, wants_post
from members.roster.former import KNOWN_BEFORE, keeps
from members.roster.headings import unpack
from members.roster.layout import WHY
from members.roster.mend import HEADINGS as MEANINGS
from members.roster.mend import mendable
from members.roster.reasons import ACCEPT, REASONS, REJECT, WARN
from members.roster.rows import DATES, TEXTS
from members.roster.settle import Settled, candidates_of, choices_of, is_known
from xitun.lib.ids import mask_id, mask_phone

Effect = RosterLine.Effect
UNSAID = ("address",)  # named as changed, without its content

TO_WRITE = gettext_lazy("will be written")

# key of the page's ?show= : label, note, colour, the lines it shows
GROUPS = {
    "refused": (gettext_lazy("Refused"), gettext_lazy("not written"), "red", Q(outcome=REJECT)),
    "settle": (
        gettext_lazy("To settle by hand"), gettext_lazy("not written"), "amber",
        Q(effect__in=(Effect.BY_HAND, Effect.ELSEWHERE)),
    ),
    "warned": (gettext_lazy("Warned"), TO_WRITE, "amber", Q(outcome=WARN) | KNOWN_BEFORE),
    "new": (gettext_lazy("New"), TO_WRITE, "green", Q(effect=Effect.NEW)),
    "changed": (gettext_lazy("Changed"), TO_WRITE, "blue", Q(effect=Effect.CHANGED)),
    "unchanged": (gettext_lazy("Unchanged"), gettext_lazy("nothing to do"), "", Q(effect=Effect.UNCHANGED)),
    "left_out": (gettext_lazy("Left out"), gettext_lazy("as you decided"), "", Q(effect=Effect.LEFT_OUT)),
}  # fmt: skip
EVERY = Q()
TO_LOOK_AT = ~Q(outcome=ACCEPT) | GROUPS["settle"][3] | KNOWN_BEFORE


@dataclass(frozen=True)
class Trouble:
    """One reason of a line in words: what is wrong, what to do, what may have been meant, what was read."""

    title: str
    remedy: str
    hint: str = ""
    read: str = ""


def counts_of(roster):
    """{group: number of lines}; one statement."""
    counts = {key: Count("pk", filter=lines) for key, (_label, _note, _tone, lines) in GROUPS.items()}
    return roster.lines.aggregate(**counts)


def strip_of(roster, counts, show):
    """The numbers above the table, each a link to its lines; for components/stats.html."""
    wrote = _("taken back") if roster.undone_at else _("written") if roster.confirmed_at else TO_WRITE
    return [
        {
            "label": label,
            "value": counts[key],
            "note": wrote if note is TO_WRITE else note,
            "tone": tone if counts[key] else "",
            "url": f"?show={key}" if counts[key] and key != show else "",
        }
        for key, (label, note, tone, _lines) in GROUPS.items()
        if counts[key] or key != "left_out"
    ]


def group_to_show(wanted, counts):
    """The group asked for, else the first that has lines: refusals before successes."""
    return wanted if wanted in GROUPS else next((key for key in GROUPS if counts[key]), "refused")


def lines_of(roster, show):
    """The lines of a group (all where there is no such group), ready for `explain`."""
    return (
        roster.lines.filter(GROUPS[show][3] if show in GROUPS else EVERY)
        .select_related("person", "unit")
        .annotate(
            new_category=ExpressionWrapper(wants_category(), output_field=BooleanField()),
            new_post=ExpressionWrapper(wants_post(), output_field=BooleanField()),
        )
    )


def offer(lines, by):
    """Adds the `candidates` that a line may be about and the `choices` to each line: (value, person, words)."""
    candidates = candidates_of(lines, by)
    for line in lines:
        line.candidates = candidates.get(line.pk, [])
        many = len(line.candidates) > 1
        line.choices = [
            (value, person, _words_of(value, person, many)) for value, person in choices_of(line, line.candidates)
        ]


def _words_of(value, person, many):
    if value == Settled.SAME and many:
        return _("It is %(name)s, born %(year)s") % {
            "name": person.name,
            "year": getattr(person.birth_date, "year", "–"),
        }
    return {"": _("Decide again"), "same": _("It is this person"), "new": _("It is somebody new")}.get(
        value, _("Leave the line out")
    )


def explain(lines, written):
    """Adds `troubles`, `changes` and the `cells` to mend to each line. After the writing nothing is left to compare."""
    for line in lines:
        line.cells = [] if written else mendable(line)
        line.troubles = [_trouble(code, line.suggestions) for code in line.reasons] + _borne_before(line)
        line.changes = changes_of(line) if line.effect == Effect.CHANGED and not written else []
        if trouble := _left(line):
            line.troubles.append(trouble)
    return lines


def _trouble(code, about):
    hint, suggestions = "", about.get(code)
    if code == "branch_unknown" and suggestions:
        hint = _("Did you mean %(name)s?") % {"name": suggestions[0]}
    if code == "branch_ended" and suggestions:
        words = ngettext("%(names)s stands in its place.", "%(names)s stand in its place.", len(suggestions))
        hint = words % {"names": _(", ").join(suggestions)}
    if code == "duplicate_in_file" and suggestions:
        sheet, line = suggestions[0]
        hint = _("The first is line %(line)s%(sheet)s.") % {"line": line, "sheet": f" · {sheet}" if sheet else ""}
    return Trouble(REASONS[code].title, REASONS[code].remedy, hint, about.get("read", {}).get(code, ""))


def _borne_before(line):
    """What is said of a line that knows somebody of its branch by what they bore before (former.KNOWN_BEFORE)."""
    said = {"former_number": line.former_number, "former_name": line.former_name}
    if line.person is None or line.person.unit_id != line.unit_id:
        return []
    now = {"former_number": mask_id(line.person.id_number or "") or "–", "former_name": line.person.name}
    return [_because(code, _("Now: %(what)s.") % {"what": now[code]}) for code, borne in said.items() if borne]


def _because(code, hint):
    return Trouble(REASONS[code].title, REASONS[code].remedy, hint)


def _left(line):
    """Why a line waits for a person, if it does."""
    if line.effect == Effect.ELSEWHERE:
        return _ELSEWHERE
    if line.effect == Effect.BY_HAND:
        return _WENT_FURTHER if is_known(line) else _ALIKE
    return None


_ALIKE = Trouble(
    gettext_lazy("Somebody on the roll, or on another line, looks like the same person"),
    gettext_lazy("Compare name, birth date and number, and say who it is."),
)
_WENT_FURTHER = Trouble(
    gettext_lazy(
        "Has left, went further than the roster says, has later entries or days that contradict it, or stands on"
        " another line too"
    ),
    gettext_lazy("Take its plain details, or leave the line out; standing, category and such days stay as recorded."),
)
_ELSEWHERE = Trouble(
    gettext_lazy("This ID number stands on another branch's roll"),
    gettext_lazy("Nobody is on two rolls: ask the town for a transfer, then import again; or leave the line out."),
)


def changes_of(line):
    """[(label, old, new)] of a line with a person. Phones are masked; where a category is only proposed, it says so."""
    person, changes = line.person, []
    for name in (*TEXTS, *DATES):
        old, new = getattr(person, name), getattr(line, name)
        if new and new != old and not keeps(line, name):
            label = Person._meta.get_field(name).verbose_name
            changes.append((label, "…", "…") if name in UNSAID else (label, _shown(name, old), _shown(name, new)))
    if line.standing and line.standing != person.standing:
        changes.append((_("standing"), person.get_standing_display(), Standing(line.standing).label))
    if line.id_hash and not person.id_hash:
        changes.append((Person._meta.get_field("id_number").verbose_name, "", mask_id(line.id_number)))
    if line.new_category:
        old = Category(person.category).label if person.category else ""
        changes.append((_("category"), old, Category(line.category).label))
    if line.new_post:
        changes.append((_("post"), "", line.post))
    return changes


def _shown(name, value):
    if not value:
        return ""
    if name == "phone":
        return mask_phone(value)
    if name == "sex":
        return Person.Sex(value).label
    return date_format(value) if name in DATES else value


def skipped_words(roster):
    """`Sheet3: the sheet is empty.` for every sheet that was left out."""
    return [f"{name or roster.file_name}: {WHY[code]}" for name, code in roster.skipped if code in WHY]


def heading_words(roster):
    """What to say of the headings: which are left out, and which are read as the office said."""
    headings, words = unpack(roster.headings), []
    if unread := [heading.text for heading in headings if heading.unread]:
        left_out = ngettext(
            "%(n)s column is left out: %(headings)s.", "%(n)s columns are left out: %(headings)s.", len(unread)
        )
        words.append(left_out % {"n": len(unread), "headings": _(", ").join(unread)})
    if said := [f"{h.text} → {capfirst(MEANINGS[h.column])}" for h in headings if h.said and h.column in MEANINGS]:
        words.append(_("Read as your office said: %(headings)s.") % {"headings": _(", ").join(said)})
    return words
