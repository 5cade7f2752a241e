"""The people list: search, filters, pages, and the same list as an Excel file."""

from datetime import date
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from members.access import EXPORT, VIEW, WRITE, require, scope_of
from members.audit import trace_list
from members.bulk import choices as bulk_choices
from members.exports import export_people
from members.filters import PersonFilter
from members.models.enrolments import RESTRICTED_CATEGORIES
from members.people_columns import READ, lines, sortable
from xitun.lib.addresses import address_of
from xitun.lib.keyset import capped_count, keyset_page

PAGE_SIZE = 50
NO_CATEGORY = mark_safe('<span class="faint">–</span>')
MORE_FILTERS = set("standing sex age age_to group joined_from joined_to missing helper on known columns".split())
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def people(request):
    found = PersonFilter(request.GET, user=request.user)
    people, order = found.ordered
    page = keyset_page(people, order, request.GET, PAGE_SIZE, READ)
    if page and found.form.cleaned_data.get("category") in RESTRICTED_CATEGORIES:
        trace_list(request.user, found.form.cleaned_data["category"])
    scope, columns, past = scope_of(request.user), found.shown_columns, found.roll.past
    drawing = Drawing(request.user, columns, past)
    shown = [drawing.drawn(line) for line in lines(page.rows, found.roll, request.user)]
    ticks = any(line.tick for line in shown)
    context = {
        "filter": found,
        "page": page,
        "lines": shown,
        "bulk": list(bulk_choices(request.user)) if ticks else (),
        "ticked": ticks and request.GET.get("ticked") == "page",
        "all_url": f"?{_query(request, ticked='page')}",
        "none_url": f"?{_query(request, ticked=None)}",
        "back": _query(request, ticked=None),
        "columns": [_heading(request, column, found) for column in columns],
        "count": _count_words(*_number(found.people, page)),
        "may_add": scope.can(WRITE) and not past,
        "may_export": scope.can(EXPORT),
        "filtered": bool(found.narrowed_by) or not found.form.is_valid(),
        "more_filters": any(request.GET.get(key) for key in MORE_FILTERS),
        "drops": [] if page else list(_drops(request, found)),
        "several_units": len(found.units) > 1,
        "past": found.roll if past else None,
        "today_url": _with(request, on=None, known=None),
    }
    return render(request, "members/people.html", context)


class Drawing:
    """Lines with what the template draws of them: their cells, and the one line that says all of these on a phone.
    Whatever the rows share (words, the address) is asked once; loops and conditions in the template would cost more
    than the queries do."""

    def __init__(self, user, columns, past):
        self.scope, self.columns, self.past = scope_of(user), columns[1:], past
        self.inline = {column.key: str(column.inline) for column in columns}
        self.address, self.tick, self.tags = address_of("person"), _("Tick %(name)s"), {}

    def drawn(self, line):
        line.cells, inline = [], []
        for column in self.columns:
            text = self._text(line, column)
            shown = self._tags(line) if column.key == "category" else text or "–"
            line.cells.append(column.cell.format(conditional_escape(shown)))
            if text and self.inline[column.key]:
                inline.append(self.inline[column.key] % {"value": text})
        line.cells = mark_safe("".join(line.cells))
        line.in_one_line = " · ".join(inline)
        line.tick = "" if self.past or not self.scope.can(WRITE, line.here) else self.tick % {"name": line.name}
        line.opens = line.pk == self.scope.person_id or self.scope.can(VIEW, line.here)  # who moved away is a name here
        line.url, line.key = self.address(line.pk), str(line.pk)
        return line

    @staticmethod
    def _text(line, column):
        value = line.unit.short_name if column.key == "branch" else getattr(line, column.key)
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else "" if value is None else str(value)

    def _tags(self, line):
        """The categories as tags, drawn once for all who stand in the same ones."""
        key = tuple(line.categories)
        if key not in self.tags:
            named = [("tag tag-blue" if primary else "tag", word) for word, primary in key]
            self.tags[key] = format_html_join(" ", '<span class="{}">{}</span>', named) or NO_CATEGORY
        return self.tags[key]


def _number(people, page):
    """(number, whether there are more): what fits one page needs no counting."""
    return capped_count(people) if page.before or page.after else (len(page.rows), False)


def _count_words(number, more):
    if more:
        return _("More than %(n)s people") % {"n": f"{number:,}"}
    return ngettext("%(n)s person", "%(n)s people", number) % {"n": f"{number:,}"}


def _heading(request, column, found):
    """A column's heading: the link that sorts by it (the other way when it is sorted so now), and its aria-sort."""
    key, sort = column.key, found.sort_key
    active = sort.removeprefix("-") == key
    turned = "" if sort.startswith("-") else "-"
    url = _with(request, sort=f"{turned if active else column.first}{key}") if key in sortable(found.user) else ""
    direction = ("descending" if sort.startswith("-") else "ascending") if active else ""
    return {"label": column.label, "url": url, "direction": direction, "number": column.number, "key": key}


def _drops(request, found):
    """Which filter to drop: what each alone keeps out."""
    for label, name, number, more in found.without_one():
        words = _("Without “%(filter)s”: %(people)s") % {"filter": label, "people": _count_words(number, more)}
        yield {"words": words, "url": _with(request, **{name: None})}


def _with(request, **changes):
    """The list's address with these parameters changed, at its beginning; None takes one away."""
    return f"{reverse('people')}?{_query(request, after=None, before=None, ticked=None, **changes)}"


def _query(request, **changes):
    query = request.GET.copy()
    for key in changes:
        query.pop(key, None)
    query.update({key: value for key, value in changes.items() if value is not None})
    return query.urlencode()


@login_required
@require_POST
def people_export(request):
    """The list as shown, as a file. A POST, because an export asks for a purpose and leaves a trace."""
    require(request.user, EXPORT)
    found = PersonFilter(request.GET, user=request.user, right=EXPORT)
    target, (people, order) = BytesIO(), found.ordered
    try:
        export_people(
            by=request.user,
            people=people,
            roll=found.roll,
            order=order,
            columns=found.shown_columns,
            purpose=request.POST.get("purpose", ""),
            filters={key: ("…" if key == "q" else str(value)) for key, value in found.data_asked.items() if value},
            target=target,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('people')}?{request.GET.urlencode()}")
    target.seek(0)
    name = f"{_('people')}-{found.roll.day:%Y%m%d}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
