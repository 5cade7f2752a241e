"""The quarterly report: list of quarters, page, Excel. What a reader may not see is decided in assessments.report."""

from tempfile import TemporaryFile

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import TruncQuarter
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from assessments import charts
from assessments.report import build_report
from assessments.report_sheets import report_sheets
from assessments.trend import quarter_trend
from assessments.words import DUTY_WORDS, PEOPLE_WORDS, hidden_note
from members import access
from members.audit import trace
from members.filters import MANY_UNITS
from members.models import Unit
from projects.ledger_sheets import file_name
from projects.models import DueCount
from xitun.lib.dates import Quarter, today
from xitun.lib.sheets import write_xlsx


class ReportFilter(forms.Form):
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=None, required=False, empty_label=None)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


@login_required
@require_safe
def reports(request):
    """The quarters in which anything fell due, newest first, and always the present one."""
    access.require(request.user, access.REPORT)
    rows = DueCount.objects.visible_to(request.user).filter(due_on__lt=Quarter.of(today()).end)
    rows = rows.annotate(begins=TruncQuarter("due_on")).summed("begins")
    due = {Quarter.of(row.pop("begins")): sum(row.values()) for row in rows}
    due.setdefault(Quarter.of(today()), 0)
    context = {"page_title": _("Quarterly report"), "quarters": sorted(due.items(), reverse=True)}
    return render(request, "assessments/reports.html", context)


@login_required
@require_safe
def report(request, quarter):
    quarter, unit, form = _asked(request, quarter)
    found = build_report(quarter, unit=unit, user=request.user)
    chosen = next((s for s in found.sections if s.project.category == request.GET.get("category")), None)
    if found.full:
        _trace("view_report", request, quarter, unit, found)
    context = {
        "page_title": _("Quarterly report, %(quarter)s") % {"quarter": quarter.label},
        "back_url": reverse("reports"),
        "back_label": _("All quarters"),
        "form": form,
        "report": found,
        "chosen": chosen,
        "running": today() < quarter.end,
        "hidden_note": hidden_note() if found.has_hidden else "",
        "people_words": PEOPLE_WORDS.values(),
        "duty_words": DUTY_WORDS.values(),
        "funnel": charts.funnel(_standings(found)),
        "trend": quarter_trend(request.user, unit, quarter),
        "distribution": charts.distribution(found),
        "duty_bars": charts.duty_bars(found),
        "legend": charts.legend(),
        "matrix": charts.matrix(found),
        "clear_url": request.path,
    }
    return render(request, "assessments/report.html", context)


@login_required
@require_safe
def report_export(request, quarter):
    quarter, unit, _form = _asked(request, quarter)
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    with transaction.atomic():
        found = build_report(quarter, unit=unit, user=request.user)
        _trace("export_report", request, quarter, unit, found)
        write_xlsx(file, report_sheets(found, request.user))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name(_("Quarterly report"), quarter.key, unit))


def _asked(request, key):
    """(quarter, unit, filter form). 404 for what is no quarter, lies ahead or is out of scope; 403 without REPORT."""
    user = request.user
    access.require(user, access.REPORT)
    try:
        quarter = Quarter.parse(key)
    except ValueError:
        raise Http404 from None
    form = ReportFilter(request.GET, units=Unit.objects.visible_to(user).exclude(kind=Unit.Kind.GROUP))
    if not form.is_valid() or quarter.start > today():
        raise Http404
    units = Unit.objects.writable_by(user, right=access.REPORT).exclude(kind=Unit.Kind.GROUP)
    unit = form.cleaned_data["unit"] or _default(units)
    if unit is None:
        raise Http404
    access.require(user, access.REPORT, unit.path)
    return quarter, unit, ReportFilter({"unit": unit.pk}, units=_offered(units, unit))


def _default(units):
    """The highest unit in scope; a county that holds a single town gives way to it, to show its branches."""
    unit = units.order_by("path").first()
    if unit and unit.kind == Unit.Kind.COUNTY:
        towns = list(units.filter(path__startswith=unit.path, kind=Unit.Kind.TOWN)[:2])
        return towns[0] if len(towns) == 1 else unit
    return unit


def _offered(units, unit):
    few = units.order_by()[: MANY_UNITS + 1].count() <= MANY_UNITS
    return units if few else units.filter(~Q(kind=Unit.Kind.BRANCH) | Q(pk=unit.pk))


def _standings(found):
    """{standing: people on the roll}, where this reader may see it."""
    own = found.rows[0].pk if found.rows else None
    return found.standings.get(None) or found.standings.get(own) or {}


def _trace(act, request, quarter, unit, found):
    trace(
        act,
        by=request.user,
        path=unit.path,
        restricted=found.full,
        purpose=_("routine work"),
        detail={"quarter": quarter.key, "unit": unit.pk},
    )
