"""The people list: search, filters, pages, and the same list as an Excel file."""

from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from members.access import EXPORT, WRITE, require, scope_of
from members.exports import export_people
from members.filters import ORDER_CHOICES, PersonFilter, shown_enrolments
from members.models import Person
from xitun.lib.dates import age_on, today
from xitun.lib.ids import mask_phone
from xitun.lib.keyset import capped_count, keyset_page

PAGE_SIZE = 50
MORE_FILTERS = {"standing", "sex", "age", "sort"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def people(request):
    found = PersonFilter(request.GET, user=request.user, queryset=Person.objects.visible_to(request.user))
    shown = Prefetch("enrolments", shown_enrolments(request.user).order_by("-primary", "pk"), to_attr="categories")
    page = keyset_page(found.people.select_related("unit").prefetch_related(shown), found.order, request.GET, PAGE_SIZE)
    for person in page:
        _complete(person)
    scope, asked = scope_of(request.user), {key for key in found.filters if request.GET.get(key)}
    context = {
        "filter": found,
        "page": page,
        "count": _count_words(found.people),
        "sorts": _sort_links(request, found.sort_key),
        "may_add": scope.can(WRITE),
        "may_export": scope.can(EXPORT),
        "filtered": bool(asked - {"sort"}),
        "more_filters": bool(asked & MORE_FILTERS),
        "several_units": len(found.units) > 1,
    }
    return render(request, "members/people.html", context)


def _complete(person):
    """What a row shows of a person, as words; the numbers that the screen masks leave the view masked."""
    day = today()
    person.age = age_on(person.birth_date, day) if person.birth_date else None
    person.party_age = age_on(person.joined_on, day) if person.joined_on and person.is_member else None
    person.masked_phone = mask_phone(person.phone) if person.phone else ""
    parts = (
        person.unit.short_name,
        person.get_sex_display(),
        "" if person.age is None else _("%(n)s years old") % {"n": person.age},
        person.masked_phone,
    )
    person.in_one_line = " · ".join(part for part in parts if part)


def _count_words(people):
    number, more = capped_count(people)
    if more:
        return _("More than %(n)s people") % {"n": f"{number:,}"}
    return ngettext("%(n)s person", "%(n)s people", number) % {"n": f"{number:,}"}


def _sort_links(request, sort_key):
    """One entry a sortable column: the link that sorts by it, and whether the list is sorted so now."""
    links = {}
    for key, label in ORDER_CHOICES:
        query = request.GET.copy()
        for cursor in ("after", "before"):
            query.pop(cursor, None)
        query["sort"] = key
        links[key] = {"url": f"?{query.urlencode()}", "label": label, "active": key == sort_key}
    return links


@login_required
@require_POST
def people_export(request):
    """The filtered list as a file. A POST, because an export asks for a purpose and leaves a trace."""
    require(request.user, EXPORT)
    found = PersonFilter(request.GET, user=request.user, queryset=Person.objects.writable_by(request.user, EXPORT))
    target = BytesIO()
    try:
        export_people(
            by=request.user,
            people=found.people,
            order=found.order,
            purpose=request.POST.get("purpose", ""),
            filters={key: ("…" if key == "q" else value) for key, value in found.form.data.items() if value}
            if found.form.is_valid()
            else {},
            target=target,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('people')}?{request.GET.urlencode()}")
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{_('people')}-{today():%Y%m%d}.xlsx", content_type=XLSX)
