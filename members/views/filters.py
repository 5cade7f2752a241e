"""Filters that somebody keeps under a name: saved from the list they belong to, dropped with an Undo."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members import actions
from members.models import SavedFilter
from members.saved_filters import is_list


@login_required
@require_POST
def filter_save(request):
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if not is_list(page):
        raise Http404
    try:
        row = actions.save_filter(by=request.user, page=page, name=request.POST.get("name", ""), query=query)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{page}?{query}"[:2000])
    messages.success(request, _("Kept as “%(name)s”: one tap opens the list like this.") % {"name": row.name})
    return redirect(row.url)


@login_required
@require_POST
def filter_drop(request, pk):
    row = get_object_or_404(SavedFilter.objects.of(request.user), pk=pk)
    actions.drop_filter(by=request.user, row=row)
    words = render_to_string("members/filter_dropped.html", {"row": row}, request)
    messages.info(request, words, extra_tags="rendered")
    return redirect(row.url)
