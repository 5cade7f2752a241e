"""Two files that are one person: choose the other, compare, merge; and take them apart again."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from members import actions
from members.access import CONFIRM, get_visible, require
from members.actions.merging import COLUMNS
from members.edits import Edited
from members.forms_merging import FindFileForm, MergeForm
from members.merged import kept_file
from members.models import Merge, Person
from members.search import search_people
from xitun.lib.forms import carried_out
from xitun.lib.ids import mask_id

from .edited import edit_lines
from .people_acts import form_page, page, person_for, posted, shown, to_person

SHOWN = 20  # files to choose from
COUNTED = {  # what the apps below and above report as moved, in words
    "projects.recordsubject": gettext_lazy("records: %(n)s"),
    "projects.due": gettext_lazy("duties: %(n)s"),
    "members.enrolment": gettext_lazy("categories: %(n)s"),
    "members.postholding": gettext_lazy("posts: %(n)s"),
}


@login_required
@page
def person_merge(request, pk):
    person = person_for(request.user, pk, CONFIRM)
    key = request.POST.get("other") or request.GET.get("other", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return _choose(request, person)
    if request.method == "POST" and kept_file(int(key)) == person.pk:  # the other tap of a double tap was first
        return to_person(person)
    other = get_visible(Person.objects.exclude(pk=person.pk).select_related("unit"), request.user, pk=key)
    require(request.user, CONFIRM, other.path)
    form = MergeForm(posted(request), keep=person, other=other)
    done = []

    def act():
        done.append(actions.merge_people(by=request.user, keep=person, other=other, **form.said()))

    if form.is_bound and carried_out(form, act):
        words = _("The other file went into this one. Moved: %(what)s.")
        messages.success(request, words % {"what": _counts(done[0].moved)})
        return to_person(person)
    context = {"person": person, "other": other, "rows": _rows(person, other, form)}
    return form_page(request, "members/person_merge.html", form, **context)


def _counts(moved):
    return _(", ").join(str(words) % {"n": len(moved.get(label, ()))} for label, words in COUNTED.items())


def _choose(request, person):
    """Files of the same name or birth date, or those that a search finds, where this user decides."""
    form = FindFileForm(request.GET)
    people = Person.objects.writable_by(request.user, CONFIRM).exclude(pk=person.pk).select_related("unit")
    text, hint = (form.cleaned_data["q"] if form.is_valid() else ""), ""
    if text:
        found, hint = search_people(people, text, request.user)
    else:
        born = Q(birth_date=person.birth_date) if person.birth_date else Q()
        found = people.filter(Q(name=person.name) | born) if born else people.filter(name=person.name)
    found = list(found.order_by("pinyin", "pk")[: SHOWN + 1])
    lines = [{"person": other, "about": _about(other)} for other in found[:SHOWN]]
    context = {"person": person, "form": form, "lines": lines, "hint": hint, "text": text, "more": len(found) > SHOWN}
    status = 422 if request.method == "POST" else 200
    return render(request, "members/person_merge_choose.html", context, status=status)


def _about(person):
    """What tells namesakes apart: branch, birth date, masked number."""
    born = person.birth_date and date_format(person.birth_date)
    number = person.id_number and mask_id(person.id_number)
    return " · ".join(filter(None, (person.unit.short_name, person.get_standing_display(), born, number)))


def _rows(keep, other, form):
    """Both files column by column; `field` where somebody has to say which holds."""
    field = Person._meta.get_field
    rows = [{"label": field(name).verbose_name, "keep": _said(keep, name), "other": _said(other, name)}
            for name in ("unit", "standing", *COLUMNS)]  # fmt: skip
    for row, name in zip(rows, ("unit", "standing", *COLUMNS), strict=True):
        row["field"] = form[name] if name in form.fields else None
    return [row for row in rows if row["keep"] != "–" or row["other"] != "–"]


def _said(person, name):
    value = getattr(person, name)
    return date_format(value) if isinstance(value, date) else shown(person, name, value)


@login_required
@require_POST
def merge_undo(request, pk):
    """Two files again, unless somebody has worked on the kept one since: then who and what."""
    row = get_visible(Merge.objects.select_related("kept", "other"), request.user, pk=pk)
    for person in (row.kept, row.other):
        require(request.user, CONFIRM, person.path)
    try:
        other = actions.undo_merge(by=request.user, merge=row)
    except Edited as edited:
        context = {"merge": row, "edits": edit_lines(edited.edits, request.user)}
        return render(request, "members/merge_edited.html", context, status=409)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken apart: %(name)s has a file of their own again.") % {"name": other.name})
    return redirect("person", pk=row.kept_id)
