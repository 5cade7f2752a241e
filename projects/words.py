"""What people call things: the names of duties and kinds, the turn a due belongs to, what a record fills by itself."""

from collections import Counter

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xitun.lib.dates import parse_period

from . import registry

NAMED = 3  # of those a record concerns, in the word after saving

FESTIVALS = {"spring_festival": lambda: _("Spring Festival"), "july_first": lambda: _("1 July")}


def duty_name(code):
    """ "quarterly follow-up" of "joint.follow_up"; the code itself when no room declares it any longer."""
    known = registry.duties().get(code)
    return str(known[1].name) if known else code


def kind_name(code):
    known = registry.kinds().get(code)
    return str(known[1].name) if known else code


def narrative_label(kind):
    """What the words of a record are called, in its form and when it is read."""
    known = registry.kinds().get(kind)
    return known[1].prompt if known and known[1].prompt else _("Anything else")


def record_words(record):
    """What and when: 主题党日 · 2026年9月5日."""
    return f"{kind_name(record.kind)} · {date_format(record.happened_on)}"


def occasion_name(key):
    """The turn of a duty: 2026年第三季度, Spring Festival 2027; "" for an occasion of its own."""
    year, _dash, festival = key.partition("-")
    if festival in FESTIVALS:
        return f"{FESTIVALS[festival]()} {year}"
    try:
        return str(parse_period(key).label)
    except ValueError:
        return ""


def due_name(due):
    """What is owed and for when, in one line; what it is about where the due was read with it (occasions.about)."""
    parts = (duty_name(due.duty), getattr(due, "about", ""), occasion_name(due.occasion))
    return " · ".join(filter(None, parts))


def filled_by(project, kind):
    """What saving a record of this kind fills besides the record: headings of the ledger, duties it opens whatever it
    says."""
    marks = (f":{kind.code}", f":{kind.code}.")
    headings = [
        str(c.heading)
        for c in project.columns
        if c.source.endswith(marks[0])
        or marks[1] in c.source
        or kind.code in {read.partition(".")[0] for read in c.filled_by}
    ]
    opens = [str(d.name) for d in project.duties if d.after == kind.code and _opens_always(project, d)]
    return headings, opens


def _opens_always(project, duty):
    """Whether a record that it follows makes it owed whatever is said there."""
    if duty.when or duty.about or duty.needed or duty.unless:
        return False
    model = registry.detail_model(f"{project.code}.{duty.after}")
    return not duty.after_field or bool(duty.otherwise_days) or not model._meta.get_field(duty.after_field).blank


def each_once(names):
    """["learning push · October × 5"]: what is settled for several people is said once."""
    return [name if n == 1 else f"{name} × {n}" for name, n in Counter(names).items()]


def whom(record):
    """Whom it concerns, for the author: the first few by name."""
    names = list(record.subjects.order_by("pk").values_list("person__name", flat=True))
    own = getattr(registry.rules(record.kind.partition(".")[0]), "named", None)
    names = names or (own(record) if own else [])
    if not names:
        return record.post.holder_name if record.post else str(record.unit)
    first = _(", ").join(names[:NAMED])
    more = len(names) - NAMED
    if more <= 0:
        return first
    return ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more) % {"names": first, "n": more}
