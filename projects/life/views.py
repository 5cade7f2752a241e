"""Organisational life to look at: a branch or a town at a glance, study hours, one person's year, a quarter's register.
What is written down goes through the one record form."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import VIEW, WRITE, get_visible, require, scope_of
from members.models import Person, Unit
from projects.lines import due_line, for_lines
from projects.links import record_link
from projects.models import Due, Record
from projects.workflow import Subject
from xitun.lib.dates import Quarter, Year, today

from .counts import attended, in_year, studied, year_of
from .models import Attendance, State
from .panels import make_up_link
from .workflow import KINDS, MEETINGS

RECENT, MISSED, MANY_DUES = 12, 20, 12
MANY_BRANCHES = 200
MARKS = {State.PRESENT: "√", State.LEAVE: "△", State.ABSENT: "×"}
SORTS = {
    "name": lambda row: 0,
    "hours": lambda row: row.hours,
    "lacking": lambda row: -row.lacking,
}


@login_required
@require_safe
def life(request):
    """Of one branch: what is owed, what was held, who still has something to make up for. Of several: a line each."""
    unit, units = _branch(request, one=False)
    if unit is None:
        context = {"units": units, "rows": _branches(request.user, units)}
        return render(request, "projects/life/branches.html", context)
    user, scope = request.user, scope_of(request.user)
    back = f"{reverse('life')}?unit={unit.pk}"
    owed = for_lines(Due.objects.visible_to(user).open().filter(unit=unit, category=""))
    held = Record.objects.visible_to(user).live().filter(unit=unit, kind__startswith="life.", kind__in=MEETINGS)
    held = held.select_related("projects_life_meeting").order_by("-happened_on", "-pk")
    due = Q(attendance__due=True, attendance__person__voided_at=None)  # a merged file stands beside the kept one's
    held = held.annotate(
        n_due=Count("attendance", filter=due),
        n_came=Count("attendance", filter=due & Q(attendance__state=State.PRESENT)),
    )
    writes = scope.can(WRITE, unit.path)
    context = {
        "unit": unit,
        "units": units,
        "dues": [due_line(due, user, back=back) for due in owed.order_by("due_on", "pk")[:MANY_DUES]],
        "held": [(record, _kind(record.kind)) for record in held[:RECENT]],
        "missed": _missed(user, unit, back),
        "kinds": [(k, record_link(f"life.{k.code}", Subject.UNIT, unit.pk, back=back)) for k in KINDS]
        if writes
        else [],
    }
    return render(request, "projects/life/branch.html", context)


def _kind(code):
    return next((kind for kind in KINDS if f"life.{kind.code}" == code), None)


def _branch(request, *, one=True):
    """(the branch asked for, the branches to choose from): the only one, or None where there are several; with `one`
    the first."""
    require(request.user, VIEW)
    units = Unit.objects.visible_to(request.user).branches()
    if asked := request.GET.get("unit"):
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            raise Http404
        found = get_visible(Unit.objects.branches(), request.user, pk=asked)
        require(request.user, VIEW, found.path)
        return found, list(units.current(today())[:MANY_BRANCHES])
    units = list(units.current(today())[:MANY_BRANCHES])
    return (units[0] if units and (one or len(units) == 1) else None), units


def _branches(user, units):
    """[(unit, meetings this year, owed, overdue, missed and not made up)] of the branches in sight."""
    year, keys = Year.of(today()), [unit.pk for unit in units]
    records = Record.objects.visible_to(user).live().filter(kind__in=MEETINGS, unit__in=keys)
    held = records.filter(happened_on__gte=year.start, happened_on__lt=year.end)
    held = dict(held.order_by().values_list("unit").annotate(Count("pk")))
    dues = Due.objects.visible_to(user).open().filter(category="", unit__in=keys).order_by().values("unit")
    dues = {row["unit"]: row for row in dues.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today())))}
    missed = attended(year).visible_to(user).to_study().filter(person__unit__in=keys).order_by()
    missed = dict(missed.values_list("person__unit").annotate(Count("pk")))
    none = {"n": 0, "late": 0}
    return [
        (unit, held.get(unit.pk, 0), *(dues.get(unit.pk, none)[key] for key in ("n", "late")), missed.get(unit.pk, 0))
        for unit in units
    ]


def _missed(user, unit, back):
    """The newest of what the people of this branch missed this year, here or where they came from, and is not made up
    for: (row, kind, link of the make-up)."""
    rows = attended(Year.of(today())).visible_to(user).to_study().filter(person__unit=unit)
    rows = rows.select_related("record__unit", "record__projects_life_meeting", "person").defer("person__id_number")
    rows = rows.order_by("-record__happened_on", "person__pinyin", "pk")[:MISSED]
    link = partial(make_up_link, user, back=back, unit=unit)
    return [(row, _kind(row.record.kind), link(row.record, row.person_id)) for row in rows]


@login_required
@require_safe
def hours(request):
    """Study hours of every member of a branch in a year; a number opens the rows behind it."""
    unit, units = _branch(request)
    if unit is None:
        raise Http404
    year = _year(request)
    sort = request.GET.get("sort", "name")
    rows = studied(unit, year, min(year.last_day, today()))
    context = {
        "unit": unit,
        "units": units,
        "year": year,
        "before": _before(year),
        "after": year.next() if year.end <= today() else None,
        "rows": sorted(rows, key=SORTS.get(sort, SORTS["name"])),
        "sort": sort if sort in SORTS else "name",
        "short": sum(1 for row in rows if row.lacking),
        "flexible": sum(1 for row in rows if row.flexible),
    }
    return render(request, "projects/life/hours.html", context)


def _year(request):
    """The year asked for, at the latest this one. 404 for what is none."""
    text = request.GET.get("year") or str(today().year)
    try:
        year = Year.parse(text)
    except ValueError:
        raise Http404 from None
    if year.start > today():
        raise Http404
    return year


def _before(period):
    try:
        return period.prev()
    except ValueError:  # the first year there is
        return None


@login_required
@require_safe
def person(request, pk):
    """One person's year: what they were due to come to, came to, and what it counts. Everybody sees their own."""
    someone = get_visible(Person.objects.select_related("unit"), request.user, pk=pk)
    year, user = _year(request), request.user
    rows = in_year(Attendance.objects.live().with_doubled(), year)
    rows = rows.visible_to(user).whys_for(user).filter(person=someone)
    rows = rows.select_related("record", "record__projects_life_meeting", "record__projects_life_makeup__meeting")
    missed = set(Attendance.objects.missed().filter(person=someone).values_list("record", flat=True))
    listed = list(rows.order_by("-record__happened_on", "-pk"))
    link = partial(make_up_link, user, back=request.get_full_path(), unit=someone.unit)
    for row in listed:
        row.kind, row.lacking = _kind(row.record.kind), row.record_id in missed
        row.opens = scope_of(user).can(VIEW, row.record.path)
        row.make_up_url = link(row.record, someone.pk) if row.lacking else ""
    context = {
        "person": someone,
        "own": user.person_id == someone.pk,
        "year": year,
        "before": _before(year),
        "after": year.next() if year.end <= today() else None,
        "rows": listed,
        "sum": year_of(someone, year, user),
        "studied": next(iter(studied(someone.unit, year, min(year.last_day, today()), person=someone)), None),
    }
    return render(request, "projects/life/person.html", context)


