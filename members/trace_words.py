"""What a trace says besides who, when and whom, as people read it: fields by their labels, codes and days in words,
units and users by name. Keys of other rows are left out; of a key nobody knows the text stays as it is."""

import re
from datetime import date

from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xitun.lib.dates import parse_period

from .dated_settings import SETTINGS
from .filters import MISSING, STANDING_CHOICES, PersonFilter
from .models import (
    Category,
    Cause,
    CorrectionRequest,
    Enrolment,
    FactUnknown,
    Person,
    PostHolding,
    Role,
    RosterLine,
    Standing,
    Unit,
    User,
)
from .roster.mend import HEADINGS
from .suggestions import rule_name

CHOICES = {
    "asked": CorrectionRequest.Column,
    "remove_from_roll.cause": Cause,
    "category": Category,
    "fact": FactUnknown.Fact,
    "standing": Standing,
    "role": Role,
    "settle_line.choice": RosterLine.Settled,
    "export_people.standing": STANDING_CHOICES,
    "export_people.category": [*Category.choices, ("none", gettext_lazy("no category"))],
    "export_people.missing": MISSING,
}
FIELDS = {field.name: field for field in Person._meta.fields if field.name not in CHOICES}
_OTHERS = {field.name: field for model in (User, PostHolding, Enrolment) for field in model._meta.fields}
COLUMNS = _OTHERS | {"standing": Person._meta.get_field("standing")} | FIELDS
# A key, or ACT.KEY where an act means something else by it: first what the reader is told that it is …
LABELS = {
    "asked": gettext_lazy("asked"),
    "assignee": gettext_lazy("responsible"),
    "cause": gettext_lazy("decision"),
    "changed": gettext_lazy("changed"),
    "created": gettext_lazy("new"),
    "days": gettext_lazy("days"),
    "document": gettext_lazy("document"),
    "document_on": gettext_lazy("day of the document"),
    "drafts": gettext_lazy("drafts"),
    "fact": gettext_lazy("missing fact"),
    "file": gettext_lazy("file"),
    "from": gettext_lazy("from"),
    "gone": gettext_lazy("with who has left in the year"),
    "hand_over.to": gettext_lazy("handed to"),
    "known": gettext_lazy("known at"),
    "letter": gettext_lazy("date of the letter"),
    "line": gettext_lazy("line"),
    "lines": gettext_lazy("lines"),
    "meeting": gettext_lazy("meeting"),
    "months": gettext_lazy("months"),
    "create_unit.name": gettext_lazy("unit"),
    "issue_token.name": gettext_lazy("API token"),
    "revoke_token.name": gettext_lazy("API token"),
    "name_helper.name": gettext_lazy("helper"),
    "on": gettext_lazy("date"),
    "opened": gettext_lazy("opened"),
    "people": gettext_lazy("number of people"),
    "quarter": gettext_lazy("quarter"),
    "role": gettext_lazy("role"),
    "rows": gettext_lazy("rows"),
    "sealed": gettext_lazy("stays: its quarter is sealed"),
    "shown": gettext_lazy("shown"),
    "since": gettext_lazy("since"),
    "to": gettext_lazy("to where"),
    "undo_merge.from": gettext_lazy("other file"),
    "unchanged": gettext_lazy("unchanged"),
    "until": gettext_lazy("until"),
    "user": gettext_lazy("user"),
    "was": gettext_lazy("before"),
    "with": gettext_lazy("other file"),
    "written": gettext_lazy("written"),
    "year": gettext_lazy("year"),
} | {f"export_people.{name}": each.label for name, each in PersonFilter.base_filters.items()}
# … then the words of a code; the apps above add theirs when they are ready.
NAMES = {"rule": rule_name, "create_unit.kind": lambda code: dict(Unit.Kind.choices).get(code, code)}
UNITS, USERS = ("unit", "to"), ("user", "assignee", "helper", "hand_over.to")
# a name stands beside the key; a channel's address is another one than a person's
LEFT_OUT = (
    "name_helper.helper", "make_slip.user", "end_sign_ins.user", "set_channel.address",
    "go_silent.channels", "speak_again.channels",
    "export_people.sort", "export_people.columns", "export_people.helper",
)  # fmt: skip
# PostgreSQL keeps the keys of a detail in an order of its own.
FIRST = ("line", "kind", "duty", "rule", "project", "quarter", "category", "role", "user", "unit", "name", "to")
LAST = ("on", "was", "from", "until", "file")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class TraceWords:
    """The words of a page of traces, for one reader. Two queries at most: the units they name, and the users."""

    def __init__(self, rows, user):
        named = [(row.act, key, value) for row in rows for key, value in _items(row.detail)]
        keys = {names: {v for act, key, v in named if _refers(act, key, v) is names} for names in (UNITS, USERS)}
        self.found = {
            UNITS: Unit.objects.visible_to(user).in_bulk(keys[UNITS]),
            USERS: User.objects.in_bulk(keys[USERS]),
        }

    def of(self, row):
        """The detail of one trace: "category: mobile · date: 9 Sep 2026"."""
        return " · ".join(self._parts(row.act, dict(_items(row.detail))))

    def _parts(self, act, detail):
        if act == "map_columns":
            yield from (_labelled(text, HEADINGS.get(column) or _("left out")) for text, column in detail.items())
            return
        if setting := SETTINGS.get(str(detail.get("key"))):
            value = detail.pop("value", "")
            yield _labelled(setting.label, setting.words(value) if str(value).isdigit() else value)
            del detail["key"]
        for key, value in detail.items():
            if f"{act}.{key}" not in LEFT_OUT and (words := self._words(act, key, value)):
                label = _either(LABELS, act, key) or _label_of(key)
                yield _labelled(label, words) if label else words

    def _words(self, act, key, value):
        if names := _refers(act, key, value):
            return str(self.found[names].get(value) or (_("another branch") if names is UNITS else value))
        if name := _either(NAMES, act, key):
            return str(name(value))
        if isinstance(value, list | dict):
            return _(", ").join(_listed(key, value))
        if isinstance(value, bool):
            return (_("yes") if value else _("no")) if key in LABELS or _label_of(key) else ""
        if isinstance(value, int):
            return str(value) if key in LABELS else ""
        codes = _either(CHOICES, act, key) or getattr(COLUMNS.get(key), "flatchoices", ())
        choices = dict(getattr(codes, "choices", codes))
        return " → ".join(_said(key, text, choices) for text in str(value or "").split(" → "))


