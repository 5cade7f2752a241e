"""The town at a glance: what is owed and done, what stands out, branches × categories. Every number opens the rows
behind it; the number of queries does not depend on how many branches there are."""

from django.db.models import Count, Min, Q
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.charts import legend
from assessments.trend import quarter_trend
from members.access import CONFIRM, VIEW, VIEW_RESTRICTED, get_visible, scope_of
from members.models import Enrolment, Status, Unit
from members.models.enrolments import LIVE
from members.vacancies import has_secretary, without_helper
from projects import registry
from projects.drafts import drafts_of
from projects.own import own_duties
from xitun import owed
from xitun.lib.dates import Quarter, business_date, days_left, today
from xitun.summary import quarter_at

from .roll import Roll
from .standing_out import Exceptions, link, stat

OWN = 5
LIFE = [room for room in registry.all_rooms() if not room.category]
LAG = 30


def town_page(request):
    user, quarter = request.user, Quarter.of(today())
    root, children = _place(user, request.GET.get("unit"))
    if root is None:
        return render(request, "xitun/home_member.html", {"person_id": user.person_id})
    dues = owed.owed(user, quarter).filter(path__startswith=root.path)
    kept = quarter_at(user, root, quarter)
    cells = kept.by_place(len(children[0].path) if children else len(root.path))
    numbers = Numbers(user, root, cells)
    roll = Roll(user, root, numbers.projects)
    mine = owed.nearest_first(dues.filter(own_duties(user)))[:OWN]
    context = {
        "quarter": quarter,
        "days_left": days_left(quarter.last_day),
        "root": root,
        "branches": numbers.branches,
        "members": roll.members,
        "members_url": link("people", standing="members", unit=root.pk),
        "stats": numbers.stats(),
        "exceptions": Exceptions(numbers, kept, dues).rows(),
        "columns": heat_columns(numbers.projects),
        "rows": heat_rows(children or [root], [*numbers.projects, *LIFE], cells),
        "heat_legend": heat_legend(),
        "trend": quarter_trend(user, root, quarter),
        "trend_legend": legend(),
        "distribution": roll.distribution(),
        "funnel": roll.funnel(),
        "mine": owed.lines(mine, user, with_unit=True) if numbers.decides else [],
        "decides": numbers.decides,
        "drafts": drafts_of(user, OWN) if numbers.decides else [],
    }
    return render(request, "xitun/home_town.html", context)


class Numbers:
    """The figures of one place for one user."""

    def __init__(self, user, root, cells):
        self.user, self.root = user, root
        scope = scope_of(user)
        self.decides = scope.can(CONFIRM, root.path)
        restricted = scope.can(VIEW_RESTRICTED, root.path)
        self.projects = [p for p in registry.all_projects() if restricted or not p.restricted]
        keys = ("total", "done", "overdue")
        self.sum = owed.with_percent({key: sum(cell[key] for cell in cells) for key in keys})
        self.late_places = len({cell["place"] for cell in cells if cell["overdue"]})
        enrolments = Enrolment.objects.writable_by(user, CONFIRM).filter(path__startswith=root.path)
        self.waiting = _waiting(enrolments)
        units = Unit.objects.visible_to(user).at(root).branches().current(today()).order_by()
        found = units.aggregate(all=Count("pk"), vacant=Count("pk", filter=~has_secretary()))
        self.branches, self.vacant = found["all"], found["vacant"]

    def stats(self):
        total, done = self.sum["total"], self.sum["done"]
        strip = [
            stat(_("Owed this quarter"), total, self._dues(state="asked")),
            stat(_("Done"), done, self._dues(state="done"), f"{self.sum['percent']}%" if total else ""),
            stat(_("Still open"), total - done, self._dues()),
            stat(_("Overdue"), self.sum["overdue"], self._dues(state="overdue"), self._late_words(), tone="red"),
        ]
        if self.decides:
            strip.append(stat(_("Waiting for you"), self.waiting["all"], link("decisions"), self.oldest()))
        return strip

    def _late_words(self):
        if not self.late_places:
            return ""
        return ngettext("in %(n)s place", "in %(n)s places", self.late_places) % {"n": self.late_places}

    def _dues(self, **query):
        return link("dues", **query, unit=self.root.pk)

    def oldest(self):
        if not self.waiting["n"]:
            return ""
        days = -days_left(business_date(self.waiting["since"]))
        if days < 1:
            return _("the oldest since today")
        return ngettext("the oldest for %(n)s day", "the oldest for %(n)s days", days) % {"n": days}


