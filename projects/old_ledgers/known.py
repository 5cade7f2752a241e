"""Which records are there already, so that a ledger imported twice, or over what was entered by hand, adds nothing."""

from collections import defaultdict
from uuid import NAMESPACE_URL, uuid5

from django.db.models import F

from members.models import Cause
from projects import registry
from projects.models import Record

from .headings import kinds_of


def submission_of(kind, subject, day, turn=0):
    """The same for the same record whoever imports which file. `turn`: how often an import of it was taken back."""
    return uuid5(NAMESPACE_URL, f"xitun:old-ledger:{kind}:{subject._meta.model_name}:{subject.pk}:{day}:{turn}")


class Known:
    """The records of these people of the kinds an old ledger holds: read once."""

    def __init__(self, project, people):
        self.by_post = people.by_post
        codes = [f"{project.code}.{kind}" for kind in kinds_of(project)]
        records = Record.objects.filter(kind__in=codes)
        keys = list(people.subjects)
        if self.by_post:
            rows = records.filter(post_id__in=keys).annotate(owner=F("post_id"))
        else:
            rows = records.filter(subjects__person__enrolments__in=keys).annotate(owner=F("subjects__person_id"))
        self._days, self._records = defaultdict(set), defaultdict(list)
        self._sent, self._details = {}, {}
        columns = ("pk", "kind", "owner", "happened_on", "submission_id", "voided_at", "void_reason")
        for pk, kind, owner, day, key, voided, reason in rows.values_list(*columns).distinct():
            self._sent[key] = bool(voided) and reason == Cause.IMPORT_UNDONE
            if not voided:
                self._days[kind, owner].add(day)
                self._records[kind].append((owner, pk))

    def _owner(self, subject):
        return subject.pk if self.by_post else subject.person_id

    def has(self, subject, kind, day, said=None):
        """Whether such a record of that day is there, or one of any day that says all of `said`."""
        owner = self._owner(subject)
        if day in self._days[kind, owner] or self.submission(kind, subject, day) is None:
            return True
        return bool(said) and any(all(getattr(d, n) == v for n, v in said.items()) for d in self._said(kind, owner))

    def submission(self, kind, subject, day):
        """The key of a record to be written; None where its record stands for good. What an import wrote that was
        taken back may come again, what a person took back may not."""
        turn = 0
        while (key := submission_of(kind, subject, day, turn)) in self._sent:
            if not self._sent[key]:
                return None
            turn += 1
        return key

    def _said(self, kind, owner):
        if kind not in self._details:
            model, grouped = registry.detail_model(kind), defaultdict(list)
            details = model.objects.in_bulk([pk for _owner, pk in self._records[kind]]) if model else {}
            for holder, pk in self._records[kind]:
                if pk in details:
                    grouped[holder].append(details[pk])
            self._details[kind] = grouped
        return self._details[kind][owner]

    def note(self, subject, kind, day):
        """The file has it now: a second row of the same says nothing new."""
        self._days[kind, self._owner(subject)].add(day)
