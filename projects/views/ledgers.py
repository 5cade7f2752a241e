"""The ledgers of the eight projects and of organisational life: index and page. The two restricted ones need
VIEW_RESTRICTED; every look at them leaves a trace."""

from datetime import timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from members import access
from members.audit import trace
from members.filters import MANY_UNITS
from members.models import Enrolment, PostHolding, Unit
from members.models.dated import true_on
from projects import registry
from projects.ledgers import Ledger, last_entry, lists_gone, may_read, right_for
from projects.models import Record
from projects.workflow import Subject
from xitun.lib.dates import Quarter, Year, today
from xitun.lib.forms import PastDateField
from xitun.lib.sheets import shown

PAGE = 200  # rows a page: a branch fits on one, and a phone can still open it
QUARTER_ENDS = 4  # offered beside today


class LedgerFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=None, required=False)
    on = PastDateField(label=gettext_lazy("Valid on"), required=False)
    known = PastDateField(label=gettext_lazy("Known on"), required=False)
    gone = forms.TypedChoiceField(
        label=gettext_lazy("Whom to list"),
        choices=[("", gettext_lazy("in it on that day")), ("1", gettext_lazy("also who left"))],
        coerce=bool,
        empty_value=False,
        required=False,
    )
    sort = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args, units, with_gone, **kwargs):
        super().__init__(*args, **kwargs)
        if not with_gone:
            del self.fields["gone"]
        self.fields["unit"].queryset = units
        self.fields["unit"].empty_label = None


@login_required
@require_safe
def ledgers(request):
    """The ledgers the user may open, with how many stand in each today and the day something was last entered."""
    access.require(request.user, access.VIEW)
    counts = _counts(request.user)
    found = [p for p in registry.all_rooms() if may_read(request.user, p)]
    projects = [(p, counts.get(p.category, 0), last_entry(request.user, p)) for p in found]
    return render(request, "projects/ledgers.html", {"page_title": _("Ledgers"), "projects": projects})


def _counts(user):
    """{category: people in force today in the user's scope}; posts held count for the post ledger."""
    scope, day = access.scope_of(user), today()
    found = Enrolment.objects.visible_to(user).on(day).filter(scope.q(access.VIEW, "path"))
    counts = dict(found.order_by().values_list("category").annotate(Count("pk")))
    posts = PostHolding.objects.visible_to(user).filter(true_on(day)).count()
    by_post = {p.category: posts for p in registry.all_projects() if p.ledger_subject is Subject.POST}
    rooms = [p for p in registry.all_rooms() if p.ledger_subject is Subject.UNIT]
    return counts | by_post | {p.category: _records_of(user, p) for p in rooms}


def _records_of(user, project):
    """How many records of this year stand in the ledger of a room without a category."""
    rows = registry.rules(project.code).ledger_records(Record.objects.live().visible_to(user))
    return rows.filter(happened_on__gte=Year.of(today()).start).count()


@login_required
@require_safe
def ledger(request, project):
    form, found = asked(request, project)
    page = Paginator([] if form.errors else range(found.count), PAGE).get_page(request.GET.get("page"))
    lines = [] if form.errors else list(lines_of(found, max(page.start_index() - 1, 0), page.end_index()))
    if found.project.restricted:
        leave_trace("view_ledger", request, found, purpose=_("routine work"))
    context = {
        "page_title": _("Ledger: %(people)s") % {"people": found.project.people},
        "back_url": reverse("ledgers"),
        "back_label": _("Ledgers"),
        "may_export": access.scope_of(request.user).can(access.EXPORT, found.unit.path),
        "may_import": found.project.category and access.scope_of(request.user).can(access.WRITE, found.unit.path),
        "may_write": access.scope_of(request.user).can(access.WRITE, found.unit.path),
        "form": form,
        "ledger": found,
        "today": today(),
        "posts": found.project.ledger_subject is Subject.POST,
        "project": found.project,
        "headings": (headings := [_heading(request, column, found) for column in found.head]),
        "sorted_by": next((heading["label"] for heading in headings if heading["direction"]), ""),
        "days": list(_days(request, found)),
        "page": page,
        "lines": lines,
    }
    return render(request, "projects/ledger.html", context)


