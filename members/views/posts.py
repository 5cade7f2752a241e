"""Somebody takes a village cadre post, or leaves it. The right is that of putting a post right: the town's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members import actions, hooks
from members.access import CONFIRM, require, scope_of
from members.forms_posts import BranchForm, LeavePostForm, TakePostForm
from members.models import Person, PostHolding, Unit
from members.posts import held_now
from xitun.lib.forms import carried_out

from .people_acts import form_page, page, posted


@login_required
@page
def post_new(request):
    """?unit=PK says of which branch, ?person=PK who takes it; without either the branch is chosen first."""
    user = request.user
    require(user, CONFIRM)
    person = _asked(request, "person", Person.objects.visible_to(user).select_related("unit"))
    asked = None if person else _asked(request, "unit", Unit.objects.visible_to(user).branches())
    unit = person.unit if person else asked or _only_branch(user)
    if not unit:
        return render(request, "members/post_branch.html", {"form": BranchForm(user=user), "back_url": _posts()})
    require(user, CONFIRM, unit.path)
    form, made = TakePostForm(posted(request), user=user, unit=unit, initial={"person": person}), []

    def act():
        made.append(actions.hold_post(by=user, unit=unit, **form.cleaned_data))

    if form.is_bound and carried_out(form, act):
        row = made[0]
        told = {"name": row.holder_name, "post": row.title, "day": date_format(row.from_date)}
        messages.success(request, _("%(name)s holds the post “%(post)s” since %(day)s.") % told)
        return redirect(_back(row.person))
    held = held_now(user, unit)
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


def _asked(request, name, rows):
    """What the address names among the rows the user may see; None when it names nothing."""
    pk = request.GET.get(name)
    if pk is None:
        return None
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    return get_object_or_404(rows, pk=pk)


def _only_branch(user):
    branches = list(Unit.objects.writable_by(user, CONFIRM).branches()[:2])
    return branches[0] if len(branches) == 1 else None


def _posts():
    """The page that lists the posts held."""
    return reverse("project", args=["post"])


def _back(person):
    return reverse("person", args=[person.pk]) if person else _posts()
