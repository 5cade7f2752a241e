"""The acts on one person: register, correct, reveal, death. Each view finds the person, checks the right, and
lets the act of members.actions do the rest."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members import actions, hooks
from members.access import REVEAL, WRITE, get_visible, require
from members.forms import CorrectPersonForm, DeathForm, IdentityForm, RevealForm
from members.forms_register import NewPersonForm, ReturnForm
from members.models import AuditRow, Person
from xitun.lib.conflicts import Clash, Part, as_sent, chosen, part_of
from xitun.lib.forms import carried_out
from xitun.lib.ids import mask_id, mask_phone

MASKS = {"id_number": mask_id, "phone": mask_phone}
page = require_http_methods(["GET", "HEAD", "POST"])


def person_for(user, pk, right=WRITE):
    """The person, 404 when out of scope, 403 without `right` at their unit."""
    person = get_visible(Person.objects.select_related("unit"), user, pk=pk)
    require(user, right, person.path)
    return person


def form_page(request, template, form, **context):
    """A page around a form; 422 when what was sent was refused, so that a program sees it too."""
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


def posted(request):
    """What a form is bound to: None on GET."""
    return request.POST if request.method == "POST" else None


def from_link(request, *names):
    """What the link to a form fills in beforehand; a person still reads it and sends it."""
    return {name: request.GET[name][:200] for name in names if name in request.GET}


def closes_with(user, enrolment):
    """[(words, day)] of what is owed in an enrolment and closes when it ends, soonest first."""
    return [owed for ask in hooks.owed_in for owed in ask(user, enrolment.pk)]


def to_person(person):
    return redirect("person", pk=person.pk)


@login_required
@page
def person_new(request):
    require(request.user, WRITE)
    form = NewPersonForm(posted(request), user=request.user)
    made = []

    def act():
        if form.known:
            made.append(actions.return_to_roll(by=request.user, person=form.known, **form.arrival()))
        else:
            made.append(actions.register_person(by=request.user, **form.columns()))

    if form.is_bound and carried_out(form, act):
        if form.known:
            _say_returned(request, made[0])
        else:
            messages.success(request, _("%(name)s is on the roll now.") % {"name": made[0].name})
        return redirect("category-propose", pk=made[0].pk)
    return form_page(request, "members/person_new.html", form, cancel_url=reverse("people"))


def _say_returned(request, person):
    words = _("%(name)s is on the roll again, with the old file. Check what has changed since.")
    messages.success(request, words % {"name": person.name})


@login_required
@page
def person_return(request, pk):
    """Who has left comes back to the same file."""
    person = person_for(request.user, pk)
    form = ReturnForm(posted(request), user=request.user)

    def act():
        actions.return_to_roll(by=request.user, person=person, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        _say_returned(request, person)
        return redirect("category-propose", pk=person.pk)
    return form_page(request, "members/person_return.html", form, person=person)


@login_required
@page
def person_correct(request, pk):
    person = person_for(request.user, pk)
    own = get_visible(Person.objects, request.user, pk=pk)
    sent = posted(request)
    if sent is not None:
        sent = chosen(sent, lambda: _plain(CorrectPersonForm(instance=own)))
    form = CorrectPersonForm(sent, instance=own)

    def act():
        columns = form.columns()
        actions.correct_person(by=request.user, person=person, version=form.cleaned_data["version"], **columns)

    try:
        if form.is_bound and carried_out(form, act):
            messages.success(request, _("The file was corrected."))
            return to_person(person)
    except actions.Conflict as conflict:
        url = reverse("person-correct", args=[person.pk])
        return conflict_page(request, conflict, url, sent, form.only_here(conflict.theirs))
    return form_page(request, "members/person_correct.html", form, person=person)


def _plain(form):
    """{name: Part} of the columns a form shows whole; of the telephone number only that it is kept."""
    kept = Part(form["phone"].label, {"clear_phone": []}, None, "")
    return {field.name: part_of(field) for field in form.visible_fields() if field.name not in MASKS} | {"phone": kept}


def conflict_page(request, conflict, retry_url, sent=None, alone=()):
    """Both versions side by side; nothing was written. With what was `sent` of plain columns one chooses field by field
    and sends it anew, on top of their version; the columns in `alone` nobody else has touched."""
    theirs = conflict.theirs
    rows = AuditRow.objects.visible_to(request.user).filter(person=theirs).exclude(actor=None).select_related("actor")
    last = rows.exclude(act="reveal_person").first()
    changes, together = [], []
    for name, value in conflict.mine.items():
        label, mine = theirs._meta.get_field(name).verbose_name, shown(theirs, name, value)
        if name in alone:
            together.append((Part(label, {}, value, str(localize(mine))), False))
        elif value != getattr(theirs, name):
            saved = shown(theirs, name, getattr(theirs, name))
            masked = name in MASKS and bool(value)  # a number that is taken out is not typed again
            changes.append(Clash(name, label, mine, saved, masked=masked))
    context = {
        "who": last.actor if last else _("Somebody"),
        "changes": changes,
        "together": together,
        "choosing": bool(sent and (changes or together)),
        "retry_url": retry_url,
        "back_url": reverse("person", args=[theirs.pk]),
    }
    if sent:
        # a number that is saved already is kept by an empty box
        context["same"] = [("version", theirs.version), *as_sent(sent, {"csrfmiddlewaretoken", "version", *MASKS})]
    return render(request, "errors/conflict.html", context, status=409)


def shown(person, name, value):
    """A column's value as a person reads it; masked where the screen masks."""
    if not value:
        return "–"
    if name in MASKS:
        return MASKS[name](value)
    return dict(person._meta.get_field(name).flatchoices).get(value, value)


@login_required
@page
def person_identity(request, pk):
    """Another name or ID number from a day on; a mistake in the file is corrected elsewhere."""
    person = person_for(request.user, pk)
    form = IdentityForm(posted(request))

    def act():
        actions.change_identity(by=request.user, person=person, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("Kept. The person is still found under the old name and number."))
        return to_person(person)
    return form_page(request, "members/person_identity.html", form, person=person)


@login_required
@page
def person_reveal(request, pk):
    """Shows the whole numbers once, to who said what for; the trace keeps the purpose, never the numbers."""
    person = person_for(request.user, pk, REVEAL)
    form = RevealForm(posted(request))
    shown = {}

    def act():
        shown.update(actions.reveal_person(by=request.user, person=person, purpose=form.purpose_words()))

    if form.is_bound and carried_out(form, act):
        response = render(request, "members/person_revealed.html", {"person": person, "shown": shown})
        response["Cache-Control"] = "no-store, private"
        return response
    return form_page(request, "members/person_reveal.html", form, person=person)


@login_required
@page
def person_death(request, pk):
    person = person_for(request.user, pk)
    form = DeathForm(posted(request))

    def act():
        actions.record_death(by=request.user, person=person, on=form.cleaned_data["on"])

    if form.is_bound and carried_out(form, act):
        messages.success(request, _("The death was entered. What was still owed has been closed that day."))
        return to_person(person)
    return form_page(request, "members/person_death.html", form, person=person)
