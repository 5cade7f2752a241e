"""The records in a copy of one's own data: they name nobody else."""

from collections import defaultdict

from django.db.models import Exists, OuterRef

from projects import registry
from projects.models import Record, RecordSubject
from projects.words import kind_name
from xitun.views.timeline import details_of, papers_of, summary

UNNAMED = "＊＊"


def _own_records(person, user):
    """Records about the person, as on their own page, whatever else a role of theirs lets them see."""
    subjects = RecordSubject.objects.filter(record=OuterRef("pk"))
    others = Exists(subjects.exclude(person=person))
    rows = Record.objects.visible_to(user).live().filter(Exists(subjects.filter(person=person)))
    return rows.exclude(others, restricted=True).select_related("unit", "author").order_by("happened_on", "pk")


def record_rows(person, user):
    rows = list(_own_records(person, user))
    details, others, papers = details_of(rows), defaultdict(list), papers_of(rows, user)
    named = RecordSubject.objects.filter(record__in=rows).exclude(person=person)
    for pk, name in named.values_list("record", "person__name"):
        others[pk].append(name)
    for row in rows:
        known, detail = registry.kinds().get(row.kind), details.get(row.pk)
        said = "\n".join(summary(known[1], detail)) if known and detail else ""
        words = [_without(text, others[row.pk]) for text in (said, row.narrative)]
        yield [
            row.happened_on,
            kind_name(row.kind),
            *words,
            str(row.unit),
            str(row.author or ""),
            row.entered_at,
            _names(papers.get(row.pk, ()), others[row.pk]),
        ]


def _names(papers, others):
    return "\n".join(_without(paper.name, others) for paper in papers)


def _without(text, names):
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, UNNAMED)
    return text
