"""记一笔: find the person by a piece of the name, then the kind of record, then write."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.access import WRITE, get_visible, require, scope_of
from members.models import Enrolment, Person, PostHolding, Unit
from members.models.dated import true_on
from members.search import search_people
from projects import registry
from projects.drafts import drafts_of
from projects.lines import due_line, for_lines
from projects.links import record_link
from projects.models import Due
from projects.own import own_duties
from projects.targets import right_for
from projects.workflow import Subject
from xitun.lib.dates import today

FOUND = 20
SUGGESTED = 6
DRAFTS = 20
FEW, AT_ONCE = 6, 3  # people found, and dues of each, that stand open at once


@login_required
@require_safe
def quick_record(request):
    """`?q=` finds people, `?person=` or `?unit=` shows what can be recorded for them. All plain links and GET forms."""
    require(request.user, WRITE)
    if pk := _number(request.GET.get("person")):
        return _kinds_of_person(request, pk)
    if pk := _number(request.GET.get("unit")):
        return _kinds_of_unit(request, pk)
    text = request.GET.get("q", "")[:60]
    people, hint = Person.objects.writable_by(request.user).on_roll(), ""
    if text.strip():
        people, hint = search_people(people, text, request.user)
        people = list(people.select_related("unit").defer("id_number").order_by("pinyin", "pk")[:FOUND])
        _add_owed(request.user, people)
    units = Unit.objects.writable_by(request.user).branches().current(today())
    context = {
        "q": text,
        "people": people if text.strip() else (),
        "hint": hint,
        "drafts": () if text.strip() else drafts_of(request.user, DRAFTS),
        "soon": () if text.strip() else _soonest(request.user),
        "units": units.filter(Q(name__contains=text.strip()) | Q(name_en__icontains=text.strip()))[:FOUND],
    }
    return render(request, "projects/quick_record.html", context)


def _number(text):
    return text if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _soonest(user):
    """What is due first, so that the usual entry needs no search at all."""
    mine = Due.objects.writable_by(user).open().filter(own_duties(user))
    rows = for_lines(mine).order_by("due_on", "pk")[:SUGGESTED]
    return [due_line(due, user, back=reverse("quick-record")) for due in rows]


def _add_owed(user, people):
    """What those found owe first, when they are few: from the name to the form by one tap. One query."""
    if len(people) > FEW:
        return
    owed = {}
    for due in for_lines(Due.objects.writable_by(user).open().filter(person__in=people)).order_by("due_on", "pk"):
        owed.setdefault(due.person_id, []).append(due)
    for person in people:
        person.owed = [due_line(due, user, back=reverse("quick-record")) for due in owed.get(person.pk, [])[:AT_ONCE]]


def _kinds_of_person(request, pk):
    person = get_visible(Person.objects.select_related("unit"), request.user, pk=pk)
    require(request.user, WRITE, person.path)
    groups = []
    for row in Enrolment.objects.writable_by(request.user).live().filter(person=person).order_by("-primary", "pk"):
        groups.append(_group(request.user, registry.project_of(row.category), Subject.ENROLMENT, row))
    for post in PostHolding.objects.writable_by(request.user).filter(true_on(today()), person=person):
        groups += [_group(request.user, p, Subject.POST, post, post.title) for p in registry.all_projects()]
    stands = any(group["kinds"] for group in groups)
    groups += [_about(request.user, project, person) for project in registry.all_rooms()]
    owed = for_lines(Due.objects.writable_by(request.user).open().filter(person=person)).order_by("due_on", "pk")
    context = {
        "person": person,
        "name": person.name,
        "unit": person.unit,
        "stands": stands,
        "groups": [group for group in groups if group["kinds"]],
        "owed": [due_line(due, request.user) for due in owed[:SUGGESTED]],
    }
    return render(request, "projects/quick_kinds.html", context)


def _kinds_of_unit(request, pk):
    unit = get_visible(Unit.objects.branches(), request.user, pk=pk)
    require(request.user, WRITE, unit.path)
    groups = [_group(request.user, p, Subject.UNIT, unit, p.name) for p in registry.all_rooms()]
    owed = Due.objects.writable_by(request.user).open().filter(unit=unit, enrolment=None, post=None)
    context = {
        "name": unit,
        "unit": _("for the branch itself"),
        "groups": [group for group in groups if group["kinds"]],
        "owed": [due_line(due, request.user) for due in for_lines(owed).order_by("due_on", "pk")[:SUGGESTED]],
    }
    return render(request, "projects/quick_kinds.html", context)


def _about(user, project, person):
    """Kinds that the branch enters about its people, whether they stand in a category or not."""
    found = _group(user, project, Subject.UNIT, person.unit, project.name)
    people = {str(kind.name) for kind in project.kinds if kind.people}
    kinds = [kind | {"url": f"{kind['url']}?person={person.pk}"} for kind in found["kinds"] if kind["label"] in people]
    return found | {"kinds": kinds}


def _group(user, project, subject, thing, heading=""):
    """What this user may enter for one enrolment, post or unit."""
    kinds = [
        {"label": kind.name, "icon": kind.icon, "url": record_link(f"{project.code}.{kind.code}", subject, thing.pk)}
        for kind in project.kinds
        if kind.subject is subject and scope_of(user).can(right_for(kind), thing.path)
    ]
    return {"heading": heading or project.people, "kinds": kinds}
