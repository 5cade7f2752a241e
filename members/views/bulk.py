"""Acts on several people of the list: who was ticked and what it comes to for each, then the answer by name."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members import actions
from members.access import WRITE, get_visible, require
from members.bulk import LIMIT, Line, chosen
from members.models import BulkAnswer, Person
from members.models.enrolments import RESTRICTED_CATEGORIES
from xitun.lib.forms import carried_out

from .people_acts import page, posted


@login_required
@page
def people_bulk(request):
    """`?act=group&person=1&person=2`: a page to look at; sent, each act is done by itself."""
    require(request.user, WRITE)
    sent = posted(request)
    keys = _keys(sent if sent is not None else request.GET)
    if words := _not_so(request, keys):
        messages.warning(request, words)
        return redirect(_list_url(request))
    act = chosen(request.GET["act"], request.user)
    people = Person.objects.writable_by(request.user).filter(pk__in=keys).select_related("unit").defer("id_number")
    people = list(people.order_by("path", "pinyin", "pk"))
    if not people or act is None:
        raise Http404
    lines = act.lines(people)
    form, done = act.form(sent, lines), []

    def carry_out():
        done.append(_carry_out(request, act, lines, form))

    if form.is_bound and carried_out(form, carry_out):
        back = urlencode({"back": request.GET.get("back", "")})
        return redirect(f"{reverse('people-bulk-done', args=[done[0].pk])}?{back}")
    context = {
        "act": act,
        "form": form,
        "can": [line for line in lines if not line.refused],
        "cannot": [line for line in lines if line.refused],
        "list_url": _list_url(request),
        "here": request.get_full_path(),
    }
    return render(request, "members/people_bulk.html", context, status=422 if form.is_bound else 200)


def _carry_out(request, act, lines, form):
    """The version of each file is the one that was shown, so that nobody's correction is overwritten."""

    def do(line):
        version = request.POST.get(f"version-{line.person.pk}", "")
        version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        act.do(line, by=request.user, version=version, **form.said)

    submission = form.cleaned_data["submission_id"]
    return actions.act_on_many(by=request.user, code=request.GET["act"], lines=lines, submission_id=submission, act=do)


def _keys(sent):
    return {pk for pk in sent.getlist("person") if pk.isascii() and pk.isdigit() and len(pk) < 19}


def _not_so(request, keys):
    """What is wrong with what was ticked, "" when nothing is."""
    if not keys:
        return _("Nobody was ticked. Tick the people first.")
    if len(keys) > LIMIT:
        return _("At most %(n)s people at once. Nothing was done.") % {"n": LIMIT}
    return "" if request.GET.get("act") else _("Choose what is to be done with who is ticked.")


def _list_url(request):
    """Back to the list as it was."""
    return f"{reverse('people')}?{request.GET.get('back', '')}"


@login_required
@require_safe
def people_bulk_done(request, pk):
    """How it ended, by name; who is no longer in sight is not named, nor whose help, restricted, is over. 404 for who
    may not do such an act any more."""
    answer = get_visible(BulkAnswer.objects, request.user, pk=pk)
    act = chosen(answer.code, request.user)
    if act is None:
        raise Http404
    people = Person.objects.visible_to(request.user).select_related("unit").defer("id_number")
    people = people.in_bulk([key for key, _why in answer.results])
    sealed = _sealed(act, people) if act.category in RESTRICTED_CATEGORIES else ()
    ended = [(people[key], why) for key, why in answer.results if key in people and (why or key not in sealed)]
    context = {
        "title": act.title,
        "done": [person for person, why in ended if not why],
        "left": [Line(person, refused=why) for person, why in ended if why],
        "unnamed": len(answer.results) - len(ended),
        "list_url": _list_url(request),
    }
    return render(request, "members/people_bulk_done.html", context)


def _sealed(act, people):
    """Keys of `people` who do not stand in the category of the act, as far as its reader sees."""
    return {line.person.pk for line in act.lines(people.values()) if line.refused}
