"""What an office's own headings mean: said once by a person, kept for the office, applied to the upload at once."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import ColumnMapping
from members.roster import staging
from members.roster.headings import unpack
from members.roster.offices import office_of


def refuse_nonsense(headings, answers):
    """Raises ValidationError unless somebody's name is read, and in no sheet two headings as one column."""
    columns = {heading.key: answers.get(heading.key, heading.column) for heading in headings}
    if "name" not in columns.values():
        raise ValidationError(_("Say under which heading the names stand."))
    read = Counter(
        (sheet, columns[heading.key]) for heading in headings for sheet in heading.sheets if columns[heading.key]
    )
    twice = {column for (_sheet, column), count in read.items() if count > 1}
    if twice:
        both = [heading.text for heading in headings if columns[heading.key] in twice]
        raise ValidationError(
            _("Only one heading can have this meaning. Leave out all but one of these: %(headings)s.")
            % {"headings": _(", ").join(both)}
        )


@transaction.atomic
def map_columns(*, by, roster, answers, later=None):
    """Say what headings mean (`answers`: {key: column, or "" to leave it out}). The office remembers it, and the upload
    is judged anew from the file as it was kept (a large one by `later`); what was mended in its lines is lost. Returns
    the roster. Raises ValidationError when the answers make no sense or no person is found by them."""
    roster = staging.open_roster(roster, by=by)
    headings = unpack(roster.headings)
    answers = {heading.key: answers[heading.key] for heading in headings if heading.key in answers}
    refuse_nonsense(headings, answers)
    new = {heading.key: answers[heading.key] for heading in headings if _says_something(heading, answers)}
    _remember(office_of(roster.unit), new, by=by)
    trace("map_columns", by=by, obj=roster, detail=new)
    return staging.judge_anew(roster, by=by, later=later)


def _says_something(heading, answers):
    if heading.key not in answers:
        return False
    return answers[heading.key] != heading.column or (not heading.said and bool(heading.asked or heading.unread))


def _remember(office, answers, *, by):
    """One row a heading: what was said before is superseded."""
    before = ColumnMapping.objects.filter(unit=office, heading__in=list(answers), superseded_at=None)
    before.update(superseded_at=timezone.now())
    ColumnMapping.objects.bulk_create(
        ColumnMapping(unit=office, path=office.path, heading=heading, column=column, recorded_by=by)
        for heading, column in answers.items()
    )
