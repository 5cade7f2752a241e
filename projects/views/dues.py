"""What is due: grouped by urgency, one tap to the form that settles it."""

from functools import partial
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.access import CONFIRM, VIEW_RESTRICTED, WRITE, get_visible, require, scope_of
from members.models import Category
from projects.actions import assign_due, may_take_on, waive_due
from projects.filters import GROUPS, LABELS, STATES, DueFilter, buckets
from projects.forms import AssignForm, WaiveForm
from projects.lines import due_line, for_lines
from projects.links import safe_next
from projects.models import Due
from projects.words import due_name
from xitun.lib.dates import Quarter, days_left
from xitun.lib.forms import carried_out
from xitun.lib.keyset import keyset_page

PAGE_SIZE = 60
MANY_UNITS = 40  # units in the overview beside the list
SETTLED = {"done": "done_on", "ahead": "done_on", "closed": "closed_on"}


@login_required
@require_safe
def dues(request):
    found = DueFilter(request.GET, user=request.user, queryset=Due.objects.visible_to(request.user))
    counts = found.counts()
    several = found.several_branches
    rows = for_lines(found.shown(), found.seen).annotate(urgency=buckets(found.day))
    page = keyset_page(rows, _order(several, found.chosen), request.GET, PAGE_SIZE)
    context = {
        "filter": found,
        "pills": _pills(request, found, counts),
        "owed": counts["owed"],
        "overdue": counts["overdue"],
        "done": counts["done"],
        "quarter": Quarter.of(found.day),
        "left": days_left(Quarter.of(found.day).last_day, found.day),
        "page": page,
        "groups": list(_groups(request, found, page, several)),
        "units": found.by_unit()[:MANY_UNITS] if several else (),
        "branch": found.branch,
        "nudge": found.branch if _may_nudge(request.user, found) else None,
        "may_write": scope_of(request.user).can(WRITE) and not found.seen.past,
        "take_on": found.form["whose"].value() == "nobody" and not found.seen.past,
        "filtered": any(request.GET.get(key) for key in ("category", "unit", "duty", "whose"))
        or not found.form.is_valid(),
        "past": found.seen if found.seen.past else None,
        "today_url": _today_url(request),
        "unlisted": scope_of(request.user).can(VIEW_RESTRICTED) and _counts_closed_cases(found),
    }
    return render(request, "projects/dues.html", context)


def _counts_closed_cases(found):
    """Whether the home page may count more: what was done in a case of help and education that is over."""
    category = found.form["category"].value() or Category.BACKWARD
    return found.chosen in ("asked", "done", "ahead") and category == Category.BACKWARD


def _may_nudge(user, found):
    return found.branch and not found.seen.past and scope_of(user).can(CONFIRM, found.branch.path)


def _today_url(request):
    query = request.GET.copy()
    for key in ("on", "known", "after", "before"):
        query.pop(key, None)
    return f"?{query.urlencode()}"


def _order(several, chosen):
    """By urgency and unit by unit where there are several, else by day (which is by urgency too); what is settled
    newest first."""
    if chosen in SETTLED:
        return (f"-{SETTLED[chosen]}", "-pk")
    if chosen == "asked" and not several:
        return ("urgency", "due_on", "pk")
    return ("urgency", "path", "due_on", "pk") if several else ("due_on", "pk")


def _groups(request, found, page, several):
    """[(heading, lines)]: one an urgency, or one an urgency and unit; one for all that is settled."""
    line = partial(due_line, user=request.user, back=request.get_full_path())
    if found.seen.past:
        line = partial(line, past_day=found.day)
    if found.chosen in SETTLED:
        if page:
            yield LABELS[found.chosen], [line(due, with_unit=several) for due in page]
        return
    for (urgency, unit), rows in groupby(page, key=lambda due: (due.urgency, due.unit if several else None)):
        lines = [line(due) for due in rows]
        yield f"{unit} · {LABELS[GROUPS[urgency]]}" if unit else LABELS[GROUPS[urgency]], lines


def _pills(request, found, counts):
    """Links to one state each, with their number; the other filters stay."""
    query = request.GET.copy()
    for key in ("state", "after", "before"):
        query.pop(key, None)
    items = [("", _("Owed"), counts["owed"])]
    items += [(code, label, counts[code]) for code, label in STATES if counts[code] or code == found.chosen]
    for code, label, number in items:
        query["state"] = code
        yield {"label": label, "count": number, "url": f"?{query.urlencode()}", "active": found.chosen == code}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def due_assign(request, pk):
    """Take a duty on, or give it to somebody who writes there: it stands on their list, and they are reminded of it."""
    due = get_visible(Due.objects.select_related("person", "unit", "post", "assignee"), request.user, pk=pk)
    require(request.user, WRITE, due.path)
    sent = request.POST if request.method == "POST" else None
    form = AssignForm(sent, choose_from=may_take_on(due), user=request.user)
    back = safe_next(request, reverse("dues"))
    if form.is_bound and carried_out(form, lambda: _assign(request, due, form)):
        return redirect(back)
    context = {"due": due, "name": due_name(due), "form": form, "back": back}
    return render(request, "projects/due_assign.html", context, status=422 if form.is_bound else 200)


def _assign(request, due, form):
    who = form.cleaned_data["assignee"]
    assign_due(by=request.user, due=due, assignee=who)
    words = _("It is on the list of %(who)s now.") % {"who": who} if who else _("It is nobody's by name now.")
    messages.success(request, words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def due_waive(request, pk):
    """The town decides, with a reason, that something is not owed after all."""
    due = get_visible(Due.objects.select_related("person", "unit", "post"), request.user, pk=pk)
    require(request.user, CONFIRM, due.path)
    form = WaiveForm(request.POST if request.method == "POST" else None)

    def act():
        waive_due(by=request.user, due=due, reason=form.cleaned_data["reason"])

    back = safe_next(request, reverse("dues"))
    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Closed: it is not owed."))
        return redirect(back)
    context = {"due": due, "name": due_name(due), "form": form, "back": back}
    return render(request, "projects/due_waive.html", context, status=422 if form.is_bound else 200)
