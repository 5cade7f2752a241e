"""Two people changed the same thing at once: what each of them says, part by part, and what the second one chooses."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.forms import Textarea
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

TAKE = "take-"  # take-NAME = theirs | mine | both: the radio buttons of a part
NOTHING = (None, "", [])
NEW_LINE = "\r\n"  # as browsers send it


@dataclass(frozen=True)
class Part:
    """One thing a form says. `sent` {name: [text]} as a browser sends it; `value` what two are compared by; `words` as
    people read it; `longest` of a free text: how many characters it may have."""

    label: str
    sent: dict
    value: object
    words: str
    longest: int = 0


@dataclass(frozen=True)
class Clash:
    """A part that both changed. `both`: it may also hold the one text under the other; `masked`: shown by its mask
    alone, so yours is typed again."""

    name: str
    label: str
    yours: str
    theirs: str
    both: bool = False
    masked: bool = False


def part_of(bound):
    """The Part of a plain field, in a form that was sent or not."""
    field, raw = bound.field, bound.data if bound.form.is_bound else bound.initial
    try:
        value = field.to_python(raw)
    except ValidationError:
        value = raw
    if isinstance(value, str):
        value = "\n".join(value.splitlines()).strip()
    elif isinstance(value, list):
        value = sorted(str(one) for one in value)
    longest = (field.max_length or 0) if isinstance(field.widget, Textarea) else 0
    said = None if value in NOTHING else value
    return Part(bound.label, {bound.name: sent_as(value)}, said, _words(field, value), longest)


def sent_as(value):
    """[text] of a value, as its field in a form reads it again, whatever the language of the page."""
    if isinstance(value, list):
        return value
    if value is None or value is False:
        return []
    if isinstance(value, date):
        return [value.isoformat()]
    return [str(getattr(value, "pk", value)).replace("\n", NEW_LINE)]


def _words(field, value):
    if choices := getattr(field, "choices", None):
        names = {str(key): str(label) for key, label in choices if key not in (None, "")}
        keys = value if isinstance(value, list) else [str(getattr(value, "pk", value))]
        return _(", ").join(names[key] for key in keys if key in names) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value)
    return "–" if value in NOTHING else str(localize(value))


def put_together(data, *, base, theirs, mine):
    """What the second one sent (a QueryDict) on top of what the first one saved; the others {name: Part}, `base` as
    both of them found it. Returns (data, changes, theirs_alone, mine_alone): [Clash] of what both changed, the Parts
    that one of them did, which are taken over."""
    data, changes, alone = data.copy(), [], ([], [])
    for name in {**theirs, **mine}:
        former, other, own = (parts.get(name) for parts in (base, theirs, mine))
        if _same(own, other):
            continue
        if own is None or _same(own, former):
            if other:
                _take(data, other)
                alone[0].append(other)
        elif other is None or _same(other, former):
            alone[1].append(own)
        else:
            changes.append(Clash(name, own.label, own.words, other.words, both=_fit_together(own, other)))
    return data, changes, *alone


def unlike(some, others):
    """Whether two versions, {name: Part} each, say different things."""
    return any(not _same(some.get(name), others.get(name)) for name in {**some, **others})


def _same(one, other):
    return (one and one.value) == (other and other.value)


def _take(data, part):
    for name, texts in part.sent.items():
        data.setlist(name, texts)


def _fit_together(own, other):
    lengths = [sum(map(len, part.sent[name])) for part in (own, other) for name in part.sent]
    return bool(own.longest and all(lengths) and sum(lengths) + len(NEW_LINE) <= own.longest)


def chosen(data, theirs):
    """What was sent (a QueryDict) with the choices in it carried out; `theirs()` gives {name: Part}."""
    choices = {name: data[name] for name in data if name.startswith(TAKE)}
    if not choices:
        return data
    data, parts = data.copy(), theirs()
    for name, choice in choices.items():
        del data[name]
        part = parts.get(name.removeprefix(TAKE))
        if part and choice == "theirs":
            _take(data, part)
        elif part and choice == "both" and part.longest:
            [(key, texts)] = part.sent.items()
            data[key] = NEW_LINE.join([*texts, data.get(key, "")])
    return data


def as_sent(data, but=()):
    """[(name, text)] for the hidden fields that send `data` again."""
    return [(name, text) for name in data if name not in but for text in data.getlist(name)]
