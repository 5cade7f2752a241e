from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from members import hooks
from members.access import MANAGE, scope_of
from members.audit import trace
from members.models import Holiday, Unit
from xitun.lib.workdays import knows_year, published


@transaction.atomic
def set_holidays(*, by, year, days):
    """The holidays of a year as published: `days` are xitun.lib.holiday_notice.Day. The last days of December belong to
    the notice of the year after; of a year that the library knows they are left out. Replaces what was entered by the
    same notice. Raises ValidationError when Spring Festival or National Day is not free: then something is missing.
    Returns the number of days."""
    if published(year):
        raise ValidationError(_("The holidays of %(year)s are known. Nothing was changed.") % {"year": year})
    list(Unit.objects.filter(depth=1).order_by("pk").select_for_update())  # of two at once the second comes after
    own = [year] if published(year - 1) else [year - 1, year]
    days = [row for row in days if row.day.year in own]
    now = timezone.now()
    notice = Q(day__gte=date(year - 1, 12, 1), day__lt=date(year, 12, 1)) | Q(day__in=[row.day for row in days])
    before = Holiday.objects.filter(notice, superseded_at=None)
    changed = {year, *(day.year for day in before.values_list("day", flat=True)), *(row.day.year for row in days)}
    replaced = before.update(superseded_at=now)
    Holiday.objects.bulk_create(Holiday(day=row.day, works=row.works, name=row.name, recorded_by=by) for row in days)
    if not knows_year(year):
        raise ValidationError(_("Spring Festival or National Day is not among the free days. Paste the whole notice."))
    path = next(iter(scope_of(by).paths(MANAGE)), "") if by else ""
    trace("set_holidays", by=by, path=path, detail={"year": str(year), "written": len(days), "replaced": replaced})
    for each in sorted(changed):
        for tell in hooks.holidays_entered:
            tell(each)
    return len(days)
