"""The information card of a person, to print: who they are, in which categories and posts, what was done last.

It is made to be handed on, so nothing confidential stands on it, whoever prints it: numbers are masked, the two
restricted categories and their records are left out.
"""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.access import get_visible
from members.models import Person, PostHolding
from members.models.enrolments import NEVER_HELD
from projects.words import kind_name
from xitun.lib.dates import Year, today

from .dossier import facts_of, header
from .timeline import details_of, enrolments_of, hides_closed_case, records_of, summary_of

LAST = 8  # records


@login_required
@require_safe
def person_card(request, pk):
    user = request.user
    person = get_visible(Person.objects.select_related("unit"), user, pk=pk)
    categories = enrolments_of(person, user).filter(superseded_at=None, restricted=False).exclude(status__in=NEVER_HELD)
    records = records_of(person, user, hide_closed=hides_closed_case(person, user)).live().filter(restricted=False)
    records = list(records.select_related("author").order_by("-happened_on", "-pk")[:LAST])
    details = details_of(records)
    facts = facts_of(person, user)
    context = {
        "person": person,
        "header": [part for part in header(person) if part],
        "lines": [facts[n : n + 2] for n in range(0, len(facts), 2)],
        "categories": categories.select_related("unit").order_by("-from_date", "-pk"),
        "posts": PostHolding.objects.visible_to(user).filter(person=person, superseded_at=None).order_by("-from_date"),
        "records": [(row, kind_name(row.kind), summary_of(row, details.get(row.pk))) for row in records],
        "year": Year.of(today()),
        "day": today(),
    }
    return render(request, "members/person_card.html", context)
