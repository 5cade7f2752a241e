"""The eight ledgers: index, page, Excel. The two restricted ones need VIEW_RESTRICTED; every look leaves a trace."""

from tempfile import TemporaryFile

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from members import access
from members.audit import trace
from members.filters import MANY_UNITS
from members.models import Enrolment, PostHolding, Unit
from members.models.dated import true_on
from projects import registry
from projects.ledger_columns import columns_of
from projects.ledger_sheets import file_name, ledger_sheets
from projects.ledgers import may_read, right_for, rows, subjects
from projects.workflow import Subject
from xitun.lib.dates import today
from xitun.lib.forms import PastDateField
from xitun.lib.sheets import write_xlsx

PAGE = 200  # rows a page: a branch fits on one, and a phone can still open it


class LedgerFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"})
    )
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=None, required=False)
    on = PastDateField(label=gettext_lazy("Valid on"), required=False)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].empty_label = None


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=gettext_lazy("What do you need this file for?"), max_length=200)


@login_required
@require_safe
def ledgers(request):
    """The ledgers the user may open, with how many stand in each today."""
    access.require(request.user, access.VIEW)
    counts = _counts(request.user)
    projects = [(p, counts.get(p.category, 0)) for p in registry.all_projects() if may_read(request.user, p)]
    return render(request, "projects/ledgers.html", {"page_title": _("Ledgers"), "projects": projects})


def _counts(user):
    """{category: people in force today in the user's scope}; posts held count for the post ledger."""
    scope, day = access.scope_of(user), today()
    found = Enrolment.objects.visible_to(user).on(day).filter(scope.q(access.VIEW, "path"))
    counts = dict(found.order_by().values_list("category").annotate(Count("pk")))
    posts = PostHolding.objects.visible_to(user).filter(true_on(day)).count()
    by_post = {p.category: posts for p in registry.all_projects() if p.ledger_subject is Subject.POST}
    return counts | by_post


@login_required
@require_safe
def ledger(request, project):
    project = _project(project)
    asked = _asked(request, project)
    listed = subjects(project, request.user, asked["unit"], asked["on"], q=asked["q"])
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    columns = columns_of(project)
    several = asked["unit"].kind != Unit.Kind.BRANCH and not any(column.key == "branch" for column in columns)
    lines = (
        []
        if asked["form"].errors
        else list(rows(project, request.user, page.object_list, asked["on"], columns=columns))
    )
    if project.restricted:
        _trace("view_ledger", request, project, asked, purpose=_("routine work"))
    context = {
        "page_title": _("Ledger of %(people)s") % {"people": project.people},
        "back_url": reverse("ledgers"),
        "back_label": _("Ledgers"),
        "may_export": access.scope_of(request.user).can(access.EXPORT, asked["unit"].path),
    }
    return render(
        request,
        "projects/ledger.html",
        context | asked | {"project": project, "columns": columns, "several": several, "page": page, "rows": lines},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ledger_export(request, project):
    """The same rows as an Excel file. A restricted ledger asks for the purpose first, and keeps it with the trace."""
    project = _project(project)
    asked = _asked(request, project)
    access.require(request.user, access.EXPORT, asked["unit"].path)
    if asked["form"].errors:
        return render(
            request,
            "400.html",
            {"reason": _("No file was made: put the filter of the ledger right first.")},
            status=400,
        )
    purpose = PurposeForm(request.POST if request.method == "POST" else None)
    if project.restricted and not (request.method == "POST" and purpose.is_valid()):
        return _ask_purpose(request, project, asked, purpose)
    words = purpose.cleaned_data["purpose"] if project.restricted else _("routine work")
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    with transaction.atomic():
        _trace("export_ledger", request, project, asked, purpose=words)
        write_xlsx(file, ledger_sheets(project, request.user, asked["unit"], asked["on"], q=asked["q"]))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name(project.people, asked["unit"], asked["on"]))


def _ask_purpose(request, project, asked, form):
    context = {
        "page_title": _("Export of the ledger of %(people)s") % {"people": project.people},
        "form": form,
        "cancel_url": f"{reverse('ledger', args=[request.resolver_match.kwargs['project']])}?{request.GET.urlencode()}",
        "unit": asked["unit"],
        "project": project,
    }
    return render(request, "projects/ledger_purpose.html", context, status=400 if form.errors else 200)


def _project(slug):
    try:
        return registry.project(slug.replace("-", "_"))
    except KeyError:
        raise Http404 from None


def _asked(request, project):
    """What the filter means: {"form", "unit", "on", "q"}. 404 for a unit out of scope, 403 without the right."""
    user, right = request.user, right_for(project)
    if not access.scope_of(user).can(access.VIEW):
        raise PermissionDenied
    visible = Unit.objects.visible_to(user)
    units = Unit.objects.writable_by(user, right=right)
    form = LedgerFilter(request.GET, units=visible)
    if not form.is_valid() and "unit" in form.errors:
        raise Http404
    unit = form.cleaned_data.get("unit") or units.order_by("path").first()
    access.require(user, right, unit.path if unit else None)
    if unit is None:
        raise Http404
    data = {"q": form.cleaned_data.get("q", ""), "on": form.cleaned_data.get("on") or today(), "unit": unit}
    form.fields["unit"].queryset = _offered(units, unit)
    return {"form": form, **data}


def _offered(units, unit):
    """The units that would open, for the filter; where they are too many to scroll through, towns and the one shown."""
    units = units.exclude(kind=Unit.Kind.GROUP)
    few = units.order_by()[: MANY_UNITS + 1].count() <= MANY_UNITS
    return units if few else units.filter(~Q(kind=Unit.Kind.BRANCH) | Q(pk=unit.pk))


def _trace(act, request, project, asked, *, purpose):
    detail = {"project": project.code, "unit": asked["unit"].pk, "on": str(asked["on"]), "q": bool(asked["q"])}
    trace(act, by=request.user, path=asked["unit"].path, restricted=project.restricted, purpose=purpose, detail=detail)
