from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import trace
from members.models import DismissedSuggestion
from members.suggestions import owner_of, rule_of
from xitun.lib.dates import add_years, today

from .people import lock_person


@transaction.atomic
def dismiss_suggestion(*, by, person, code, fact_on, reason=""):
    """Set a suggestion aside for a year, or until its fact bears another date. `code` is that of a rule of
    members.suggestions. Sent twice, it is one. Raises ValidationError when there is no such suggestion for `by`."""
    person = lock_person(person)
    row = DismissedSuggestion.objects.filter(person=person, rule=code, fact_on=fact_on).first()
    if row and row.until > today():
        return row
    rule = rule_of(code)
    if not (rule and rule.dismissable and _stands(rule, by, person, fact_on)):
        raise ValidationError(_("This suggestion does not stand any more. Nothing was changed."))
    row = row or DismissedSuggestion(person=person, rule=code, fact_on=fact_on)
    row.reason, row.until, row.by, row.at = reason.strip(), add_years(today(), 1), by, timezone.now()
    row.save()
    told = {"rule": code, "on": str(fact_on)}
    trace("dismiss_suggestion", by=by, obj=row, person=person, path=person.path, purpose=row.reason, detail=told)
    return row


def _stands(rule, user, person, fact_on):
    rows = rule.standing(user, today())
    return rows.filter(**{owner_of(rows): person.pk}, fact_on=fact_on).exists()