def _items(detail):
    """[(key, value)]: what it is about first, days last. What a list was narrowed to stands beside the rest."""
    if not isinstance(detail, dict):
        return []
    asked = detail.get("filters")
    if isinstance(asked, dict):
        detail = {**detail, **{key: int(v) if key in UNITS and str(v).isdecimal() else v for key, v in asked.items()}}
    return sorted(detail.items(), key=_place)


def _place(item):
    key = item[0]
    return (FIRST.index(key), "") if key in FIRST else (len(FIRST) + (LAST.index(key) + 1 if key in LAST else 0), key)


def _either(table, act, key):
    return table.get(f"{act}.{key}") or table.get(key)


def _refers(act, key, value):
    """UNITS or USERS when the value is the key of one; None when it is a text or a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return USERS if key in USERS or f"{act}.{key}" in USERS else UNITS if key in UNITS else None
    return None


def _label_of(key):
    """The label of a column that has one in the reader's language; "" for what only has a name in the program."""
    field = COLUMNS.get(key)
    return field.verbose_name if field and field._verbose_name else ""


def _labelled(label, words):
    return f"{label}{_(': ')}{words}"


def _listed(key, values):
    if key == "columns":
        return [str(_label_of(name) or name) for name in values]
    if key == "shown":
        names = {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}
        return [str(names.get(name, name)) for name in values]
    return [str(name) for name in values.values()] if isinstance(values, dict) and key in LABELS else []


def _said(key, text, choices):
    if key == "quarter":
        try:
            return str(parse_period(text).label)
        except ValueError:
            return text
    if _ISO_DAY.fullmatch(text):
        try:
            return date_format(date.fromisoformat(text))
        except ValueError:  # 30 February
            return text
    return str(choices.get(text, "–" if text == "None" else text))
