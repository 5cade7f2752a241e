"""One box for people, pages and acts: a page of its own, and what the box that "/" opens shows (xitun/keys.js)."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xitun.launcher import found

LONGEST = 60


@login_required
@require_safe
def launch(request):
    text = request.GET.get("q", "")[:LONGEST]
    groups, hint = found(request, text)
    context = {"q": text, "groups": groups, "hint": hint, "number": sum(len(entries) for _heading, entries in groups)}
    return render(request, "xitun/launched.html" if request.htmx else "xitun/launch.html", context)