@login_required
@require_safe
def register(request):
    """The attendance register of a quarter: people × meetings, to be printed."""
    unit, units = _branch(request)
    if unit is None:
        raise Http404
    quarter = _quarter(request)
    records = Record.objects.visible_to(request.user).live().filter(unit=unit, kind__in=MEETINGS)
    records = records.filter(happened_on__gte=quarter.start, happened_on__lt=quarter.end)
    records = list(records.select_related("projects_life_meeting").order_by("happened_on", "pk"))
    context = {
        "unit": unit,
        "units": units,
        "quarter": quarter,
        "before": _before(quarter),
        "after": quarter.next() if quarter.end <= today() else None,
        "meetings": [(record, _kind(record.kind)) for record in records],
        "rows": _matrix(request.user, records),
        "page_title": _("Attendance register"),
    }
    return render(request, "projects/life/register.html", context)


def _quarter(request):
    try:
        quarter = Quarter.parse(request.GET.get("quarter") or Quarter.of(today()).key)
    except ValueError:
        raise Http404 from None
    if quarter.start > today():
        raise Http404
    return quarter


def _matrix(user, records):
    """[(person, [mark of each meeting], came, due)] of everybody who was due to or did come, by pinyin."""
    rows = Attendance.objects.visible_to(user).filter(record__in=records).select_related("person")
    rows = rows.defer("note", "person__id_number").order_by("person__pinyin", "person_id")
    missed = Attendance.objects.missed().filter(record__in=records)
    missed = set(missed.values_list("record", "person"))
    people, at = {}, {}
    for row in rows:
        people[row.person_id] = row.person
        made_up = row.due and row.state != State.PRESENT and (row.record_id, row.person_id) not in missed
        at[row.person_id, row.record_id] = "○" if made_up else MARKS[row.state] if row.due else "√*"
    return [_line(person, [at.get((pk, record.pk), "") for record in records]) for pk, person in people.items()]


def _line(person, marks):
    due = [mark for mark in marks if mark and mark != "√*"]
    return person, marks, sum(mark == "√" for mark in due), len(due)
