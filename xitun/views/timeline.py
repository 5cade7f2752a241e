"""A person's records as a line of time: what happened, who wrote it down, in a few words."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.access import WRITE, scope_of
from members.models import Category, Enrolment, Status
from members.models.enrolments import LIVE
from projects import registry
from projects.models import Paper, Record, RecordSubject
from projects.words import kind_name
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 30
THUMBS = 4  # of one record
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


def project_pills(records, chosen, url):
    """Links that narrow the line to one project, with how many records each has."""
    counts = {}
    for kind, number in records.order_by().values_list("kind").annotate(Count("pk")):
        code = kind.partition(".")[0]
        counts[code] = counts.get(code, 0) + number
    shown = [project for project in registry.all_rooms() if project.code in counts]
    if len(shown) < 2 and not chosen:
        return []
    pills = [{"label": _("All"), "url": url, "active": not chosen, "count": sum(counts.values())}]
    return pills + [
        {
            "label": project.people,
            "url": f"{url}?project={project.code}",
            "active": project.code == chosen,
            "count": counts[project.code],
        }
        for project in shown
    ]


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
        "summary": " · ".join(summary(known[1], detail)) if known and detail else "",
    }


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
