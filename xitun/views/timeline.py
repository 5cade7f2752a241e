"""A person's line of time: the records, who wrote them down, in a few words, and the changes between them."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.access import WRITE, scope_of
from members.models import Category, Enrolment, Status
from members.models.enrolments import LIVE
from projects import registry
from projects.models import Paper, Record, RecordSubject
from projects.words import kind_name
from xitun.lib.dates import Year
from xitun.lib.keyset import Page

PAGE_SIZE = 30
THUMBS = 4  # of one record
_A_YEAR = re.compile("[12][0-9]{3}")
_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,2})\.([0-9]{1,18})")
ORDER = ("-happened_on", "-pk"), ("happened_on", "pk")
RECORDS, CATEGORIES, BRANCH, STANDING, POSTS = KINDS = ("records", "categories", "branch", "standing", "posts")
KIND_NAMES = {
    RECORDS: gettext_lazy("Records"),
    CATEGORIES: gettext_lazy("Categories"),
    BRANCH: gettext_lazy("Branch and transfers"),
    STANDING: gettext_lazy("Standing"),
    POSTS: gettext_lazy("Posts held"),
}


def records_of(person, user, *, hide_closed):
    """Records this user may see that concern the person: as a subject, or in a post the person holds.

    Voided records are for those who write here. `hide_closed`: see `hides_closed_case`.
    """
    subject = RecordSubject.objects.filter(record=OuterRef("pk"), person=person)
    records = Record.objects.visible_to(user).filter(Exists(subject) | Q(post__person=person))
    if hide_closed:
        records = records.exclude(kind__startswith=f"{registry.project_of(Category.BACKWARD).code}.")
    records = records.unsealed_for(user)
    return records if scope_of(user).can(WRITE, person.path) else records.live()


def hides_closed_case(person, user):
    """Whether what belongs to help and education stays off the page: a closed case is sealed and hidden (DOMAIN 2.6),
    except from the person."""
    return (
        user.person_id != person.pk
        and not person.enrolments.filter(category=Category.BACKWARD, status__in=(*LIVE, Status.PROPOSED)).exists()
    )


def enrolments_of(person, user):
    """The person's enrolments that this user may know of: a case that is over stays sealed when another begins, except
    from the person."""
    rows = Enrolment.objects.visible_to(user).filter(person=person)
    return rows if user.person_id == person.pk else rows.without_closed_cases()


@dataclass
class Narrowed:
    """The line narrowed by kind of entry, project, year and whether photos or files hang on it; a project or papers
    leave records alone. `changes`: [Change] beside them; `pills`: rows of links to the others. One query. Raises
    Http404 for a kind, project or year that is none."""

    records: object
    changes: list
    asked: dict
    url: str
    user: object

    def __post_init__(self):
        self.kind, self.project, self.year = (self.asked.get(name, "") for name in ("kind", "project", "year"))
        self.papers = self.asked.get("papers") == "1"
        if self.kind not in ("", *KINDS):
            raise Http404
        if self.project and self.project not in {project.code for project in registry.all_rooms()}:
            raise Http404
        if self.year and not _A_YEAR.fullmatch(self.year):
            raise Http404
        if self.project or self.papers:
            self.kind = RECORDS
        papers = Paper.objects.visible_to(self.user).live().filter(record=OuterRef("pk"))
        self.records = self.records.annotate(has_papers=Exists(papers))
        rows = self.records.order_by().values_list("kind", "happened_on__year", "has_papers").annotate(Count("pk"))
        self.counts = [(kind.partition(".")[0], str(year), has, number) for kind, year, has, number in rows]
        self.with_papers = sum(number for *_of, has, number in self.counts if has)

    @property
    def rows(self):
        """The records of it."""
        if self.kind not in ("", RECORDS):
            return self.records.none()
        rows = self.records.filter(has_papers=True) if self.papers else self.records
        rows = rows.filter(kind__startswith=f"{self.project}.") if self.project else rows
        return rows.filter(happened_on__year=int(self.year)) if self.year else rows

    @property
    def between(self):
        """The changes of it."""
        return [row for row in self.changes if self.kind in ("", row.kind) and self.year in ("", str(row.day.year))]

    @property
    def pills(self):
        found = [(_("Kind"), self._by_kind()), (_("Year"), self._by_year())]
        if self.kind in ("", RECORDS):
            found[1:1] = [(_("Project"), self._by_project())]
            found.append((_("Papers"), self._by_papers()))
        return [(label, items) for label, items in found if items]

    def _by_kind(self):
        counts = Counter(row.kind for row in self.changes)
        counts[RECORDS] = sum(number for *_of, number in self.counts)
        shown = [name for name in KINDS if counts[name] or name == self.kind]
        items = [self._pill(KIND_NAMES[name], "kind", name, counts[name]) for name in shown]
        return [self._pill(_("All"), "kind", "", counts.total()), *items] if self._choosable(items) else []

    def _by_project(self):
        counts = self._summed(0)
        shown = [p for p in registry.all_rooms() if p.code in counts or p.code == self.project]
        items = [self._pill(p.people, "project", p.code, counts.get(p.code, 0)) for p in shown]
        return [self._pill(_("All projects"), "project", "", None), *items] if self._choosable(items) else []

    def _by_year(self):
        counts = Counter(str(row.day.year) for row in self.changes if self.kind in ("", row.kind))
        if self.kind in ("", RECORDS):
            counts += self._summed(1)
        years = sorted({*counts, *filter(None, [self.year])}, reverse=True)
        items = [self._pill(Year.of(date(int(year), 1, 1)).label, "year", year, counts.get(year, 0)) for year in years]
        return [self._pill(_("All years"), "year", "", None), *items] if self._choosable(items) else []

    def _by_papers(self):
        if not (self.with_papers or self.papers):
            return []
        pill = self._pill(_("with photos or files"), "papers", "" if self.papers else "1", self.with_papers)
        return [pill | {"active": self.papers}]

    def _summed(self, place):
        counts = Counter()
        for row in self.counts:
            counts[row[place]] += row[-1]
        return counts

    @staticmethod
    def _choosable(items):
        return len(items) > 1 or any(item["active"] for item in items)

    def _pill(self, label, name, value, count):
        asked = {"kind": self.kind, "project": self.project, "year": self.year, "papers": "1" if self.papers else ""}
        chosen = asked | {name: value}
        if name == "kind" and value != RECORDS:
            chosen |= {"project": "", "papers": ""}
        query = urlencode({key: text for key, text in chosen.items() if text})
        return {
            "label": label,
            "url": f"{self.url}?{query}#timeline" if query else f"{self.url}#timeline",
            "active": asked[name] == value,
            "count": count,
        }


def timeline(narrowed, params, user):
    """(entries, Page), newest first; a cursor is the place of a row in the line, "day.rank.key". Queries: one for the
    records of the page, one for their papers, one a kind of record on it."""
    key, backwards = _place(params.get("before") or params.get("after")), "before" in params
    backwards = backwards and key is not None
    records, changes = narrowed.rows.select_related("author", "unit"), narrowed.between
    if key:
        records = records.filter(_beyond(key, backwards))
        changes = [row for row in changes if (row.key > key if backwards else row.key < key)]
    records = list(records.order_by(*(ORDER[1] if backwards else ORDER[0]))[: PAGE_SIZE + 1])
    rows = sorted([*records, *changes], key=_key, reverse=not backwards)
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (key is not None, more)
    page = Page(
        rows, _cursor(rows[0]) if rows and has_before else None, _cursor(rows[-1]) if rows and has_after else None
    )
    return _entries(rows, user), page


def _key(row):
    """The order of the line; a record stands below the changes of its day."""
    return (row.happened_on, 0, row.pk) if isinstance(row, Record) else row.key


def _cursor(row):
    return ".".join(map(str, _key(row)))


def _place(cursor):
    """The key that a cursor names; None for one that is none."""
    found = _CURSOR.fullmatch(cursor or "")
    try:
        return (date.fromisoformat(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:  # 30 February
        return None


def _beyond(key, backwards):
    """Q of the records on the far side of a place."""
    day, rank, pk = key
    if backwards:
        return Q(happened_on__gt=day) | (Q(pk__in=[]) if rank else Q(happened_on=day, pk__gt=pk))
    return Q(happened_on__lt=day) | Q(happened_on=day, **({} if rank else {"pk__lt": pk}))


def _entries(rows, user):
    records = [row for row in rows if isinstance(row, Record)]
    details, papers = details_of(records), papers_of(records, user)
    return [
        _entry(row, details.get(row.pk), papers.get(row.pk, ()))
        if isinstance(row, Record)
        else {"change": row, "day": row.day}
        for row in rows
    ]


def papers_of(records, user):
    """{record pk: [Paper]} of what hangs on them, as far as the user may see it. One query."""
    found = {}
    for paper in Paper.objects.visible_to(user).live().filter(record__in=records).order_by("pk"):
        found.setdefault(paper.record_id, []).append(paper)
    return found


def details_of(records):
    """{record pk: its typed detail}: one query a kind."""
    found = {}
    for code in {record.kind for record in records}:
        model = registry.detail_model(code) if code in registry.kinds() else None
        if model:
            found |= model.objects.in_bulk([record.pk for record in records if record.kind == code])
    return found


def _entry(record, detail, papers):
    known = registry.kinds().get(record.kind)
    return {
        "record": record,
        "day": record.happened_on,
        "thumbs": [paper for paper in papers if paper.thumb_as and not record.restricted][:THUMBS],
        "papers": len(papers),
        "title": kind_name(record.kind),
        "project": known[0] if known else None,
        "summary": summary_of(record, detail),
    }


def summary_of(record, detail):
    """A record in a few words; "" where its kind has no columns of its own."""
    known = registry.kinds().get(record.kind)
    # what somebody wrote may end in a full stop; the dot between the parts stands for it
    return " · ".join(str(part).rstrip("。") for part in summary(known[1], detail)) if known and detail else ""


def summary(kind, detail):
    """The columns of a kind in a few words: what was chosen or written stands alone, numbers and dates are named."""
    for name in kind.fields:
        field = detail._meta.get_field(name)
        value = getattr(detail, name)
        if value in (None, "", 0) and value is not False:
            continue
        if field.choices:
            yield str(getattr(detail, f"get_{name}_display")())
        elif isinstance(value, bool):
            if value != field.default:
                yield str(field.verbose_name) if value else _("%(what)s: no") % {"what": field.verbose_name}
        elif isinstance(value, str):
            yield value
        else:
            shown = date_format(value, "SHORT_DATE_FORMAT") if hasattr(value, "year") else value
            yield f"{field.verbose_name} {shown}"