def lines_of(found, start=0, stop=None):
    """{"number", "name", "cells", "row"} of the lines from `start`; a cell is {"column", "value", "text"}."""
    for number, row in enumerate(found.rows(start, stop), start + 1):
        pairs = zip(found.head, found.line(number, row), strict=True)
        cells = [{"column": column, "value": value, "text": shown(value, column.kind)} for column, value in pairs]
        yield {"number": cells[0], "name": cells[1], "cells": cells[2:], "row": row}


def _heading(request, column, found):
    """A column's heading: the link that sorts by it (the other way when it is sorted so now), and its aria-sort."""
    active = found.sort.removeprefix("-") == column.key
    back = found.sort.startswith("-")
    url = ""
    if column.value:
        url = _with(request, sort=column.key if not active else f"-{column.key}" if not back else None)
    direction = ("descending" if back else "ascending") if active else ""
    return {"label": column.title, "url": url, "direction": direction, "number": column.number, "key": column.key}


def _days(request, found):
    """Today and the last quarter ends, one tap each."""
    pill = {"label": _("Today"), "url": _with(request, on=None, known=None), "active": found.on == today()}
    yield pill | {"count": None}
    quarter = Quarter.of(today())
    for _turn in range(QUARTER_ENDS):
        quarter = quarter.prev()
        last = quarter.end - timedelta(days=1)
        label = _("End of %(period)s") % {"period": Year.of(last).label if quarter.number == 4 else quarter.label}
        yield {"label": label, "url": _with(request, on=last), "active": found.on == last, "count": None}


def _with(request, **changes):
    query = request.GET.copy()
    for key in ("page", *changes):
        query.pop(key, None)
    query.update({key: str(value) for key, value in changes.items() if value is not None})
    return f"?{query.urlencode()}"


def asked(request, project):
    """(form, Ledger) of what the address asks for. 404 for a unit out of scope, 403 without the right."""
    project = _project(project)
    user, right = request.user, right_for(project)
    if not access.scope_of(user).can(access.VIEW):
        raise PermissionDenied
    units = Unit.objects.writable_by(user, right=right)
    form = LedgerFilter(request.GET, units=Unit.objects.visible_to(user), with_gone=lists_gone(project))
    if not form.is_valid() and "unit" in form.errors:
        raise Http404
    data = form.cleaned_data
    unit = data.get("unit") or units.order_by("path").first()
    access.require(user, right, unit.path if unit else None)
    if unit is None:
        raise Http404
    form.fields["unit"].queryset = _offered(units, unit)
    wanted = {name: data.get(name) or "" for name in ("q", "sort")}
    wanted["gone"] = data.get("gone", False)
    return form, Ledger(project, user, unit, data.get("on"), known=data.get("known"), **wanted)


def _project(slug):
    try:
        return registry.project(slug.replace("-", "_"))
    except KeyError:
        raise Http404 from None


def _offered(units, unit):
    """The units that would open, for the filter; where they are too many to scroll through, towns and the one shown."""
    units = units.exclude(kind=Unit.Kind.GROUP)
    few = units.order_by()[: MANY_UNITS + 1].count() <= MANY_UNITS
    return units if few else units.filter(~Q(kind=Unit.Kind.BRANCH) | Q(pk=unit.pk))


def leave_trace(act, request, found, *, purpose, **detail):
    detail |= {"project": found.project.code, "unit": found.unit.pk, "on": str(found.on), "q": bool(found.q)}
    if found.known:
        detail["known"] = str(found.known)
    if found.gone:
        detail["gone"] = True
    restricted = found.project.restricted
    trace(act, by=request.user, path=found.unit.path, restricted=restricted, purpose=purpose, detail=detail)