def _waiting(enrolments):
    """{"all", "n", "since"} of what waits for a decision, "carried" over from an old roster, "unhelped"."""
    proposed, leaving, live = Q(status=Status.PROPOSED), Q(status=Status.EXIT_PROPOSED), Q(status__in=LIVE)
    carried, unhelped = live & Q(carried_over=True), live & without_helper()
    return enrolments.filter(proposed | leaving | carried | unhelped).aggregate(
        all=Count("pk", filter=proposed | leaving),
        n=Count("pk", filter=proposed),
        since=Min("recorded_at", filter=proposed),
        carried=Count("pk", filter=carried),
        unhelped=Count("person", filter=unhelped, distinct=True),
    )


def heat_columns(projects):
    """One a project the user may know of, and organisational life, so that the map adds up to what is owed."""
    columns = [(_short(project), project.people, link("project", project.code)) for project in projects]
    columns += [(_("Life"), life.name, link("life")) for life in LIFE]
    return [{"label": label, "title": str(title), "url": url} for label, title, url in columns]


def heat_legend():
    words = {
        "full": _("Done"),
        "good": _("On course"),
        "warn": _("Behind, or something overdue"),
        "bad": _("A tenth or more overdue"),
    }
    return [{"tone": f"heat-{tone}", "label": label} for tone, label in words.items()]


def heat_rows(units, projects, cells):
    """Rows of components/heat.html: a unit each, a cell a project."""
    at = {(cell["place"], cell["category"]): cell for cell in cells}
    return [
        {
            "label": unit.short_name.removesuffix(" Village"),
            "url": link("dues", unit=unit.pk) if unit.kind == Unit.Kind.BRANCH else link("home", unit=unit.pk),
            "cells": [_cell(unit, project, at.get((unit.path, project.category))) for project in projects],
        }
        for unit in units
    ]


def cell_tone(found, elapsed):
    """Red where a tenth or more is overdue, amber where something is or where the branch lags behind the calendar by
    more than LAG percent; half done at half time is as it should be."""
    if found["percent"] >= 100:
        return "full"
    if found["overdue"] * 10 >= found["total"]:
        return "bad"
    return "warn" if found["overdue"] or found["percent"] < elapsed - LAG else "good"


def _elapsed():
    """Percent of the present quarter that has gone by."""
    quarter = Quarter.of(today())
    return (today() - quarter.start).days * 100 // (quarter.end - quarter.start).days


def _cell(unit, project, found):
    if not found:
        return {"percent": None}
    words = _("%(done)s of %(total)s done, %(overdue)s overdue") % found
    return {
        "percent": found["percent"],
        "tone": cell_tone(found, _elapsed()),
        "url": link("dues", state="asked", unit=unit.pk, category=project.category or project.code),
        "title": f"{unit.short_name} · {project.people or project.name}: {words}",
    }


def _place(user, chosen):
    """(the place to look at, the units below it): the chosen unit, or the user's own. A county with a single town gives
    way to the town."""
    if chosen:
        root = _chosen(user, chosen)
        return root, _children(user, root)
    units, paths = Unit.objects.visible_to(user), scope_of(user).paths(VIEW)
    root = units.filter(path__in=paths).first() if paths != [""] else units.first()
    below = _children(user, root) if root else []
    if len(below) == 1 and below[0].kind == Unit.Kind.TOWN:
        return below[0], _children(user, below[0])
    return root, below


def _chosen(user, pk):
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    return get_visible(Unit.objects, user, pk=pk)


def _children(user, root):
    below = Unit.objects.visible_to(user).at(root).filter(depth=root.depth + 1).exclude(kind=Unit.Kind.GROUP)
    return list(below.current(today()))


def _short(project):
    """联合管理 → 联合: what fits a column of the map. Two are too long in English and have a word of their own."""
    own = {
        "determined_person": pgettext("column of the map", "Helper"),
        "transmission_help": pgettext("column of the map", "Mentor"),
    }
    whole = str(project.management).removesuffix("管理").removesuffix(" management").replace("-and-", "-")
    return own.get(project.code, whole)
