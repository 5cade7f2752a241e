"""What follows from a record on the way to membership: a person of the town enters the standing that was decided. It
is offered after saving, and stands among the suggestions until it is done; nothing changes by itself."""

from urllib.parse import urlencode

from django.db.models import Case, DateField, F, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.access import CONFIRM, scope_of
from members.models import Person, Standing
from members.suggestions import Rule
from projects.models import RecordSubject

from .models import Conversion

# the record that decides on what comes after a standing
DECIDES = {
    Standing.APPLICANT: "direct.recommendation",
    Standing.ACTIVIST: "direct.target",
    Standing.TARGET: "direct.approval",
}
CONVERSION = "direct.conversion"
REFUSED = Q(record__projects_direct_approval__approved=False)
# since the standing began that is open now: who begins anew is not led on by a decision of the former time
OF_NOW = Q(
    person__standings__to_date=None,
    person__standings__superseded_at=None,
    person__standings__from_date__lte=F("record__happened_on"),
)


def enter_standing(user, record):
    """After saving: whom it concerns still stands where they stood."""
    if record.kind not in (*DECIDES.values(), CONVERSION):
        return None
    row = record.subjects.exclude(REFUSED).select_related("person").first()
    if not row or not scope_of(user).can(CONFIRM, row.person.path):
        return None
    person = row.person
    if record.kind == CONVERSION and person.standing == Standing.PROBATIONARY:
        ended = Conversion.objects.filter(record=record, outcome=Conversion.Outcome.CANCELLED).exists()
        url = reverse("person-standing" if ended else "person-conversion", args=[person.pk])
    elif DECIDES.get(person.standing) == record.kind and record.subjects.filter(OF_NOW, pk=row.pk).exists():
        url = _address(person, record.happened_on)
    else:
        return None
    words = _("Still registered as %(standing)s: enter what was decided")
    return words % {"standing": person.get_standing_display()}, url


def _address(person, day):
    """The page with the day; a probationary member's is that of the vote, which no approval says."""
    query = "" if person.standing == Standing.TARGET else f"?{urlencode({'on': day})}"
    return reverse("person-standing", args=[person.pk]) + query


def decided(user, day):
    """The people of whom a record says more than their standing, for those who may enter it."""
    rows = RecordSubject.objects.filter(person=OuterRef("pk"), record__voided_at=None, record__happened_on__lte=day)
    last = rows.filter(OF_NOW).exclude(REFUSED).order_by("-record__happened_on").values("record__happened_on")
    said = [When(standing=held, then=Subquery(last.filter(record__kind=kind)[:1])) for held, kind in DECIDES.items()]
    people = Person.objects.writable_by(user, CONFIRM).filter(standing__in=list(DECIDES))
    return people.annotate(fact_on=Case(*said, output_field=DateField())).filter(fact_on__isnull=False)


RULES = (
    Rule(
        "next_stage",
        gettext_lazy("Next stage of the way to membership"),
        gettext_lazy("decided on %(day)s; the standing has not changed yet"),
        decided,
        lambda row, _reason: _address(row, row.fact_on),
        gettext_lazy("Enter it"),
    ),
)
