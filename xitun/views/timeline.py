"""A person's records as a line of time: what happened, who wrote it down, in a few words."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.access import WRITE, scope_of
from members.models import Category, Enrolment, Status
from members.models.enrolments import LIVE
from projects import registry
from projects.models import Paper, Record, RecordSubject
from projects.words import kind_name
from xitun.lib.dates import Year
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 30
THUMBS = 4  # of one record
_A_YEAR = re.compile("[12][0-9]{3}")
ORDER = ("-happened_on", "-pk")


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
    """The line narrowed by project, year and whether photos or files hang on it; `pills`: rows of links to the others.
    One query. Raises Http404 for a project or year that is none."""

    records: object
    asked: dict
    url: str
    user: object

    def __post_init__(self):
        self.project, self.year = self.asked.get("project", ""), self.asked.get("year", "")
        self.papers = self.asked.get("papers") == "1"
        if self.project and self.project not in {project.code for project in registry.all_rooms()}:
            raise Http404
        if self.year and not _A_YEAR.fullmatch(self.year):
            raise Http404
        papers = Paper.objects.visible_to(self.user).live().filter(record=OuterRef("pk"))
        self.records = self.records.annotate(has_papers=Exists(papers))
        rows = self.records.order_by().values_list("kind", "happened_on__year", "has_papers").annotate(Count("pk"))
        self.counts = [(kind.partition(".")[0], str(year), has, number) for kind, year, has, number in rows]
        self.with_papers = sum(number for *_of, has, number in self.counts if has)

    @property
    def rows(self):
        rows = self.records.filter(has_papers=True) if self.papers else self.records
        rows = rows.filter(kind__startswith=f"{self.project}.") if self.project else rows
        return rows.filter(happened_on__year=int(self.year)) if self.year else rows

    @property
    def pills(self):
        found = [(_("Project"), self._by_project()), (_("Year"), self._by_year()), (_("Papers"), self._by_papers())]
        return [(label, items) for label, items in found if items]

    def _by_project(self):
        counts = self._summed(0)
        shown = [p for p in registry.all_rooms() if p.code in counts or p.code == self.project]
        items = [self._pill(p.people, "project", p.code, counts.get(p.code, 0)) for p in shown]
        return [self._pill(_("All"), "project", "", sum(counts.values())), *items] if self._choosable(items) else []

    def _by_year(self):
        counts = self._summed(1)
        years = sorted({*counts, *filter(None, [self.year])}, reverse=True)
        items = [self._pill(Year.of(date(int(year), 1, 1)).label, "year", year, counts.get(year, 0)) for year in years]
        return [self._pill(_("All years"), "year", "", None), *items] if self._choosable(items) else []

    def _by_papers(self):
        if not (self.with_papers or self.papers):
            return []
        pill = self._pill(_("with photos or files"), "papers", "" if self.papers else "1", self.with_papers)
        return [pill | {"active": self.papers}]

    def _summed(self, place):
        counts = {}
        for row in self.counts:
            counts[row[place]] = counts.get(row[place], 0) + row[-1]
        return counts

    @staticmethod
    def _choosable(items):
        return len(items) > 1 or any(item["active"] for item in items)

    def _pill(self, label, name, value, count):
        asked = {"project": self.project, "year": self.year, "papers": "1" if self.papers else ""}
        query = urlencode({key: chosen for key, chosen in (asked | {name: value}).items() if chosen})
        return {
            "label": label,
            "url": f"{self.url}?{query}#timeline" if query else f"{self.url}#timeline",
            "active": asked[name] == value,
            "count": count,
        }


def timeline(records, params, user):
    """(page of entries, keyset Page). Queries: one for the page, one for its papers, one a kind of record on it."""
    page = keyset_page(records.select_related("author", "unit"), ORDER, params, PAGE_SIZE)
    details, papers = details_of(page.rows), papers_of(page.rows, user)
    return [_entry(record, details.get(record.pk), papers.get(record.pk, ())) for record in page], page


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
