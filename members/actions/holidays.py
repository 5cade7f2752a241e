from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import hooks
from members.access import MANAGE, scope_of
from members.audit import trace
from members.models import Holiday, Unit
from xitun.lib.workdays import knows_year, published


@transaction.atomic
def set_holidays(*, by, year, days):
    """The holidays of a year as published: `days` are xitun.lib.holiday_notice.Day; those of another year (the last
    days of December) are left out. Replaces what was entered for the year. Raises ValidationError when Spring Festival
    or National Day is not free: then something is missing. Returns the number of days."""
    if published(year):
        raise ValidationError(_("The holidays of %(year)s are known. Nothing was changed.") % {"year": year})
    list(Unit.objects.filter(depth=1).order_by("pk").select_for_update())  # of two at once the second comes after
    days = [row for row in days if row.day.year == year]
    now = timezone.now()
    before = Holiday.objects.filter(superseded_at=None, day__year=year)
    replaced = before.update(superseded_at=now)
    Holiday.objects.bulk_create(Holiday(day=row.day, works=row.works, name=row.name, recorded_by=by) for row in days)
    if not knows_year(year):
        raise ValidationError(_("Spring Festival or National Day is not among the free days. Paste the whole notice."))
    path = next(iter(scope_of(by).paths(MANAGE)), "") if by else ""
    trace("set_holidays", by=by, path=path, detail={"year": str(year), "written": len(days), "replaced": replaced})
    for tell in hooks.holidays_entered:
        tell(year)
    return len(days)
