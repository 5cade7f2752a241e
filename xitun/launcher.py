"""What one word finds: people, one's own kept filters, pages and acts, each only for who may open it."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from members.access import CONFIRM, MANAGE, REPORT, VIEW, WRITE, scope_of
from members.filters import shown_categories
from members.models import Person, SavedFilter
from members.search import search_people
from projects import registry
from projects.ledgers import may_read
from xitun.context_processors import Bar
from xitun.lib.readings import fold_query, readings

PEOPLE = 8
EACH = 8  # pages or acts shown for a word


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    icon: str
    note: str = ""
    also: str = ""  # the address of a record about this person


def found(request, text):
    """([(heading, [Entry])], hint). Without a word: what one can do and where one can go."""
    text = text.strip()
    people, hint = _people(request.user, text) if text else ([], "")
    groups = [
        (pgettext("launcher", "People"), people),
        (_("My filters"), _fitting(_own_filters(request.user), text)),
        (_("Acts"), _fitting(_acts(request.user), text)),
        (pgettext("launcher", "Pages"), _fitting(_pages(request), text)),
    ]
    return [(heading, entries) for heading, entries in groups if entries], hint


def _people(user, text):
    rows, hint = search_people(Person.objects.visible_to(user).on_roll(), text, user)
    rows = rows.select_related("unit").defer("id_number", "address").order_by("pinyin", "pk")[:PEOPLE]
    scope = scope_of(user)
    return [
        Entry(
            row.name,
            reverse("person", args=[row.pk]),
            "person",
            " · ".join(filter(None, (row.unit.short_name, row.group))),
            f"{reverse('quick-record')}?person={row.pk}" if scope.can(WRITE, row.path) else "",
        )
        for row in rows
    ], hint


def _own_filters(user):
    return [Entry(row.name, row.url, "bookmark") for row in SavedFilter.objects.of(user)]


def _pages(request):
    """The side navigation, the ledgers, and the people of each category."""
    user, seen = request.user, {}
    for group in Bar(request, user).groups:
        for item in group["items"]:
            seen.setdefault(item["url"], Entry(str(item["label"]), item["url"], item["icon"]))
    if scope_of(user).can(VIEW):
        for project in registry.all_rooms():
            if may_read(user, project):
                words = _("Ledger: %(people)s") % {"people": project.people}
                entry = Entry(words, reverse("ledger", args=[project.code]), "table")
                seen.setdefault(entry.url, entry)
        for code, label in shown_categories(user):
            entry = Entry(f"{_('People')} · {label}", f"{reverse('people')}?category={code}", "people")
            seen.setdefault(entry.url, entry)
    seen.setdefault(reverse("me"), Entry(_("Me"), reverse("me"), "person"))
    return list(seen.values())


def _acts(user):
    """What can be begun from anywhere: right, route, words, icon."""
    acts = [
        (WRITE, "quick-record", _("Add a record"), "plus-lg"),
        (WRITE, "person-new", _("Add a person"), "person-plus"),
        (WRITE, "roster-import", _("Import a roster"), "upload"),
        (WRITE, "corrections", _("Answer requests for a correction"), "pencil"),
        (WRITE, "suggestions", _("Suggested changes of category"), "tags"),
        (WRITE, "proposals", _("Proposals of my branch"), "clipboard-check"),
        (WRITE, "record-bin", _("Bring back a record that was taken back"), "trash3"),
        (CONFIRM, "decisions", _("Decide on proposals"), "clipboard-check"),
        (REPORT, "reports", _("Write the quarterly report"), "bar-chart"),
        (MANAGE, "user-new", _("New user"), "person-badge"),
        (MANAGE, "units", _("New branch"), "diagram-3"),  # it is added below the town it belongs to
    ]
    scope = scope_of(user)
    return [Entry(label, reverse(name), icon) for right, name, label, icon in acts if scope.can(right)]


def _fitting(entries, text):
    return [entry for entry in entries if not text or _fits(entry.label, text)][:EACH]


def _fits(label, text):
    """Whether the words are in a label, or its pinyin or initials begin with them at any character."""
    if text.casefold() in label.casefold():
        return True
    key = fold_query(text)
    return bool(key) and key.isascii() and any(key in spelling for spelling in _spellings(label) if len(key) > 1)


@lru_cache(maxsize=1024)
def _spellings(label):
    return tuple({part for pair in readings(label) for part in pair})
