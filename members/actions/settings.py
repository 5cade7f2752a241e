from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import hooks
from members.audit import trace
from members.dated_settings import SETTINGS
from members.models import Setting, Unit
from xitun.lib.dates import today


@transaction.atomic
def change_setting(*, by, key, value, from_date, reason, unit=None):
    """A dated number of `unit` and all below it (None: everywhere) from a day on; before it the former one holds. One
    set for the very same day is replaced, and stays to be read. Returns the Setting. Raises ValidationError."""
    declared = SETTINGS[key]
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")})
    if not declared.least <= value <= declared.most:
        raise ValidationError({"value": declared.bounds})
    if unit is not None:
        Unit.objects.select_for_update().get(pk=unit.pk)
    refuse_sealed(unit, from_date)
    same = Setting.objects.live().filter(unit=unit, key=key, from_date=from_date).first()
    if same and same.value == value:
        raise ValidationError({"value": _("It is set so already from that day on.")})
    if same:
        _withdraw(same, by=by)
    row = Setting.objects.create(
        unit=unit, key=key, value=value, from_date=from_date, recorded_by=by, reason=reason.strip()
    )
    detail = {"key": key, "value": value, "from": str(from_date)}
    trace("change_setting", by=by, obj=row, path=unit.path if unit else "", purpose=reason.strip(), detail=detail)
    return row


@transaction.atomic
def set_practice(*, by, key, value, from_date, unit):
    """What a town practises and is no whole number (hours of quiet, how often it is told) from a day on."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    if same := Setting.objects.live().filter(unit=unit, key=key, from_date=from_date).first():
        if same.value == value:
            return same
        _withdraw(same, by=by)
    row = Setting.objects.create(unit=unit, key=key, value=value, from_date=from_date, recorded_by=by)
    detail = {"key": key, "value": value, "from": str(from_date)}
    trace("set_setting", by=by, obj=row, path=unit.path, detail=detail)
    return row


@transaction.atomic
def withdraw_setting(*, by, setting):
    """Take back a change before its day has come. Raises ValidationError when it has."""
    setting = Setting.objects.select_for_update().get(pk=setting.pk)
    if setting.withdrawn_at or setting.from_date <= today():
        raise ValidationError(_("It is in force or withdrawn already. Enter a new value from a later day on."))
    _withdraw(setting, by=by)
    path = setting.unit.path if setting.unit else ""
    detail = {"key": setting.key, "value": setting.value, "from": str(setting.from_date)}
    trace("withdraw_setting", by=by, obj=setting, path=path, detail=detail)
    return setting


def refuse_sealed(unit, from_date):
    """A sealed quarter was counted by the numbers of its time."""
    path = unit.path if unit else ""
    ends = [end for sealed_until in hooks.sealed_until if (end := sealed_until(path))]
    if ends and from_date < max(ends):
        words = _("What came before %(day)s is sealed. Choose that day or a later one.")
        raise ValidationError({"from_date": words % {"day": date_format(max(ends))}})


def _withdraw(setting, *, by):
    setting.withdrawn_at, setting.withdrawn_by = timezone.now(), by
    setting.save(update_fields=["withdrawn_at", "withdrawn_by"])
