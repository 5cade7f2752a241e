"""Somebody takes a village cadre post, or leaves it. The right is that of putting a post right: the town's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members import actions, hooks
from members.access import CONFIRM, require, scope_of
from members.forms_posts import BranchForm, LeavePostForm, TakePostForm
from members.models import Person, PostHolding, Unit
from members.posts import held_now
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, posted


@login_required
@require_safe
def post_branch(request):
    """In which branch a post is taken; who decides for one alone goes on at once."""
    require(request.user, CONFIRM)
    form = BranchForm(request.GET or None, user=request.user)
    branches = list(form.fields["unit"].queryset[:2])
    unit = branches[0] if len(branches) == 1 else form.is_valid() and form.cleaned_data["unit"]
    if unit:
        return redirect("post-new", pk=unit.pk)
    return render(request, "members/post_branch.html", {"form": form, "back_url": _posts()})


@login_required
@page
def post_new(request, pk):
    """Somebody takes a post of this branch; ?person=PK says who."""
    user = request.user
    unit = get_object_or_404(Unit.objects.visible_to(user).branches(), pk=pk)
    require(user, CONFIRM, unit.path)
    person = _asked(request, unit)
    form, made = TakePostForm(posted(request), user=user, unit=unit, initial={"person": person}), []

    def act():
        made.append(actions.hold_post(by=user, unit=unit, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        row = made[0]
        told = {"name": row.holder_name, "post": row.title, "day": date_format(row.from_date)}
        messages.success(request, _("%(name)s holds the post “%(post)s” since %(day)s.") % told)
        return redirect(_back(row.person))
    held = list(held_now(user, path__startswith=unit.path))
    for row in held:
        row.may_leave = scope_of(user).can(CONFIRM, row.path)
    context = {"unit": unit, "person": person, "held": held, "back_url": _back(person)}
    return form_page(request, "members/post_new.html", form, **context)


@login_required
@page
def post_leave(request, pk):
    user = request.user
    rows = PostHolding.objects.visible_to(user).filter(superseded_at=None)
    row = get_object_or_404(rows.select_related("person", "unit"), pk=pk)
    require(user, CONFIRM, row.path)
    if row.to_date:  # also the other tap of a double tap
        messages.info(request, _("The post was left already. Nothing was changed."))
        return redirect(_back(row.person))
    form = LeavePostForm(posted(request))

    def act():
        actions.leave_post(by=user, holding=row, **form.cleaned_data)

    if form.is_bound and carried_out(form, act):
        told = {"name": row.holder_name, "post": row.title, "day": date_format(form.cleaned_data["on"])}
        messages.success(request, _("%(name)s left the post “%(post)s” on %(day)s.") % told)
        return redirect(_back(row.person))
    closes = [owed for ask in hooks.owed_in_post for owed in ask(user, row.pk)]
    return form_page(request, "members/post_leave.html", form, row=row, closes=closes, back_url=_back(row.person))


def _asked(request, unit):
    """Whom the address names on the roll of this branch, or None."""
    pk = request.GET.get("person", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    people = Person.objects.visible_to(request.user).on_roll().filter(path__startswith=unit.path)
    return people.filter(pk=pk).first()


def _posts():
    """The page that lists the posts held."""
    return reverse("project", args=["post"])


def _back(person):
    return reverse("person", args=[person.pk]) if person else _posts()
